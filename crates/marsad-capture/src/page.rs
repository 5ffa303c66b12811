//! As much of a t.me page as paging needs. Its meaning is the interpreter's.
//!
//! Only what stands inside a tag counts: in texts `<` is always escaped, so a mark that is preceded
//! by an open `<` is markup and nobody's post.

use base64::Engine as _;
use memchr::memmem;

/// A page of posts.
#[derive(Debug, Default, PartialEq, Eq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a mark that stands on a page or does not"
)]
pub(crate) struct Page {
    /// The channel's name as the posts carry it.
    pub(crate) name: Option<String>,
    /// The channel's number, when all posts agree on it.
    pub(crate) channel: Option<String>,
    /// Numbers of the posts, ascending.
    pub(crate) posts: Vec<u64>,
    /// There are older posts.
    pub(crate) has_older: bool,
    /// There are newer posts.
    pub(crate) has_newer: bool,
    /// It says that there are no posts.
    pub(crate) says_none: bool,
    /// It says that this one post is not there.
    pub(crate) says_not_found: bool,
}

/// What a channel's landing page says it is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Landing {
    /// A public channel with a preview.
    Channel,
    /// A channel whose posts are not shown on the web.
    NoPreview,
    /// A public group.
    Group,
    /// Nothing, or a person.
    Nobody,
}

/// The page, if it came whole; a cut page would look like one whose posts were deleted.
pub(crate) fn read(body: &[u8]) -> Option<Page> {
    let text = whole(body)?;
    let mut page = Page {
        has_older: has_tag(text, "<link", "rel=\"prev\"") || has_mark(text, "data-before=\""),
        has_newer: has_tag(text, "<link", "rel=\"next\"") || has_mark(text, "data-after=\""),
        says_none: has_mark(text, "tme_no_messages_found"),
        says_not_found: has_mark(text, "tgme_widget_message_error"),
        ..Page::default()
    };
    let mut channels: Vec<String> = Vec::new();
    for value in values(text, "data-post=\"") {
        let Some((name, number)) = value.split_once('/') else { continue };
        let Ok(number) = number.parse() else { continue };
        page.name.get_or_insert_with(|| name.to_owned());
        page.posts.push(number);
    }
    for value in values(text, "data-view=\"") {
        channels.extend(channel_of(value).filter(|channel| !channels.contains(channel)));
    }
    if let [channel] = channels.as_slice() {
        page.channel = Some(channel.clone());
    }
    page.posts.sort_unstable();
    page.posts.dedup();
    let is_page = !page.posts.is_empty() || page.says_none || page.says_not_found;
    is_page.then_some(page)
}

/// The landing page, if it came whole and is one.
pub(crate) fn read_landing(body: &[u8]) -> Option<Landing> {
    let text = whole(body)?;
    let title = between(text, "<title>", "</title>")?.trim();
    if title.starts_with("Telegram: Contact @") {
        return Some(Landing::Nobody);
    }
    if !title.starts_with("Telegram: View @") {
        return None;
    }
    let extra = between(text, "<div class=\"tgme_page_extra\">", "</div>").unwrap_or_default();
    if extra.contains("member") {
        return Some(Landing::Group);
    }
    let has_preview = has_mark(text, "tgme_page_context_link_wrap");
    let is_channel = has_preview || extra.contains("subscriber");
    is_channel.then_some(if has_preview { Landing::Channel } else { Landing::NoPreview })
}

fn whole(body: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(body).ok()?;
    memmem::rfind(body, b"</html>").map(|_| text)
}

fn between<'a>(text: &'a str, before: &str, after: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(before)?;
    rest.split_once(after).map(|(value, _)| value)
}

/// Every place of a mark that stands inside a tag, with what follows it.
fn marks<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    memmem::find_iter(text.as_bytes(), mark.as_bytes()).filter_map(move |at| {
        let (before, after) = text.split_at_checked(at)?;
        let is_in_tag =
            before.rfind(['<', '>']).is_some_and(|at| before.as_bytes().get(at) == Some(&b'<'));
        if is_in_tag { after.strip_prefix(mark) } else { None }
    })
}

fn has_mark(text: &str, mark: &str) -> bool {
    marks(text, mark).next().is_some()
}

fn has_tag(text: &str, tag: &str, mark: &str) -> bool {
    let mut tags = memmem::find_iter(text.as_bytes(), tag.as_bytes());
    tags.any(|at| {
        let rest = text.split_at_checked(at).map_or("", |(_, rest)| rest);
        rest.split_once('>').is_some_and(|(inside, _)| inside.contains(mark))
    })
}

fn values<'a>(text: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    marks(text, mark).filter_map(|rest| rest.split_once('"').map(|(value, _)| value))
}

/// The bare channel number in a post's `data-view`.
fn channel_of(view: &str) -> Option<String> {
    let engine = base64::engine::general_purpose::URL_SAFE_NO_PAD;
    let bytes = engine.decode(view.trim_end_matches('=')).ok()?;
    let view: serde_json::Value = serde_json::from_slice(&bytes).ok()?;
    let number = view.get("c")?.as_i64()?;
    (number != 0).then(|| number.unsigned_abs().to_string())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const POST: &str = "<div class=\"tgme_widget_message\" data-post=\"railnotices/7\" \
        data-view=\"eyJjIjotMTkwMDAwMDAwMSwicCI6N30\"><div>Line 3: trains every 20 minutes</div></div>";

    #[test]
    fn a_page_is_read_and_a_cut_one_is_not() {
        let html =
            format!("<html><link rel=\"prev\" href=\"/s/x?before=7\">{POST}</html>\n<!-- x -->");
        let page = read(html.as_bytes()).unwrap();
        assert_eq!((page.posts.as_slice(), page.has_older), ([7].as_slice(), true));
        assert_eq!(page.name.as_deref(), Some("railnotices"));
        assert_eq!(page.channel.as_deref(), Some("1900000001"));
        assert_eq!(read(html.split("</html>").next().unwrap().as_bytes()), None);
    }

    #[test]
    fn what_a_post_says_is_no_markup() {
        let html = format!(
            "<html>{POST}<div>data-post=\"railnotices/999\" class=\"tme_no_messages_found\"</div></html>"
        );
        let page = read(html.as_bytes()).unwrap();
        assert_eq!((page.posts.as_slice(), page.says_none), ([7].as_slice(), false));
    }

    #[test]
    fn landing_pages_are_told_apart() {
        let page = |title: &str, rest: &str| {
            read_landing(format!("<html><title>{title}</title>{rest}</html>").as_bytes())
        };
        let extra = |text| format!("<div class=\"tgme_page_extra\">{text}</div>");
        let link = "<div class=\"tgme_page_context_link_wrap\"></div>";
        let view = "Telegram: View @rail";
        assert_eq!(page(view, &(extra("15 230 subscribers") + link)), Some(Landing::Channel));
        assert_eq!(page(view, &extra("1 subscriber")), Some(Landing::NoPreview));
        assert_eq!(page(view, &extra("2 835 members, 41 online")), Some(Landing::Group));
        assert_eq!(page("Telegram: Contact @rail", ""), Some(Landing::Nobody));
        assert_eq!(page("Maintenance", ""), None);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            let _: Option<Page> = read(&bytes);
            let _: Option<Landing> = read_landing(&bytes);
        }
    }
}
