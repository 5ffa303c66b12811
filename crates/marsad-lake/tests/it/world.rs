//! Small posts to file.

use marsad_lake::{Filed, Filer};
use marsad_matching::Fingerprinter;
use marsad_types::{
    Channel, ChannelKey, Coverage, Forward, Media, Outcome, Platform, Post, PostId, Problem,
    Resolution, Taken, TakenBy, Timestamp,
};

pub(crate) fn channel(written: &str) -> ChannelKey {
    written.parse().unwrap()
}

pub(crate) fn post(at: &str, id: &str, time: &str, text: &str) -> Post {
    Post::new(channel(at), PostId::Given(id.into()), time.parse().unwrap(), text.to_owned())
}

pub(crate) fn take(filer: &mut Filer, post: Post, leaf: u64) -> Filed {
    let print = Fingerprinter::new().fingerprint(&post.text);
    filer.take(post, print, Some("p0".to_owned()), leaf)
}

/// Posts on two platforms and in three months, with every column filled somewhere.
pub(crate) fn posts() -> Vec<Post> {
    let mut rich = post("telegram:desk", "3", "2019-12-01T08:00:00Z", "مطر غزير\nعلى الساحل");
    rich.resolution = Some(Resolution::MINUTE);
    rich.observed_first = Some(Timestamp::from_seconds(1_575_187_300));
    rich.lang = Some("ar".into());
    rich.forward = Some(Forward {
        channel: channel("tamtam:origin"),
        post: Some("9".into()),
        published_at: Some("2019-12-01T07:59:00Z".parse().unwrap()),
    });
    rich.links = vec!["https://example.org/a".to_owned(), "https://example.org/b".to_owned()];
    let image = Media { kind: "image".into(), sha256: Some("ab".repeat(32)), ..Media::default() };
    rich.media = vec![image, Media { kind: "video".into(), ..Media::default() }];
    rich.views = Some(1200);
    vec![
        post("telegram:desk", "1", "2019-10-31T23:59:59Z", "first train"),
        post("telegram:desk", "2", "2019-11-30T17:56:00Z", "second train"),
        rich,
        post("tamtam:desk2", "7", "2019-11-30T17:55:00Z", "second train"),
    ]
}

pub(crate) fn others(filer: &mut Filer, leaf: u64) {
    let mut seen = Channel::seen(channel("tamtam:desk2"), "2019-12-01T12:00:00Z".parse().unwrap());
    seen.subscribers = Some(1100);
    seen.handle = Some("desk_two".to_owned());
    filer.take_channel(seen, leaf);
    let stretch = Coverage {
        platform: Platform::new("tamtam").unwrap(),
        channel: Some("desk2".into()),
        from: "2019-11-29T00:00:00Z".parse().unwrap(),
        to: "2019-12-02T00:00:00Z".parse().unwrap(),
        poll_s: Some(60),
        outcome: Outcome::Ok,
        line: 4,
    };
    filer.take_coverage(stretch, leaf);
    filer.take_taken(
        Taken { channel: channel("telegram:desk"), id: "4".into(), by: TakenBy::Album, line: 9 },
        leaf,
    );
    filer.take_problem(Problem { line: 5, reason: "text is missing".to_owned() }, leaf, "a.ndjson");
}
