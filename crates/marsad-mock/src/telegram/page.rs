//! The pages, in t.me's own shape.

use std::fmt::Write;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::Channel;
use super::Status;
use super::post::Post;
use crate::chance;
use crate::http::put;

pub(super) mod message;
mod text;

use text::{body, escape};

/// What of a channel's history is shown.
pub(super) struct View<'a> {
    /// Posts, the oldest first.
    pub(super) posts: Vec<(u32, &'a Post)>,
    /// What the page's canonical address says.
    pub(super) before: u32,
    /// Whether these are hits, with no way to more.
    pub(super) is_search: bool,
}

/// 812, 12.5K, 1.25M: three significant digits, rounded half up.
pub(super) fn rounded(count: u64) -> String {
    let scaled = |unit: u64, letter: &str| {
        // The smallest step that three digits can show, in hundredths of the unit.
        let hundredths = |step: u64| {
            let step_units = unit * step / 100;
            (count + step_units / 2) / step_units * step
        };
        let fine = hundredths(1);
        let coarse = if fine < 1000 { fine } else { hundredths(10) };
        let coarse = if coarse < 10_000 { coarse } else { hundredths(100) };
        let digits = format!("{}.{:02}", coarse / 100, coarse % 100);
        let digits = digits.trim_end_matches('0').trim_end_matches('.');
        (coarse, format!("{digits}{letter}"))
    };
    match count {
        0..1000 => count.to_string(),
        1000..1_000_000 => match scaled(1000, "K") {
            (100_000.., _) => "1M".to_owned(),
            (_, written) => written,
        },
        _ => scaled(1_000_000, "M").1,
    }
}

/// 15 230 with a space that does not break.
fn exact(count: u64) -> String {
    let digits = count.to_string();
    let mut written = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            written.push('\u{a0}');
        }
        written.push(digit);
    }
    written
}

fn plural<'a>(count: u64, one: &'a str, many: &'a str) -> &'a str {
    if count == 1 { one } else { many }
}

/// The undocumented mark of a message: base64url JSON without padding. Its time and hash differ at
/// every look, so that two looks at one page never have the same bytes.
fn data_view(channel: i64, id: u32, now_ms: i64) -> String {
    let hash = chance::word(channel.unsigned_abs() ^ u64::from(id), now_ms.unsigned_abs());
    let seconds = now_ms.div_euclid(1000);
    let json = format!("{{\"c\":{channel},\"p\":{id},\"t\":{seconds},\"h\":\"{hash:018x}\"}}");
    URL_SAFE_NO_PAD.encode(json)
}

fn generated(now_ms: i64) -> String {
    let hundredths = 300 + chance::below(chance::mix(now_ms.unsigned_abs()), 900);
    format!("<!-- page generated in {}.{:02}ms -->\n", hundredths / 100, hundredths % 100)
}

/// `/s/name`.
pub(super) fn history(channel: &Channel, view: &View<'_>, now_ms: i64) -> String {
    let name = channel.name(now_ms);
    let title = escape(channel.title.at(now_ms).map_or("", String::as_str));
    let about = escape(channel.description.at(now_ms).map_or("", String::as_str));
    let first = view.posts.first().map(|(id, _)| *id);
    let last = view.posts.last().map(|(id, _)| *id);
    let older = first.filter(|id| !view.is_search && channel.oldest(now_ms) < Some(*id));
    let newer = last.filter(|id| !view.is_search && channel.newest(now_ms) > Some(*id));
    let mut page = format!(
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset=\"utf-8\">\n    \
         <title>{title} – Telegram</title>\n\
         <meta property=\"og:title\" content=\"{title}\">\n\
         <meta property=\"og:image\" content=\"https://cdn4.telesco.pe/file/ava.jpg\">\n\
         <meta property=\"og:description\" content=\"{about}\">\n\
         <meta property=\"al:ios:url\" content=\"tg://resolve?domain={name}\">\n"
    );
    if let Some(id) = older {
        put!(page, "<link rel=\"prev\" href=\"/s/{name}?before={id}\">\n");
    }
    if let Some(id) = newer {
        put!(page, "<link rel=\"next\" href=\"/s/{name}?after={id}\">\n");
    }
    put!(page, "<link rel=\"canonical\" href=\"/s/{name}?before={}\">\n  </head>\n", view.before);
    header(&mut page, channel, &title, now_ms);
    put!(
        page,
        "<main class=\"tgme_main\" data-url=\"/{name}\">\n  <div class=\"tgme_container\">\n    \
         <section class=\"tgme_channel_history js-message_history\">\n      "
    );
    if let Some(id) = older {
        more(&mut page, name, ("before", id));
    }
    for (id, post) in &view.posts {
        page.push_str("<div class=\"tgme_widget_message_wrap js-widget_message_wrap\">");
        message::put_message(&mut page, channel, (*id, post), now_ms);
        page.push_str("</div>");
    }
    if view.posts.is_empty() {
        page.push_str(
            "<div class=\"tgme_widget_message_wrap js-widget_message_wrap\">\
             <div class=\"tgme_widget_message_centered\">\
             <div class=\"tme_no_messages_found\">No posts found</div></div></div>",
        );
    }
    if let Some(id) = newer {
        more(&mut page, name, ("after", id));
    }
    page.push_str("\n    </section>\n  </div>\n</main>\n  </body>\n</html>\n");
    page.push_str(&generated(now_ms));
    page
}

fn more(page: &mut String, name: &str, (way, id): (&str, u32)) {
    put!(
        page,
        "<div class=\"tgme_widget_message_centered js-messages_more_wrap\">\
         <a href=\"/s/{name}?{way}={id}\" class=\"tme_messages_more js-messages_more\" \
         data-{way}=\"{id}\"></a></div>"
    );
}

fn header(page: &mut String, channel: &Channel, title: &str, now_ms: i64) {
    let name = channel.name(now_ms);
    let letter = title.chars().next().unwrap_or('?');
    let about = body(channel.description.at(now_ms).map_or("", String::as_str));
    let subscribers = channel.subscribers.at(now_ms).copied().unwrap_or(0);
    put!(
        page,
        "  <body class=\"widget_frame_base tgme_webpreview emoji_image thin_box_shadow tme_mode no_transitions\">\n    \
         <header class=\"tgme_header search_collapsed\">\n  <div class=\"tgme_container\">\n    \
         <div class=\"tgme_header_right_column\"><section class=\"tgme_right_column\">\
         <div class=\"tgme_channel_info\">\n          <div class=\"tgme_channel_info_header\">\n            \
         <i class=\"tgme_page_photo_image bgcolor2\" data-content=\"{letter}\">\
         <img src=\"https://cdn4.telesco.pe/file/ava.jpg\"></i>\n            \
         <div class=\"tgme_channel_info_header_title_wrap\">\n              \
         <div class=\"tgme_channel_info_header_title\"><span dir=\"auto\">{title}</span></div>\n            \
         </div>\n            \
         <div class=\"tgme_channel_info_header_username\"><a href=\"https://t.me/{name}\">@{name}</a></div>\n          \
         </div>\n          <div class=\"tgme_channel_info_counters\">"
    );
    let [photos, videos, files, links] = channel.counts;
    for (count, one, many) in [
        (subscribers, "subscriber", "subscribers"),
        (photos, "photo", "photos"),
        (videos, "video", "videos"),
        (files, "file", "files"),
        (links, "link", "links"),
    ] {
        if count > 0 || one == "subscriber" {
            put!(
                page,
                "<div class=\"tgme_channel_info_counter\"><span class=\"counter_value\">{}</span> \
                 <span class=\"counter_type\">{}</span></div>",
                rounded(count),
                plural(count, one, many)
            );
        }
    }
    put!(
        page,
        "</div>\n          <div class=\"tgme_channel_info_description\">{about}</div>\n    \
         </div></section></div>\n    <div class=\"tgme_header_info\">\
         <a class=\"tgme_header_link\" href=\"https://t.me/{name}\">\
         <div class=\"tgme_header_title_wrap\"><div class=\"tgme_header_title\">\
         <span dir=\"auto\">{title}</span></div></div>\
         <div class=\"tgme_header_counter\">{} {}</div></a></div>\n  </div>\n</header>\n",
        rounded(subscribers),
        plural(subscribers, "subscriber", "subscribers")
    );
}

/// `/name`: a channel's, a group's, or the page that a person and an unknown name share.
pub(super) fn landing(asked: &str, channel: Option<&Channel>, now_ms: i64) -> String {
    let status = channel.map_or(Status::Gone, |channel| channel.status(now_ms));
    let page = match (channel, status) {
        (None, _) | (_, Status::Gone | Status::Person | Status::Private { .. }) => {
            contact(&escape(asked))
        }
        (Some(channel), status) => view(channel, status, now_ms),
    };
    page + &generated(now_ms)
}

fn contact(name: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset=\"utf-8\">\n    \
         <title>Telegram: Contact @{name}</title>\n    \
         <meta name=\"robots\" content=\"noindex, nofollow\">\
         <meta property=\"og:title\" content=\"Telegram: Contact @{name}\">\n  </head>\n  \
         <body class=\"no_transition\">\n    \
         <div class=\"tgme_page_wrap\"><div class=\"tgme_body_wrap\"><div class=\"tgme_page\">\n\
         <div class=\"tgme_page_icon\">\n  <i class=\"tgme_icon_user\"></i>\n</div>\n\
         <div class=\"tgme_page_description\">\n  If you have <strong>Telegram</strong>, you can contact \
         <a class=\"tgme_username_link\" href=\"tg://resolve?domain={name}\">@{name}</a> right away.\n\
         </div>\n</div></div></div>\n  </body>\n</html>\n"
    )
}

fn view(channel: &Channel, status: Status, now_ms: i64) -> String {
    let name = channel.name(now_ms);
    let title = escape(channel.title.at(now_ms).map_or("", String::as_str));
    let about = escape(channel.description.at(now_ms).map_or("", String::as_str));
    let count = channel.subscribers.at(now_ms).copied().unwrap_or(0);
    let extra = match status {
        Status::Group { online } => {
            format!(
                "{} {}, {} online",
                exact(count),
                plural(count, "member", "members"),
                exact(online)
            )
        }
        _ => format!("{} {}", exact(count), plural(count, "subscriber", "subscribers")),
    };
    let context = match status {
        Status::Public => format!(
            "<div class=\"tgme_page_context_link_wrap\">\
             <a class=\"tgme_page_context_link\" href=\"/s/{name}\">Preview channel</a></div>"
        ),
        _ => String::new(),
    };
    format!(
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset=\"utf-8\">\n    \
         <title>Telegram: View @{name}</title>\n    \
         <meta property=\"og:title\" content=\"Telegram: View @{name}\">\n  </head>\n  \
         <body class=\"no_transition\">\n    \
         <div class=\"tgme_page_wrap\"><div class=\"tgme_body_wrap\"><div class=\"tgme_page\">\n\
         <div class=\"tgme_page_photo\">\n  <a href=\"tg://resolve?domain={name}\">\
         <img class=\"tgme_page_photo_image\" src=\"https://cdn4.telesco.pe/file/ava.jpg\"></a>\n</div>\n\
         <div class=\"tgme_page_title\" dir=\"auto\">\n  <span dir=\"auto\">{title}</span>\n</div>\n\
         <div class=\"tgme_page_extra\">{extra}</div>\n\
         <div class=\"tgme_page_description\" dir=\"auto\">{about}</div>\n\
         <div class=\"tgme_page_action\">\n  <a class=\"tgme_action_button_new shine\" \
         href=\"tg://resolve?domain={name}\">View in Telegram</a>\n</div>\n{context}\n\
         </div></div></div>\n  </body>\n</html>\n"
    )
}

/// `/name/1?embed=1`: the post, or that there is none.
pub(super) fn embed(found: Option<(&Channel, (u32, &Post))>, now_ms: i64) -> String {
    let mut page = String::from(
        "<!DOCTYPE html>\n<html>\n  <head>\n    <meta charset=\"utf-8\">\n    \
         <title>Telegram Widget</title>\n  </head>\n  \
         <body class=\"widget_frame_base tgme_widget body_widget_post emoji_image nodark\">\n    ",
    );
    match found {
        Some((channel, post)) => message::put_message(&mut page, channel, post, now_ms),
        None => page.push_str(
            "<div class=\"tgme_widget_message text_not_supported_wrap err_message js-widget_message\">\n  \
             <div class=\"tgme_widget_message_user\">\
             <i class=\"tgme_widget_message_user_photo\" data-content=\"!\"></i></div>\n  \
             <div class=\"tgme_widget_message_bubble\">\n    \
             <div class=\"tgme_widget_message_error\" dir=\"auto\">Post not found</div>\n  </div>\n</div>",
        ),
    }
    page.push_str("\n  </body>\n</html>\n");
    page
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn views_are_rounded_to_three_digits() {
        let pairs = [
            (812, "812"),
            (999, "999"),
            (1000, "1K"),
            (1013, "1.01K"),
            (2_900, "2.9K"),
            (9_994, "9.99K"),
            (9_995, "10K"),
            (12_449, "12.4K"),
            (12_450, "12.5K"),
            (12_549, "12.5K"),
            (12_550, "12.6K"),
            (99_950, "100K"),
            (999_499, "999K"),
            (999_500, "1M"),
            (1_254_999, "1.25M"),
            (12_549_999, "12.5M"),
        ];
        for (count, written) in pairs {
            assert_eq!(rounded(count), written, "{count}");
        }
    }

    #[test]
    fn the_landing_page_groups_digits_with_a_space_that_does_not_break() {
        assert_eq!(exact(812), "812");
        assert_eq!(exact(15_230), "15\u{a0}230");
        assert_eq!(exact(1_000_000), "1\u{a0}000\u{a0}000");
    }

    #[test]
    fn the_mark_of_a_message_has_no_padding() {
        let mark = data_view(-1_900_000_001, 86, 1_795_400_000_000);
        let json = String::from_utf8(URL_SAFE_NO_PAD.decode(&mark).unwrap()).unwrap();
        assert!(
            json.starts_with("{\"c\":-1900000001,\"p\":86,\"t\":1795400000,\"h\":\""),
            "{json}"
        );
        assert_ne!(mark, data_view(-1_900_000_001, 86, 1_795_400_001_000));
    }
}
