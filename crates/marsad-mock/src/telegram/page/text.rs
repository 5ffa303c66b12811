//! What t.me makes of a text: entities, line breaks, links, mentions, emoji.

use std::fmt::Write;

use crate::http::put;

/// Text as it stands in HTML.
pub(super) fn escape(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    for c in text.chars() {
        push_escaped(&mut written, c);
    }
    written
}

fn push_escaped(written: &mut String, c: char) {
    match c {
        '&' => written.push_str("&amp;"),
        '<' => written.push_str("&lt;"),
        '>' => written.push_str("&gt;"),
        '"' => written.push_str("&quot;"),
        c => written.push(c),
    }
}

/// A post's text as it stands in a message.
pub(super) fn body(text: &str) -> String {
    let mut written = String::new();
    for (number, line) in text.split('\n').enumerate() {
        if number > 0 {
            written.push_str("<br/>");
        }
        for (place, word) in line.split(' ').enumerate() {
            if place > 0 {
                written.push(' ');
            }
            put_word(&mut written, word);
        }
    }
    written
}

fn put_word(written: &mut String, word: &str) {
    let is_link = word.starts_with("https://") || word.starts_with("http://");
    if is_link {
        // Since April 2024 addresses of links are escaped twice.
        let address = escape(&escape(word));
        put!(
            written,
            "<a href=\"{address}\" target=\"_blank\" rel=\"noopener\" \
             onclick=\"return confirm('Open this link?\\n\\n'+this.href);\">{}</a>",
            escape(word)
        );
        return;
    }
    let mention = word.strip_prefix('@').filter(|name| {
        !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
    });
    if let Some(name) = mention {
        put!(written, "<a href=\"https://t.me/{name}\" target=\"_blank\">@{name}</a>");
        return;
    }
    let mut characters = word.chars().peekable();
    while let Some(c) = characters.next() {
        if !is_emoji(c) {
            push_escaped(written, c);
            continue;
        }
        let mut drawn = String::from(c);
        if characters.peek() == Some(&'\u{fe0f}') {
            drawn.extend(characters.next());
        }
        put_emoji(written, &drawn);
    }
}

fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x1_f300..=0x1_faff | 0x2600..=0x27bf | 0x231a..=0x23ff)
}

/// An emoji: a picture, with the character inside.
pub(super) fn put_emoji(written: &mut String, emoji: &str) {
    written
        .push_str("<i class=\"emoji\" style=\"background-image:url('//telegram.org/img/emoji/40/");
    for byte in emoji.trim_end_matches('\u{fe0f}').bytes() {
        put!(written, "{byte:02X}");
    }
    put!(written, ".png')\"><b>{emoji}</b></i>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_entities_links_mentions_and_emoji_are_as_on_the_site() {
        let written = body("A < B & C\nsee https://example.org/a?b=1&c=2 by @railnotices 👍");
        assert!(written.starts_with(
            "A &lt; B &amp; C<br/>see <a href=\"https://example.org/a?b=1&amp;amp;c=2\""
        ));
        assert!(written.contains(">https://example.org/a?b=1&amp;c=2</a>"));
        assert!(
            written.contains(
                "<a href=\"https://t.me/railnotices\" target=\"_blank\">@railnotices</a>"
            )
        );
        assert!(written.ends_with("/40/F09F918D.png')\"><b>👍</b></i>"), "{written}");
    }
}
