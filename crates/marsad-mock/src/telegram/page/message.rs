//! One message as it stands in a page.

use std::fmt::Write;

use super::text::{body, escape, put_emoji};
use super::{Channel, Post, data_view, rounded};
use crate::chance;
use crate::http::put;
use crate::telegram::draft::{Media, Reaction};
use crate::time::{hour_minute, seconds_with_offset};

/// An address at the content network; its token changes by the hour, as links there expire.
fn file(kind: &str, id: u32, now_ms: i64) -> String {
    let token = chance::word(u64::from(id), now_ms.div_euclid(3_600_000).unsigned_abs());
    let (name, ending) = kind.split_once('.').unwrap_or((kind, "jpg"));
    format!("https://cdn4.telesco.pe/file/{name}{id}.{ending}?token={token:016x}")
}

pub(in crate::telegram) fn put_message(
    page: &mut String,
    channel: &Channel,
    (id, post): (u32, &Post),
    now_ms: i64,
) {
    let name = channel.name(now_ms);
    let title = escape(channel.title.at(now_ms).map_or("", String::as_str));
    let letter = title.chars().next().unwrap_or('?');
    let service = match (post.draft.service, &post.draft.media) {
        (false, _) => "",
        (true, Some(Media::Photo)) => " service_message service_message_photo",
        (true, _) => " service_message",
    };
    put!(
        page,
        "<div class=\"tgme_widget_message text_not_supported_wrap{service} js-widget_message\" \
         data-post=\"{name}/{id}\" data-view=\"{}\">\n  \
         <div class=\"tgme_widget_message_user\"><a href=\"https://t.me/{name}\">\
         <i class=\"tgme_widget_message_user_photo bgcolor2\" data-content=\"{letter}\">\
         <img src=\"https://cdn4.telesco.pe/file/ava.jpg\"></i></a></div>\n  \
         <div class=\"tgme_widget_message_bubble\">\n    \
         <div class=\"tgme_widget_message_author accent_color\">\
         <a class=\"tgme_widget_message_owner_name\" href=\"https://t.me/{name}\">\
         <span dir=\"auto\">{title}</span></a></div>\n",
        data_view(channel.id, id, now_ms)
    );
    put_forward(page, post);
    put_reply(page, channel, post, now_ms);
    put_media(page, name, (id, post), now_ms);
    put_text(page, post, now_ms);
    put_preview_and_reactions(page, post);
    put_footer(page, name, (id, post), now_ms);
    page.push_str("  </div>\n</div>");
}

fn put_forward(page: &mut String, post: &Post) {
    let Some(forward) = &post.draft.forward else { return };
    let name = escape(&forward.name);
    page.push_str(
        "<div class=\"tgme_widget_message_forwarded_from accent_color\">Forwarded from&nbsp;",
    );
    match &forward.post {
        Some(source) => put!(
            page,
            "<a class=\"tgme_widget_message_forwarded_from_name\" href=\"https://t.me/{source}\">\
             <span dir=\"auto\">{name}</span></a>"
        ),
        None => put!(
            page,
            "<span class=\"tgme_widget_message_forwarded_from_name\">\
             <span dir=\"auto\">{name}</span></span>"
        ),
    };
    if let Some(author) = &forward.author {
        put!(
            page,
            " (<span class=\"tgme_widget_message_forwarded_from_author\" dir=\"auto\">{}</span>)",
            escape(author)
        );
    }
    page.push_str("</div>");
}

fn put_reply(page: &mut String, channel: &Channel, post: &Post, now_ms: i64) {
    let Some(to) = post.draft.reply_to else { return };
    // A reply to something deleted shows no quote.
    let Some((_, answered)) = channel.holding(to, now_ms) else { return };
    put!(
        page,
        "<a class=\"tgme_widget_message_reply user-color-default\" href=\"https://t.me/{}/{to}\">\
         <div class=\"tgme_widget_message_author accent_color\">\
         <span class=\"tgme_widget_message_author_name\" dir=\"auto\">{}</span></div>\
         <div class=\"tgme_widget_message_text js-message_reply_text\" dir=\"auto\">{}</div></a>",
        channel.name(now_ms),
        escape(channel.title.at(now_ms).map_or("", String::as_str)),
        escape(answered.text(now_ms))
    );
}

fn put_text(page: &mut String, post: &Post, now_ms: i64) {
    let text = post.text(now_ms);
    if text.is_empty() && post.draft.html.is_none() {
        return;
    }
    let open = "<div class=\"tgme_widget_message_text js-message_text\" dir=\"auto\">";
    // Under an album the class stands twice, one inside the other.
    let times = if matches!(post.draft.media, Some(Media::Album(_))) { 2 } else { 1 };
    page.push_str(&open.repeat(times));
    match &post.draft.html {
        Some(html) if !post.is_edited(now_ms) => page.push_str(html),
        _ => page.push_str(&body(text)),
    }
    page.push_str(&"</div>".repeat(times));
}

const NOT_SUPPORTED: &str = "<div class=\"message_media_not_supported_wrap\">\
    <div class=\"message_media_not_supported\">\
    <div class=\"message_media_not_supported_label\">Please open Telegram to view this post</div>\
    <span class=\"message_media_view_in_telegram\">VIEW IN TELEGRAM</span></div></div>";

fn put_media(page: &mut String, name: &str, (id, post): (u32, &Post), now_ms: i64) {
    let here = format!("https://t.me/{name}/{id}");
    match &post.draft.media {
        None => {}
        Some(Media::Photo) => put_photo(page, (&here, id), post.draft.service, now_ms),
        Some(Media::Album(pictures)) => put_album(page, name, id..id + (*pictures).max(1), now_ms),
        Some(Media::Video(seconds)) => put_video(page, (&here, id), *seconds, now_ms),
        Some(Media::Round) => {
            put!(
                page,
                "<a class=\"tgme_widget_message_roundvideo_player js-message_roundvideo_player\" \
                 href=\"{here}\"><video src=\"{}\" \
                 class=\"tgme_widget_message_roundvideo js-message_roundvideo\"></video></a>",
                file("round.mp4", id, now_ms)
            );
        }
        Some(Media::Voice(seconds)) => {
            put!(
                page,
                "<a class=\"tgme_widget_message_voice_player js-message_voice_player\" href=\"{here}\">\
                 <audio class=\"tgme_widget_message_voice js-message_voice\" src=\"{}\" data-ogg \
                 width=\"100%\"></audio><div class=\"tgme_widget_message_voice_wrap\">\
                 <time class=\"tgme_widget_message_voice_duration js-message_voice_duration\">{}:{:02}</time>\
                 </div></a>",
                file("voice.ogg", id, now_ms),
                seconds / 60,
                seconds % 60
            );
        }
        Some(Media::File(title, extra)) => {
            put!(
                page,
                "<a class=\"tgme_widget_message_document_wrap\" href=\"{here}\">\
                 <div class=\"tgme_widget_message_document_icon accent_bg\"></div>\
                 <div class=\"tgme_widget_message_document\">\
                 <div class=\"tgme_widget_message_document_title accent_color\" dir=\"auto\">{}</div>\
                 <div class=\"tgme_widget_message_document_extra\" dir=\"auto\">{}</div></div></a>",
                escape(title),
                escape(extra)
            );
        }
        Some(Media::Location(latitude, longitude)) => {
            put!(
                page,
                "<a class=\"tgme_widget_message_location_wrap\" \
                 href=\"https://maps.google.com/maps?q={latitude},{longitude}&ll={latitude},{longitude}&z=16\">\
                 <div class=\"tgme_widget_message_location\" \
                 style=\"background-image:url('https://static-maps.yandex.ru/1.x/?l=map')\"></div></a>"
            );
        }
        Some(Media::Sticker) => {
            let picture = file("sticker.webp", id, now_ms);
            put!(
                page,
                "<div class=\"tgme_widget_message_sticker_wrap media_supported_cont\"><a href=\"{here}\">\
                 <i class=\"tgme_widget_message_sticker js-sticker_image\" \
                 style=\"background-image:url('{picture}');width:256px\" data-webp=\"{picture}\"></i></a></div>"
            );
        }
        Some(Media::Poll(question, options, _)) => put_poll(page, &here, question, options),
        Some(Media::NotSupported) => page.push_str(NOT_SUPPORTED),
    }
}

fn put_photo(page: &mut String, (here, id): (&str, u32), is_service: bool, now_ms: i64) {
    if is_service {
        put!(
            page,
            "<a class=\"tgme_widget_message_service_photo\" href=\"{here}\">\
             <img src=\"{}\"></a>",
            file("ava.jpg", id, now_ms)
        );
        return;
    }
    put!(
        page,
        "<a class=\"tgme_widget_message_photo_wrap\" href=\"{here}\" \
         style=\"width:640px;background-image:url('{}')\">\
         <div class=\"tgme_widget_message_photo\" style=\"padding-top:75%\"></div></a>",
        file("photo.jpg", id, now_ms)
    );
}

fn put_album(page: &mut String, name: &str, ids: std::ops::Range<u32>, now_ms: i64) {
    page.push_str(
        "<div class=\"tgme_widget_message_grouped_wrap js-message_grouped_wrap\" data-margin-w=\"2\" \
         data-margin-h=\"2\" style=\"width:453px;\">\
         <div class=\"tgme_widget_message_grouped js-message_grouped\" style=\"padding-top:133.333%\">\
         <div class=\"tgme_widget_message_grouped_layer js-message_grouped_layer\" \
         style=\"width:453px;height:604px\">",
    );
    for id in ids {
        put!(
            page,
            "<a class=\"tgme_widget_message_photo_wrap grouped_media_wrap blured js-message_photo\" \
             style=\"left:0px;top:0px;width:453px;height:254px;background-image:url('{}')\" \
             data-ratio=\"1.33\" href=\"https://t.me/{name}/{id}?single\">\
             <div class=\"grouped_media_helper\">\
             <div class=\"tgme_widget_message_photo grouped_media\"></div></div></a>",
            file("album.jpg", id, now_ms)
        );
    }
    page.push_str("</div></div></div>");
}

fn put_video(page: &mut String, (here, id): (&str, u32), seconds: u32, now_ms: i64) {
    put!(
        page,
        "<a class=\"tgme_widget_message_video_player js-message_video_player\" href=\"{here}\">\
         <i class=\"tgme_widget_message_video_thumb\" style=\"background-image:url('{}')\"></i>\
         <div class=\"tgme_widget_message_video_wrap\" style=\"width:1280px;padding-top:56.25%\">\
         <video src=\"{}\" class=\"tgme_widget_message_video js-message_video\" width=\"100%\" \
         height=\"100%\"></video></div>\
         <div class=\"message_video_play js-message_video_play\"></div>\
         <time class=\"message_video_duration js-message_video_duration\">{}:{:02}</time>\
         <div class=\"message_media_not_supported_wrap\"><div class=\"message_media_not_supported\">\
         <div class=\"message_media_not_supported_label\">This media is not supported in your browser</div>\
         <span class=\"message_media_view_in_telegram\">VIEW IN TELEGRAM</span></div></div></a>",
        file("thumb.jpg", id, now_ms),
        file("video.mp4", id, now_ms),
        seconds / 60,
        seconds % 60
    );
}

fn put_poll(page: &mut String, here: &str, question: &str, options: &[(String, u8)]) {
    put!(
        page,
        "<div class=\"tgme_widget_message_poll js-poll\">\
         <div class=\"tgme_widget_message_poll_question\">{}</div>\
         <div class=\"tgme_widget_message_poll_type\">Anonymous Poll</div>\
         <a class=\"tgme_widget_message_poll_options\" href=\"{here}\">",
        escape(question)
    );
    for (option, percent) in options {
        put!(
            page,
            "<div class=\"tgme_widget_message_poll_option\">\
             <div class=\"tgme_widget_message_poll_option_percent\">{percent}%</div>\
             <div class=\"tgme_widget_message_poll_option_value\">\
             <div class=\"tgme_widget_message_poll_option_text\">{}</div>\
             <div class=\"tgme_widget_message_poll_option_bar accent_bg\" style=\"width:{percent}%\"></div>\
             </div></div>",
            escape(option)
        );
    }
    page.push_str("</a></div>");
}

fn put_preview_and_reactions(page: &mut String, post: &Post) {
    if let Some(link) = &post.draft.link_preview {
        put!(
            page,
            "<a class=\"tgme_widget_message_link_preview\" href=\"{}\">\
             <div class=\"link_preview_site_name accent_color\" dir=\"auto\">{}</div>\
             <div class=\"link_preview_title\" dir=\"auto\">{}</div>\
             <div class=\"link_preview_description\" dir=\"auto\">{}</div></a>",
            escape(&link.address),
            escape(&link.site),
            escape(&link.title),
            escape(&link.about)
        );
    }
    if post.draft.reactions.is_empty() {
        return;
    }
    page.push_str("<div class=\"tgme_widget_message_reactions js-message_reactions\">");
    for (reaction, count) in &post.draft.reactions {
        let paid = if *reaction == Reaction::Paid { " tgme_reaction_paid" } else { "" };
        put!(page, "<span class=\"tgme_reaction{paid}\">");
        match reaction {
            Reaction::Emoji(emoji) => put_emoji(page, emoji),
            Reaction::Custom(id) => {
                put!(page, "<tg-emoji emoji-id=\"{id}\"></tg-emoji>");
            }
            Reaction::Paid => page.push_str("<i class=\"icon icon-telegram-stars\"></i>"),
        }
        put!(page, "{}</span>", rounded(*count));
    }
    page.push_str("</div>");
}

fn put_footer(page: &mut String, name: &str, (id, post): (u32, &Post), now_ms: i64) {
    page.push_str(
        "\n<div class=\"tgme_widget_message_footer compact js-message_footer\">\n  \
         <div class=\"tgme_widget_message_info short js-message_info\">\n    ",
    );
    if let Some(Media::Poll(_, _, voters)) = post.draft.media {
        put!(
            page,
            "<span class=\"tgme_widget_message_voters\">{}</span><span class=\"copyonly\"> voters</span>",
            rounded(voters)
        );
    }
    if !post.draft.service {
        put!(
            page,
            "<span class=\"tgme_widget_message_views\">{}</span><span class=\"copyonly\"> views</span>",
            rounded(post.views.at(now_ms).copied().unwrap_or(0))
        );
    }
    page.push_str("<span class=\"tgme_widget_message_meta\">");
    if post.is_edited(now_ms) {
        page.push_str("edited &nbsp;");
    }
    if let Some(by) = &post.draft.signature {
        put!(
            page,
            "<span class=\"tgme_widget_message_from_author\" dir=\"auto\">{}</span>,&nbsp;",
            escape(by)
        );
    }
    put!(
        page,
        "<a class=\"tgme_widget_message_date\" href=\"https://t.me/{name}/{id}\">\
         <time datetime=\"{}\" class=\"time\">{}</time></a></span>\n  </div>\n</div>\n",
        seconds_with_offset(post.at_ms),
        hour_minute(post.at_ms)
    );
}
