//! t.me's rules, one test each, as the notes on it say them.

use marsad_mock::telegram::{Draft, Forward, LinkPreview, Media, OldName, Reaction, Status};
use marsad_mock::{Limit, Mock, PostKind, Request, Response, Telegram};
use proptest::prelude::*;

const NOW: i64 = 1_795_400_000_000;
const MINUTE: i64 = 60_000;

fn get(telegram: &Telegram, path: &str) -> Response {
    telegram.answer(&Request::get(path), NOW)
}

fn page(telegram: &Telegram, path: &str) -> String {
    let response = get(telegram, path);
    assert_eq!(response.status, 200, "{path}");
    response.text()
}

/// Values between two marks, all of them.
fn between<'a>(page: &'a str, from: &str, to: &str) -> Vec<&'a str> {
    page.split(from).skip(1).filter_map(|rest| rest.split(to).next()).collect()
}

fn ids(page: &str) -> Vec<u32> {
    between(page, "data-post=\"", "\"")
        .into_iter()
        .map(|post| post.split_once('/').unwrap().1.parse().unwrap())
        .collect()
}

fn link(page: &str, rel: &str) -> Option<String> {
    let start = format!("<link rel=\"{rel}\" href=\"");
    between(page, &start, "\"").first().map(|&href| href.to_owned())
}

/// A channel with so many hourly notices, the last an hour before `NOW`.
fn coast(posts: u32) -> Telegram {
    let telegram = Telegram::new();
    telegram.add_channel("coastweather", "Coast Weather", 15_230, 0);
    for hour in 1..=posts {
        let at = NOW - i64::from(posts + 1 - hour) * 60 * MINUTE;
        let text = format!("Hour {hour}: wind {} kn", 10 + hour % 7);
        telegram.post("coastweather", at, Draft::text(text)).unwrap();
    }
    telegram
}

#[test]
fn the_newest_page_holds_twenty_ascending_and_leads_to_older_ones() {
    let telegram = coast(90);
    let newest = page(&telegram, "/s/coastweather");
    assert_eq!(ids(&newest), (71..=90).collect::<Vec<_>>());
    assert_eq!(link(&newest, "prev").as_deref(), Some("/s/coastweather?before=71"));
    assert_eq!(link(&newest, "next"), None);
    assert_eq!(link(&newest, "canonical").as_deref(), Some("/s/coastweather?before=91"));
    assert!(newest.contains("class=\"tme_messages_more js-messages_more\" data-before=\"71\""));
}

#[test]
fn before_and_after_are_exclusive() {
    let telegram = coast(90);
    let before = page(&telegram, "/s/coastweather?before=24");
    assert_eq!(ids(&before), (4..=23).collect::<Vec<_>>());
    assert_eq!(link(&before, "prev").as_deref(), Some("/s/coastweather?before=4"));
    assert_eq!(link(&before, "next").as_deref(), Some("/s/coastweather?after=23"));
    let after = page(&telegram, "/s/coastweather?after=85");
    assert_eq!(ids(&after), (86..=90).collect::<Vec<_>>());
    assert_eq!(link(&after, "next"), None);
    assert_eq!(link(&after, "canonical").as_deref(), Some("/s/coastweather?before=91"));
}

#[test]
fn the_first_page_has_no_prev_and_past_it_there_is_a_wrap_without_a_message() {
    let telegram = coast(90);
    let first = page(&telegram, "/s/coastweather?before=5");
    assert_eq!(ids(&first), [1, 2, 3, 4]);
    assert_eq!(link(&first, "prev"), None);
    let past = page(&telegram, "/s/coastweather?before=1");
    assert_eq!(ids(&past), [0_u32; 0]);
    assert!(past.contains("tgme_widget_message_wrap js-widget_message_wrap"));
    assert!(past.contains("<div class=\"tme_no_messages_found\">No posts found</div>"));
    assert_eq!(link(&past, "prev"), None);
}

#[test]
fn every_picture_of_an_album_counts_for_the_page() {
    let telegram = coast(20);
    let album = telegram.post("coastweather", NOW, Draft::album(3, "The pier")).unwrap();
    assert_eq!(album, 21);
    assert_eq!(telegram.post("coastweather", NOW, Draft::text("after")).unwrap(), 24);
    let newest = page(&telegram, "/s/coastweather");
    // 24, the album's 21 to 23, and sixteen more make twenty.
    assert_eq!(ids(&newest), (5..=21).chain([24]).collect::<Vec<_>>());
    assert_eq!(between(&newest, "?single", "\"").len(), 3);
    assert!(newest.contains("https://t.me/coastweather/23?single"));
    let text = "<div class=\"tgme_widget_message_text js-message_text\" dir=\"auto\">";
    assert!(newest.contains(&format!("{text}{text}The pier</div></div>")));
    assert_eq!(
        ids(&page(&telegram, "/coastweather/22?embed=1")),
        [21],
        "a picture leads to its album"
    );
}

#[test]
fn a_page_without_preview_redirects_and_the_landing_page_says_what_it_is() {
    let telegram = coast(3);
    for (name, subscribers, status) in [
        ("nopreview", 4310, Status::PreviewOff),
        ("harbourchat", 2835, Status::Group { online: 41 }),
        ("somebody", 0, Status::Person),
    ] {
        telegram.add_channel(name, "Title", subscribers, 0);
        telegram.set_status(name, 0, status).unwrap();
    }
    for name in ["nopreview", "harbourchat", "somebody", "nosuchname"] {
        let answer = get(&telegram, &format!("/s/{name}"));
        assert_eq!(answer.status, 302, "{name}");
        assert_eq!(answer.header("location"), Some(format!("https://t.me/{name}").as_str()));
    }
    let public = page(&telegram, "/coastweather");
    assert!(public.contains("<title>Telegram: View @coastweather</title>"));
    assert!(public.contains("tgme_page_context_link_wrap"));
    assert!(public.contains(">15\u{a0}230 subscribers<"));
    let off = page(&telegram, "/nopreview");
    assert!(off.contains("View @nopreview") && off.contains(">4\u{a0}310 subscribers<"));
    assert!(!off.contains("tgme_page_context_link_wrap"));
    assert!(page(&telegram, "/harbourchat").contains(">2\u{a0}835 members, 41 online<"));
    for name in ["somebody", "nosuchname"] {
        let contact = page(&telegram, &format!("/{name}"));
        assert!(contact.contains(&format!("Telegram: Contact @{name}")));
        assert!(contact.contains("noindex, nofollow") && contact.contains("tgme_icon_user"));
    }
}

#[test]
fn a_channel_without_posts_is_public_and_empty() {
    let telegram = coast(0);
    let empty = page(&telegram, "/s/coastweather");
    assert!(empty.contains("tme_no_messages_found") && ids(&empty).is_empty());
}

#[test]
fn a_deleted_post_is_a_gap_and_its_embed_says_so() {
    let telegram = coast(5);
    telegram.delete("coastweather", 3, NOW - 1).unwrap();
    telegram.skip("coastweather", 2).unwrap();
    telegram.post("coastweather", NOW, Draft::text("after a gap")).unwrap();
    assert_eq!(ids(&page(&telegram, "/s/coastweather")), [1, 2, 4, 5, 8]);
    let gone = page(&telegram, "/coastweather/3?embed=1");
    assert!(gone.contains("err_message") && gone.contains("Post not found"));
    let never = page(&telegram, "/coastweather/7?embed=1");
    assert!(never.contains("err_message"));
    assert_eq!(ids(&page(&telegram, "/coastweather/4?embed=1")), [4]);
}

#[test]
fn an_edit_shows_as_a_flag_and_never_when() {
    let telegram = coast(2);
    telegram.edit("coastweather", 2, NOW - 5, "Correction: wind 14 kn").unwrap();
    let newest = page(&telegram, "/s/coastweather");
    let metas =
        between(&newest, "tgme_widget_message_meta\">", "<a class=\"tgme_widget_message_date");
    assert_eq!(metas, ["", "edited &nbsp;"]);
    assert!(newest.contains("Correction: wind 14 kn") && !newest.contains("Hour 2"));
    assert!(newest.contains("datetime=\"2026-11-23T01:13:20+00:00\""), "the time of posting");
}

#[test]
fn a_service_line_has_no_views_and_a_class_of_its_own() {
    let telegram = coast(0);
    telegram.post("coastweather", NOW, Draft::service("Channel created")).unwrap();
    let newest = page(&telegram, "/s/coastweather");
    assert!(newest.contains(" service_message ") && !newest.contains("tgme_widget_message_views"));
    assert_eq!(telegram.truth().posts[0].kind, PostKind::Service);
}

#[test]
fn a_new_photo_a_link_and_html_of_ones_own_are_shown() {
    let telegram = coast(0);
    let photo = Draft::service("Channel photo updated").with(Media::Photo);
    telegram.post("coastweather", NOW, photo).unwrap();
    let link = LinkPreview {
        address: "https://example.org/tides?a=1&b=2".to_owned(),
        site: "Example Port".to_owned(),
        title: "Tide table".to_owned(),
        about: "High water at 04:10".to_owned(),
    };
    telegram
        .post("coastweather", NOW, Draft { link_preview: Some(link), ..Draft::text("a") })
        .unwrap();
    let html = Some("Fog <tg-spoiler>lifting</tg-spoiler>".to_owned());
    let own = telegram.post("coastweather", NOW, Draft { html, ..Draft::text("") }).unwrap();
    telegram.set_title("coastweather", NOW, "Coast", "Notices\nContact: @coastdesk").unwrap();
    let newest = page(&telegram, "/s/coastweather");
    assert!(newest.contains(" service_message service_message_photo "));
    assert!(newest.contains("tgme_widget_message_service_photo"));
    assert!(newest.contains(
        "href=\"https://example.org/tides?a=1&amp;b=2\"><div class=\"link_preview_site_name"
    ));
    assert!(newest.contains("Fog <tg-spoiler>lifting</tg-spoiler></div>"));
    assert!(newest.contains("Notices<br/>Contact: <a href=\"https://t.me/coastdesk\""));
    telegram.edit("coastweather", own, NOW, "Fog lifted").unwrap();
    assert!(!page(&telegram, "/s/coastweather").contains("tg-spoiler"));
}

#[test]
fn views_and_header_are_rounded_and_one_is_singular() {
    let telegram = Telegram::new();
    telegram.add_channel("coastweather", "Coast Weather", 1, 0);
    let views = Draft::text("a").with_views(12_549).with(Media::Video(27));
    telegram.post("coastweather", 1000, views).unwrap();
    let newest = page(&telegram, "/s/coastweather");
    assert!(newest.contains("tgme_widget_message_views\">12.5K<"));
    assert!(newest.contains("counter_value\">1</span> <span class=\"counter_type\">subscriber<"));
    assert!(newest.contains("counter_value\">1</span> <span class=\"counter_type\">video<"));
    telegram.set_subscribers("coastweather", NOW, 15_230).unwrap();
    telegram.set_views("coastweather", 1, NOW, 1_254_000).unwrap();
    let later = page(&telegram, "/s/coastweather");
    assert!(
        later.contains("counter_value\">15.2K</span> <span class=\"counter_type\">subscribers<")
    );
    assert!(later.contains("tgme_header_counter\">15.2K subscribers<"));
    assert!(later.contains("tgme_widget_message_views\">1.25M<"));
}

#[test]
fn forwards_replies_and_signatures_are_where_they_stand_on_the_site() {
    let telegram = coast(1);
    let forwarded = Draft::text("Line 3").forwarded("Rail Notices", "railnotices", 77);
    telegram.post("coastweather", NOW, forwarded).unwrap();
    telegram.post("coastweather", NOW, Draft::text("x").forwarded_hidden("Night editor")).unwrap();
    let author = Forward {
        name: "City Desk".to_owned(),
        post: Some("citydesk/12".to_owned()),
        author: Some("A. Writer".to_owned()),
    };
    let signed_there = Draft { forward: Some(author), ..Draft::text("y") };
    telegram.post("coastweather", NOW, signed_there).unwrap();
    telegram
        .post("coastweather", NOW, Draft::text("answer").replying(1).signed("Duty editor"))
        .unwrap();
    let newest = page(&telegram, "/s/coastweather");
    assert!(newest.contains(
        "forwarded_from_name\" href=\"https://t.me/railnotices/77\"><span dir=\"auto\">Rail Notices<"
    ));
    assert!(newest.contains(
        "<span class=\"tgme_widget_message_forwarded_from_name\"><span dir=\"auto\">Night editor<"
    ));
    assert!(newest.contains("forwarded_from_author\" dir=\"auto\">A. Writer<"));
    assert!(newest.contains(
        "tgme_widget_message_reply user-color-default\" href=\"https://t.me/coastweather/1\""
    ));
    assert!(newest.contains("js-message_reply_text\" dir=\"auto\">Hour 1: wind 11 kn<"));
    assert!(newest.contains("tgme_widget_message_from_author\" dir=\"auto\">Duty editor<"));
}

#[test]
fn what_is_attached_has_the_sites_classes() {
    let telegram = coast(0);
    let options = vec![("Weather".to_owned(), 62), ("Trains".to_owned(), 38)];
    let attached = [
        (Media::Photo, "tgme_widget_message_photo_wrap"),
        (
            Media::Video(27),
            "<time class=\"message_video_duration js-message_video_duration\">0:27</time>",
        ),
        (Media::Voice(13), "tgme_widget_message_voice_player"),
        (Media::Round, "tgme_widget_message_roundvideo"),
        (
            Media::File("tides.pdf".to_owned(), "248.1 KB".to_owned()),
            "document_extra\" dir=\"auto\">248.1 KB<",
        ),
        (Media::Location(35.9, 14.5), "tgme_widget_message_location_wrap"),
        (Media::Sticker, "tgme_widget_message_sticker"),
        (Media::Poll("First?".to_owned(), options, 1200), "tgme_widget_message_voters\">1.2K<"),
        (Media::NotSupported, "message_media_not_supported_label\">Please open Telegram"),
    ];
    for (media, expected) in attached {
        let id = telegram.post("coastweather", NOW, Draft::text("").with(media)).unwrap();
        let embed = page(&telegram, &format!("/coastweather/{id}?embed=1"));
        assert!(embed.contains(expected), "{expected}");
    }
    let reactions = vec![
        (Reaction::Emoji("👍".to_owned()), 1200),
        (Reaction::Custom(5_465_587_407_350_942_612), 3),
        (Reaction::Paid, 2),
    ];
    let id = telegram.post("coastweather", NOW, Draft { reactions, ..Draft::text("a") }).unwrap();
    let embed = page(&telegram, &format!("/coastweather/{id}?embed=1"));
    assert!(embed.contains("<b>👍</b></i>1.2K</span>"));
    assert!(embed.contains("<tg-emoji emoji-id=\"5465587407350942612\"></tg-emoji>3<"));
    assert!(embed.contains("tgme_reaction tgme_reaction_paid"));
}

#[test]
fn search_shows_twenty_hits_and_no_way_to_more() {
    let telegram = coast(90);
    let hits = page(&telegram, "/s/coastweather?q=WIND");
    assert_eq!(ids(&hits), (71..=90).collect::<Vec<_>>());
    assert_eq!((link(&hits, "prev"), link(&hits, "next")), (None, None));
    assert!(page(&telegram, "/s/coastweather?q=football").contains("tme_no_messages_found"));
    telegram.delete("coastweather", 90, NOW).unwrap();
    assert_eq!(ids(&page(&telegram, "/s/coastweather?q=wind")), (70..=89).collect::<Vec<_>>());
}

#[test]
fn a_renamed_channel_answers_under_its_old_name_or_not_at_all() {
    let telegram = coast(2);
    telegram.rename("coastweather", "coastdesk", NOW - 10, OldName::Answers).unwrap();
    let old = page(&telegram, "/s/CoastWeather");
    assert_eq!(between(&old, "data-post=\"", "\""), ["coastdesk/1", "coastdesk/2"]);
    telegram.rename("coastdesk", "thirdname", NOW - 5, OldName::Free).unwrap();
    assert_eq!(get(&telegram, "/s/coastdesk").status, 302);
    assert_eq!(ids(&page(&telegram, "/s/thirdname")), [1, 2]);
    assert_eq!(telegram.truth().channels[0].names.len(), 3);
}

#[test]
fn what_happens_later_is_not_seen_yet() {
    let telegram = coast(2);
    telegram.post("coastweather", NOW + 10, Draft::text("later")).unwrap();
    telegram.edit("coastweather", 1, NOW + 20, "edited later").unwrap();
    telegram.delete("coastweather", 2, NOW + 30).unwrap();
    telegram.set_status("coastweather", NOW + 40, Status::Gone).unwrap();
    let at = |ms: i64| telegram.answer(&Request::get("/s/coastweather"), ms);
    assert_eq!(ids(&at(NOW).text()), [1, 2]);
    assert!(!at(NOW + 10).text().contains("edited &nbsp;"));
    assert_eq!(ids(&at(NOW + 20).text()), [1, 2, 3]);
    assert!(at(NOW + 20).text().contains("edited later"));
    assert_eq!(ids(&at(NOW + 30).text()), [1, 3]);
    assert_eq!(at(NOW + 40).status, 302);
    let truth = telegram.truth();
    assert!(truth.post("coastweather", "2").unwrap().is_up(NOW + 29));
    assert!(!truth.post("coastweather", "2").unwrap().is_up(NOW + 30));
    assert_eq!(truth.post("coastweather", "1").unwrap().text(NOW + 20), Some("edited later"));
}

#[test]
fn the_mark_of_a_message_names_the_channel_by_its_id() {
    let telegram = coast(1);
    assert_eq!(telegram.add_channel("railnotices", "Rail Notices", 5, 0), -1_900_000_002);
    let mark = between(&page(&telegram, "/s/coastweather"), "data-view=\"", "\"")[0].to_owned();
    // {"c":-1900000001,"p":1, begins so in base64url.
    assert!(mark.starts_with("eyJjIjotMTkwMDAwMDAwMSwicCI6MSwi"), "{mark}");
    assert!(!mark.contains('='));
}

#[test]
fn politeness_is_counted_and_refused_only_where_asked() {
    let telegram = coast(1);
    telegram.gate().set_limit(Some(Limit::per_second(1)));
    let ask = |at: i64| telegram.answer(&Request::get("/s/coastweather"), at).status;
    assert_eq!([ask(0), ask(500), ask(1000)], [200, 200, 200]);
    assert_eq!(telegram.gate().over_limit(), 1);
    telegram.gate().set_limit(Some(Limit::per_second(1).refusing()));
    assert_eq!([ask(2000), ask(2500), ask(3000)], [200, 429, 200]);
    let paths: Vec<_> =
        telegram.gate().log().into_iter().map(|seen| (seen.at_ms, seen.status)).collect();
    assert_eq!(paths[3..], [(2000, 200), (2500, 429), (3000, 200)]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    /// Posts of one message, albums, gaps; some deleted; paged back by `rel=prev` alone.
    #[test]
    fn paging_back_visits_every_post_once(
        posts in prop::collection::vec((0_u32..12, prop::bool::weighted(0.2)), 0..150),
    ) {
        let telegram = Telegram::new();
        telegram.add_channel("coastweather", "Coast Weather", 10, 0);
        let mut standing = Vec::new();
        for (kind, is_deleted) in posts {
            let draft = match kind {
                0..2 => Draft::album(2 + kind * 8, "pictures"),
                2 => Draft::service("Channel photo updated"),
                _ => Draft::text("Platform 4 closed"),
            };
            // Several share a millisecond.
            let id = telegram.post("coastweather", NOW - i64::from(kind % 3), draft).unwrap();
            if is_deleted {
                telegram.delete("coastweather", id, NOW).unwrap();
            } else {
                standing.push(id);
            }
            if kind == 5 {
                telegram.skip("coastweather", 3).unwrap();
            }
        }
        let mut visited = Vec::new();
        let mut path = "/s/coastweather".to_owned();
        loop {
            let shown = page(&telegram, &path);
            let mut on_page = ids(&shown);
            prop_assert!(on_page.is_sorted());
            on_page.extend(visited);
            visited = on_page;
            match link(&shown, "prev") {
                Some(older) => path = older,
                None => break,
            }
        }
        prop_assert_eq!(visited, standing);
    }
}
