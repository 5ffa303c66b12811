//! The history of a channel (`t.me/s/NAME`), and one post of it (`t.me/NAME/N?embed=1`).

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use marsad_types::{Channel, ChannelKey, Reading, Status, TakenBy, Timestamp};
use serde::Deserialize;

use super::Look;
use super::address::{self, Asked};
use super::message::{self, MESSAGE, Place};
use super::numbers::{Shown, shown};
use crate::html::{Element, Page};
use crate::json::{Reason, shorten};
use crate::lines::Problems;

/// What `data-view` holds: undocumented, therefore a hint that must fit all else.
#[derive(Deserialize)]
struct View {
    #[serde(rename = "c")]
    channel: i64,
    #[serde(rename = "p")]
    post: i64,
    /// When the page was made, in unix seconds.
    #[serde(rename = "t", default)]
    made: i64,
}

fn view(message: Element<'_>) -> Option<View> {
    let written = message.attribute("data-view")?.trim_end_matches('=');
    let bytes = URL_SAFE_NO_PAD.decode(written).ok()?;
    let view: View = serde_json::from_slice(&bytes).ok()?;
    let (_, id) = message::name_and_id(message)?;
    (id.parse() == Ok(view.post)).then_some(view)
}

/// The messages of a page and what they say together.
struct Messages<'p> {
    all: Vec<Element<'p>>,
    /// Numbers of channels, in whichever form.
    numbers: BTreeSet<String>,
    /// When the page says that it was made.
    made: BTreeSet<i64>,
}

impl<'p> Messages<'p> {
    fn of(page: &'p Page) -> Self {
        let all = page.pick(|e| e.has_class(MESSAGE).then_some(e));
        let views: Vec<View> = all.iter().filter_map(|message| view(*message)).collect();
        let bare = |view: &View| crate::telethon::bare_id(view.channel.into());
        Self {
            numbers: views.iter().map(bare).collect(),
            made: views.iter().map(|view| view.made).filter(|made| *made > 0).collect(),
            all,
        }
    }

    /// The channel's number, where all messages that show one show the same.
    fn number(&self, look: &Look<'_>, reading: &mut Reading) -> Option<&str> {
        if self.numbers.len() > 1 {
            let numbers: Vec<&str> = self.numbers.iter().map(String::as_str).take(3).collect();
            let numbers = numbers.join(", ");
            reading.problem(
                1,
                format!(
                    "the page shows several numbers of its channel ({numbers}); none is believed"
                ),
            );
            return None;
        }
        let number = self.numbers.first().map(String::as_str)?;
        let is_number = |id: &&str| id.bytes().all(|b| b.is_ascii_digit());
        if let Some(known) = look.channel.filter(is_number).filter(|known| *known != number) {
            reading.problem(
                1,
                format!("the page is of channel {number}, not of {known}, which was asked for"),
            );
        }
        Some(number)
    }

    fn name(&self) -> Option<&'p str> {
        self.all.iter().find_map(|message| message::name_and_id(*message)).map(|(name, _)| name)
    }
}

/// Reads a page of the history.
pub(super) fn history(look: &Look<'_>, page: &Page, reading: &mut Reading) {
    let messages = Messages::of(page);
    let counters = counters(page);
    if counters.iter().any(|(kind, _)| kind.starts_with("member")) {
        reading.rows += 1;
        return reading
            .problem(1, "the page is a public group's; Marsad reads public channels only");
    }
    let header = Header::of(page);
    let name = messages.name().map(str::to_owned).or(header.name);
    let name = name.or_else(|| look.asked.as_ref().map(|asked| asked.name().to_owned()));
    let number = messages.number(look, reading);
    let (Some(name), Some(key)) = (&name, look.key(number, name.as_deref())) else {
        return look.not_known("the page does not name its channel".to_owned(), reading);
    };
    let read = take(look, (&messages, &key, name), reading);
    let subscribers = counters.iter().find(|(kind, _)| kind.starts_with("subscriber"));
    let state = state(look, page, &messages, read.posts);
    if state.is_none() {
        reading.problem(1, "the page shows neither posts nor that there are none");
    }
    let (status, cause) = match state {
        Some(status) => (status, None),
        None => (Status::Error, Some("unknown_page")),
    };
    let channel = Channel {
        handle: Some(name.clone()),
        title: header.title,
        description: header.description,
        line: 1,
        ..Channel::seen(key, Timestamp(0))
    };
    let shown = subscribers.and_then(|(_, shown)| *shown);
    if let Some(channel) = dated(look, (&messages, read.newest), (channel, shown), reading) {
        reading.channels.push(look.judged(channel, status, cause));
    }
}

/// Reads the page of one post.
pub(super) fn single(look: &Look<'_>, page: &Page, reading: &mut Reading) {
    if let Some(error) = page.find("tgme_widget_message_error") {
        reading.rows += 1;
        return match (error.text().as_str(), &look.asked) {
            ("Post not found", Some(Asked::Post { name, post })) => {
                look.removed(name, post, reading);
            }
            ("Post not found", _) => {
                reading.problem(1, "the page says that a post is not there, but not which one");
            }
            (other, _) => {
                reading.problem(
                    error.line(),
                    format!("instead of a post there is '{}'", shorten(other)),
                );
            }
        };
    }
    let messages = Messages::of(page);
    let number = messages.number(look, reading);
    let (Some(name), Some(key)) = (messages.name(), look.key(number, messages.name())) else {
        return look.not_known("the page does not name its channel".to_owned(), reading);
    };
    let read = take(look, (&messages, &key, name), reading);
    if read.posts == 0 {
        return;
    }
    let title = page.find("tgme_widget_message_owner_name").map(Element::text);
    let channel = Channel {
        handle: Some(name.to_owned()),
        title: title.filter(|title| !title.is_empty()),
        line: 1,
        ..Channel::seen(key, Timestamp(0))
    };
    if let Some(channel) = dated(look, (&messages, read.newest), (channel, None), reading) {
        reading.channels.push(channel);
    }
}

/// What came of a page's messages.
struct Taken {
    /// Messages that are posts, read or not.
    posts: usize,
    /// Time of the newest one.
    newest: Option<Timestamp>,
}

fn take(
    look: &Look<'_>,
    (messages, key, name): (&Messages<'_>, &ChannelKey, &str),
    reading: &mut Reading,
) -> Taken {
    let place = Place { key, name, at: look.at, previous: look.previous };
    let mut taken = Taken { posts: 0, newest: None };
    reading.rows += messages.all.len().max(1) as u64;
    for message in &messages.all {
        match message::read(*message, &place, reading) {
            Ok(Some(post)) => {
                taken.newest = taken.newest.max(Some(post.published_at));
                reading.posts.push(post);
            }
            Ok(None) => continue,
            Err(Reason(reason)) => {
                reading.problem(message.line(), reason);
                let own =
                    message::name_and_id(*message).filter(|(of, _)| of.eq_ignore_ascii_case(name));
                let unread =
                    own.map(|(_, id)| message::taken(*message, &place, id, TakenBy::Unread));
                reading.taken.extend(unread);
            }
        }
        taken.posts += 1;
    }
    taken
}

/// With posts, without them, or (`None`) a page that does not say.
fn state(look: &Look<'_>, page: &Page, messages: &Messages<'_>, posts: usize) -> Option<Status> {
    let says_none = page.find("tme_no_messages_found").is_some();
    if page.is_cut() && posts == 0 {
        return None;
    }
    if posts > 0 {
        return Some(Status::Alive);
    }
    if messages.all.is_empty() && !says_none {
        return None;
    }
    let is_newest = matches!(look.asked, Some(Asked::Preview { newest: true, .. }));
    let has_older = page.elements().any(|e| {
        e.has_class("tme_messages_more")
            || (e.name() == "link" && e.attribute("rel") == Some("prev"))
    });
    // A page beside the history, or of service lines with more behind them, is not the whole of it.
    Some(if is_newest && !has_older { Status::Empty } else { Status::Alive })
}

/// The observation with its time. Of a page that nobody dates, the channel was there when its newest
/// post was, and the count of its subscribers is of no known day.
fn dated(
    look: &Look<'_>,
    (messages, newest): (&Messages<'_>, Option<Timestamp>),
    (channel, subscribers): (Channel, Option<Shown>),
    reading: &mut Reading,
) -> Option<Channel> {
    if let Some(at) = look.at {
        let rounded = subscribers.filter(|shown| shown.exact().is_none());
        return Some(Channel {
            observed_at: at,
            subscribers: subscribers.and_then(Shown::exact),
            subscribers_min: rounded.map(|shown| shown.min),
            subscribers_max: rounded.map(|shown| shown.max),
            ..channel
        });
    }
    let hint = match messages.made.iter().next() {
        Some(made) if messages.made.len() == 1 => {
            format!(" (the page hints at {})", Timestamp::from_seconds(*made))
        }
        _ => String::new(),
    };
    let left_out = if subscribers.is_some() { "; its subscribers are left out" } else { "" };
    let reason = format!("no time of retrieval is stated{hint}{left_out}; add --observed-at");
    reading.problem(1, reason);
    newest.map(|observed_at| Channel { observed_at, ..channel })
}

/// What the head of the page says of the channel.
struct Header {
    name: Option<String>,
    title: Option<String>,
    description: Option<String>,
}

impl Header {
    fn of(page: &Page) -> Self {
        let text = |class: &str| page.find(class).map(Element::text).filter(|t| !t.is_empty());
        let username = page.find("tgme_channel_info_header_username").map(Element::text);
        let username = username.and_then(|name| Some(name.strip_prefix('@')?.to_owned()));
        let main = || page.elements().find_map(|e| address::public_name(e.attribute("data-url")?));
        Self {
            name: username.filter(|name| address::is_name(name)).or_else(main),
            title: text("tgme_channel_info_header_title").or_else(|| text("tgme_header_title")),
            description: text("tgme_channel_info_description"),
        }
    }
}

/// `15.2K subscribers`, `3 photos`.
fn counters(page: &Page) -> Vec<(String, Option<Shown>)> {
    let all = page.elements().filter(|e| e.has_class("tgme_channel_info_counter"));
    let read = |counter: Element<'_>| {
        let kind = counter.find("counter_type")?.text();
        Some((kind, shown(&counter.find("counter_value")?.text())))
    };
    all.filter_map(read).collect()
}
