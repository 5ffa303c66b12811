//! Inputs of CooRTweet and of the coordination-network-toolkit.

use marsad_interpret::Format;
use marsad_types::Author;

use crate::common::{manifest, problems, read_all, read_cut, shared, short};

#[test]
fn coortweet_rows_keep_order_and_multiplicity_in_any_column_order() {
    let file = b"timestamp_share,object_id,content_id,account_id\n\
        1623881091,o1,c1,a1\n1623881091,o1,c1,a1\n1623881091.5,,c2,a2\n5,NA,c3,a3\nNA,o,c4,a4\n";
    let reading = read_all(&manifest(Format::Coortweet, file), file);
    assert_eq!(
        short(&reading.posts),
        [
            "other:a1/c1 2021-06-16T22:04:51Z ",
            "other:a1/c1 2021-06-16T22:04:51Z ",
            "other:a2/c2 2021-06-16T22:04:51.5Z ",
            "other:a3/c3 1970-01-01T00:00:05Z ",
        ]
    );
    let objects: Vec<_> = reading.posts.iter().map(|post| post.object.as_deref()).collect();
    assert_eq!(objects, [Some("o1"), Some("o1"), Some(""), None]);
    let rows: Vec<_> = reading.posts.iter().filter_map(|post| post.row).collect();
    assert_eq!(rows, [0, 1, 2, 3]);
    assert_eq!(problems(&reading), ["6: the time is 'NA'; expected unix seconds"]);
}

#[test]
fn cnt_rows_are_taken_by_position() {
    let file = b"a,b,c,d,e,f,g,h\n\
        m1,u1,sam,r1,,\"RT, fog\",1623881091,\n\
        m2,u2,,,m1,fog,1623881092,https://example.org/a  https://example.org/b\n\
        m3,u3\n";
    let reading = read_all(&manifest(Format::Cnt, file), file);
    let (first, second) = (&reading.posts[0], &reading.posts[1]);
    assert_eq!((first.text.as_str(), first.object.as_deref()), ("RT, fog", Some("r1")));
    assert_eq!(first.author, Author::Name("sam".to_owned()));
    assert!(first.links.is_empty());
    assert_eq!((second.object.as_deref(), second.reply_to.as_deref()), (None, Some("m1")));
    assert_eq!(second.links, ["https://example.org/a", "https://example.org/b"]);
    assert_eq!((second.row, second.author.clone()), (Some(1), Author::Unknown));
    assert_eq!(problems(&reading), ["4: the record has 2 fields; expected 8"]);
}

#[test]
fn the_tools_own_golden_inputs_are_read_whole() {
    for (format, path) in [
        (Format::Coortweet, "golden/coordination/coortweet/russian_input.csv.zst"),
        (Format::Cnt, "golden/coordination/cnt/russian_cnt_input.csv.zst"),
    ] {
        let Some(path) = shared(path) else { return };
        let file = zstd::decode_all(std::fs::File::open(path).unwrap()).unwrap();
        let manifest = manifest(format, &file[..65_536]);
        let reading = read_cut(&manifest, &file, 50_000);
        assert_eq!(reading.posts.len(), 35_125);
        assert_eq!(problems(&reading), [""; 0]);
        let in_order = reading.posts.iter().enumerate().all(|(at, p)| p.row == Some(at as u64));
        assert!(in_order);
        assert_eq!(marsad_interpret::recognise("input.csv", &file[..65_536]), Some(format));
    }
}
