//! The world of the second hand: other frames, other changes, other decoys than the first hand's,
//! from the list of what channels do. Its writer knew parts of the grouping code: another hand, not
//! a blind test.

mod change;
mod decoys;
mod edits;
mod frames;
mod letters;
mod marks;

use crate::chance::Chance;
use crate::post::{Labelled, Role, World};
use change::{CHANGES, Change, Turn};
use edits::{GREETINGS, language};
use frames::Frame;
use marsad_types::Media;

/// Channels that post all the time.
const STEADY: usize = 36;
/// Channels of a few posts.
const YOUNG: usize = 60;
/// One base text in so many is kept for quotes and openings.
const RESERVED: usize = 5;

struct Builder<'a> {
    chance: Chance,
    frames: Vec<Frame>,
    /// Posts of each channel so far.
    counts: Vec<usize>,
    posts: Vec<Labelled>,
    statements: usize,
    now: i64,
    reserved: Vec<&'a String>,
}

/// Builds a world from base texts.
pub(crate) fn build(bases: &[String], seed: u64) -> World {
    let mut chance = Chance::new(seed ^ 0x5EC0);
    let frames: Vec<Frame> =
        (0..STEADY + YOUNG).map(|number| Frame::of(number, number / 12 % 3, &mut chance)).collect();
    let (reserved, used): (Vec<_>, Vec<_>) =
        bases.iter().enumerate().partition(|(place, _)| place % RESERVED == 0);
    let mut builder = Builder {
        counts: vec![0; frames.len()],
        chance,
        frames,
        posts: Vec::new(),
        statements: 0,
        now: 1_700_000_000_000,
        reserved: reserved.into_iter().map(|(_, base)| base).collect(),
    };
    let mut recent: Vec<(usize, &String)> = Vec::new();
    for (_, base) in used {
        let statement = builder.copies(base);
        recent.push((statement, base));
        if recent.len() == 40 {
            builder.digests(&recent);
            builder.headlines(&recent);
            builder.quotes(&recent);
            builder.same_openings();
            recent.clear();
        }
    }
    builder.series();
    builder.flips();
    builder.topics();
    builder.shorts();
    builder.forwards();
    builder.pictures();
    World { posts: builder.posts }
}

impl Builder<'_> {
    fn new_statement(&mut self) -> usize {
        self.statements += 1;
        self.statements - 1
    }

    /// A channel, mostly of the language of the text, mostly steady.
    fn channel(&mut self, text: &str) -> usize {
        let wanted = language(text);
        for _ in 0..40 {
            let young = self.chance.one_in(8);
            let channel =
                if young { STEADY + self.chance.below(YOUNG) } else { self.chance.below(STEADY) };
            if channel / 12 % 3 == wanted || self.chance.one_in(8) {
                return channel;
            }
        }
        0
    }

    fn post(
        &mut self,
        channel: usize,
        body: &str,
        carries: Vec<usize>,
        what: (Role, &'static str),
    ) {
        self.now += 1000 + self.chance.below(90_000) as i64;
        let count = self.counts[channel];
        self.counts[channel] += 1;
        let frame = &self.frames[channel];
        let text = frame.dress(body, count, &mut self.chance);
        let (role, kind) = what;
        let frame = if channel < STEADY { frame.style } else { "young channel" };
        let (at, forward_of, media) = (self.now, None, None);
        self.posts.push(Labelled {
            channel,
            at,
            text,
            carries,
            role,
            kind,
            frame,
            forward_of,
            media,
        });
    }

    fn somewhere(&mut self, body: &str, statement: usize, what: (Role, &'static str)) {
        let channel = self.channel(body);
        self.post(channel, body, vec![statement], what);
    }

    /// A base text and up to four copies with one to three changes.
    fn copies(&mut self, base: &str) -> usize {
        let statement = self.new_statement();
        // A greeting may stand before the original, too.
        if self.chance.one_in(12) {
            let greeting = *self.chance.pick(&GREETINGS[language(base)]);
            self.somewhere(&format!("{greeting}\n{base}"), statement, (Role::Original, "original"));
        } else {
            self.somewhere(base, statement, (Role::Original, "original"));
        }
        for _ in 0..self.chance.below(5) {
            let (text, kind) = self.changed(base);
            self.somewhere(&text, statement, (Role::Copy, kind));
        }
        statement
    }

    fn changed(&mut self, base: &str) -> (String, &'static str) {
        let mut text = base.to_owned();
        let mut done: Vec<&Change> = Vec::new();
        let wanted = *self.chance.pick(&[1, 1, 1, 2, 2, 3]);
        // Edits and cuts come first: they were made on the words, not on their marks.
        let mut tries: Vec<&Change> = (0..wanted).map(|_| self.chance.pick(CHANGES)).collect();
        tries.sort_by_key(|change| change.turn);
        for change in tries {
            let again = done.iter().any(|d| {
                d.kind == change.kind || (d.turn == Turn::Words && change.turn == Turn::Words)
            });
            if !again && (change.applies)(base) {
                text = (change.apply)(&text, &mut self.chance);
                done.push(change);
            }
        }
        let kind = match done.as_slice() {
            [] => "unchanged",
            [one] => one.kind,
            [_, _] => "two changes",
            _ => "three changes",
        };
        (text, kind)
    }

    fn digests(&mut self, recent: &[(usize, &String)]) {
        for style in 0..4 {
            let lead = *self.chance.pick(&["The day in brief", "Итоги дня", "حصاد اليوم"]);
            let wanted = language(lead);
            let mut items: Vec<(usize, &String)> = Vec::new();
            for _ in 0..60 {
                let item = *self.chance.pick(recent);
                let fits = language(item.1) == wanted && !items.iter().any(|(s, _)| *s == item.0);
                if fits && items.len() < 3 + style {
                    items.push(item);
                }
            }
            let mut body = format!("{lead}\n");
            for (number, (_, base)) in items.iter().enumerate() {
                let number = number + 1;
                body = match style {
                    0 => format!("{body}\n{number}. {base}"),
                    1 => format!(
                        "{body}\n🔸 {base}\n[t.me/item/{number}](https://t.me/item/{number})"
                    ),
                    2 => {
                        format!("{body}\n\n{number}\u{FE0F}\u{20E3} {}", base.trim_end_matches('.'))
                    }
                    _ => format!("{body}\n— {base};"),
                };
            }
            let carries = items.iter().map(|(statement, _)| *statement).collect();
            let channel = self.channel(lead);
            self.post(channel, &body, carries, (Role::Digest, "digest"));
        }
    }

    /// The first words of many statements: too little of each to carry it.
    fn headlines(&mut self, recent: &[(usize, &String)]) {
        for lead in ["Headlines", "Заголовки", "العناوين"] {
            let mut body = lead.to_owned();
            let fitting: Vec<_> =
                recent.iter().filter(|(_, b)| language(b) == language(lead)).collect();
            for _ in 0..5 {
                let Some((_, base)) = fitting.get(self.chance.below(fitting.len())) else {
                    continue;
                };
                let words = 5 + self.chance.below(4);
                let start: Vec<&str> = base.split(' ').take(words).collect();
                body = format!("{body}\n▪️ {}", start.join(" "));
            }
            let statement = self.new_statement();
            self.somewhere(&body, statement, (Role::Decoy, "headlines"));
        }
    }

    /// Another text with five to eight words of one in it.
    fn quotes(&mut self, recent: &[(usize, &String)]) {
        for _ in 0..6 {
            let (_, quoted) = *self.chance.pick(recent);
            let Some(other) = self.reserved.pop() else { return };
            let words: Vec<&str> = quoted.split(' ').collect();
            let length = 5 + self.chance.below(4);
            let from = self.chance.below(words.len().saturating_sub(length).max(1));
            let quote = words[from..(from + length).min(words.len())].join(" ");
            let statement = self.new_statement();
            let body = match self.chance.below(2) {
                0 => format!("«{quote}»: {other}"),
                _ => format!("{other} \"{quote}\""),
            };
            self.somewhere(&body, statement, (Role::Decoy, "quote"));
        }
    }

    /// Different news after one opening.
    fn same_openings(&mut self) {
        for _ in 0..3 {
            let Some(rest) = self.reserved.pop() else { return };
            let opening = *self.chance.pick(&decoys::OPENINGS[language(rest)]);
            let rest: Vec<&str> = rest.split(' ').take(16).collect();
            let statement = self.new_statement();
            let body = format!("{opening} {}", rest.join(" "));
            self.somewhere(&body, statement, (Role::Decoy, "same opening"));
        }
    }

    /// Bulletins of one template: in one channel each, copied by others now and then.
    fn series(&mut self) {
        let mut known: Vec<(String, usize)> = Vec::new();
        for number in 0..240 {
            let template = number % decoys::SERIES.len();
            let language = template / 5;
            let mut body = decoys::SERIES[template].to_owned();
            let place: &&str = self.chance.pick(&decoys::PLACES[language]);
            let numeral: &&str = self.chance.pick(&decoys::NUMERALS[language]);
            body = body.replacen("{p}", place, 1).replacen("{w}", numeral, 1);
            while body.contains("{n}") {
                body = body.replacen("{n}", &(1 + self.chance.below(99)).to_string(), 1);
            }
            let twin = known.iter().find(|(other, _)| *other == body).map(|(_, s)| *s);
            let statement = twin.unwrap_or_else(|| self.new_statement());
            known.push((body.clone(), statement));
            let home = language * 12 + template % 5 * 2;
            self.post(home, &body, vec![statement], (Role::Decoy, "series"));
            for _ in 0..self.chance.below(3) {
                self.somewhere(&body, statement, (Role::Decoy, "series"));
            }
        }
    }

    /// A word that turns the meaning, in other channels.
    fn flips(&mut self) {
        for template in decoys::FLIPS {
            let (start, rest) = template.split_once('{').expect("a slot");
            let (slot, end) = rest.split_once('}').expect("a slot");
            for word in slot.split('|') {
                let statement = self.new_statement();
                for _ in 0..=self.chance.below(2) {
                    self.somewhere(
                        &format!("{start}{word}{end}"),
                        statement,
                        (Role::Decoy, "meaning turned"),
                    );
                }
            }
        }
    }

    fn topics(&mut self) {
        for reports in decoys::TOPICS {
            for report in reports {
                let statement = self.new_statement();
                for _ in 0..=self.chance.below(2) {
                    self.somewhere(report, statement, (Role::Decoy, "same topic"));
                }
            }
        }
    }

    /// Short texts in frames: equal ones are the same, a word apart they are not.
    fn shorts(&mut self) {
        for pair in decoys::SHORTS {
            for text in pair {
                let statement = self.new_statement();
                for _ in 0..5 {
                    // A few posts teach no frame, and a short text in one is another text.
                    let channel = self.chance.below(STEADY);
                    let dressed = match self.chance.below(4) {
                        0 => format!("⚡️ {text}!"),
                        1 => format!("**{}**", text.to_uppercase()),
                        _ => text.to_owned(),
                    };
                    self.post(channel, &dressed, vec![statement], (Role::Decoy, "short"));
                }
            }
        }
    }

    /// The platform says that a post is a forward, though its text was edited away since.
    fn forwards(&mut self) {
        for number in 0..20 {
            let original = number * self.posts.len() / 40;
            if self.posts[original].role != Role::Original {
                continue;
            }
            let statement = self.posts[original].carries[0];
            let Some(other) = self.reserved.pop() else { return };
            let start: Vec<&str> = other.split(' ').take(6).collect();
            self.somewhere(&start.join(" "), statement, (Role::Copy, "forward"));
            if let Some(last) = self.posts.last_mut() {
                last.forward_of = Some(original);
            }
        }
    }

    /// Posts of pictures alone: the same within 31 bits, another beyond 40, nothing at low quality.
    fn pictures(&mut self) {
        for _ in 0..20 {
            let statement = self.new_statement();
            let pdq: Vec<u8> = (0..32).map(|_| self.chance.below(256) as u8).collect();
            for bits in [0, 12, 31, 44] {
                let mut other = pdq.clone();
                for bit in 0..bits {
                    let at = bit * 5 % 256;
                    other[at / 8] ^= 1 << (at % 8);
                }
                let is_other = bits > 31;
                let statement = if is_other { self.new_statement() } else { statement };
                let role = if is_other { Role::Decoy } else { Role::Copy };
                self.picture(&other, 80, statement, role);
            }
            let poor = self.new_statement();
            self.picture(&pdq, 20, poor, Role::Decoy);
        }
    }

    fn picture(&mut self, pdq: &[u8], quality: u8, statement: usize, role: Role) {
        self.now += 60_000;
        let hex = pdq.iter().fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let media = Media {
            kind: "image".into(),
            sha256: None,
            pdq: Some(hex),
            pdq_quality: Some(quality),
        };
        self.posts.push(Labelled {
            channel: self.chance.below(STEADY),
            at: self.now,
            text: String::new(),
            carries: vec![statement],
            role,
            kind: "picture",
            frame: "bare",
            forward_of: None,
            media: Some(media),
        });
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// Two hundred texts that share no run of five words.
    fn bases() -> Vec<String> {
        let text = |n: usize| (0..30).map(|at| format!("word{n}x{at}")).collect::<Vec<_>>();
        (0..200).map(|n| text(n).join(" ")).collect()
    }

    #[test]
    fn a_seed_gives_one_world_and_another_seed_another() {
        let texts = |seed| -> Vec<String> {
            build(&bases(), seed).posts.into_iter().map(|post| post.text).collect()
        };
        assert_eq!(texts(1), texts(1));
        assert_ne!(texts(1), texts(2));
    }

    #[test]
    fn every_kind_of_change_and_every_frame_is_in_some_world() {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        for seed in 1..=6 {
            seen.extend(build(&bases(), seed).posts.iter().flat_map(|p| [p.kind, p.frame]));
        }
        // What needs Arabic, figures or long texts is not in texts of thirty Latin words.
        for kind in
            ["invisible", "look-alikes", "markdown", "html", "links", "cut", "typos", "digest"]
        {
            assert!(seen.contains(kind), "{kind} is missing from {seen:?}");
        }
        for kind in ["quote", "headlines", "series", "meaning turned", "same topic", "short"] {
            assert!(seen.contains(kind), "{kind} is missing from {seen:?}");
        }
        assert!(seen.contains("young channel") && seen.contains("counter and slogan"), "{seen:?}");
    }
}
