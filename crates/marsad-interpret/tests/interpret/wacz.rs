//! Packed web archives: what vouches for what, and what is not believed.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use marsad_interpret::{Format, Manifest, Reading};
use marsad_types::Removal;
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

use crate::common::{problems, shared};
use crate::webarchives::{AT, HISTORY, Record, gzip, hex, info, page, read, read_with, states};

struct Zip(Vec<(String, Vec<u8>, bool)>);

impl Zip {
    /// A data package over the files, as py-wacz writes it.
    fn packed(files: &[(&str, &[u8])]) -> Self {
        let resource = |(path, bytes): &(&str, &[u8])| serde_json::json!({"name": path, "path": path, "hash": sha256(bytes), "bytes": bytes.len()});
        let resources: Vec<_> = files.iter().map(resource).collect();
        let package =
            serde_json::json!({"profile": "data-package", "resources": resources}).to_string();
        let digest =
            serde_json::json!({"path": "datapackage.json", "hash": sha256(package.as_bytes())});
        let mut all: Vec<_> =
            files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec(), false)).collect();
        all.push(("datapackage.json".to_owned(), package.into_bytes(), true));
        all.push(("datapackage-digest.json".to_owned(), digest.to_string().into_bytes(), true));
        Self(all)
    }

    fn with(mut self, path: &str, bytes: &[u8]) -> Self {
        self.0.push((path.to_owned(), bytes.to_vec(), false));
        self
    }

    fn without(mut self, path: &str) -> Self {
        self.0.retain(|(known, ..)| known != path);
        self
    }

    fn write(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let mut zip = rawzip::ZipArchiveWriter::new(&mut out);
        for (path, bytes, deflated) in &self.0 {
            let method = if *deflated {
                rawzip::CompressionMethod::DEFLATE
            } else {
                rawzip::CompressionMethod::STORE
            };
            let (mut entry, config) =
                zip.new_file(path).compression_method(method).start().unwrap();
            let descriptor = if *deflated {
                let mut writer = config.wrap(DeflateEncoder::new(&mut entry, Compression::fast()));
                writer.write_all(bytes).unwrap();
                let (encoder, descriptor) = writer.finish().unwrap();
                encoder.finish().unwrap();
                descriptor
            } else {
                let mut writer = config.wrap(&mut entry);
                writer.write_all(bytes).unwrap();
                writer.finish().unwrap().1
            };
            entry.finish(descriptor).unwrap();
        }
        zip.finish().unwrap();
        out
    }
}

fn replaced(mut file: Vec<u8>, from: &str, to: &str) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    for at in 0..file.len() - from.len() {
        if file[at..].starts_with(from.as_bytes()) {
            file[at..at + to.len()].copy_from_slice(to.as_bytes());
        }
    }
    file
}

fn sha256(bytes: &[u8]) -> String {
    format!("sha256:{}", hex(&Sha256::digest(bytes)))
}

fn warc_gz() -> Vec<u8> {
    let post = Record::page(
        "https://t.me/tramnotices/2?embed=1",
        "2026-11-23T03:00:00Z",
        &page("post.html"),
    );
    [
        gzip(&info()),
        gzip(&Record::page(HISTORY, AT, &page("history.html")).write()),
        gzip(&post.write()),
    ]
    .concat()
}

const WARC: &str = "archive/data.warc.gz";

#[test]
fn a_wacz_is_read_by_its_archives_alone() {
    let warc = warc_gz();
    let file =
        Zip::packed(&[(WARC, &warc), ("indexes/index.cdx", b"org,example)/ 2026 {}\n")]).write();
    let reading = read(Format::Wacz, &file);
    assert_eq!((problems(&reading), reading.posts.len()), (vec![], 6));
    assert_eq!(
        states(&reading),
        ["1900000031 alive 2026-11-23T02:13:20Z", "1900000031 alive 2026-11-23T03:00:00Z"]
    );
    // The line is that of the packed record, so that it leads to the right chunk.
    let start = file.windows(warc.len()).position(|part| part == warc).unwrap();
    let second = start + warc.len()
        - gzip(
            &Record::page(
                "https://t.me/tramnotices/2?embed=1",
                "2026-11-23T03:00:00Z",
                &page("post.html"),
            )
            .write(),
        )
        .len();
    let line = memchr::memchr_iter(b'\n', &file[..second]).count() as u64 + 1;
    assert_eq!(reading.posts[5].line, line);
    let plain = Zip::packed(&[(
        "archive/data.warc",
        &Record::page(HISTORY, AT, &page("history.html")).write(),
    )])
    .write();
    assert_eq!(read(Format::Wacz, &plain).posts.len(), 5);
    let mut deflated = Zip::packed(&[(WARC, &warc)]);
    deflated.0[0].2 = true;
    assert_eq!(read(Format::Wacz, &deflated.write()).posts.len(), 6);
}

#[test]
fn what_is_not_vouched_for_is_not_believed() {
    let warc = warc_gz();
    let good = || Zip::packed(&[(WARC, &warc)]);
    let check = |file: &[u8], expected: &str| {
        let reading = read(Format::Wacz, file);
        let reasons: Vec<_> = reading.problems.iter().map(|p| p.reason.clone()).collect();
        assert!(reasons.iter().any(|reason| reason == expected), "{expected}: {reasons:?}");
        reading.posts.len()
    };
    let mut changed = good();
    changed.0[0].1 = gzip(&Record::page(HISTORY, AT, &page("post.html")).write());
    assert_eq!(
        check(
            &changed.write(),
            "'archive/data.warc.gz' does not have the digest listed for it; it is not believed"
        ),
        0
    );
    let extra = good().with("archive/more.warc.gz", &warc);
    assert_eq!(
        check(
            &extra.write(),
            "'archive/more.warc.gz' is not listed in the data package; it is not believed"
        ),
        6
    );
    let bare = good().without("datapackage.json").write();
    assert_eq!(
        check(&bare, "there is no datapackage.json in it, so nothing in it can be checked"),
        0
    );
    let mut resealed = good();
    resealed.0[1].1.push(b' ');
    assert_eq!(
        check(
            &resealed.write(),
            "datapackage.json does not have the digest that datapackage-digest.json names; nothing in it is believed"
        ),
        0
    );
    let unsealed = good().without("datapackage-digest.json").write();
    assert_eq!(read(Format::Wacz, &unsealed).posts.len(), 6);
    let lost = Zip::packed(&[(WARC, &warc), ("pages/pages.jsonl", b"{}")])
        .without("pages/pages.jsonl")
        .write();
    assert_eq!(check(&lost, "'pages/pages.jsonl' is listed and not there"), 6);
    let twice = good().with(WARC, b"other").write();
    assert_eq!(check(&twice, "'archive/data.warc.gz' is in it twice; neither is read"), 0);
    for name in [
        "../evil.warc.gz",
        "archive/../../evil.warc.gz",
        "/etc/evil.warc.gz",
        "C:\\evil.warc.gz",
        "archive\\..\\evil.warc.gz",
    ] {
        // A writer would not write such a name: it is put in afterwards.
        let plain = name.replace(|c: char| !c.is_ascii_alphanumeric(), "_");
        let trap = replaced(good().with(&plain, &warc).write(), &plain, name);
        let shown = format!("'{name}' leads out of the file; it is not read");
        assert_eq!(check(&trap, &shown), 6, "{name}");
    }
    let cut = good().write();
    assert!(
        check(
            &cut[..cut.len() / 2],
            "no page of t.me is in it; 0 answers of other hosts are not read"
        ) == 0
    );
}

#[test]
fn a_cut_packed_record_costs_only_itself() {
    let history = gzip(&Record::page(HISTORY, AT, &page("history.html")).write());
    let post = Record::page("https://t.me/tramnotices/2?embed=1", AT, &page("post.html")).write();
    let cut_inside = gzip(&post[..post.len() - 300]);
    let file = Zip::packed(&[(WARC, &[cut_inside.as_slice(), &history].concat())]).write();
    let reading = read(Format::Wacz, &file);
    assert_eq!((reading.posts.len(), problems(&reading).len()), (5, 1));
    assert!(reading.problems[0].reason.contains("is cut: "));
    let broken =
        Zip::packed(&[(WARC, &[history.as_slice(), &gzip(&post)[..200]].concat())]).write();
    let reading = read(Format::Wacz, &broken);
    assert_eq!(reading.posts.len(), 5);
    assert!(!reading.problems.is_empty());
}

#[test]
fn a_bomb_in_a_wacz_goes_off_nowhere() {
    let bomb = gzip(&vec![b'\n'; 80 << 20]);
    let mut packed = Zip::packed(&[("archive/data.warc", &vec![b'x'; 65 << 20])]);
    packed.0[0].2 = true;
    let reading = read(Format::Wacz, &packed.write());
    assert!(reading.problems[0].reason.ends_with("unpacks to more than 64 MiB; it is not read"));
    let nested = Zip::packed(&[(WARC, &bomb)]).write();
    assert_eq!(read(Format::Wacz, &nested).posts.len(), 0);
}

#[test]
fn the_web_archives_of_the_platform_notes_are_read() {
    let Some(folder) = shared("platforms/fixtures/imports") else { return };
    let file = |name: &str| std::fs::read(folder.join(name)).unwrap();
    let unpacked = |name: &str| {
        let mut bytes = Vec::new();
        let packed = file(name);
        let read = std::io::Read::read_to_end(
            &mut flate2::read::MultiGzDecoder::new(&packed[..]),
            &mut bytes,
        );
        (bytes, read.is_ok())
    };
    let (warc, is_whole) = unpacked("tme.warc.gz");
    assert!(is_whole);
    let reading = read(Format::Warc, &warc);
    let check = |reading: &Reading| {
        assert_eq!((reading.posts.len(), problems(reading)), (38, vec![]));
        assert_eq!(
            states(reading),
            [
                "1900000001 alive 2026-11-23T02:13:20Z",
                "1900000001 alive 2026-11-23T02:13:20Z",
                "1900000001 alive 2026-11-23T03:13:20Z",
                "nopreview restricted 2026-11-23T02:13:20Z",
            ]
        );
        let Removal { channel, post, .. } = &reading.removals[0];
        assert_eq!(
            (channel.id.as_str(), post.as_str(), reading.removals.len()),
            ("1900000001", "57", 1)
        );
    };
    check(&reading);
    let (cut, is_whole) = unpacked("tme_truncated.warc.gz");
    assert!(!is_whole);
    let reading = read(Format::Warc, &cut);
    assert_eq!((reading.posts.len(), problems(&reading).len()), (20, 1));
    assert!(reading.problems[0].reason.contains("is cut: "));
    for name in ["tme.wacz", "tme_with_pages.wacz"] {
        check(&read(Format::Wacz, &file(name)));
    }
}

proptest! {
    #[test]
    fn a_damaged_archive_gives_posts_that_are_there_or_none(
        at in any::<proptest::sample::Index>(),
        byte in any::<u8>(),
        keep in any::<proptest::sample::Index>(),
    ) {
        let whole = Record::page(HISTORY, AT, &page("history.html")).write();
        let sound = read_with(Manifest::new(Format::Warc), &whole);
        let packed = Zip::packed(&[(WARC, &warc_gz())]).write();
        for (format, file) in [(Format::Warc, whole), (Format::Wacz, packed)] {
            let mut damaged = file.clone();
            let at = at.index(damaged.len());
            damaged[at] = byte;
            let reading = read_with(Manifest::new(format), &damaged);
            for post in &reading.posts {
                prop_assert!(sound.posts.iter().any(|known| known.text == post.text), "{}", post.text);
            }
            let cut = &file[..keep.index(file.len())];
            let reading = read_with(Manifest::new(format), cut);
            let lacks_its_end_only = cut.len() + 4 >= file.len();
            prop_assert!(reading.posts.is_empty() || format == Format::Wacz || lacks_its_end_only);
        }
    }
}
