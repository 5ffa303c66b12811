//! Channels and what each puts around its texts.

use super::texts::Lang;
use super::words;
use crate::chance::Chance;

/// A channel of a world.
pub(super) struct Channel {
    pub(super) lang: Lang,
    /// How much it posts, against the others.
    pub(super) weight: usize,
    /// The style of its frame, as the tables name it.
    pub(super) style: &'static str,
    header: Vec<String>,
    footer: Vec<String>,
    /// What stands at the end from the second half of the month on, where it changes.
    later: Option<Vec<String>>,
    /// One post of so many opens with a greeting that others use too; none at zero.
    greets: usize,
    /// One post of so many stands without the frame.
    bare: usize,
    sign: &'static str,
}

const SEPARATORS: [&str; 8] =
    ["➖➖➖➖➖", "———", "* * *", "═══════", "•••", "ـــــــــــ", "▬▬▬▬", "~~~~~~"];
const SIGNS: [&str; 10] = ["🔹", "📍", "🕊", "▫️", "☀️", "🚉", "⛵️", "🌿", "👉", "✍️"];

/// Thirty to sixty channels; some belong together and share the end of their posts.
pub(super) fn channels(chance: &mut Chance) -> Vec<Channel> {
    let count = 30 + chance.below(31);
    let mut channels: Vec<Channel> = Vec::new();
    for number in 0..count {
        // the first six see to it that each language has two
        let lang = match number {
            0..6 => Lang::ALL[number % 3],
            _ => Lang::ALL[[0, 0, 0, 0, 1, 1, 1, 2, 2, 0][chance.below(10)]],
        };
        let sister = channels.iter().rposition(|c| c.lang == lang && c.style != "bare");
        let mut channel = channel(lang, chance);
        if let Some(sister) = sister.filter(|_| chance.one_in(6)) {
            channel.footer.clone_from(&channels[sister].footer);
            channel.style = channels[sister].style;
        }
        channels.push(channel);
    }
    channels
}

fn channel(lang: Lang, chance: &mut Chance) -> Channel {
    let name = name(lang, chance);
    let style = chance.word(&[
        "bare",
        "bare",
        "tags",
        "short footer",
        "short footer",
        "header",
        "header and footer",
        "header and footer",
        "long footer",
        "long footer",
    ]);
    let header = match style {
        "header" | "header and footer" => header(&name, lang, chance),
        "long footer" if chance.one_in(3) => header(&name, lang, chance),
        _ => Vec::new(),
    };
    let footer = footer(style, &name, lang, chance);
    let later = chance.one_in(8).then(|| footer_of_another_style(&name, lang, chance));
    Channel {
        lang,
        weight: [1, 2, 3, 4, 6, 9, 14][chance.below(7)],
        style,
        header,
        footer,
        later: later.filter(|_| style != "bare"),
        greets: [0, 0, 0, 12, 4, 2][chance.below(6)],
        bare: [5, 10, 20, 1000, 1000][chance.below(5)],
        sign: chance.word(&SIGNS),
    }
}

fn footer_of_another_style(name: &str, lang: Lang, chance: &mut Chance) -> Vec<String> {
    let style = chance.word(&["short footer", "long footer", "tags"]);
    footer(style, name, lang, chance)
}

fn name(lang: Lang, chance: &mut Chance) -> String {
    let (first, second) = &words::NAMES[lang as usize];
    let number =
        if chance.one_in(3) { format!(" {}", 1 + chance.below(99)) } else { String::new() };
    format!("{} {}{number}", chance.word(first), chance.word(second))
}

fn header(name: &str, lang: Lang, chance: &mut Chance) -> Vec<String> {
    let sign = chance.word(&SIGNS);
    match chance.below(5) {
        0 => vec![format!("{sign} {name} {sign}"), String::new()],
        1 => vec![format!("**{name}**"), chance.word(&SEPARATORS).to_owned()],
        2 => vec![format!("[{}]", chance.word(words::SLOGANS[lang as usize]))],
        3 => vec![chance.word(words::TAGS[lang as usize]).to_owned(), "<<when>>".to_owned()],
        _ => vec![format!("{name} | <<when>>"), String::new()],
    }
}

fn footer(style: &str, name: &str, lang: Lang, chance: &mut Chance) -> Vec<String> {
    let at = lang as usize;
    let sign = chance.word(&SIGNS);
    let tags = |chance: &mut Chance, n: usize| -> String {
        let first = chance.below(words::TAGS[at].len());
        let tags: Vec<&str> = words::TAGS[at].iter().cycle().skip(first).take(n).copied().collect();
        tags.join(" ")
    };
    match style {
        "tags" => vec![String::new(), {
            let n = 1 + chance.below(4);
            tags(chance, n)
        }],
        "short footer" | "header and footer" => {
            let link = link(chance);
            match chance.below(4) {
                0 => vec![String::new(), format!("{sign} [{name}]({link})")],
                1 => vec![format!("{sign} {link}")],
                2 => vec![String::new(), format!("{} {link}", chance.word(words::INVITATIONS[at]))],
                _ => vec![String::new(), format!("{name} - {}", chance.word(words::SLOGANS[at]))],
            }
        }
        "long footer" => {
            let mut lines = vec![
                chance.word(&SEPARATORS).to_owned(),
                format!("{sign} {name} {sign}"),
                chance.word(words::SLOGANS[at]).to_owned(),
            ];
            for _ in 0..=chance.below(3) {
                lines.push(format!("{}: {}", chance.word(words::INVITATIONS[at]), link(chance)));
            }
            if chance.one_in(2) {
                lines.push(tags(chance, 3));
            }
            lines
        }
        _ => Vec::new(),
    }
}

fn link(chance: &mut Chance) -> String {
    let number = 10 + chance.below(9_000);
    match chance.below(6) {
        0 => format!("https://t.me/desk{number}"),
        1 => format!("t.me/joinchat/AAAA{number}xQ"),
        2 => format!("https://tt.me/desk{number}"),
        3 => format!("https://max.ru/desk{number}"),
        4 => format!("@desk{number}"),
        _ => format!("#desk{number}:example.org"),
    }
}

impl Channel {
    /// The body as the channel posts it at a time.
    pub(super) fn post(&self, body: &str, at: i64, late: bool, chance: &mut Chance) -> String {
        let mut lines: Vec<String> = Vec::new();
        let framed = !chance.one_in(self.bare);
        if framed {
            lines.extend(self.header.iter().cloned());
        }
        if self.greets > 0 && chance.one_in(self.greets) {
            lines.push(chance.word(words::GREETINGS[self.lang as usize]).to_owned());
        }
        if chance.one_in(6) {
            lines.push(format!("{} {body}", self.sign));
        } else {
            lines.push(body.to_owned());
        }
        if framed {
            let footer = self.later.as_ref().filter(|_| late).unwrap_or(&self.footer);
            lines.extend(footer.iter().cloned());
        }
        lines.join("\n").replace("<<when>>", &when(at))
    }
}

/// The day and the minute, as a header shows them.
fn when(at: i64) -> String {
    let minutes = at / 60_000;
    let (day, minute) = (minutes / 1440, minutes % 1440);
    format!("{:02}.03 {:02}:{:02}", 1 + (day - super::START / 86_400_000), minute / 60, minute % 60)
}
