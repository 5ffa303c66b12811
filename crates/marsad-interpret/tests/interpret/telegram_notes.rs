//! The pages of the platform notes, where they are there.

use marsad_types::PostId;

use crate::common::{problems, shared};
use crate::telegram_web::{Asked, states};

#[test]
fn the_pages_of_the_platform_notes_are_read() {
    let Some(folder) = shared("platforms/fixtures/telegram-web") else { return };
    let read = |name: &str, url: &str| {
        Asked::at(url).known("1900000001").read(std::fs::read(folder.join(name)).unwrap())
    };
    let pages = [
        ("s_latest.html", "", 20, "alive"),
        ("s_before_71.html", "?before=71", 18, "alive"),
        ("s_before_24.html", "?before=24", 19, "alive"),
        ("s_first_page.html", "?before=5", 3, "alive"),
        ("s_after_85.html", "?after=85", 5, "alive"),
        ("s_before_1_empty.html", "?before=1", 0, "alive"),
        ("s_q_hits.html", "?q=x", 20, "alive"),
        ("s_q_nohits.html", "?q=x", 0, "alive"),
    ];
    for (name, query, posts, status) in pages {
        let reading = read(name, &format!("https://t.me/s/coastweather{query}"));
        assert_eq!(problems(&reading), Vec::<String>::new(), "{name}");
        assert_eq!(
            (reading.posts.len(), states(&reading)),
            (posts, vec![("1900000001", status, None)]),
            "{name}"
        );
        assert_eq!(reading.channels[0].subscribers_min, Some(15_150), "{name}");
    }
}

#[test]
fn the_posts_of_the_platform_notes_are_what_they_show() {
    let Some(folder) = shared("platforms/fixtures/telegram-web") else { return };
    let read = |name: &str, url: &str| {
        Asked::at(url).known("1900000001").read(std::fs::read(folder.join(name)).unwrap())
    };
    let latest = read("s_latest.html", "https://t.me/s/coastweather");
    let post = |id: &str| latest.posts.iter().find(|p| p.id == PostId::Given(id.into())).unwrap();
    assert_eq!(post("74").text, "First line\nSecond line with <angle> & ampersand");
    assert_eq!(post("72").text, "Which page do you read first?\nWeather\nTrains");
    assert_eq!(post("83").text, "Notice with emoji ⌚️");
    assert_eq!(post("73").links, ["https://example.org/tides?a=1&b=2"]);
    let kinds = |id: &str| post(id).media.iter().map(|m| m.kind.to_string()).collect::<Vec<_>>();
    assert_eq!(
        [kinds("71"), kinds("78"), kinds("79"), kinds("80"), kinds("82"), kinds("84")].concat(),
        ["file", "audio", "location", "other", "sticker", "image"]
    );
    let older = read("s_before_71.html", "https://t.me/s/coastweather?before=71");
    let album = older.posts.iter().find(|p| p.text == "Three pictures of the pier").unwrap();
    assert_eq!((album.media.len(), album.id.clone()), (3, PostId::Given("68".into())));
    assert_eq!(
        read("embed_61.html", "https://t.me/coastweather/61?embed=1").posts[0]
            .forward
            .as_ref()
            .unwrap()
            .post
            .as_deref(),
        Some("77")
    );
    assert_eq!(
        read("embed_not_found.html", "https://t.me/coastweather/57?embed=1").removals[0].post,
        "57"
    );
}

#[test]
fn the_names_of_the_platform_notes_are_told_apart() {
    let Some(folder) = shared("platforms/fixtures/telegram-web") else { return };
    let read = |name: &str, url: &str| {
        Asked::at(url).known("1900000001").read(std::fs::read(folder.join(name)).unwrap())
    };
    let landings = [
        ("landing_channel.html", "alive", None),
        ("landing_preview_off.html", "restricted", Some("preview_unavailable")),
        ("landing_group.html", "gone", Some("name_taken")),
        ("landing_not_found.html", "gone", None),
    ];
    for (name, status, cause) in landings {
        assert_eq!(
            states(&read(name, "https://t.me/coastweather")),
            [("1900000001", status, cause)],
            "{name}"
        );
    }
    assert_eq!(
        read("landing_channel.html", "https://t.me/coastweather").channels[0].subscribers,
        Some(15_230)
    );
}
