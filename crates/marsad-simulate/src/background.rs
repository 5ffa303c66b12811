//! Channels that stand outside: own content, common news in own words, small talk.

use crate::chance::Chance;
use crate::change;
use crate::grammar::{Grammars, Language, Order, Topic};
use crate::line::{DAY, HOUR, MINUTE, Seconds};
use crate::world::{Actor, Draft, Role, Scene, Tie};

/// How many independent channels a platform has, in which language.
pub(crate) struct Crowd {
    pub(crate) platform: &'static str,
    pub(crate) language: Language,
    pub(crate) channels: u64,
    /// Median of own posts a day.
    pub(crate) own_a_day: f64,
    /// Newest possible creation.
    pub(crate) created_before: Seconds,
}

const KINDS: [&str; 8] =
    ["desk", "diary", "stand", "platform", "almanac", "whistle", "lookout", "notebook"];

/// Makes the channels of a crowd.
pub(crate) fn gather(scene: &mut Scene, crowd: &Crowd, chance: &mut Chance) {
    for nth in 0..crowd.channels {
        let kind = chance.pick(&KINDS).copied().unwrap_or("desk");
        let id = format!("{}_{kind}_{}", crowd.language.tag(), nth + 1);
        let oldest = crowd.created_before - 900 * DAY;
        let days = (crowd.created_before - oldest) / DAY;
        let created = oldest + chance.between(0, days) * DAY + chance.between(6, 20) * HOUR;
        scene.actors.push(Actor {
            platform: crowd.platform,
            title: id.replace('_', " "),
            id,
            role: Role::Independent,
            language: crowd.language,
            created,
            last: scene.to,
            gone: None,
            carries: 0.0,
            own_a_day: chance.lognormal(crowd.own_a_day, 0.7),
            hour: chance.between(6, 21),
            frame: None,
            subscribers: chance.lognormal(900.0, 1.2) as u64 + 15,
            growth_d: 400.0,
        });
    }
}

/// Everybody's own posts.
pub(crate) fn own_posts(scene: &mut Scene, grammars: &Grammars, chance: &mut Chance) {
    for actor in 0..scene.actors.len() {
        let Some(by) = scene.actors.get(actor).cloned() else { continue };
        let mut day = by.created.max(scene.from);
        day -= day.rem_euclid(DAY);
        while day < by.last.min(scene.to) {
            for _ in 0..chance.poisson(by.own_a_day) {
                let at = time_of_day(day, by.hour, chance);
                if by.posts_at(at) && at >= scene.from && at < scene.to {
                    let text = own_text(by.language, None, grammars, chance);
                    scene.post(plain(actor, at, text, by.language));
                }
            }
            day += DAY;
        }
    }
}

/// Things that happen in the world and that many mention, each in their own words.
pub(crate) fn common_news(scene: &mut Scene, a_day: f64, grammars: &Grammars, chance: &mut Chance) {
    let mut day = scene.from;
    while day < scene.to {
        for _ in 0..chance.poisson(a_day) {
            let happened = day + chance.between(5 * 60, 20 * 60) * MINUTE;
            let topic = Topic::ALL.get(chance.below(3) as usize).copied().unwrap_or(Topic::Rail);
            let places = [Language::Arabic, Language::English, Language::Russian]
                .map(|language| (language, grammars.of(language).say("city", chance)));
            let witnesses = chance.between(4, 10);
            for _ in 0..witnesses {
                let actor = chance.below(scene.actors.len() as u64) as usize;
                let Some(by) = scene.actors.get(actor) else { continue };
                let at = happened + chance.exponential(2400.0) as Seconds;
                let place = places.iter().find(|(language, _)| *language == by.language);
                let language = by.language;
                if by.posts_at(at) && at < scene.to {
                    let about = place.map(|(_, place)| (topic, place.as_str()));
                    let text = own_text(language, about, grammars, chance);
                    scene.post(plain(actor, at, text, language));
                }
            }
        }
        day += DAY;
    }
}

/// Short greetings that many use and nobody copies.
pub(crate) fn greetings(scene: &mut Scene, a_day: f64, grammars: &Grammars, chance: &mut Chance) {
    let days = (scene.to - scene.from) / DAY;
    for _ in 0..(days as f64 * a_day) as u64 {
        let actor = chance.below(scene.actors.len() as u64) as usize;
        let Some(by) = scene.actors.get(actor) else { continue };
        let (language, hour) = (by.language, by.hour);
        let day = scene.from + chance.between(0, days - 1) * DAY;
        let at = time_of_day(day, hour, chance);
        if by.posts_at(at) {
            let text = grammars.of(language).say("greeting", chance);
            scene.post(plain(actor, at, text, language));
        }
    }
}

/// Own words around a few words of somebody else's text.
pub(crate) fn quoting(
    quoted: &str,
    language: Language,
    grammars: &Grammars,
    chance: &mut Chance,
) -> String {
    let words = chance.between(5, 8) as usize;
    let quote = change::quote(quoted, words, chance);
    let own = own_text(language, None, grammars, chance);
    format!("«{quote}»\n{own}")
}

/// A post in somebody's own words, about something given or about anything.
pub(crate) fn own_text(
    language: Language,
    about: Option<(Topic, &str)>,
    grammars: &Grammars,
    chance: &mut Chance,
) -> String {
    let grammar = grammars.of(language);
    let any = Topic::ALL.get(chance.below(3) as usize).copied().unwrap_or(Topic::Football);
    let order = Order {
        topic: about.map_or(any, |(topic, _)| topic),
        sentences: chance.between(1, 3) as usize,
        asides: chance.between(1, 2) as usize,
        headline: chance.happens(0.3),
        place: about.map(|(_, place)| place),
    };
    let body = grammar.tell(&order, chance);
    let opened = chance.happens(0.5);
    let mut text = if opened { grammar.say("opener", chance) } else { String::new() };
    if opened {
        text.push(' ');
    }
    text.push_str(&body);
    if chance.happens(0.35) {
        text.push(' ');
        text.push_str(&grammar.say("closer", chance));
    }
    text
}

pub(crate) fn plain(actor: usize, at: Seconds, text: String, language: Language) -> Draft {
    Draft { actor, at, text, language, links: Vec::new(), forward: None, tie: Tie::Own }
}

/// Around an hour, three hours wide, with seconds.
fn time_of_day(day: Seconds, hour: i64, chance: &mut Chance) -> Seconds {
    let spread: i64 = (0..3).map(|_| chance.between(-HOUR, HOUR)).sum();
    day + (hour * HOUR + spread).clamp(0, DAY - 1)
}
