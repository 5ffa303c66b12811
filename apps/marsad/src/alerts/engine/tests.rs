//! What rules tell of small worlds.

use marsad_matching::{Arrival, Index, Options, Prints, group};
use marsad_types::{ChannelKey, Corpus, NONE, Resolution, Timestamp};
use proptest::prelude::*;

use super::super::event::Belongs;
use super::super::past::Past;
use super::super::rule::Definition;
use super::*;

const HOUR_MS: i64 = 3_600_000;

fn rule(kind: &str, options: &[&str]) -> Rule {
    let options: Vec<String> = options.iter().map(|option| (*option).to_owned()).collect();
    let definition = Definition::typed(kind, &options, &[]).unwrap();
    Rule { id: 1, ..definition.rule(kind, false).unwrap() }
}

fn engine(kind: &str, options: &[&str]) -> Engine {
    Engine::new(vec![rule(kind, options)])
}

fn key(post: &str) -> PostKey {
    post.parse().unwrap()
}

/// A post of a statement, at a second.
fn post(name: &str, first: &str, second: i64) -> Sighting<'static> {
    let at = Timestamp::from_seconds(second);
    Sighting {
        post: key(name),
        published: Span::of(at, None),
        at,
        text: "rain on the coast",
        lang: None,
        belongs: Some(Belongs {
            statement: key(first),
            first_at: at,
            is_new: name == first,
            appears_in: Vec::new(),
        }),
    }
}

fn hear(engine: &mut Engine, seen: Sighting<'_>) -> Vec<Alert> {
    engine.hear(&Event::Post(seen))
}

#[test]
fn a_crossing_is_told_once_with_its_lag_as_an_interval() {
    let mut engine = engine("crossing", &["from=tamtam", "to=telegram"]);
    assert_eq!(hear(&mut engine, post("tamtam:a/1", "tamtam:a/1", 0)), []);
    assert_eq!(hear(&mut engine, post("tamtam:b/1", "tamtam:a/1", 20)), []);
    let told = hear(&mut engine, post("telegram:c/1", "tamtam:a/1", 61));
    assert_eq!(told.len(), 1);
    assert_eq!(told[0].field("lag_s"), &json!(61.0));
    assert_eq!(
        (told[0].field("lag_min_s"), told[0].field("lag_max_s")),
        (&json!(60.0), &json!(62.0))
    );
    assert_eq!(told[0].field("posts")[0]["post"], "tamtam:a/1");
    assert_eq!(told[0].field("posts")[1]["post"], "telegram:c/1");
    assert_eq!(told[0].text("wording"), "observed");
    assert_eq!(
        hear(&mut engine, post("telegram:d/1", "tamtam:a/1", 70)),
        [],
        "it is there already"
    );
}

#[test]
fn who_was_first_goes_by_publication_not_by_arrival() {
    // Telegram's post is read first; TamTam's turns out to be older.
    let mut wanted = engine("crossing", &["from=tamtam", "to=telegram"]);
    let mut other = engine("crossing", &["from=telegram", "to=tamtam"]);
    for engine in [&mut wanted, &mut other] {
        hear(engine, post("telegram:c/1", "telegram:c/1", 100));
    }
    let late = || post("tamtam:a/1", "telegram:c/1", 40);
    let told = hear(&mut wanted, late());
    assert_eq!((told.len(), told[0].field("lag_s")), (1, &json!(60.0)));
    assert_eq!(told[0].field("posts")[0]["post"], "tamtam:a/1");
    assert_eq!(hear(&mut other, late()), []);
}

#[test]
fn where_clocks_overlap_nothing_is_decided() {
    let mut engine = engine("crossing", &[]);
    let minute = |second: i64| Span::of(Timestamp::from_seconds(second), Some(Resolution::MINUTE));
    let first = post("tamtam:a/1", "tamtam:a/1", 0);
    hear(&mut engine, Sighting { published: minute(0), ..first });
    let told = hear(&mut engine, post("telegram:c/1", "tamtam:a/1", 30));
    assert_eq!(told[0].text("order"), "undecided");
    assert!(told[0].text("what").contains("which was first the clocks do not say"));
    assert_eq!(
        (told[0].field("lag_min_s"), told[0].field("lag_max_s")),
        (&json!(-30.0), &json!(31.0))
    );
}

#[test]
fn a_statement_of_which_only_the_first_post_is_remembered_can_cross() {
    let mut engine = engine("crossing", &["from=telegram"]);
    let mut late = post("max:b/1", "telegram:a/1", 90 * 86_400);
    late.belongs.as_mut().unwrap().first_at = Timestamp::from_seconds(7);
    let told = hear(&mut engine, late);
    assert_eq!(told[0].field("posts")[0]["post"], "telegram:a/1");
    assert_eq!(told[0].text("first_at"), "1970-01-01T00:00:07Z");
}

#[test]
fn history_tells_nothing_and_is_remembered() {
    let mut engine = engine("crossing", &["max_age=2h"]);
    let old = |name, second| Sighting {
        at: Timestamp(second * 1000 + 3 * HOUR_MS),
        ..post(name, "tamtam:a/1", second)
    };
    hear(&mut engine, old("tamtam:a/1", 0));
    assert_eq!(hear(&mut engine, old("telegram:c/1", 60)), [], "published three hours ago");
    assert_eq!(
        hear(&mut engine, post("telegram:d/1", "tamtam:a/1", 70)),
        [],
        "not the first there"
    );
}

#[test]
fn a_new_statement_is_told_alone_or_in_its_nth_channel() {
    let mut single = engine("new-statement", &["platform=telegram"]);
    assert_eq!(hear(&mut single, post("telegram:a/1", "telegram:a/1", 0)).len(), 1);
    assert_eq!(hear(&mut single, post("telegram:b/1", "telegram:a/1", 5)), []);
    assert_eq!(hear(&mut single, post("max:a/1", "max:a/1", 6)), []);
    let mut third = engine("new-statement", &["min_channels=3", "within=1h"]);
    for (name, second) in [("telegram:a/1", 0), ("telegram:a/2", 9), ("max:b/1", 60)] {
        assert_eq!(hear(&mut third, post(name, "telegram:a/1", second)), []);
    }
    let told = hear(&mut third, post("telegram:c/1", "telegram:a/1", 120));
    assert_eq!(told[0].field("channels"), &json!(3));
    assert_eq!(told[0].field("platforms"), &json!(["max", "telegram"]));
    assert!(told[0].text("what").ends_with("3 channels within 2 min"), "{}", told[0].text("what"));
    assert_eq!(hear(&mut third, post("telegram:d/1", "telegram:a/1", 180)), []);
    // Too slow.
    for (name, second) in [("telegram:a/5", 0), ("max:b/5", 60), ("telegram:c/5", 3700)] {
        assert_eq!(hear(&mut third, post(name, "telegram:a/5", second)), []);
    }
}

#[test]
fn a_query_is_answered_by_the_posts_it_describes() {
    let mut engine = engine("query", &["q=storm -football platform:telegram"]);
    let said = |name, text| Sighting { text, ..post(name, name, 0) };
    assert_eq!(hear(&mut engine, said("telegram:a/1", "Storms on the coast")).len(), 1);
    assert_eq!(hear(&mut engine, said("max:a/1", "Storm on the coast")), []);
    assert_eq!(hear(&mut engine, said("telegram:a/2", "Storm over the football match")), []);
    let without_index = Sighting { belongs: None, ..said("telegram:a/3", "A storm") };
    let told = hear(&mut engine, without_index);
    assert_eq!((told.len(), told[0].text("quote")), (1, "A storm"));
}

fn change(was: Status, is: Status, since: i64) -> Event<'static> {
    Event::Status(Change {
        channel: "telegram:1001".parse().unwrap(),
        source: "telegram:weatherdesk".to_owned(),
        was,
        since: Timestamp::from_seconds(since),
        seen_at: Some(Timestamp::from_seconds(since + 50)),
        is,
        cause: None,
        at: Timestamp::from_seconds(since + 100),
    })
}

#[test]
fn a_channel_that_goes_is_told_each_time_it_goes() {
    use Status::{Alive, Empty, Gone, Private};
    let mut engine = engine("gone", &["channel=telegram:weatherdesk"]);
    let told = engine.hear(&change(Alive, Gone, 0));
    let said = "telegram:weatherdesk was alive at 1970-01-01T00:00:50Z and is gone at 1970-01-01T00:01:40Z";
    assert_eq!(told[0].text("what"), said);
    assert_eq!(engine.hear(&change(Alive, Gone, 0)), [], "the same once more");
    assert_eq!(engine.hear(&change(Gone, Alive, 200)), []);
    assert_eq!(engine.hear(&change(Alive, Private, 300)).len(), 1);
    assert_eq!(engine.hear(&change(Alive, Empty, 400)), []);
    assert_eq!(
        engine.hear(&change(Alive, Status::Error, 500)),
        [],
        "that is ours, not the channel's"
    );
}

#[test]
fn a_channel_that_repeats_an_older_one_is_a_mirror_of_it() {
    let mut engine = engine("mirror", &["min_statements=4", "share=0.75"]);
    let mut told = Vec::new();
    for n in 0..6i64 {
        let own = format!("telegram:old/{n}");
        told.extend(hear(&mut engine, post(&own, &own, n * 1000)));
        // A third channel says other things.
        let other = format!("telegram:other/{n}");
        told.extend(hear(&mut engine, post(&other, &other, n * 1000 + 1)));
    }
    for n in 0..5i64 {
        let (first, second) = (format!("telegram:old/{n}"), n * 1000 + 7000);
        told.extend(hear(&mut engine, post(&format!("tamtam:new/{n}"), &first, second)));
        if n == 1 {
            let own = "tamtam:new/own";
            told.extend(hear(&mut engine, post(own, own, second + 1)));
        }
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].text("channel"), "tamtam:new");
    assert_eq!(told[0].text("mirrors"), "telegram:old");
    assert_eq!((told[0].field("shared"), told[0].field("statements")), (&json!(4), &json!(5)));
    assert_eq!(told[0].field("lag_median_s"), &json!(7000.0));
    assert_eq!(told[0].text("wording"), "consistent with");
    assert_eq!(told[0].field("posts").as_array().unwrap().len(), 8);
}

#[test]
fn a_burst_is_told_once_and_a_busy_channel_is_none() {
    let mut engine = engine("burst", &["window=10m", "before=1d", "min=6", "p=1e-6"]);
    let mut told = Vec::new();
    let mut say = |channel: &str, n: i64, second: i64| {
        let name = format!("telegram:{channel}/{n}");
        told.extend(hear(&mut engine, post(&name, &name, second)));
    };
    // Six posts in ten minutes after one an hour; the other channel posts so all day long.
    for hour in 0..24 {
        say("quiet", hour, hour * 3600);
    }
    for n in 0..144 {
        (0..6).for_each(|m| say("busy", n * 6 + m, n * 600 + m * 100));
    }
    for n in 0..9 {
        say("quiet", 100 + n, 86_400 + n * 30);
    }
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].text("channel"), "telegram:quiet");
    assert!(told[0].field("p").as_f64().unwrap() < 1e-6);
    assert_eq!(told[0].field("count"), &json!(6));
}

#[test]
fn what_is_counted_and_its_p_are_those_of_the_exact_test() {
    let minute = 60_000;
    // 3 in the last minute, 5 in the 10 minutes before it, the first of which opens the count.
    let times: Vec<i64> = [0, 1, 4, 7, 9].iter().map(|m| m * minute).collect();
    let times: Vec<i64> =
        times.into_iter().chain([10 * minute + 1, 10 * minute + 5, 11 * minute]).collect();
    let counted = Counted::at(&times, 11 * minute, minute, 60 * minute).unwrap();
    assert_eq!((counted.inside, counted.before, counted.before_ms), (3, 4, 10 * minute));
    // scipy.stats.binom.sf(2, 7, 1/11)
    assert!((counted.p() - 0.019_867_994_179).abs() < 1e-9, "{}", counted.p());
    assert!((counted.expected() - 0.4).abs() < 1e-12);
    assert_eq!(Counted::at(&[0, minute], minute, minute, 60 * minute), None, "nothing before it");
}

/// A world of few texts, so that statements repeat.
fn world() -> impl Strategy<Value = Vec<(usize, usize, i64)>> {
    prop::collection::vec((0usize..6, 0usize..7, 0i64..4000), 1..60)
}

const TEXTS: [&str; 7] = [
    "The night train to the coast leaves at nine in the evening from platform two of the old station",
    "Heavy rain is expected in the northern valleys from Monday night until the morning of Wednesday",
    "The football match of the two oldest clubs was put off because the grass is under water again",
    "Trams run every ten minutes today",
    "",
    "The library opens on Sunday; heavy rain is expected in the northern valleys from Monday night until the morning of Wednesday, and the pool is warm",
    "В северных долинах ожидаются сильный дождь и порывистый ветер, сообщила служба погоды в понедельник",
];
const CHANNELS: [&str; 6] =
    ["telegram:a", "telegram:b", "telegram:c", "tamtam:a", "tamtam:b", "max:a"];

fn corpus(posts: &[(usize, usize, i64)]) -> Corpus {
    let mut corpus = Corpus::default();
    let mut rows: Vec<(i64, ChannelKey, String, &str)> = posts
        .iter()
        .enumerate()
        .map(|(n, (channel, text, minute))| {
            (minute * 60_000, CHANNELS[*channel].parse().unwrap(), format!("{n:04}"), TEXTS[*text])
        })
        .collect();
    rows.sort();
    for (at, channel, id, text) in rows {
        corpus.posts.channel.push(corpus.channels.intern(&channel));
        corpus.posts.post.push(&id);
        corpus.posts.published_at.push(at);
        corpus.posts.resolution_ms.push(if at % 7 == 0 { 60_000 } else { 0 });
        corpus.posts.observed_first.push(i64::MIN);
        corpus.posts.deleted_at.push(i64::MIN);
        corpus.posts.text.push(text);
        corpus.posts.forward.push(NONE);
    }
    corpus
}

fn all_kinds() -> Vec<Rule> {
    let kinds: [(&str, &[&str]); 7] = [
        ("new-statement", &[]),
        ("new-statement", &["min_channels=2", "within=10d"]),
        ("crossing", &[]),
        ("crossing", &["from=tamtam", "to=telegram"]),
        ("query", &["q=rain -football"]),
        ("mirror", &["min_statements=2", "share=0.5"]),
        ("burst", &["of=both", "window=10h", "min=2", "p=0.05"]),
    ];
    let rules = kinds.iter().enumerate();
    rules.map(|(n, (kind, options))| Rule { id: n as u64, ..rule(kind, options) }).collect()
}

/// The same posts as they arrive: through the index, one by one, starting anew after some of them
/// from what the index remembers.
fn live(corpus: &Corpus, restart: usize) -> Vec<Alert> {
    let folder = tempfile::tempdir().unwrap();
    let mut index = Index::create(folder.path(), &Options::default()).unwrap();
    let mut engine = Engine::new(all_kinds());
    let mut told = Vec::new();
    for row in 0..corpus.posts.len() {
        if row == restart {
            engine = Engine::new(all_kinds());
            index
                .each_since(Timestamp(i64::MIN), &mut |standing| {
                    let mut seen = Sighting::remembered(standing);
                    // Clocks are not remembered; that is another test's matter.
                    let ms =
                        if seen.at.0 % 7 == 0 { Resolution::MINUTE } else { Resolution::DEFAULT };
                    seen.published = Span::of(seen.at, Some(ms));
                    engine.hear(&Event::Post(seen));
                })
                .unwrap();
        }
        let channel = corpus.channels.key(corpus.posts.channel[row]).unwrap();
        let (id, text, at) =
            (corpus.posts.post.get(row), corpus.posts.text.get(row), corpus.published_at(row));
        let arrival = Arrival { channel, id, published_at: at, text, forward_of: None, media: &[] };
        let belongs = Belongs::from(index.insert(&arrival).unwrap());
        let ms = if at.0 % 7 == 0 { Resolution::MINUTE } else { Resolution::DEFAULT };
        let seen = Sighting {
            post: PostKey { channel: channel.clone(), post: id.into() },
            published: Span::of(at, Some(ms)),
            at,
            text,
            lang: None,
            belongs: Some(belongs),
        };
        told.extend(engine.hear(&Event::Post(seen)));
    }
    told
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn the_past_tells_what_the_watch_told(posts in world(), restart in 0usize..80) {
        let corpus = corpus(&posts);
        let prints = Prints::of(&corpus);
        let statements = group(&corpus, &prints, &Options::default()).statements;
        let past = Past { corpus: &corpus, statements: &statements, langs: BTreeMap::new() };
        let told: Vec<Alert> = past.told(all_kinds()).into_iter().map(|(_, alert)| alert).collect();
        prop_assert_eq!(&told, &live(&corpus, usize::MAX));
        // Whoever starts again in between tells the same from there on.
        prop_assert_eq!(told, live(&corpus, restart));
    }

    #[test]
    fn memory_counts_as_one_that_counts_anew(posts in world(), shuffle in any::<u64>()) {
        let mut posts = posts;
        // Any order of arrival.
        posts.sort_by_key(|(channel, text, minute)| {
            (*channel as u64 * 31 + *text as u64 * 17 + *minute as u64).wrapping_mul(shuffle | 1)
        });
        let mut memory = Memory::new(true);
        let mut seen = Vec::new();
        for (n, (channel, text, minute)) in posts.iter().enumerate() {
            let name = format!("{}/{n}", CHANNELS[*channel]);
            let first = format!("telegram:first/{text}");
            seen.push((*channel, *text, *minute));
            memory.note(&post(&name, &first, *minute * 60));
        }
        for (own, name) in CHANNELS.iter().enumerate() {
            let Some((distinct, shares)) = memory.shares(&name.parse().unwrap()) else { continue };
            let earliest = |channel: usize, text: usize| {
                let of = seen.iter().filter(|(c, t, _)| (*c, *t) == (channel, text));
                of.map(|(.., minute)| *minute).min()
            };
            let texts: Vec<usize> = (0..TEXTS.len()).filter(|t| earliest(own, *t).is_some()).collect();
            prop_assert_eq!(distinct as usize, texts.len());
            for (other, shared) in shares {
                let key = memory.key(other).unwrap().to_string();
                let other = CHANNELS.iter().position(|name| *name == key).unwrap();
                let had = texts.iter().filter(|text| {
                    earliest(other, **text).is_some_and(|at| Some(at) <= earliest(own, **text))
                });
                prop_assert_eq!(shared as usize, had.count());
            }
        }
    }
}
