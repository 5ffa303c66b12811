//! The article's world: a network leaves one platform for another, and an observer saw it all.
//!
//! Neutral content; the shape is that of December 2019: action days, dozens of new channels on the
//! new place, nine affiliates in one day, statements there a minute before the old place, earlier
//! and smaller attempts elsewhere, links discouraged, no reaction of the new place so far.

mod cast;
pub(crate) mod dates;
mod statements;
mod truth;

use std::io::{self, Write};

use crate::Summary;
use crate::background::{Crowd, common_news, gather, greetings, own_posts, quoting};
use crate::chance::Chance;
use crate::change::Change;
use crate::grammar::{Grammars, Language};
use crate::line::{DAY, HOUR, Seconds};
use crate::world::{Claim, Draft, Gap, MATRIX, ROCKETCHAT, Role, Scene, TAMTAM, TELEGRAM, Tie};
use dates::{CLOSE_WATCH, FROM, TO, date};
use statements::Statement;

/// Makes the world and writes it with its truth.
pub(crate) fn write(
    seed: u64,
    posts: &mut dyn Write,
    truth: &mut dyn Write,
) -> io::Result<Summary> {
    let grammars = Grammars::new();
    let mut scene = stage(&grammars, seed);
    let mut statements = statements::spread_all(&mut scene, &grammars, seed);
    statements::digest_all(&mut scene, &statements, seed);
    live_outside(&mut scene, &grammars, seed);
    quote_some(&mut scene, &statements, &grammars, seed);
    share_some(&mut scene, &mut statements, seed);
    let keys = scene.keys();
    let summary = scene.write(&keys, posts)?;
    let told = truth::Told { scene: &scene, keys: &keys, statements: &statements, seed };
    serde_json::to_writer_pretty(&mut *truth, &told.all(&summary))?;
    truth.write_all(b"\n")?;
    Ok(summary)
}

fn stage(grammars: &Grammars, seed: u64) -> Scene {
    let mut scene = Scene {
        actors: cast::network(grammars, &mut Chance::named(seed, "article/network")),
        gaps: vec![
            Gap {
                platform: TELEGRAM,
                from: date(2019, 9, 14) + 2 * HOUR,
                to: date(2019, 9, 14) + 16 * HOUR,
            },
            Gap {
                platform: TAMTAM,
                from: date(2019, 12, 8) + HOUR,
                to: date(2019, 12, 8) + 4 * HOUR + HOUR / 2,
            },
        ],
        claims: claims(),
        from: FROM,
        to: TO,
        close_watch: CLOSE_WATCH,
        ..Scene::default()
    };
    let mut chance = Chance::named(seed, "article/crowds");
    let crowd = |platform, language, channels, before: Seconds| Crowd {
        platform,
        language,
        channels,
        own_a_day: 0.25,
        created_before: before,
    };
    let crowds = [
        crowd(TELEGRAM, Language::Arabic, 22, date(2019, 3, 1)),
        crowd(TELEGRAM, Language::English, 14, date(2018, 11, 1)),
        crowd(TAMTAM, Language::Russian, 6, date(2019, 8, 1)),
        crowd(TAMTAM, Language::Arabic, 4, date(2019, 9, 1)),
        crowd(MATRIX, Language::English, 6, date(2018, 8, 1)),
        crowd(ROCKETCHAT, Language::English, 6, date(2018, 9, 1)),
    ];
    for crowd in &crowds {
        gather(&mut scene, crowd, &mut chance);
    }
    scene
}

fn claims() -> Vec<Claim> {
    let action = |from, to, source, says| Claim {
        name: "Action days",
        platform: TELEGRAM,
        from,
        to,
        source,
        says,
    };
    vec![
        action(
            "2018-10-03",
            "2018-10-03",
            "https://example.org/action-day-2018",
            "several hundred items were assessed together with the platform",
        ),
        action(
            "2019-11-21",
            "2019-11-22",
            "https://example.org/action-days-2019",
            "more than 26,000 items were referred to nine service providers",
        ),
    ]
}

fn live_outside(scene: &mut Scene, grammars: &Grammars, seed: u64) {
    own_posts(scene, grammars, &mut Chance::named(seed, "article/own"));
    common_news(scene, 0.6, grammars, &mut Chance::named(seed, "article/news"));
    greetings(scene, 0.3, grammars, &mut Chance::named(seed, "article/greetings"));
}

/// Some outsiders quote five to eight words of a statement; that is no copy.
fn quote_some(scene: &mut Scene, statements: &[Statement], grammars: &Grammars, seed: u64) {
    let mut chance = Chance::named(seed, "article/quotes");
    let outside = |actor: usize| scene.actors.get(actor).is_some_and(|a| !a.in_network());
    let mut quotes = Vec::new();
    for (nth, draft) in scene.drafts.iter().enumerate() {
        if draft.tie != Tie::Own || !outside(draft.actor) || !chance.happens(0.03) {
            continue;
        }
        let heard = |statement: &Statement| {
            statement.language == draft.language && (HOUR..DAY).contains(&(draft.at - statement.at))
        };
        let Some(number) = statements.iter().rposition(heard) else { continue };
        let Some(statement) = statements.get(number) else { continue };
        quotes.push((nth, number, quoting(&statement.text, draft.language, grammars, &mut chance)));
    }
    for (nth, number, text) in quotes {
        if let Some(draft) = scene.drafts.get_mut(nth) {
            draft.text = text;
            draft.tie = Tie::Quote(number);
        }
    }
}

/// Outsiders forward each other now and then: statements that the network has no part in.
fn share_some(scene: &mut Scene, statements: &mut Vec<Statement>, seed: u64) {
    let mut chance = Chance::named(seed, "article/shares");
    let outsiders: Vec<usize> = (0..scene.actors.len())
        .filter(|&actor| scene.actors.get(actor).is_some_and(|a| a.role == Role::Independent))
        .collect();
    let own: Vec<usize> = (0..scene.drafts.len())
        .filter(|&nth| {
            let long = |d: &Draft| d.tie == Tie::Own && d.text.chars().count() > 180;
            scene.drafts.get(nth).is_some_and(|d| long(d) && outsiders.contains(&d.actor))
        })
        .collect();
    for _ in 0..70 {
        let Some(&origin) = chance.pick(&own) else { return };
        let Some(draft) = scene.drafts.get(origin).filter(|d| d.tie == Tie::Own).cloned() else {
            continue;
        };
        let mut shares = Vec::new();
        for _ in 0..chance.between(1, 3) {
            let at = draft.at + HOUR + chance.exponential(9.0 * HOUR as f64) as Seconds;
            let Some(&actor) = chance.pick(&outsiders) else { return };
            let fits = scene.actors.get(actor).is_some_and(|a| {
                a.language == draft.language && a.posts_at(at) && actor != draft.actor
            });
            if fits && at < TO {
                shares.push((actor, at));
            }
        }
        if shares.is_empty() {
            continue;
        }
        let number = statements.len();
        statements.push(Statement {
            text: draft.text.clone(),
            language: draft.language,
            topic: crate::grammar::Topic::Weather,
            at: draft.at,
            links: Vec::new(),
            by_network: false,
        });
        if let Some(first) = scene.drafts.get_mut(origin) {
            first.tie = Tie::Statement(number, Change::None);
        }
        for (actor, at) in shares {
            let same_place = scene.actors.get(actor).map(|a| a.platform)
                == scene.actors.get(draft.actor).map(|a| a.platform);
            let change = if same_place { Change::Forward } else { Change::None };
            scene.post(Draft {
                actor,
                at,
                forward: same_place.then_some(origin),
                tie: Tie::Statement(number, change),
                ..draft.clone()
            });
        }
    }
}
