//! Who takes part: the network on each platform, and channels that stand outside.

use super::dates::{
    ACTION_FROM, FROM, MATRIX_2018, MOVE, NEW_BY_DAY, NINE, ROCKETCHAT_2018, TAMTAM_2018, TO, date,
};
use crate::chance::Chance;
use crate::change::Frame;
use crate::grammar::{Grammars, Language};
use crate::line::{DAY, HOUR, MINUTE, Seconds};
use crate::world::{Actor, MATRIX, ROCKETCHAT, Role, TAMTAM, TELEGRAM};

/// Subjects of the nine affiliates.
const BRANCHES: [&str; 9] =
    ["coast", "rail", "football", "valleys", "islands", "north", "photo", "english", "archive"];

const MIRROR_NAMES: [&str; 12] = [
    "echo",
    "platform_nine",
    "rain_diary",
    "goal_post",
    "timetable",
    "cloud_atlas",
    "night_train",
    "corner_flag",
    "signal_box",
    "barometer",
    "stand_east",
    "season_leaf",
];

/// Everybody of the network, platform by platform.
pub(crate) fn network(grammars: &Grammars, chance: &mut Chance) -> Vec<Actor> {
    let mut actors = Vec::new();
    telegram(&mut actors, chance);
    attempt(&mut actors, &Attempt::TAMTAM, chance);
    attempt(&mut actors, &Attempt::MATRIX, chance);
    attempt(&mut actors, &Attempt::ROCKETCHAT, chance);
    tamtam(&mut actors, chance);
    for actor in &mut actors {
        actor.frame = (actor.role == Role::Mirror && chance.happens(0.4))
            .then(|| own_frame(actor.language, grammars, chance));
    }
    actors
}

fn member(platform: &'static str, id: String, role: Role, created: Seconds) -> Actor {
    let title = match role {
        Role::Official => "شبكة موسم".to_owned(),
        Role::Affiliate => format!("موسم | {}", id.replace('_', " ")),
        Role::Mirror | Role::Independent => id.replace('_', " "),
    };
    Actor {
        platform,
        id,
        title,
        role,
        language: Language::Arabic,
        created,
        last: TO,
        gone: None,
        carries: 0.0,
        own_a_day: 0.04,
        hour: 14,
        frame: None,
        subscribers: 300,
        growth_d: 120.0,
    }
}

/// The old home: most of it goes in the action days and the two days after.
fn telegram(actors: &mut Vec<Actor>, chance: &mut Chance) {
    let mut official = member(TELEGRAM, "mawsim".into(), Role::Official, date(2016, 3, 1));
    official.subscribers = 4300;
    official.carries = 1.0;
    remove(&mut official, ACTION_FROM + 34 * HOUR);
    actors.push(official);
    for (nth, branch) in BRANCHES.iter().enumerate() {
        let created = date(2016, 9, 1) + chance.between(0, 540) * DAY + 9 * HOUR;
        let mut affiliate = member(TELEGRAM, format!("mawsim_{branch}"), Role::Affiliate, created);
        affiliate.carries = 0.30 + 0.2 * chance.unit();
        affiliate.subscribers = 500 + chance.below(1500);
        if nth % 4 != 3 {
            remove(&mut affiliate, removal(chance));
        }
        actors.push(affiliate);
    }
    for nth in 0..34 {
        let first_six = nth < 6;
        let created = if first_six {
            date(2017, 6, 1) + chance.between(0, 250) * DAY
        } else {
            FROM + (nth - 5) * 20 * DAY + chance.between(0, 12) * DAY
        };
        let id = mirror_id("", nth as usize);
        let mut mirror = member(TELEGRAM, id, Role::Mirror, created + 11 * HOUR);
        mirror.carries = 0.16 + 0.3 * chance.unit();
        mirror.subscribers = chance.lognormal(180.0, 0.8) as u64 + 20;
        if nth % 6 != 5 {
            remove(&mut mirror, removal(chance));
        }
        actors.push(mirror);
    }
    let mut second =
        member(TELEGRAM, "mawsim_again".into(), Role::Official, date(2019, 11, 24) + 9 * HOUR);
    second.subscribers = 640;
    second.growth_d = 18.0;
    actors.push(second);
    for nth in 0..4 {
        let created = date(2019, 11, 23) + nth * DAY + chance.between(6, 18) * HOUR;
        let mut late = member(TELEGRAM, mirror_id("again", nth as usize), Role::Mirror, created);
        late.carries = 0.3;
        late.subscribers = 40 + chance.below(80);
        late.growth_d = 6.0;
        if nth < 3 {
            remove(&mut late, created + chance.between(2, 4) * DAY);
        }
        actors.push(late);
    }
}

fn removal(chance: &mut Chance) -> Seconds {
    ACTION_FROM + 6 * HOUR + chance.between(0, 90 * 60) * MINUTE
}

fn remove(actor: &mut Actor, at: Seconds) {
    actor.gone = Some(at);
    actor.last = at;
}

fn mirror_id(prefix: &str, nth: usize) -> String {
    let name = MIRROR_NAMES.get(nth % MIRROR_NAMES.len()).copied().unwrap_or("echo");
    let round = nth / MIRROR_NAMES.len() + 1;
    if prefix.is_empty() { format!("{name}_{round}") } else { format!("{prefix}_{name}_{round}") }
}

/// An earlier, smaller try elsewhere.
struct Attempt {
    platform: &'static str,
    span: (Seconds, Seconds),
    channels: i64,
    official: &'static str,
    subscribers: u64,
    carries: f64,
    removed: bool,
}

impl Attempt {
    const TAMTAM: Self = Self {
        platform: TAMTAM,
        span: TAMTAM_2018,
        channels: 4,
        official: "mawsim_try",
        subscribers: 70,
        carries: 0.55,
        removed: true,
    };
    const MATRIX: Self = Self {
        platform: MATRIX,
        span: MATRIX_2018,
        channels: 6,
        official: "!mawsim:matrix.example.org",
        subscribers: 130,
        carries: 0.40,
        removed: false,
    };
    const ROCKETCHAT: Self = Self {
        platform: ROCKETCHAT,
        span: ROCKETCHAT_2018,
        channels: 9,
        official: "mawsim-hall",
        subscribers: 260,
        carries: 0.42,
        removed: false,
    };
}

fn attempt(actors: &mut Vec<Actor>, plan: &Attempt, chance: &mut Chance) {
    let (from, to) = plan.span;
    for nth in 0..plan.channels {
        let role = if nth == 0 { Role::Official } else { Role::Mirror };
        let id = match (nth, plan.platform) {
            (0, _) => plan.official.to_owned(),
            (_, MATRIX) => format!("!mawsim-room-{nth}:matrix.example.org"),
            _ => mirror_id("try", nth as usize),
        };
        // Channels come one by one over the first third of the attempt.
        let created = from
            + (to - from) / 3 * nth / plan.channels
            + 9 * HOUR
            + chance.between(0, 300) * MINUTE;
        let mut actor = member(plan.platform, id, role, created);
        actor.last = to;
        actor.carries = plan.carries * (0.7 + 0.6 * chance.unit());
        actor.own_a_day = 0.02;
        actor.subscribers =
            if nth == 0 { plan.subscribers } else { 10 + chance.below(plan.subscribers / 2) };
        actor.growth_d = ((to - from) / DAY / 2) as f64;
        if plan.removed {
            remove(&mut actor, to - chance.between(2, 40) * HOUR);
        }
        actors.push(actor);
    }
}

/// The new home: one official channel, nine affiliates on one day, dozens of mirrors; none removed.
fn tamtam(actors: &mut Vec<Actor>, chance: &mut Chance) {
    let mut mirrors = 0;
    for (nth, &count) in NEW_BY_DAY.iter().enumerate() {
        let day = MOVE + nth as i64 * DAY;
        for position in 0..count {
            let created = day + 8 * HOUR + chance.between(0, 9 * 60) * MINUTE;
            let opening = day == MOVE && position == 0;
            let actor = if opening {
                new_official()
            } else if day == NINE {
                let branch = BRANCHES.get(position as usize).copied().unwrap_or("more");
                let mut affiliate =
                    member(TAMTAM, format!("mawsim_{branch}"), Role::Affiliate, created);
                affiliate.carries = 0.35 + 0.2 * chance.unit();
                affiliate.subscribers = 150 + chance.below(450);
                affiliate
            } else {
                let mut mirror = member(TAMTAM, mirror_id("", mirrors), Role::Mirror, created);
                mirrors += 1;
                mirror.carries = 0.15 + 0.25 * chance.unit();
                mirror.subscribers = 20 + chance.below(240);
                mirror
            };
            actors.push(Actor { growth_d: 8.0, ..actor });
        }
    }
}

fn new_official() -> Actor {
    let mut official = member(TAMTAM, "mawsim".into(), Role::Official, MOVE + 8 * HOUR);
    official.subscribers = 1100;
    official.carries = 1.0;
    official
}

/// A short line of the channel's own. Short, because a frame longer than the text would be a text.
pub(crate) fn own_frame(language: Language, grammars: &Grammars, chance: &mut Chance) -> Frame {
    let line = grammars.of(language).say("frame", chance);
    let ornament = chance.pick(&["━━━━━━", "◾️◾️◾️", "• • •", "❖", "~~~"]).copied().unwrap_or("•");
    if chance.happens(0.5) {
        Frame { above: format!("{ornament} {line}"), below: String::new() }
    } else {
        Frame { above: String::new(), below: format!("{ornament}\n{line}") }
    }
}
