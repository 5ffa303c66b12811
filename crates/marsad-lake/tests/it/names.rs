//! Channels that were filed under a name before their number was known.

use marsad_lake::{Lake, Selection};
use marsad_types::{
    Channel, Coverage, Forward, NONE, Outcome, Platform, Post, PostKey, Status, Timestamp,
};
use proptest::prelude::*;

use crate::world::{channel, post, take};

fn seen(at: &str, handle: &str, time: &str) -> Channel {
    let handle = Some(handle.to_owned());
    Channel { handle, ..Channel::seen(channel(at), time.parse().unwrap()) }
}

fn forward(mut post: Post, of: &str) -> Post {
    post.forward =
        Some(Forward { channel: channel(of), post: Some("9".into()), published_at: None });
    post
}

/// One thing to file.
#[derive(Debug, Clone)]
enum Row {
    Post(Box<Post>),
    Look(Box<Channel>),
}

fn file(root: &std::path::Path, rows: &[Row]) -> Lake {
    let mut lake = Lake::open(root).unwrap();
    let mut filer = lake.filer().unwrap();
    for (at, row) in rows.iter().enumerate() {
        match row {
            Row::Post(post) => drop(take(&mut filer, (**post).clone(), at as u64)),
            Row::Look(look) => drop(filer.take_channel((**look).clone(), at as u64)),
        }
        lake.file(&filer.take_batch(), at as u64 + 1).unwrap();
    }
    lake
}

/// Everything that resolving touches, as text.
fn told(lake: &Lake) -> Vec<String> {
    let (corpus, prints) = lake.corpus(&Selection::default()).unwrap();
    assert_eq!(prints.len(), corpus.posts.len());
    let mut told = Vec::new();
    for row in 0..corpus.posts.len() {
        let origin = corpus.posts.forward[row];
        let origin = (origin != NONE)
            .then(|| corpus.channels.key(corpus.forwards.channel[origin as usize]).unwrap());
        let of = origin.map_or(String::new(), |key| format!(" of {key}"));
        told.push(format!("{} {}{of}", corpus.post_key(row), corpus.posts.text.get(row)));
    }
    for look in &corpus.observations {
        told.push(format!("{} {}", look.key, look.handle.as_deref().unwrap_or("-")));
    }
    for key in corpus.channels.keys() {
        told.push(key.to_string());
    }
    told
}

fn row(post: Post) -> Row {
    Row::Post(Box::new(post))
}

fn look(channel: Channel) -> Row {
    Row::Look(Box::new(channel))
}

/// A renamed channel, filed under its number and both names; one that nobody asked about yet.
fn renamed() -> Vec<Row> {
    vec![
        row(post("telegram:CoastWeather", "1", "2019-11-01T10:00:00Z", "wind from the sea")),
        row(post("telegram:coastweather", "2", "2019-11-02T10:00:00Z", "rain at noon")),
        row(post("telegram:1900000001", "2", "2019-11-02T10:00:00Z", "rain at noon")),
        row(post("telegram:1900000001", "3", "2019-11-03T10:00:00Z", "sun at last")),
        row(forward(
            post("telegram:railnotices", "7", "2019-11-03T11:00:00Z", "wind from the sea"),
            "telegram:harbourweather",
        )),
        look(seen("telegram:1900000001", "CoastWeather", "2019-11-03T12:00:00Z")),
        look(seen("telegram:1900000001", "HarbourWeather", "2019-12-03T12:00:00Z")),
        look(seen("telegram:coastweather", "coastweather", "2019-11-02T12:00:00Z")),
    ]
}

#[test]
fn a_channel_is_one_whatever_it_was_filed_under() {
    let folder = tempfile::tempdir().unwrap();
    assert_eq!(
        told(&file(folder.path(), &renamed())),
        [
            "telegram:1900000001/1 wind from the sea",
            "telegram:1900000001/2 rain at noon",
            "telegram:1900000001/3 sun at last",
            "telegram:railnotices/7 wind from the sea of telegram:1900000001",
            "telegram:1900000001 coastweather",
            "telegram:1900000001 CoastWeather",
            "telegram:1900000001 HarbourWeather",
            "telegram:1900000001",
            "telegram:railnotices",
        ]
    );
}

#[test]
fn a_recycled_name_joins_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut rows = renamed();
    rows.push(look(seen("telegram:1900000002", "coastweather", "2019-12-09T12:00:00Z")));
    let told = told(&file(folder.path(), &rows));
    assert!(told.contains(&"telegram:CoastWeather/1 wind from the sea".to_owned()), "{told:?}");
    assert!(told.contains(&"telegram:coastweather/2 rain at noon".to_owned()), "{told:?}");
    assert!(told.contains(&"telegram:1900000001/2 rain at noon".to_owned()), "{told:?}");
    // The other name was never anybody else's.
    assert!(told.iter().any(|line| line.ends_with("of telegram:1900000001")), "{told:?}");
}

#[test]
fn a_name_that_belonged_to_a_channel_now_gone_joins_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut gone = seen("telegram:railnotices", "railnotices", "2019-11-05T00:00:00Z");
    gone.status = Status::Gone;
    let rows = [
        row(post("telegram:railnotices", "1", "2019-11-01T10:00:00Z", "platform 4 closed")),
        look(gone),
        look(seen("telegram:1900000009", "railnotices", "2019-12-01T00:00:00Z")),
    ];
    let told = told(&file(folder.path(), &rows));
    assert_eq!(told[0], "telegram:railnotices/1 platform 4 closed");
}

#[test]
fn the_earlier_version_is_kept_whichever_key_it_was_filed_under() {
    let at = "2019-11-02T10:00:00Z";
    let mut edited = post("telegram:1900000001", "2", at, "rain until four");
    edited.edited_at = Some("2019-11-02T11:00:00Z".parse().unwrap());
    let first = post("telegram:coastweather", "2", at, "rain at noon");
    let handle = seen("telegram:1900000001", "coastweather", "2019-11-03T12:00:00Z");
    for rows in [
        [row(first.clone()), row(edited.clone()), look(handle.clone())],
        [look(handle), row(edited), row(first)],
    ] {
        let folder = tempfile::tempdir().unwrap();
        let lake = file(folder.path(), &rows);
        let (corpus, _) = lake.corpus(&Selection::default()).unwrap();
        assert_eq!(corpus.posts.text.iter().collect::<Vec<_>>(), ["rain at noon"]);
    }
}

#[test]
fn posts_and_their_records_are_found_by_the_number() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = file(folder.path(), &renamed());
    let key: PostKey = "telegram:1900000001/1".parse().unwrap();
    assert_eq!(lake.places(&key).unwrap().len(), 1);
    let twice: PostKey = "telegram:1900000001/2".parse().unwrap();
    assert_eq!(lake.places(&twice).unwrap().len(), 2);
    let named: PostKey = "telegram:CoastWeather/1".parse().unwrap();
    assert_eq!(lake.places(&named).unwrap().len(), 1);
    let named: PostKey = "telegram:harbourweather/2".parse().unwrap();
    assert_eq!(lake.places(&named).unwrap().len(), 2);
    // A narrowed scan reads the names too.
    let narrow =
        Selection { channels: vec![channel("telegram:1900000001")], ..Selection::default() };
    assert_eq!(lake.corpus(&narrow).unwrap().0.posts.len(), 3);
    let by_name =
        Selection { channels: vec![channel("telegram:coastweather")], ..Selection::default() };
    assert_eq!(lake.corpus(&by_name).unwrap().0.posts.len(), 3);
    // Watching under a name is watching of the channel.
    let mut filer = lake.filer().unwrap();
    let stretch = Coverage {
        platform: Platform::new("telegram").unwrap(),
        channel: Some("coastweather".into()),
        from: Timestamp(0),
        to: Timestamp(9),
        poll_s: None,
        outcome: Outcome::Ok,
        line: 1,
    };
    filer.take_coverage(stretch, 99);
    lake.file(&filer.take_batch(), 100).unwrap();
    let (corpus, _) = lake.corpus(&Selection::default()).unwrap();
    assert_eq!(corpus.coverage[0].channel.as_deref(), Some("1900000001"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn equal_archives_give_equal_corpora_whatever_the_order(
        order in Just((0..8usize).collect::<Vec<_>>()).prop_shuffle()
    ) {
        let folder = tempfile::tempdir().unwrap();
        let rows = renamed();
        let shuffled: Vec<Row> = order.iter().map(|at| rows[*at].clone()).collect();
        let plain = told(&file(&folder.path().join("plain"), &rows));
        let other = told(&file(&folder.path().join("other"), &shuffled));
        prop_assert_eq!(plain, other);
    }
}
