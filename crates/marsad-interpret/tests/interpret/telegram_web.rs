//! Pages of Telegram's public preview, as the watcher hands them over.

use base64::Engine as _;
use marsad_interpret::{Exchange, Previous, Reader, Reading, read_exchange};
use marsad_types::{Author, Channel, Platform, Post, Status, Timestamp};
use proptest::prelude::*;

use crate::common::{problems, short};

const AT: &str = "2026-11-23T02:13:20Z";

/// An answer, with what the asker knows.
#[derive(Clone, Copy)]
pub(crate) struct Asked<'a> {
    url: &'a str,
    status: u16,
    channel: Option<&'a str>,
    previous: Option<Previous<'a>>,
    steady: Option<bool>,
}

impl<'a> Asked<'a> {
    pub(crate) fn at(url: &'a str) -> Self {
        Self { url, status: 200, channel: None, previous: None, steady: None }
    }

    pub(crate) fn known(self, id: &'a str) -> Self {
        Self { channel: Some(id), ..self }
    }

    pub(crate) fn read(self, body: impl AsRef<[u8]>) -> Reading {
        read_exchange(&Exchange {
            reader: Reader::TelegramWeb,
            platform: &Platform::new("telegram").unwrap(),
            url: self.url,
            status: self.status,
            headers: &[],
            body: body.as_ref(),
            at: time(AT),
            channel: self.channel,
            previous: self.previous,
            steady: self.steady,
        })
    }
}

fn time(written: &str) -> Timestamp {
    written.parse().unwrap()
}

fn newest() -> Asked<'static> {
    Asked::at("https://t.me/s/coastweather")
}

/// `data-view` of a message, as Telegram writes it.
fn view(channel: i64, post: u64) -> String {
    let written = format!(r#"{{"c":{channel},"p":{post},"t":1795400000,"h":"0000000000"}}"#);
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(written)
}

/// A message with something in it, and its views and signature before its time.
fn message_of(number: i64, id: u64, body: &str, meta: &str) -> String {
    let view = view(number, id);
    format!(
        "<div class=\"tgme_widget_message_wrap js-widget_message_wrap\"><div class=\"tgme_widget_message text_not_supported_wrap js-widget_message\" data-post=\"coastweather/{id}\" data-view=\"{view}\">
 <div class=\"tgme_widget_message_author accent_color\"><a class=\"tgme_widget_message_owner_name\" href=\"https://t.me/coastweather\"><span dir=\"auto\">Coast Weather</span></a></div>
 {body}
 <div class=\"tgme_widget_message_footer compact js-message_footer\"><span class=\"media_not_supported_cont\"></span>{meta}<a class=\"tgme_widget_message_date\" href=\"https://t.me/coastweather/{id}\"><time datetime=\"2026-11-22T13:{:02}:20+02:00\" class=\"time\">13:00</time></a></div>
</div></div>\n",
        id % 60
    )
}

pub(crate) fn message(id: u64, body: &str) -> String {
    message_of(-1_900_000_001, id, body, "")
}

pub(crate) fn text(words: &str) -> String {
    format!("<div class=\"tgme_widget_message_text js-message_text\" dir=\"auto\">{words}</div>")
}

fn counter(value: &str, kind: &str) -> String {
    format!(
        "<div class=\"tgme_channel_info_counter\"><span class=\"counter_value\">{value}</span> <span class=\"counter_type\">{kind}</span></div>"
    )
}

pub(crate) fn page(subscribers: &str, messages: &str) -> String {
    page_of(&counter(subscribers, "subscribers"), messages)
}

fn page_of(counters: &str, messages: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html><head><title>Coast Weather – Telegram</title></head><body>
<div class=\"tgme_channel_info\"><div class=\"tgme_channel_info_header_title\"><span dir=\"auto\">Coast Weather</span></div>
<div class=\"tgme_channel_info_header_username\"><a href=\"https://t.me/coastweather\">@coastweather</a></div>
{counters}{}
<div class=\"tgme_channel_info_description\">Notices<br/>Contact: <a href=\"https://t.me/coastdesk\">@coastdesk</a></div></div>
<main class=\"tgme_main\" data-url=\"/coastweather\"><section class=\"tgme_channel_history js-message_history\">
{messages}</section></main></body></html>\n<!-- page generated in 9.11ms -->",
        counter("3", "photos")
    )
}

const NONE_FOUND: &str = "<div class=\"tgme_widget_message_wrap\"><div class=\"tme_no_messages_found\">No posts found</div></div>";

fn one(body: &str) -> Post {
    let reading = newest().read(page("812", &message(7, body)));
    assert_eq!(problems(&reading), Vec::<String>::new(), "{body}");
    assert_eq!(reading.posts.len(), 1, "{body}");
    reading.posts.into_iter().next().unwrap()
}

fn state(channel: &Channel) -> (&str, &str, Option<&str>) {
    (&channel.key.id, channel.status.as_str(), channel.status_cause.as_deref())
}

pub(crate) fn states(reading: &Reading) -> Vec<(&str, &str, Option<&str>)> {
    reading.channels.iter().map(state).collect()
}

#[test]
fn a_page_of_the_history_is_posts_and_their_channel() {
    let signed = "<span class=\"tgme_widget_message_views\">812</span><span class=\"tgme_widget_message_meta\"><span class=\"tgme_widget_message_from_author\" dir=\"auto\">Duty editor</span>,&nbsp;</span>";
    let rounded = "<span class=\"tgme_widget_message_views\">12.5K</span><span class=\"tgme_widget_message_meta\">edited &nbsp;</span>";
    let messages = [
        message_of(-1_900_000_001, 5, &text("Gale at noon"), signed),
        message(6, &text("Channel photo updated"))
            .replace("js-widget_message\"", "service_message js-widget_message\""),
        message_of(-1_900_000_001, 7, &text("Line 3: trains run again"), rounded),
    ]
    .concat();
    let asked = Asked {
        previous: Some(Previous { at: time("2026-11-23T02:00:00Z"), newest: "5" }),
        ..newest()
    };
    let reading = asked.read(page("15.2K", &messages));
    assert_eq!(problems(&reading), Vec::<String>::new());
    assert_eq!(
        short(&reading.posts),
        [
            "telegram:1900000001/5 2026-11-22T11:05:20Z Gale at noon",
            "telegram:1900000001/7 2026-11-22T11:07:20Z Line 3: trains run again",
        ]
    );
    let [first, second] = &reading.posts[..] else { panic!() };
    assert_eq!((first.views, &first.author), (Some(812), &Author::Name("Duty editor".to_owned())));
    assert_eq!((second.views, second.edited_at, &second.author), (None, None, &Author::Unknown));
    assert_eq!(first.resolution.unwrap().ms, 1000);
    assert_eq!((first.observed_first, first.observed_prev), (Some(time(AT)), None));
    assert_eq!(second.observed_prev, Some(time("2026-11-23T02:00:00Z")));
    assert!(first.line > 1 && second.line > first.line);
    assert_eq!(reading.rows, 3);
    let channel = &reading.channels[0];
    assert_eq!(state(channel), ("1900000001", "alive", None));
    assert_eq!(channel.handle.as_deref(), Some("coastweather"));
    assert_eq!(channel.title.as_deref(), Some("Coast Weather"));
    assert_eq!(channel.description.as_deref(), Some("Notices\nContact: @coastdesk"));
    let subscribers = (channel.subscribers, channel.subscribers_min, channel.subscribers_max);
    assert_eq!(subscribers, (None, Some(15_150), Some(15_249)));
    assert_eq!(channel.observed_at, time(AT));
    let reading = newest().read(page("812", &messages));
    assert_eq!(
        (reading.channels[0].subscribers, reading.channels[0].subscribers_min),
        (Some(812), None)
    );
}

#[test]
fn text_is_what_stands_there() {
    let check = |html: &str, expected: &str| assert_eq!(one(html).text, expected, "{html}");
    check(
        &text("First<br/>Second with &lt;angle&gt; &amp; ampersand"),
        "First\nSecond with <angle> & ampersand",
    );
    check(
        &text(
            "At <tg-emoji emoji-id=\"5\"><i class=\"emoji\" style=\"background-image:url('//x/E2.png')\"><b>⌚️</b></i></tg-emoji> nine",
        ),
        "At ⌚️ nine",
    );
    // Albums nest the class.
    check(&text(&text("Three pictures of the pier")), "Three pictures of the pier");
    let quoted = "<a class=\"tgme_widget_message_reply\" href=\"https://t.me/coastweather/4\"><div class=\"tgme_widget_message_author\"><span class=\"tgme_widget_message_author_name\">Coast Weather</span></div><div class=\"tgme_widget_message_text js-message_reply_text\">old words</div></a>";
    check(&format!("{quoted}{}", text("new words")), "new words");
    check(&text("تحذير: رياح شمالية غربية ١٢ عقدة"), "تحذير: رياح شمالية غربية ١٢ عقدة");
    let poll = "<div class=\"tgme_widget_message_poll js-poll\"><div class=\"tgme_widget_message_poll_question\">Which first?</div><a class=\"tgme_widget_message_poll_options\"><div class=\"tgme_widget_message_poll_option_percent\">62%</div><div class=\"tgme_widget_message_poll_option_text\">Weather</div><div class=\"tgme_widget_message_poll_option_text\">Trains</div></a></div>";
    check(poll, "Which first?\nWeather\nTrains");
}

#[test]
fn ids_without_a_post_of_their_own_are_told() {
    let picture = |id: u64| {
        format!(
            "<a class=\"tgme_widget_message_photo_wrap grouped_media_wrap\" href=\"https://t.me/coastweather/{id}?single\"></a>"
        )
    };
    let album = format!(
        "<div class=\"tgme_widget_message_grouped_wrap\">{}{}{}</div>{}",
        picture(7),
        picture(8),
        picture(9),
        text("Pier <a href=\"https://t.me/coastweather/3?single\">another</a>")
    );
    let pinned = message(10, &text("pinned")).replace("js-widget_message\"", "service_message\"");
    let timeless = message(11, "").replace("datetime", "data-when");
    let reading = newest().read(page("812", &[message(7, &album), pinned, timeless].concat()));
    let taken: Vec<(&str, &str)> =
        reading.taken.iter().map(|taken| (taken.id.as_str(), taken.by.as_str())).collect();
    let album = [("8", "album"), ("9", "album")];
    assert_eq!(taken, [&album[..], &[("10", "service"), ("11", "unread")]].concat());
    assert!(reading.taken.iter().all(|taken| taken.channel.id == "1900000001"));
}

#[test]
fn attached_things_are_told_by_their_kind() {
    let check = |html: &str, expected: &[&str]| {
        let post = one(html);
        let kinds: Vec<_> = post.media.iter().map(|media| media.kind.as_str()).collect();
        assert_eq!(kinds, expected, "{html}");
    };
    let photo = |id: u64| {
        format!(
            "<a class=\"tgme_widget_message_photo_wrap grouped_media_wrap\" href=\"https://t.me/coastweather/{id}?single\" style=\"background-image:url('https://cdn4.telesco.pe/file/a.jpg')\"><div class=\"tgme_widget_message_photo\"></div></a>"
        )
    };
    check(&photo(7), &["image"]);
    check(
        &format!(
            "<div class=\"tgme_widget_message_grouped_wrap\">{}{}{}</div>{}",
            photo(7),
            photo(8),
            photo(9),
            text("Pier")
        ),
        &["image", "image", "image"],
    );
    check(
        "<a class=\"tgme_widget_message_video_player\"><video class=\"tgme_widget_message_video\"></video><time class=\"message_video_duration\">0:27</time><div class=\"message_media_not_supported_wrap\"><div class=\"message_media_not_supported\">no</div></div></a>",
        &["video"],
    );
    check(
        "<div class=\"message_media_not_supported_wrap\"><div class=\"message_media_not_supported\">Please open Telegram</div></div>",
        &["other"],
    );
    check(
        "<a class=\"tgme_widget_message_roundvideo_player\"><video class=\"tgme_widget_message_roundvideo\"></video></a>",
        &["video"],
    );
    check(
        "<a class=\"tgme_widget_message_voice_player\"><audio class=\"tgme_widget_message_voice\"></audio></a>",
        &["audio"],
    );
    check(
        "<a class=\"tgme_widget_message_document_wrap\"><div class=\"tgme_widget_message_document_icon accent_bg\"></div><div class=\"tgme_widget_message_document_title\">tides.pdf</div></a>",
        &["file"],
    );
    check(
        "<a class=\"tgme_widget_message_document_wrap\"><div class=\"tgme_widget_message_document_icon accent_bg audio\"></div></a>",
        &["audio"],
    );
    check("<a class=\"tgme_widget_message_location_wrap\"></a>", &["location"]);
    check(
        "<div class=\"tgme_widget_message_sticker_wrap\"><a><i class=\"tgme_widget_message_sticker\"></i></a></div>",
        &["sticker"],
    );
    check(
        "<div class=\"tgme_widget_message_poll\"><div class=\"tgme_widget_message_poll_question\">Which?</div></div>",
        &["poll"],
    );
    let reading = newest()
        .read(page("812", &message(7, "<div class=\"tgme_widget_message_hologram\"></div>")));
    assert_eq!(reading.posts[0].media[0].kind, "other");
    assert_eq!(reading.problems.len(), 1);
    assert!(reading.problems[0].reason.starts_with("message 7 shows nothing of a known kind"));
}

#[test]
fn origins_answers_and_links_are_read_where_they_are_public() {
    let from = |inner: &str| {
        one(&format!(
            "<div class=\"tgme_widget_message_forwarded_from\">Forwarded from {inner}</div>{}",
            text("x")
        ))
        .forward
    };
    let name = "class=\"tgme_widget_message_forwarded_from_name\"";
    let forward =
        from(&format!("<a {name} href=\"https://t.me/RailNotices/77\"><span>Rail</span></a>"))
            .unwrap();
    assert_eq!(
        (forward.channel.to_string().as_str(), forward.post.as_deref()),
        ("telegram:RailNotices", Some("77"))
    );
    // A person, a private channel, a hidden name: no origin.
    assert_eq!(from(&format!("<a {name} href=\"https://t.me/somebody\">Somebody</a>")), None);
    assert_eq!(from(&format!("<a {name} href=\"https://t.me/c/1900000005/7\">Desk</a>")), None);
    assert_eq!(from(&format!("<span {name}>Somebody</span>")), None);
    let reply = |href: &str| {
        one(&format!("<a class=\"tgme_widget_message_reply\" href=\"{href}\"></a>{}", text("x")))
            .reply_to
    };
    assert_eq!(reply("https://t.me/CoastWeather/64").as_deref(), Some("64"));
    assert_eq!(reply("https://t.me/railnotices/64"), None);
    let body = text(
        "<a href=\"https://example.org/tides?a=1&amp;b=2\">tides</a> <a href=\"https://example.org/x?a=1&amp;amp;b=2\">x</a> <a href=\"https://example.org/tides?a=1&amp;b=2\">again</a> <a href=\"?q=%23rain\">#rain</a> <a href=\"https://t.me/railnotices\">@railnotices</a> <a href=\"https://t.me/railnotices/7\">t.me/railnotices/7</a> <a href=\"tg://resolve?domain=x\">app</a>",
    );
    let shown = "<a class=\"tgme_widget_message_link_preview\" href=\"https://example.org/page\"><div class=\"link_preview_title\">Tides</div></a>";
    assert_eq!(
        one(&format!("{body}{shown}")).links,
        [
            "https://example.org/tides?a=1&b=2",
            "https://example.org/x?a=1&b=2",
            "https://t.me/railnotices/7",
            "https://example.org/page"
        ]
    );
}

#[test]
fn a_channel_keeps_its_number_through_names() {
    let messages = message(7, &text("x"));
    let reading =
        Asked::at("https://t.me/s/oldname").known("1900000001").read(page("812", &messages));
    assert_eq!(reading.channels[0].handle.as_deref(), Some("coastweather"));
    assert_eq!((states(&reading)[0].0, problems(&reading).len()), ("1900000001", 0));
    // Somebody else has the name now.
    let reading = newest().known("1900000009").read(page("812", &messages));
    assert_eq!(
        problems(&reading),
        ["1: the page is of channel 1900000001, not of 1900000009, which was asked for"]
    );
    assert_eq!(reading.posts[0].channel.id, "1900000001");
    // A page of two minds is believed in neither.
    let two = messages.clone() + &message_of(-1_900_000_002, 8, &text("y"), "");
    let reading = newest().known("1900000001").read(page("812", &two));
    assert_eq!(
        problems(&reading),
        [
            "1: the page shows several numbers of its channel (1900000001, 1900000002); none is believed"
        ]
    );
    assert_eq!((reading.posts.len(), reading.posts[1].channel.id.as_str()), (2, "1900000001"));
    let reading = newest().read(page("812", &two));
    assert_eq!(reading.posts[1].channel.id, "coastweather");
    // Without the hint, or with one for another post, the asker's number holds, else the name.
    let plain = messages.replace("data-view", "data-x");
    assert_eq!(
        newest().known("1900000001").read(page("812", &plain)).posts[0].channel.id,
        "1900000001"
    );
    assert_eq!(newest().read(page("812", &plain)).posts[0].channel.id, "coastweather");
    let moved = messages.replace(&view(-1_900_000_001, 7), &view(-1_900_000_001, 8));
    assert_eq!(newest().read(page("812", &moved)).posts[0].channel.id, "coastweather");
}

#[test]
fn empty_is_said_of_the_newest_page_only() {
    let state_of = |asked: Asked<'_>, messages: &str| {
        let reading = asked.read(page("812", messages));
        states(&reading)[0].1.to_owned()
    };
    assert_eq!(state_of(newest(), NONE_FOUND), "empty");
    assert_eq!(state_of(Asked::at("https://t.me/s/coastweather?before=1"), NONE_FOUND), "alive");
    assert_eq!(state_of(Asked::at("https://t.me/s/coastweather?q=rain"), NONE_FOUND), "alive");
    let created = message(1, &text("Channel created"))
        .replace("js-widget_message\"", "service_message js-widget_message\"");
    assert_eq!(state_of(newest(), &created), "empty");
    let more =
        "<a href=\"/s/coastweather?before=71\" class=\"tme_messages_more\" data-before=\"71\"></a>";
    assert_eq!(state_of(newest(), &format!("{more}{created}")), "alive");
    // Another make of page must not look like an empty channel.
    let reading = newest().read(page("812", "<div class=\"message2\">x</div>"));
    assert_eq!(states(&reading), [("coastweather", "error", Some("unknown_page"))]);
    assert_eq!(problems(&reading), ["1: the page shows neither posts nor that there are none"]);
}

fn landing(title: &str, extra: &str, rest: &str) -> String {
    format!(
        "<html><head><title>Telegram: {title}</title><meta property=\"og:title\" content=\"Telegram: {title}\"></head><body><div class=\"tgme_page\">{extra}{rest}</div></body></html>"
    )
}

fn extra(title: &str, extra: &str) -> String {
    format!(
        "<div class=\"tgme_page_title\" dir=\"auto\">\n <span>{title}</span>\n</div><div class=\"tgme_page_extra\">{extra}</div><div class=\"tgme_page_description\">Notices</div>"
    )
}

const PREVIEW: &str = "<div class=\"tgme_page_context_link_wrap\"><a class=\"tgme_page_context_link\" href=\"/s/coastweather\">Preview channel</a></div>";
const NOBODY: &str = "<div class=\"tgme_page_icon\"><i class=\"tgme_icon_user\"></i></div><div class=\"tgme_page_description\">If you have <strong>Telegram</strong>, you can contact @coastweather</div>";

#[test]
fn the_page_behind_a_name_says_who_has_it() {
    let asked = Asked::at("https://t.me/CoastWeather");
    let reading = asked.read(landing(
        "View @coastweather",
        &extra("Coast Weather", "15\u{a0}230 subscribers"),
        PREVIEW,
    ));
    assert_eq!(states(&reading), [("coastweather", "alive", None)]);
    let channel = &reading.channels[0];
    assert_eq!((channel.subscribers, channel.subscribers_min), (Some(15_230), None));
    assert_eq!(channel.title.as_deref(), Some("Coast Weather"));
    assert_eq!(channel.description.as_deref(), Some("Notices"));
    let off = landing("View @coastweather", &extra("Coast Weather", "1 subscriber"), "");
    assert_eq!(
        states(&asked.known("19").read(&off)),
        [("19", "restricted", Some("preview_unavailable"))]
    );
    let blind = Asked { steady: Some(false), ..asked };
    assert_eq!(states(&blind.read(&off)), [("coastweather", "error", Some("no_sight"))]);
    let seeing = Asked { steady: Some(true), ..asked };
    assert_eq!(states(&seeing.read(&off))[0].1, "restricted");
}

#[test]
fn groups_and_people_are_no_channels() {
    let asked = Asked::at("https://t.me/coastweather");
    let group =
        landing("View @coastweather", &extra("Harbour chat", "2 835 members, 41 online"), "");
    let person = landing("Contact @coastweather", &extra("Somebody", "@coastweather"), "");
    let nobody = landing("Contact @coastweather", "", NOBODY);
    for (body, who) in [
        (&group, "a public group has"),
        (&person, "a person or a bot has"),
        (&nobody, "no channel has"),
    ] {
        let reading = asked.read(body);
        assert_eq!((reading.channels.len(), reading.problems.len()), (0, 1), "{who}");
        assert!(reading.problems[0].reason.starts_with(who), "{who}");
    }
    // Where a channel was known, it is not there any more.
    assert_eq!(states(&asked.known("19").read(&nobody)), [("19", "gone", None)]);
    assert_eq!(states(&asked.known("19").read(&group)), [("19", "gone", Some("name_taken"))]);
    assert_eq!(asked.known("19").read(&person).channels[0].title, None);
    let blind = Asked { steady: Some(false), ..asked.known("19") };
    assert_eq!(states(&blind.read(&nobody)), [("19", "error", Some("no_sight"))]);
    let members = newest().read(page_of(&counter("2 835", "members"), &message(7, &text("x"))));
    assert_eq!((members.posts.len(), members.channels.len(), members.problems.len()), (0, 0, 1));
}

#[test]
fn one_post_is_read_or_said_to_be_gone() {
    let asked = Asked::at("https://t.me/coastweather/61?embed=1");
    let embed =
        |inner: &str| format!("<html><body class=\"body_widget_post\">{inner}</body></html>");
    let reading = asked.read(embed(&message(61, &text("Hour 61"))));
    assert_eq!(short(&reading.posts), ["telegram:1900000001/61 2026-11-22T11:01:20Z Hour 61"]);
    assert_eq!(states(&reading), [("1900000001", "alive", None)]);
    assert_eq!(reading.channels[0].title.as_deref(), Some("Coast Weather"));
    let error = |words: &str| {
        embed(&format!(
            "<div class=\"tgme_widget_message err_message\"><div class=\"tgme_widget_message_error\" dir=\"auto\">{words}</div></div>"
        ))
    };
    let reading = asked.known("1900000001").read(error("Post not found"));
    let removal = &reading.removals[0];
    assert_eq!(
        (removal.channel.id.as_str(), removal.post.as_str(), removal.at),
        ("1900000001", "61", time(AT))
    );
    assert_eq!((reading.channels.len(), reading.problems.len()), (0, 0));
    assert_eq!(asked.read(error("Post not found")).removals[0].channel.id, "coastweather");
    let blind = Asked { steady: Some(false), ..asked }.read(error("Post not found"));
    assert_eq!(
        (blind.removals.len(), states(&blind)),
        (0, vec![("coastweather", "error", Some("no_sight"))])
    );
    let other = asked.read(error("Channel is private"));
    assert_eq!((other.removals.len(), other.problems.len()), (0, 1));
    let unknown = newest().read(error("Post not found"));
    assert_eq!((unknown.removals.len(), unknown.problems.len()), (0, 1));
    let in_group = message(61, "<span class=\"tgme_widget_message_author_name\">Somebody</span>");
    let reading = asked.read(embed(&in_group));
    assert_eq!(reading.posts.len(), 0);
    assert_eq!(reading.problems[0].reason, "message 61 is a person's in a group; it is not read");
}

#[test]
fn an_answer_without_a_page_is_an_error_of_ours() {
    let with = |status: u16| Asked { status, ..newest() };
    for status in [301, 302, 304] {
        let reading = with(status).read("");
        assert_eq!((reading.channels.len(), reading.problems.len(), reading.rows), (0, 0, 1));
    }
    assert_eq!(states(&with(503).read("")), [("coastweather", "error", Some("http_503"))]);
    assert_eq!(states(&with(404).known("19").read("")), [("19", "error", Some("http_404"))]);
    let blind = Asked { steady: Some(false), ..with(503) };
    assert_eq!(states(&blind.read("")), [("coastweather", "error", Some("no_sight"))]);
    let reading = newest().read("<html><body>Please wait</body></html>");
    assert_eq!(states(&reading), [("coastweather", "error", Some("unknown_page"))]);
    assert_eq!(reading.problems.len(), 1);
}

#[test]
fn a_cut_page_gives_what_stands_whole() {
    let whole = page("812", &(message(7, &text("first")) + &message(8, &text("second words"))));
    let (cut, _) = whole.split_once(" words").unwrap();
    let reading = newest().read(cut);
    assert_eq!(short(&reading.posts), ["telegram:1900000001/7 2026-11-22T11:07:20Z first"]);
    assert_eq!(reading.problems.len(), 2);
    assert_eq!(
        reading.problems[0].reason,
        "the page ends before its end; what stands whole on it is read"
    );
    assert_eq!(reading.problems[1].reason, "the page ends inside of message 8");
    let (cut, _) = page("812", NONE_FOUND)
        .split_once("</section>")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    assert_eq!(states(&newest().read(cut))[0].1, "error");
    let (cut, _) = whole.split_once("<main").unwrap();
    assert_eq!(newest().read(cut).channels[0].status, Status::Error);
}

#[test]
fn what_one_message_lacks_is_its_own_problem() {
    let sound = message(9, &text("sound"));
    let untimed = message(7, &text("x")).replace("datetime=", "data-x=");
    let odd = message(8, &text("x")).replace("13:08:20", "noon");
    let foreign =
        message(6, &text("x")).replace("data-post=\"coastweather", "data-post=\"railnotices");
    let nameless =
        message(5, &text("x")).replace("data-post=\"coastweather/5\"", "data-post=\"5\"");
    let views = message_of(
        -1_900_000_001,
        10,
        &text("y"),
        "<span class=\"tgme_widget_message_views\">many</span>",
    );
    let body = page("812", &[sound, untimed, odd, foreign, nameless, views].concat());
    let reading = newest().read(&body);
    assert_eq!(reading.posts.iter().map(|p| p.text.as_str()).collect::<Vec<_>>(), ["sound", "y"]);
    let reasons: Vec<_> = reading.problems.iter().map(|p| p.reason.as_str()).collect();
    assert_eq!(
        reasons,
        [
            "message 7 has no time",
            "the time of message 8 is '2026-11-22Tnoon+02:00', which is none",
            "message 6 is of another channel, 'railnotices'",
            "a message has no 'data-post' of a public channel",
            "views are 'many', which is no number; the rest is kept without it",
        ]
    );
    let mut bytes = page("812", &message(7, &text("r#in"))).into_bytes();
    let at = bytes.windows(4).position(|four| four == b"r#in").unwrap();
    bytes[at + 1] = 0xff;
    let reading = newest().read(&bytes);
    assert_eq!(
        (reading.posts.len(), reading.problems[0].reason.as_str()),
        (0, "message 7 is not UTF-8")
    );
}

proptest! {
    #[test]
    fn any_answer_is_read_without_a_panic(
        url in prop_oneof![Just("https://t.me/s/a".to_owned()), Just("https://t.me/a/5?embed=1".to_owned()), "\\PC{0,30}"],
        status in prop_oneof![Just(200u16), any::<u16>()],
        pieces in proptest::collection::vec(prop_oneof![
            Just("<div class=\"tgme_channel_history\">".as_bytes().to_vec()),
            Just("<div class=\"tgme_widget_message\" data-post=\"a/5\">".as_bytes().to_vec()),
            Just("<div class=\"tgme_page\">".as_bytes().to_vec()),
            Just("<div class=\"js-message_text\">".as_bytes().to_vec()),
            Just("<a class=\"tgme_widget_message_date\"><time datetime=\"2026-11-22T13:00:20Z\">".as_bytes().to_vec()),
            Just("</div>".as_bytes().to_vec()),
            proptest::collection::vec(any::<u8>(), 0..30),
        ], 0..20),
    ) {
        let asked = Asked { status, ..Asked::at(&url) };
        let reading = asked.read(pieces.concat());
        prop_assert!(reading.rows > 0 || !reading.problems.is_empty());
    }
}
