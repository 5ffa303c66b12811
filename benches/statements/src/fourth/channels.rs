//! Channels and what they put around every post.

use super::lexicon::{LANGUAGES, Language};
use crate::chance::Chance;

/// A channel: its language and its frame.
pub(super) struct Channel {
    pub(super) language: Language,
    pub(super) style: &'static str,
    header: Option<String>,
    footer: Option<String>,
    dated: Option<(String, bool)>,
    /// Whether every post has the frame, or two of three.
    always: bool,
}

/// Channels of each language, and of a hundred channels how many have each frame.
const CHANNELS: [usize; 3] = [18, 16, 10];
const STYLES: [(&str, usize); 7] = [
    ("bare", 38),
    ("link", 18),
    ("invitation", 14),
    ("slogan", 10),
    ("header", 8),
    ("dated", 7),
    ("heavy", 5),
];

pub(super) fn make(chance: &mut Chance) -> Vec<Channel> {
    let mut channels: Vec<Channel> = Vec::new();
    for (language, count) in LANGUAGES.into_iter().zip(CHANNELS) {
        for number in 0..count {
            // Every language has one heavy frame, and one channel in eight looks like its sister.
            let sister = channels.last().filter(|last| last.language == language);
            if let Some(sister) = sister.filter(|_| chance.one_in(8)) {
                channels.push(Channel {
                    language,
                    style: sister.style,
                    header: sister.header.clone(),
                    footer: sister.footer.clone(),
                    dated: sister.dated.clone(),
                    always: true,
                });
                continue;
            }
            let style = if number == 0 { "heavy" } else { draw(chance) };
            channels.push(framed(language, style, chance));
        }
    }
    channels
}

fn draw(chance: &mut Chance) -> &'static str {
    let mut ball = chance.below(100);
    for (style, share) in STYLES {
        if ball < share {
            return style;
        }
        ball -= share;
    }
    "bare"
}

fn framed(language: Language, style: &'static str, chance: &mut Chance) -> Channel {
    let lexicon = language.lexicon();
    let name = format!("{} {}", chance.word(lexicon.names), 1 + chance.below(98));
    let link = format!("chan_{}", 1000 + chance.below(9000));
    let fill = |text: &str| text.replace("{name}", &name).replace("{link}", &link);
    let mut channel = Channel {
        language,
        style,
        header: None,
        footer: None,
        dated: None,
        always: chance.below(10) < 6,
    };
    match style {
        "link" => {
            let shape = chance.word(&[
                "👉 t.me/{link}",
                "@{link}",
                "[{name}](https://t.me/{link})",
                "https://t.me/{link}",
            ]);
            channel.footer = Some(fill(shape));
        }
        "invitation" => channel.footer = Some(fill(chance.word(lexicon.invitations))),
        "slogan" => channel.footer = Some(fill(chance.word(lexicon.slogans))),
        "header" => {
            channel.header = Some(fill(chance.word(lexicon.headers)));
            channel.footer = chance.one_in(2).then(|| fill("@{link}"));
        }
        "dated" => {
            channel.dated = Some((fill(chance.word(lexicon.dated)), chance.one_in(2)));
            channel.footer = chance.one_in(2).then(|| fill(chance.word(lexicon.slogans)));
        }
        "heavy" => {
            channel.header = Some(fill(chance.word(lexicon.headers)));
            let (slogan, call) = (chance.word(lexicon.slogans), chance.word(lexicon.invitations));
            channel.footer = Some(fill(&format!("———————\n{slogan}\n{call}")));
            channel.always = true;
        }
        _ => {}
    }
    channel
}

impl Channel {
    /// A body in the channel's frame at that time.
    pub(super) fn frame(&self, body: &str, at: i64, chance: &mut Chance) -> String {
        if !self.always && chance.one_in(3) {
            return body.to_owned();
        }
        let dated = self.dated.as_ref().map(|(shape, above)| {
            let line = shape.replace("{date}", &date(self.language, at));
            (line.replace("{time}", &time(at)), *above)
        });
        let above = dated.as_ref().filter(|(_, above)| *above).map(|(line, _)| line.as_str());
        let below = dated.as_ref().filter(|(_, above)| !above).map(|(line, _)| line.as_str());
        let parts = [self.header.as_deref(), above, Some(body), below, self.footer.as_deref()];
        let parts: Vec<&str> = parts.into_iter().flatten().collect();
        parts.join("\n\n")
    }
}

/// Days of thirty to a month are near enough: this is a line in a frame.
pub(super) fn date(language: Language, at: i64) -> String {
    let days = at / 86_400_000;
    let (month, day) = (days / 30 % 12, days % 30 + 1);
    format!("{day} {}", language.lexicon().months[month as usize])
}

pub(super) fn time(at: i64) -> String {
    let minutes = at / 60_000;
    format!("{:02}:{:02}", minutes / 60 % 24, minutes % 60)
}
