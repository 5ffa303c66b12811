//! What the network says, and how each statement spreads.

use super::dates::{
    ACTION_FROM, FLAGSHIP, FROM, MATRIX_2018, MOVE, ROCKETCHAT_2018, TAMTAM_2018, TO, date,
};
use crate::chance::Chance;
use crate::change::{self, Change};
use crate::grammar::{Grammars, Language, Order, Topic};
use crate::line::{DAY, HOUR, MINUTE, Seconds};
use crate::world::{Draft, MATRIX, ROCKETCHAT, Role, Scene, TAMTAM, TELEGRAM, Tie, shown};

/// A statement as first published.
pub(crate) struct Statement {
    pub(crate) text: String,
    pub(crate) language: Language,
    pub(crate) topic: Topic,
    pub(crate) at: Seconds,
    pub(crate) links: Vec<String>,
    /// Spread by the network, or by channels that stand outside.
    pub(crate) by_network: bool,
}

/// Says and spreads everything.
pub(crate) fn spread_all(scene: &mut Scene, grammars: &Grammars, seed: u64) -> Vec<Statement> {
    let mut chance = Chance::named(seed, "article/statements");
    let mut statements = Vec::new();
    let mut day = FROM;
    while day < TO {
        let mut times: Vec<Seconds> = (0..chance.poisson(statements_a_day(day)))
            .map(|_| day + 7 * HOUR + chance.between(0, 14 * 60) * MINUTE)
            .collect();
        if day == FLAGSHIP - FLAGSHIP.rem_euclid(DAY) {
            times.push(FLAGSHIP);
        }
        times.sort_unstable();
        times.dedup();
        for at in times {
            let statement = compose(at, statements.len(), grammars, &mut chance);
            spread(scene, (&statement, statements.len()), &mut chance);
            statements.push(statement);
        }
        day += DAY;
    }
    statements
}

fn statements_a_day(day: Seconds) -> f64 {
    if day < date(2019, 6, 1) {
        1.1
    } else if day < date(2019, 10, 15) {
        3.0
    } else if day < ACTION_FROM {
        5.0
    } else if day < MOVE {
        2.5
    } else {
        8.0
    }
}

fn compose(at: Seconds, number: usize, grammars: &Grammars, chance: &mut Chance) -> Statement {
    let arabic = chance.happens(0.78) || at == FLAGSHIP;
    let language = if arabic { Language::Arabic } else { Language::English };
    let topic = Topic::ALL.get(chance.below(3) as usize).copied().unwrap_or(Topic::Weather);
    let sentences = chance.between(2, 4) as usize;
    let asides = chance.between(1, 2) as usize;
    let headline = chance.happens(0.8);
    let order = Order { topic, sentences, asides, headline, place: None };
    let text = grammars.of(language).tell(&order, chance);
    // After the move links are discouraged.
    let linked = chance.happens(if at < MOVE { 0.42 } else { 0.05 });
    let links = linked.then(|| format!("https://example.org/{}/{number}", topic.as_str()));
    Statement { text, language, topic, at, links: links.into_iter().collect(), by_network: true }
}

/// One platform's part in spreading a statement.
struct Stage {
    platform: &'static str,
    starts: Seconds,
    delay_s: f64,
    /// Multiplies how readily channels there carry statements.
    eagerness: f64,
}

fn spread(scene: &mut Scene, statement: (&Statement, usize), chance: &mut Chance) {
    let at = statement.0.at;
    if at >= MOVE {
        let (tamtam, telegram) = openings(at, chance);
        let new = Stage { platform: TAMTAM, starts: tamtam, delay_s: 200.0, eagerness: 1.0 };
        let old = Stage { platform: TELEGRAM, starts: telegram, delay_s: 900.0, eagerness: 0.35 };
        for stage in [new, old] {
            carry(scene, statement, &stage, chance);
        }
        return;
    }
    let home = Stage { platform: TELEGRAM, starts: at, delay_s: 600.0, eagerness: 1.0 };
    carry(scene, statement, &home, chance);
    let attempts = [
        (TAMTAM, TAMTAM_2018, 0.6),
        (MATRIX, MATRIX_2018, 0.35),
        (ROCKETCHAT, ROCKETCHAT_2018, 0.5),
    ];
    for (platform, (from, to), share) in attempts {
        let open = from + DAY <= at && at < to - 3 * DAY;
        if open && chance.happens(share) {
            let starts = at + chance.between(4, 90) * MINUTE;
            let stage = Stage { platform, starts, delay_s: 1500.0, eagerness: 1.0 };
            carry(scene, statement, &stage, chance);
        }
    }
}

/// When a statement opens on the new place and on the old: mostly a minute apart, new place first.
fn openings(at: Seconds, chance: &mut Chance) -> (Seconds, Seconds) {
    let roll = chance.below(100);
    let later = chance.below(100);
    if at == FLAGSHIP {
        return (at, at + MINUTE);
    }
    match roll {
        0..=86 => {
            let minutes = match later {
                0..=69 => 1,
                70..=87 => 2,
                _ => 3 + (later as i64) % 4,
            };
            (at, at + minutes * MINUTE)
        }
        87..=93 => (at, at),
        _ => (at + (1 + (later as i64) % 3) * MINUTE, at),
    }
}

fn carry(scene: &mut Scene, statement: (&Statement, usize), stage: &Stage, chance: &mut Chance) {
    let (told, number) = statement;
    let Some(opener) = who_opens(scene, stage, chance) else { return };
    let first = scene.post(Draft {
        actor: opener,
        at: stage.starts,
        text: with_links(&told.text, &told.links),
        language: told.language,
        links: told.links.clone(),
        forward: None,
        tie: Tie::Statement(number, Change::None),
    });
    for actor in 0..scene.actors.len() {
        let Some(other) = scene.actors.get(actor) else { continue };
        let near = other.platform == stage.platform && other.in_network() && actor != opener;
        let carries = other.carries * stage.eagerness;
        if !near || !chance.happens(carries) {
            continue;
        }
        let at =
            shown(stage.platform, stage.starts) + chance.lognormal(stage.delay_s, 0.9) as Seconds;
        if other.posts_at(at) && at < TO {
            let draft = copy(scene, statement, Copying { actor, at, first }, chance);
            scene.post(draft);
        }
    }
}

#[derive(Clone, Copy)]
struct Copying {
    actor: usize,
    at: Seconds,
    first: usize,
}

fn copy(scene: &Scene, statement: (&Statement, usize), by: Copying, chance: &mut Chance) -> Draft {
    let (told, number) = statement;
    let frame = scene.actors.get(by.actor).and_then(|actor| actor.frame.as_ref());
    let change = match frame {
        _ if chance.happens(0.12) => Change::Forward,
        Some(_) => Change::Frame,
        None => Change::any(told.language, chance),
    };
    let keeps_link =
        change == Change::Forward || (change != Change::Excerpt && chance.happens(0.9));
    let links = if keeps_link { told.links.clone() } else { Vec::new() };
    let body = change::apply(change, &told.text, chance);
    let body = match (change, frame) {
        (Change::Frame, Some(frame)) => change::frame(frame, &body),
        _ => body,
    };
    Draft {
        actor: by.actor,
        at: by.at,
        text: with_links(&body, &links),
        language: told.language,
        links,
        forward: (change == Change::Forward).then_some(by.first),
        tie: Tie::Statement(number, change),
    }
}

pub(crate) fn with_links(text: &str, links: &[String]) -> String {
    links.iter().fold(text.to_owned(), |text, link| format!("{text}\n{link}"))
}

/// The official channel, or whoever of the network is left.
fn who_opens(scene: &Scene, stage: &Stage, chance: &mut Chance) -> Option<usize> {
    let alive = |&actor: &usize| {
        let here = |a: &crate::world::Actor| {
            a.platform == stage.platform && a.in_network() && a.posts_at(stage.starts)
        };
        scene.actors.get(actor).is_some_and(here)
    };
    let here: Vec<usize> = (0..scene.actors.len()).filter(alive).collect();
    let of = |role: Role| -> Vec<usize> {
        let is = |actor: &&usize| scene.actors.get(**actor).is_some_and(|a| a.role == role);
        here.iter().filter(is).copied().collect()
    };
    let (officials, affiliates) = (of(Role::Official), of(Role::Affiliate));
    let affiliate_speaks = chance.happens(0.12);
    let chosen = match (officials.is_empty(), affiliates.is_empty()) {
        (false, false) if affiliate_speaks => &affiliates,
        (false, _) => &officials,
        (true, false) => &affiliates,
        (true, true) => &here,
    };
    chance.pick(chosen).copied()
}

/// Digests of the last day, in the affiliates' archive channels.
pub(crate) fn digest_all(scene: &mut Scene, statements: &[Statement], seed: u64) {
    let mut chance = Chance::named(seed, "article/digests");
    for actor in 0..scene.actors.len() {
        let Some(by) = scene.actors.get(actor).filter(|by| by.id == "mawsim_archive") else {
            continue;
        };
        let (platform, created, last) = (by.platform, by.created.max(FROM), by.last);
        let mut at = created - created.rem_euclid(DAY) + DAY + 21 * HOUR + 30 * MINUTE;
        while at < last {
            let busy = at >= date(2019, 10, 1);
            if busy || chance.happens(0.1) {
                digest(scene, statements, (actor, at));
            }
            at += if busy { 2 * DAY } else { DAY };
        }
        debug_assert!(platform == TELEGRAM || platform == TAMTAM);
    }
}

fn digest(scene: &mut Scene, statements: &[Statement], (actor, at): (usize, Seconds)) {
    let language = Language::Arabic;
    let recent = |statement: &&(usize, &Statement)| {
        let age = at - statement.1.at;
        (2 * HOUR..DAY).contains(&age) && statement.1.language == language
    };
    let told: Vec<(usize, &Statement)> =
        statements.iter().enumerate().filter(|s| recent(&s)).take(4).collect();
    if told.len() < 2 {
        return;
    }
    let body: Vec<String> =
        told.iter().map(|(_, statement)| format!("• {}", statement.text)).collect();
    let heading = format!("حصاد يوم {}", crate::line::day_name(at));
    scene.post(Draft {
        actor,
        at,
        text: format!("{heading}\n\n{}", body.join("\n\n")),
        language,
        links: Vec::new(),
        forward: None,
        tie: Tie::Digest(told.iter().map(|(number, _)| *number).collect()),
    });
}
