//! What a channel puts around its posts.

use super::tongue::Tongue;
use crate::chance::Chance;

/// The styles, for the table.
pub(super) const STYLES: [&str; 12] = [
    "plain",
    "sign and name",
    "links below",
    "rule and motto",
    "tags above",
    "date above",
    "issue number",
    "sources in turn",
    "long appeal",
    "two languages",
    "changed halfway",
    "boxed",
];

const RULES: [&str; 4] = ["➖➖➖➖➖", "———", "~~~~~~~", "· · ·"];
const SIGNS: [&str; 6] = ["⚓", "🕊", "🔵", "🗞", "📍", "🌾"];
const CLOCKS: [&str; 3] = ["🕗", "🕛", "🕕"];

/// A channel's frame.
pub(super) struct Frame {
    pub(super) style: &'static str,
    name: String,
    handle: String,
    motto: &'static str,
    other_motto: &'static str,
    appeal: String,
    subscribe: &'static str,
    rule: &'static str,
    sign: &'static str,
    language: usize,
}

/// Names of the twelve months, as each language writes them in a date.
const MONTHS: [[&str; 12]; 3] = [
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"],
    [
        "января",
        "февраля",
        "марта",
        "апреля",
        "мая",
        "июня",
        "июля",
        "августа",
        "сентября",
        "октября",
        "ноября",
        "декабря",
    ],
    [
        "يناير",
        "فبراير",
        "مارس",
        "أبريل",
        "مايو",
        "يونيو",
        "يوليو",
        "أغسطس",
        "سبتمبر",
        "أكتوبر",
        "نوفمبر",
        "ديسمبر",
    ],
];

impl Frame {
    pub(super) fn of(number: usize, language: usize, tongue: &Tongue, chance: &mut Chance) -> Self {
        let town = chance.word(tongue.list("town"));
        let motto = chance.word(tongue.mottos);
        let other_motto = chance.word(tongue.mottos);
        let appeal = format!(
            "{motto}. {other_motto}. {} {}. {} — 40817-{number:03}.",
            chance.word(tongue.subscribe),
            chance.word(tongue.list("town")),
            chance.word(tongue.list("person")),
        );
        Self {
            style: STYLES[number % STYLES.len()],
            name: format!("{town} {}", ["Quay", "Курьер", "برس"][language]),
            handle: format!("{}{number}", ["quayside", "pier_", "sahel"][language]),
            motto,
            other_motto,
            appeal,
            subscribe: chance.word(tongue.subscribe),
            rule: chance.word(&RULES),
            sign: chance.word(&SIGNS),
            language,
        }
    }

    /// The body as the channel posts it. `count` is how many it has posted, `day` the day.
    pub(super) fn dress(
        &self,
        body: &str,
        (count, day): (usize, usize),
        tongue: &Tongue,
        chance: &mut Chance,
    ) -> String {
        let Self { name, handle, motto, sign, rule, subscribe, .. } = self;
        match self.style {
            "sign and name" => format!("{sign} {name} | {body}"),
            "links below" => format!(
                "{body}\n\n{subscribe} [{name}](https://t.me/{handle}) | [VK](https://vk.example/{handle}) | [MAX](https://max.example/{handle})"
            ),
            "rule and motto" => format!(
                "{body}\n{rule}\n{motto}\n👍 — {}   👎 — {}",
                ["good", "хорошо", "جيد"][self.language],
                ["bad", "плохо", "سيئ"][self.language]
            ),
            "tags above" => {
                let (a, b) = (chance.word(tongue.hashtags), chance.word(tongue.hashtags));
                format!("{a} {b} @{handle}\n\n{body}")
            }
            "date above" => format!("{}\n{body}\n{subscribe} @{handle}", self.date(count, day)),
            "issue number" => format!(
                "{} {} · {name}\n\n{body}",
                ["Bulletin No.", "Выпуск №", "النشرة رقم"][self.language],
                300 + count
            ),
            "sources in turn" => {
                let person = tongue.list("person")[count % 3];
                format!("{body}\n✍️ {person}, {name}")
            }
            "long appeal" => format!("{body}\n\n{}\n{subscribe} t.me/{handle}", self.appeal),
            "two languages" => format!("{body}\n\n{motto} / News of {handle} in three languages"),
            "changed halfway" if count < 60 => format!("{sign} {motto}\n{body}"),
            "changed halfway" => {
                format!("{body}\n{sign}{sign} {}, {subscribe} {name}", self.other_motto)
            }
            "boxed" => format!("┌ {name} ┐\n{body}\n└ {subscribe} @{handle} ┘"),
            _ => body.to_owned(),
        }
    }

    fn date(&self, count: usize, day: usize) -> String {
        let (month, of_month) = (day / 28 % 12, day % 28 + 1);
        let written = format!("{of_month} {} 2031", MONTHS[self.language][month]);
        let written = match self.language {
            2 => written
                .chars()
                .map(|c| c.to_digit(10).and_then(|d| char::from_u32(0x0660 + d)).unwrap_or(c))
                .collect(),
            _ => written,
        };
        format!("{} {written}, {}:{:02}", CLOCKS[count % 3], 6 + count % 15, count * 7 % 60)
    }
}
