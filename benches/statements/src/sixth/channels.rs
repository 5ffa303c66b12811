//! Channels and what each puts around its posts.

use crate::chance::Chance;
use crate::sixth::lexicon::{Lexicon, TONGUES, Tongue, Values, fill};

/// Channels of each language.
pub(super) const EACH: usize = 18;

/// Channels of one network wear the same frame but for the name.
const NETWORK: usize = 3;

/// What stands around a channel's posts.
const STYLES: [&str; 9] =
    ["bare", "bare", "footer", "footer", "head and foot", "heavy", "tags", "urgent", "stamp"];

/// A channel.
#[derive(Clone)]
pub(super) struct Channel {
    pub(super) tongue: Tongue,
    pub(super) style: &'static str,
    name: String,
    handle: String,
    head: String,
    foot: String,
    tag: String,
    /// Marks of haste that it uses.
    marks: Vec<&'static str>,
    /// A line that it adds now and then.
    notice: String,
    gap: &'static str,
}

/// A name of the kind that channels have.
pub(super) fn handle(chance: &mut Chance) -> String {
    let first = chance.word(&[
        "daily", "city", "north", "open", "river", "field", "plain", "second", "old", "nabd",
        "sada", "gorod", "listok", "vesti", "marsa",
    ]);
    let last = chance
        .word(&["news", "desk", "post", "line", "wire", "media", "live", "info", "tv", "press"]);
    let tail = chance.word(&["", "", "_ar", "_ru", "24", "1", "_2", "_backup", "official"]);
    format!("{first}{}{last}{tail}", chance.word(&["", "_"]))
}

/// A link to a channel.
pub(super) fn link(handle: &str, chance: &mut Chance) -> String {
    let host = chance.word(&[
        "https://t.me/",
        "t.me/",
        "https://tt.me/",
        "tt.me/",
        "https://t.me/s/",
        "https://tamtam.chat/",
    ]);
    match chance.below(6) {
        0 => format!("{host}joinchat/{}{}", handle.to_uppercase(), chance.below(99_999)),
        _ => format!("{host}{handle}"),
    }
}

/// The channels of a world; every fourth few of a language are one network.
pub(super) fn channels(lexicons: &[Lexicon], chance: &mut Chance) -> Vec<Channel> {
    let mut channels: Vec<Channel> = Vec::new();
    for (lexicon, tongue) in lexicons.iter().zip(TONGUES) {
        for number in 0..EACH {
            let names = lexicon.list("name");
            let name = names[number % names.len()];
            let name = if number < names.len() { name.to_owned() } else { format!("{name} 2") };
            let style = if number < NETWORK { "heavy" } else { chance.word(&STYLES) };
            channels.push(channel(style, name, lexicon, chance));
            if let (1..NETWORK, Some(first)) = (number, channels.len().checked_sub(number + 1)) {
                let first = channels[first].clone();
                if let Some(own) = channels.last_mut() {
                    *own = Channel {
                        tongue,
                        name: own.name.clone(),
                        handle: own.handle.clone(),
                        ..first
                    };
                }
            }
        }
    }
    channels
}

fn channel(style: &'static str, name: String, lexicon: &Lexicon, chance: &mut Chance) -> Channel {
    let handle = handle(chance);
    let mut values = Values::new();
    values.insert("link".to_owned(), link(&handle, chance));
    values.insert("handle".to_owned(), handle.clone());
    values.insert("name".to_owned(), name.clone());
    let mut line = |list: &str, chance: &mut Chance| {
        fill(lexicon.one(list, chance), &mut values, lexicon, chance)
    };
    let sign = chance.word(&["📢", "🌍", "🗞", "⭐️", "🕊", "🔔", ""]);
    let rule = chance.word(&["━━━━━━━━━━", "➖➖➖➖➖", "• • •", "——————", "════════", "🔻🔻🔻"]);
    let (slogan, subscribe) = (line("slogan", chance), line("subscribe", chance));
    let mut second = line("subscribe", chance);
    while second == subscribe {
        second = line("subscribe", chance);
    }
    let (head, foot) = match style {
        "footer" if chance.one_in(2) => (String::new(), subscribe),
        "footer" => (String::new(), format!("{rule}\n{slogan}\n{subscribe}")),
        "head and foot" => (format!("{sign} {name}"), subscribe),
        "heavy" => (
            format!("{sign} **{name}** {sign}\n{slogan}\n{rule}"),
            format!("{rule}\n{subscribe}\n{second}"),
        ),
        "stamp" => (String::new(), format!("@{handle}")),
        _ => (String::new(), String::new()),
    };
    let mut marks = vec![lexicon.one("urgent", chance), lexicon.one("urgent", chance)];
    marks.dedup();
    let notice = line("subscribe", chance);
    Channel {
        tongue: lexicon.tongue,
        style,
        tag: format!("#{}", name.replace(' ', "_")),
        name,
        handle,
        head,
        foot,
        marks,
        notice,
        gap: chance.word(&["\n\n", "\n\n", "\n"]),
    }
}

impl Channel {
    /// A body in this channel's frame.
    pub(super) fn dress(&self, body: &str, lexicon: &Lexicon, chance: &mut Chance) -> String {
        let gap = self.gap;
        let mut text = match self.style {
            "urgent" if !chance.one_in(3) => {
                format!("{} {body}", chance.word(&self.marks))
            }
            "stamp" => {
                let time = format!("{:02}:{:02}", chance.below(24), chance.below(60));
                match self.handle.len() % 3 {
                    0 => format!("[{time}] {body}"),
                    1 => format!("🕔 {time} | {body}"),
                    _ => format!("{time}\n{body}"),
                }
            }
            "tags" => {
                let mut tags = vec![self.tag.as_str()];
                tags.extend((0..chance.below(3)).map(|_| lexicon.one("hashtag", chance)));
                match self.handle.len() % 2 {
                    0 => format!("{}{gap}{body}", tags.join(" ")),
                    _ => format!("{body}{gap}{}", tags.join(" ")),
                }
            }
            _ => body.to_owned(),
        };
        // A frame that a tired editor forgets at times.
        let is_framed = self.style == "heavy" || !chance.one_in(8);
        if is_framed && !self.head.is_empty() {
            text = format!("{}{gap}{text}", self.head);
        }
        if is_framed && !self.foot.is_empty() {
            text = format!("{text}{gap}{}", self.foot);
        }
        if self.style != "bare" && chance.one_in(12) {
            text = format!("{text}\n\n{}", self.notice);
        }
        text
    }
}
