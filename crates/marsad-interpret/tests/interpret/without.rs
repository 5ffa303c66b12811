//! Answers without posts that somebody asked to have forgotten.

use marsad_interpret::{Exchange, Left, Reader, read_exchange, without};
use marsad_types::{Platform, Post, PostId};

use crate::telegram_web::{message, page, text};

fn exchange<'a>(reader: Reader, platform: &'a Platform, body: &'a [u8]) -> Exchange<'a> {
    Exchange {
        reader,
        platform,
        url: "https://t.me/s/coastweather",
        status: 200,
        headers: &[],
        body,
        at: "2026-11-23T02:13:20Z".parse().unwrap(),
        channel: None,
        previous: None,
        steady: None,
    }
}

fn has(id: &'static str) -> impl Fn(&Post) -> bool {
    move |post| post.id == PostId::Given(id.into())
}

fn left(body: &str, id: &'static str) -> Option<Left> {
    let platform = Platform::new("telegram").unwrap();
    without(&exchange(Reader::TelegramWeb, &platform, body.as_bytes()), &has(id))
}

#[test]
fn a_page_keeps_every_byte_of_its_other_posts() {
    let quote = "<a class=\"tgme_widget_message_reply user-color-1\" href=\"https://t.me/coastweather/8\"><div class=\"tgme_widget_message_metatext\">Fog at the quokka pier</div></a>";
    let others =
        [message(7, &text("Wind 15 kn")), message(9, &(quote.to_owned() + &text("Clear now")))];
    let gone = message(8, &text("Fog at the quokka pier<div>deep</div>"));
    let body = page("812", &[&others[0], gone.as_str(), &others[1]].map(String::from).concat());
    let left = left(&body, "8").unwrap();
    let kept = String::from_utf8(left.body.unwrap()).unwrap();
    assert!(!kept.contains("quokka"), "{kept}");
    assert!(kept.contains(&others[0]) && kept.contains("Clear now"));
    assert_eq!(kept.lines().count(), body.lines().count(), "every line keeps its number");
    assert_eq!(left.posts, 1);
    assert_eq!(left.reading.posts[1].reply_to.as_deref(), Some("8"), "that it answers stays");
    let platform = Platform::new("telegram").unwrap();
    let again = read_exchange(&exchange(Reader::TelegramWeb, &platform, kept.as_bytes()));
    assert_eq!(format!("{again:?}"), format!("{:?}", left.reading));
}

#[test]
fn what_is_not_there_is_not_taken_out_and_what_is_alone_leaves_no_page() {
    let body = page("812", &message(7, &text("Wind 15 kn")));
    assert!(left(&body, "8").is_none());
    let left = left(&body, "7").unwrap();
    assert!(left.body.is_none(), "a page without its only post reads as another page");
    assert!(left.reading.posts.is_empty());
    assert_eq!(left.reading.channels.len(), 1);
}
