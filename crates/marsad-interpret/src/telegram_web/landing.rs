//! What stands behind a name (`t.me/NAME`).

use marsad_types::{Channel, Reading, Status};

use super::numbers::shown;
use super::{Look, address};
use crate::html::{Element, Page};
use crate::lines::Problems;

/// Who has the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holder {
    Channel,
    Group,
    /// A person or a bot.
    Person,
    /// Nobody, or a person who shows nothing.
    Nobody,
}

pub(super) fn read(look: &Look<'_>, page: &Page, reading: &mut Reading) {
    if page.is_cut() {
        return look.not_known("a cut page does not say who has the name".to_owned(), reading);
    }
    let text = |class: &str| page.find(class).map(Element::text).filter(|text| !text.is_empty());
    let title = text("tgme_page_title");
    let extra = text("tgme_page_extra").unwrap_or_default();
    let Some(holder) = holder(page, title.as_deref(), &extra) else {
        let is_post = page.elements().any(|e| e.attribute("data-telegram-post").is_some());
        let reason = if is_post {
            "the page only frames a post; the post itself is at the same address with ?embed=1"
        } else {
            "the page does not say whether a channel has this name; it is not read"
        };
        return look.not_known(reason.to_owned(), reading);
    };
    reading.rows += 1;
    if holder == Holder::Channel {
        channel(look, page, (title, &extra), reading);
    } else {
        no_channel(look, holder, reading);
    }
}

/// Somebody knew a channel here, and it is not here any more; else there is nothing to keep.
fn no_channel(look: &Look<'_>, holder: Holder, reading: &mut Reading) {
    let reason = match holder {
        Holder::Channel => return,
        Holder::Group => "a public group has this name; Marsad reads public channels only",
        Holder::Person => "a person or a bot has this name; Marsad reads public channels only",
        Holder::Nobody => "no channel has this name; nobody has it, or a person who shows nothing",
    };
    let is_nobody = holder == Holder::Nobody;
    if !is_nobody || look.channel.is_none() {
        reading.problem(1, reason);
    }
    if let (Some(_), Some(at), Some(key)) = (look.channel, look.at, look.key(None, None)) {
        let cause = (!is_nobody).then_some("name_taken");
        let channel = Channel { line: 1, ..Channel::seen(key, at) };
        reading.channels.push(look.judged(channel, Status::Gone, cause));
    }
}

fn channel(
    look: &Look<'_>,
    page: &Page,
    (title, extra): (Option<String>, &str),
    reading: &mut Reading,
) {
    let name = name(page);
    let Some(key) = look.key(None, name.as_deref()) else {
        return reading.problem(1, "the page does not name its channel");
    };
    let Some(at) = look.at else {
        let reason = "no time of retrieval is stated; add --observed-at";
        return reading.problem(1, reason);
    };
    let counted = extra.strip_suffix("subscribers").or(extra.strip_suffix("subscriber"));
    let counted = counted.and_then(shown);
    let has_preview = page.elements().any(|e| {
        e.has_class("tgme_page_context_link") && e.attribute("href").is_some_and(is_preview)
    });
    let description = page.find("tgme_page_description").map(Element::text);
    let channel = Channel {
        handle: name.or(look.asked.as_ref().map(|asked| asked.name().to_owned())),
        title,
        description: description.filter(|text| !text.is_empty()),
        subscribers: counted.and_then(super::numbers::Shown::exact),
        subscribers_min: counted.filter(|c| c.exact().is_none()).map(|c| c.min),
        subscribers_max: counted.filter(|c| c.exact().is_none()).map(|c| c.max),
        line: 1,
        ..Channel::seen(key, at)
    };
    let (status, cause) = if has_preview {
        (Status::Alive, None)
    } else {
        (Status::Restricted, Some("preview_unavailable"))
    };
    reading.channels.push(look.judged(channel, status, cause));
}

fn is_preview(href: &str) -> bool {
    matches!(address::asked(href), Some(address::Asked::Preview { .. }))
}

/// By the count that stands below the title: subscribers, members or users.
fn holder(page: &Page, title: Option<&str>, extra: &str) -> Option<Holder> {
    let ends = |ends: &[&str]| ends.iter().any(|end| extra.ends_with(end));
    if ends(&["subscriber", "subscribers"]) {
        return Some(Holder::Channel);
    }
    let has_word = |word: &str| extra.split([' ', ',', '\u{a0}']).any(|part| part == word);
    if has_word("member") || has_word("members") {
        return Some(Holder::Group);
    }
    if extra.starts_with('@') || ends(&["monthly user", "monthly users"]) {
        return Some(Holder::Person);
    }
    let is_contact = page_title(page).is_some_and(|title| title.starts_with("Telegram: Contact @"));
    match (is_contact, title) {
        (true, Some(_)) => Some(Holder::Person),
        (true, None) => Some(Holder::Nobody),
        (false, _) => None,
    }
}

/// `Telegram: View @name`, as the page is called.
fn page_title(page: &Page) -> Option<String> {
    let called = page.elements().find(|e| e.attribute("property") == Some("og:title"));
    let called = called.and_then(|e| e.attribute("content")).map(str::to_owned);
    let titled = || page.elements().find(|e| e.name() == "title").map(Element::text);
    called.filter(|title| title.starts_with("Telegram: ")).or_else(titled)
}

fn name(page: &Page) -> Option<String> {
    let title = page_title(page)?;
    let (_, name) = title.split_once('@')?;
    address::is_name(name).then(|| name.to_owned())
}
