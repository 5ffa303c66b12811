//! Each rule of grouping with an example, and the laws.
#![expect(clippy::unwrap_used, reason = "tests")]

mod around;
mod inserts;
mod series;

use marsad_matching::{Options, Prints, Relation, Statements, group};
use marsad_types::{ChannelKey, Corpus, Media, NONE, Platform};
use proptest::prelude::*;

/// Posts in the order of time: (channel, text).
fn corpus(posts: &[(&str, &str)]) -> Corpus {
    let mut corpus = Corpus::default();
    let platform = Platform::new("telegram").unwrap();
    for (number, (channel, text)) in posts.iter().enumerate() {
        let id = corpus.channels.intern(&ChannelKey::new(platform.clone(), channel));
        corpus.posts.channel.push(id);
        corpus.posts.post.push(&number.to_string());
        corpus.posts.published_at.push(number as i64 * 1000);
        corpus.posts.resolution_ms.push(0);
        corpus.posts.observed_first.push(i64::MIN);
        corpus.posts.deleted_at.push(i64::MIN);
        corpus.posts.text.push(text);
        corpus.posts.forward.push(NONE);
    }
    corpus
}

/// Marks a post as a forward of a post of a channel.
fn forward(corpus: &mut Corpus, row: usize, channel: &str, post: &str) {
    let key = ChannelKey::new(Platform::new("telegram").unwrap(), channel);
    let id = corpus.channels.intern(&key);
    corpus.forwards.channel.push(id);
    corpus.forwards.post.push(post);
    corpus.forwards.published_at.push(i64::MIN);
    corpus.posts.forward[row] = corpus.forwards.channel.len() as u32 - 1;
}

fn grouped(corpus: &Corpus) -> Statements {
    group(corpus, &Prints::of(corpus), &Options::default())
}

/// Statements of two posts or more as (row, relation, counts).
fn several(statements: &Statements) -> Vec<Vec<(u32, Relation, bool)>> {
    let of = |s: &marsad_matching::Statement| {
        s.members.iter().map(|m| (m.post, m.relation, m.appears)).collect::<Vec<_>>()
    };
    statements.statements.iter().map(of).filter(|members| members.len() > 1).collect()
}

fn check(posts: &[(&str, &str)], expected: &[&[(u32, Relation, bool)]]) {
    let found = several(&grouped(&corpus(posts)));
    let expected: Vec<Vec<_>> = expected.iter().map(|members| members.to_vec()).collect();
    assert_eq!(found, expected, "{posts:#?}");
}

use Relation::{Contained, Exact, First, Forward, Near};

const RAIN: &str = "Heavy rain and strong wind are expected in the northern valleys on Monday night, \
    the weather service said, and asked drivers to stay at home until the morning.";
const TRAIN: &str = "The night train between the two coasts will run again from the first of May, \
    after three years of works on the long tunnel under the pass.";
const MATCH: &str = "The football match of the two oldest clubs of the town was put off because the \
    grass of the stadium is under water after a week of rain.";

#[test]
fn equal_after_normalisation_is_exact() {
    let loud = RAIN.to_uppercase();
    let dressed = format!("⚡️**{RAIN}** https://example.org/1 @desk");
    check(
        &[("a", RAIN), ("b", &loud), ("c", &dressed), ("d", TRAIN)],
        &[&[(0, First, true), (1, Exact, true), (2, Exact, true)]],
    );
}

#[test]
fn a_changed_word_is_near_and_another_text_is_not() {
    let changed = RAIN.replace("strong wind", "strong winds");
    check(&[("a", RAIN), ("b", &changed), ("c", TRAIN)], &[&[(0, First, true), (1, Near, true)]]);
}

#[test]
fn two_typos_in_a_short_text_are_near() {
    let text = "The old bridge over the river is closed until Friday";
    let typos = "The old brigde over the river is closd until Friday";
    check(&[("a", text), ("b", typos)], &[&[(0, First, true), (1, Near, true)]]);
}

#[test]
fn arabic_variants_are_one_statement() {
    let plain = "اعلنت هيئة الارصاد ان الامطار الغزيرة تستمر على المناطق الشمالية حتى يوم الجمعة 12";
    let variants = [
        "أُعلنَتْ هيئَةُ الأرصادِ أنّ الأمطارَ الغزيرةَ تستمرُّ على المناطقِ الشماليةِ حتى يومِ الجمعةِ 12",
        "اعلنت هيئة الارصاد ان الامـطار الغـزيرة تستمر على المناطق الشمالية حتى يوم الجمعة 12",
        "إعلنت هيئة الأرصاد أن الأمطار الغزيرة تستمر على المناطق الشمالية حتى يوم الجمعة 12",
        "ٱعلنت هيئة ٱلارصاد ان ٱلامطار الغزيرة تستمر على المناطق الشمالية حتى يوم الجمعة 12",
        "اعلنت هيئه الارصاد ان الامطار الغزيره تستمر على المناطق الشماليه حتى يوم الجمعه 12",
        "اعلنت هيئة الارصاد ان الامطار الغزيرة تستمر علي المناطق الشمالية حتي يوم الجمعة 12",
        "اعلنت هيئة الارصاد ان الامطار الغزيرة تستمر على المناطق الشمالية حتى يوم الجمعة ١٢",
        "اعلنت هیئة الارصاد ان الامطار الغزیرة تستمر على المناطق الشمالیة حتى یوم الجمعة ۱۲",
        "اعلنت\u{200C} هيئة الارصاد ان الامطار\u{200C} الغزيرة تستمر على المناطق الشمالية حتى يوم الجمعة 12",
        "\u{200F}اعلنت هيئة الارصاد \u{200F}ان الامطار الغزيرة تستمر على المناطق الشمالية حتى يوم الجمعة 12\u{200F}",
        "اعلنت هيئة اﻻرصاد ان اﻻمطار الغزيرة تستمر على المناطق الشمالية حتى يوم الجمعة 12",
        "اعلنت 🌧️ هيئة الارصاد ان 🌧️ الامطار الغزيرة تستمر على المناطق ⚡️ الشمالية حتى يوم الجمعة 12",
    ];
    let mut posts = vec![("plain", plain)];
    posts.extend(variants.iter().map(|text| ("other", *text)));
    let found = several(&grouped(&corpus(&posts)));
    assert_eq!(found.len(), 1);
    let exact = found[0].iter().filter(|(_, relation, _)| *relation == Exact).count();
    assert_eq!(exact, variants.len(), "all twelve of field.md 8.3: {found:?}");
}

/// Ten posts of a channel in its frame, each with another body.
fn framed(header: &str, footer: &str) -> Vec<String> {
    const BODIES: [&str; 10] = [
        "Trams run every ten minutes today",
        "The library opens on Sunday",
        "Rain until Friday noon",
        "Bridge closed for two weeks",
        "New timetable for the ferry",
        "Fog on the eastern road",
        "Market moves to the old square",
        "Swimming pool is warm again",
        "Concert in the park tonight",
        "Snow above nine hundred metres",
    ];
    BODIES.iter().map(|body| format!("{header}\n{body}\n{footer}")).collect()
}

#[test]
fn the_same_body_in_two_frames_matches_and_two_bodies_in_one_do_not() {
    let header = "The daily voice of the green valley and all its towns and villages";
    let footer = "Subscribe to us and tell your friends about the daily voice of the valley";
    let a = framed(header, footer);
    let b = framed("Coast news", "Join the coast channel, write to the coast desk");
    let mut posts: Vec<(&str, &str)> = a.iter().map(|text| ("a", text.as_str())).collect();
    posts.extend(b.iter().map(|text| ("b", text.as_str())));
    let found = several(&grouped(&corpus(&posts)));
    let expected: Vec<Vec<_>> =
        (0..10).map(|n| vec![(n, First, true), (n + 10, Exact, true)]).collect();
    assert_eq!(found, expected);
}

#[test]
fn a_slogan_in_the_line_is_a_frame_too() {
    let a =
        framed("", "").into_iter().map(|t| format!("{} - follow the green valley voice", t.trim()));
    let a: Vec<String> = a.collect();
    let plain = framed("", "");
    let mut posts: Vec<(&str, &str)> = a.iter().map(|text| ("a", text.as_str())).collect();
    posts.push(("b", plain[3].trim()));
    let found = several(&grouped(&corpus(&posts)));
    assert_eq!(found, [[(3, First, true), (10, Exact, true)]]);
}

/// Ten posts of a channel, each with its own body, in a frame made for its number; and one more.
fn channel_of(frame: impl Fn(usize, &str) -> String, last: &str) -> Vec<String> {
    let mut posts: Vec<String> =
        framed("", "").iter().enumerate().map(|(n, body)| frame(n, body.trim())).collect();
    posts.push(frame(posts.len(), last));
    posts
}

/// The statement of a body that the last posts of two channels carry, if it is one.
fn joined(a: &[String], b: &[String]) -> Option<Relation> {
    let mut posts: Vec<(&str, &str)> = a.iter().map(|text| ("a", text.as_str())).collect();
    posts.extend(b.iter().map(|text| ("b", text.as_str())));
    let (first, second) = (a.len() as u32 - 1, posts.len() as u32 - 1);
    let statements = grouped(&corpus(&posts)).statements;
    let members = statements.into_iter().map(|s| s.members).find(|m| m[0].post == first)?;
    members.iter().find(|member| member.post == second).map(|member| member.relation)
}

#[test]
fn a_body_of_two_words_is_known_in_another_frame() {
    let a =
        channel_of(|_, body| format!("Valley news\n\n{body}\n\nJoin us @valley"), "Tunnel open");
    let b = channel_of(
        |_, body| format!("{body}\nt.me/coast | Write to the coast desk"),
        "Tunnel open",
    );
    assert_eq!(joined(&a, &b), Some(Exact));
    let b = channel_of(
        |_, body| format!("{body}\nt.me/coast | Write to the coast desk"),
        "Tunnel shut",
    );
    assert_eq!(joined(&a, &b), None);
}

#[test]
fn a_frame_with_a_date_and_a_number_is_a_frame() {
    let a = channel_of(
        |n, body| {
            format!("Harbour News No. {}, {:02}.05.2024, 12:1{}\n\n{body}", 1024 + n, n + 3, n % 10)
        },
        RAIN,
    );
    let b = channel_of(|n, body| format!("LEEDS, {} May (Desk). {body}", n + 4), RAIN);
    assert_eq!(joined(&a, &b), Some(Exact));
}

#[test]
fn the_same_words_on_another_day_of_one_channel_are_another_statement() {
    let mut a = channel_of(|n, body| format!("Weather for {} May 2024\n\n{body}", n + 3), RAIN);
    a.push(format!("Weather for 29 May 2024\n\n{RAIN}"));
    let posts: Vec<(&str, &str)> = a.iter().map(|text| ("a", text.as_str())).collect();
    assert_eq!(several(&grouped(&corpus(&posts))), Vec::<Vec<_>>::new());
}

#[test]
fn slogans_in_turn_are_frames() {
    let slogans =
        ["Valley news, first with the weather", "The voice of every valley", "Read us daily"];
    let mut a: Vec<String> = Vec::new();
    for n in 0..40 {
        let body =
            format!("{} {}", framed("", "")[n % 10].trim(), ["one", "two", "six", "ten"][n / 10]);
        a.push(format!("{body} {n}\n\n{}", slogans[n % 3]));
    }
    a.push(format!("{RAIN}\n\n{}", slogans[0]));
    let b = [RAIN.to_owned()];
    assert_eq!(joined(&a, &b), Some(Exact));
}

#[test]
fn a_negation_is_another_statement() {
    let not = RAIN.replace("are expected", "are not expected");
    check(&[("a", RAIN), ("b", &not)], &[]);
}

#[test]
fn a_figure_that_moved_is_another_figure() {
    let report = |first: u32, second: u32| {
        format!(
            "The ferry between the two islands carried {first} cars in the morning and after a long \
            wait for the fog to lift {second} cars in the evening."
        )
    };
    let longer = format!("{} The harbour office has no other news today.", report(60, 78));
    check(&[("a", &report(30, 60)), ("b", &longer)], &[]);
}

#[test]
fn one_statement_with_a_greeting_here_and_a_remark_there() {
    let greeted = format!("Good evening to all who are with us at this late hour. {RAIN}");
    let remarked = format!("{RAIN} Stay safe out there, dear friends of ours.");
    check(&[("a", &greeted), ("b", &remarked)], &[&[(0, First, true), (1, Near, true)]]);
}

#[test]
fn a_post_that_is_all_frame_stays_whole() {
    let again = "Good morning to all our readers in the green valley and on the coast today";
    let mut posts = vec![("a", again); 6];
    posts.push(("b", again));
    let found = several(&grouped(&corpus(&posts)));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].len(), 7);
}

#[test]
fn a_digest_is_listed_and_does_not_join() {
    let digest = format!("Today in short:\n• {TRAIN}\n• {RAIN}\n• {MATCH}");
    check(
        &[("a", RAIN), ("b", TRAIN), ("c", &digest), ("d", RAIN)],
        &[
            &[(0, First, true), (2, Contained, false), (3, Exact, true)],
            &[(1, First, true), (2, Contained, false)],
        ],
    );
}

#[test]
fn a_digest_that_came_first_is_listed_after_the_first() {
    let digest = format!("Today in short:\n• {TRAIN}\n• {RAIN}\n• {MATCH}");
    check(
        &[("c", &digest), ("a", RAIN), ("d", RAIN)],
        &[&[(1, First, true), (0, Contained, false), (2, Exact, true)]],
    );
}

#[test]
fn a_text_cut_short_joins_the_whole_one() {
    let cut = "Heavy rain and strong wind are expected in the northern valleys on Monday night, the \
        weather service…";
    check(
        &[("a", RAIN), ("b", cut), ("c", cut)],
        &[&[(0, First, true), (1, Contained, true), (2, Contained, true)]],
    );
}

#[test]
fn a_teaser_that_came_first_leads_and_the_full_text_counts() {
    let teaser = "Heavy rain and strong wind are expected in the northern valleys on Monday night…";
    let full = format!("{RAIN} {TRAIN}");
    check(
        &[("a", teaser), ("b", &full), ("c", &full)],
        &[
            &[(0, First, true), (1, Contained, true), (2, Contained, true)],
            &[(1, First, true), (2, Exact, true)],
        ],
    );
}

#[test]
fn bulletins_that_differ_in_a_figure_are_different_statements() {
    let day = |t: u32, w: u32| {
        format!(
            "Weather bulletin for the northern valleys: temperature up to {t} degrees, wind of {w} \
            metres a second, no rain is expected before the evening."
        )
    };
    let posts = [day(5, 12), day(7, 12), day(12, 5), day(5, 12), day(5, 13)];
    let posts: Vec<(&str, &str)> = posts.iter().map(|text| ("a", text.as_str())).collect();
    check(&posts, &[&[(0, First, true), (3, Exact, true)]]);
}

#[test]
fn a_figure_in_another_format_is_the_same() {
    let a = "The concert begins at 19:30 in the old town hall and 20 000 tickets were sold, the organisers said on Monday";
    let b = "The concert begins at 19.30 in the old town hall and 20000 tickets were sold, the organisers said on Monday";
    check(&[("a", a), ("b", b)], &[&[(0, First, true), (1, Near, true)]]);
}

#[test]
fn a_place_in_a_series_is_another_statement() {
    let warning = |town: &str| {
        format!(
            "The weather service warns of strong wind and heavy rain in the area of {town} until \
            late in the evening; drivers are asked to slow down and not to park under trees."
        )
    };
    let posts = [
        warning("Leeds"),
        warning("Bristol"),
        warning("Cardiff"),
        warning("Leeds"),
        warning("Bristol"),
    ];
    let channels = ["a", "a", "a", "b", "c"];
    let posts: Vec<(&str, &str)> =
        channels.into_iter().zip(posts.iter().map(String::as_str)).collect();
    check(&posts, &[&[(0, First, true), (3, Exact, true)], &[(1, First, true), (4, Exact, true)]]);
}

#[test]
fn short_texts_match_exactly_or_not_at_all() {
    let posts = [
        ("a", "Rain until Friday noon"),
        ("b", "Rain until Friday, noon!"),
        ("c", "Rain until Friday night"),
    ];
    check(&posts, &[&[(0, First, true), (1, Exact, true)]]);
}

#[test]
fn empty_texts_match_nothing() {
    check(&[("a", ""), ("b", ""), ("c", "🔥🔥"), ("d", "🔥🔥"), ("e", "\u{200B}")], &[]);
}

#[test]
fn links_alone_are_told_apart() {
    let posts = [
        ("a", "https://example.org/a"),
        ("b", "https://example.org/b"),
        ("c", "https://example.org/a"),
    ];
    check(&posts, &[&[(0, First, true), (2, Exact, true)]]);
}

#[test]
fn a_forward_joins_its_original_and_forwards_of_one_unseen_post_stand_together() {
    let mut posts = corpus(&[("a", RAIN), ("b", RAIN), ("c", ""), ("d", "x"), ("e", "y")]);
    forward(&mut posts, 1, "a", "0");
    forward(&mut posts, 2, "a", "0");
    forward(&mut posts, 3, "unseen", "9");
    forward(&mut posts, 4, "unseen", "9");
    let found = several(&grouped(&posts));
    assert_eq!(
        found,
        [
            vec![(0, First, true), (1, Forward, true), (2, Forward, true)],
            vec![(3, First, true), (4, Forward, true)],
        ]
    );
}

#[test]
fn a_picture_without_words_joins_by_its_hash() {
    let picture = |pdq: &str, quality: u8| Media {
        kind: "image".into(),
        sha256: None,
        pdq: Some(pdq.to_owned()),
        pdq_quality: Some(quality),
        file: None,
    };
    let hash = "f8f8f0cce0f4e84d0e370a22028f67f0b36e2ed596623e1d33e6339c4e9c9b22";
    let near = hash.replacen("f8f8f0cc", "07f8f0cc", 1);
    let far = hash.replacen("f8f8f0cce0f4", "070700330f0b", 1);
    let mut posts = corpus(&[("a", RAIN), ("b", ""), ("c", ""), ("d", TRAIN), ("e", "")]);
    posts.posts.media = vec![
        (0, picture(hash, 100)),
        (1, picture(&near, 80)),
        (2, picture(&far, 80)),
        (3, picture(hash, 100)),
        (4, picture(hash, 20)),
    ];
    let found = several(&grouped(&posts));
    assert_eq!(found, [[(0, First, true), (1, Relation::Media, true)]]);
}

#[test]
fn statements_do_not_chain() {
    // Forty words of unlike letters; each text has the next four replaced.
    let word = |n: usize| -> String {
        let mixed = (n as u64 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29);
        (0..6).map(|place| (b'a' + (mixed >> (place * 8) & 0xFF) as u8 % 26) as char).collect()
    };
    let step = |from: usize| -> String {
        let words = (0..40).map(|n| word(if n < from { n + 100 } else { n }));
        words.collect::<Vec<_>>().join(" ")
    };
    let texts: Vec<String> = (0..8).map(|n| step(n * 4)).collect();
    let channels = ["a", "b", "c", "d", "e", "f", "g", "h"];
    let posts: Vec<(&str, &str)> =
        channels.into_iter().zip(texts.iter().map(String::as_str)).collect();
    let found = several(&grouped(&corpus(&posts)));
    let longest = found.iter().map(Vec::len).max().unwrap_or(0);
    assert!(longest < 4, "{found:?}");
}

#[test]
fn every_post_is_in_a_statement_and_leads_or_joins_one() {
    let digest = format!("Today in short:\n• {TRAIN}\n• {RAIN}\n• {MATCH}");
    let posts = [("a", RAIN), ("b", TRAIN), ("c", digest.as_str()), ("d", ""), ("e", RAIN)];
    let statements = grouped(&corpus(&posts)).statements;
    for row in 0..posts.len() as u32 {
        let own = statements.iter().flat_map(|s| &s.members).filter(|m| m.post == row && m.appears);
        assert_eq!(own.count(), 1, "row {row}");
    }
    for statement in &statements {
        assert_eq!(statement.members[0].relation, First);
    }
}

/// Jaccard similarity of character 5-grams by sets of strings, for comparison.
fn brute_jaccard(a: &str, b: &str) -> f64 {
    use std::collections::BTreeSet;
    let grams = |text: &str| -> BTreeSet<String> {
        let text: Vec<char> =
            marsad_matching::normalise::norm_std(text).chars().filter(|c| *c != ' ').collect();
        text.windows(5).map(|gram| gram.iter().collect()).collect()
    };
    let (a, b) = (grams(a), grams(b));
    a.intersection(&b).count() as f64 / a.union(&b).count() as f64
}

/// Two channels post one text each; whether they are one statement.
fn are_one(a: &str, b: &str) -> bool {
    !several(&grouped(&corpus(&[("a", a), ("b", b)]))).is_empty()
}

#[test]
fn a_word_that_turns_the_meaning_makes_another_statement_in_another_channel() {
    for [a, b] in [
        [
            "The council has approved the plan for a covered market beside the old ferry quay",
            "The council has rejected the plan for a covered market beside the old ferry quay",
        ],
        [
            "Движение по мосту через реку открыто, автобусы идут по обычному расписанию до ночи",
            "Движение по мосту через реку закрыто, автобусы идут по обычному расписанию до ночи",
        ],
        [
            "تعلن إدارة الميناء أن الطريق الساحلي مفتوح أمام الشاحنات حتى نهاية الأسبوع القادم",
            "تعلن إدارة الميناء أن الطريق الساحلي مغلق أمام الشاحنات حتى نهاية الأسبوع القادم",
        ],
        [
            "It is possible to reach the island on foot at low water, the coast guard says today",
            "It is impossible to reach the island on foot at low water, the coast guard says today",
        ],
        [
            "The library on Mill Lane stays closed until the end of June while the roof is mended",
            "The library on Mill Lane stays closed until the end of July while the roof is mended",
        ],
        [
            "The evening boat from Harwick to Oxley leaves an hour late because of the high swell",
            "The evening boat from Oxley to Harwick leaves an hour late because of the high swell",
        ],
    ] {
        assert!(!are_one(a, b), "{a} / {b}");
    }
}

#[test]
fn slips_forms_and_words_of_saying_make_no_other_statement() {
    let with = |said: &str, market: &str, about: &str| {
        format!(
            "The {said} that {market} market beside the old quay opens {about} noon on Sunday, with \
             forty stalls, a band on the steps and boats to the island as long as the tide allows"
        )
    };
    let a = with("council said", "the covered", "about");
    for b in [
        with("council stated", "the covered", "around"),
        with("coucnil said", "the coverred", "about"),
        with("council said", "a covered", "about"),
        with("council says", "the covered", "at about"),
        format!("Good news!\n{a}"),
    ] {
        assert!(are_one(&a, &b), "{b}");
    }
    // An editor who exchanges a word and leaves out others tells the same thing.
    assert!(are_one(
        "Doctors in the coastal town have warned of ticks in the tall grass along the river path, \
         which are active until late autumn, and advise long trousers for everyone who walks there \
         with children or with dogs in the evening",
        "Medics in the coastal town have warned of ticks in the grass along the river path, \
         which are active until late autumn, and advise long trousers for everyone who walks there \
         with children or with dogs in the evening",
    ));
}

#[test]
fn nearly_all_pairs_above_the_threshold_are_found() {
    // Letters by a small generator: texts of random words, each followed by a copy with some
    // letters changed, so that similarities spread around the threshold. As with slips of the
    // keyboard, a word has one at most, and not in its first letter: it would be another word.
    let mut state = 12345u64;
    let mut chance = move |n: u64| {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % n
    };
    let mut texts: Vec<String> = Vec::new();
    for _ in 0..2500 {
        let words: Vec<String> = (0..20 + chance(10))
            .map(|_| (0..4 + chance(5)).map(|_| (b'a' + chance(26) as u8) as char).collect())
            .collect();
        let text = words.join(" ");
        let mut copy: Vec<char> = text.chars().collect();
        let mut slipped = Vec::new();
        for _ in 0..chance(6) {
            let at = chance(copy.len() as u64) as usize;
            let word = copy[..at].iter().filter(|c| **c == ' ').count();
            if at > 0 && copy[at] != ' ' && copy[at - 1] != ' ' && !slipped.contains(&word) {
                copy[at] = (b'a' + chance(26) as u8) as char;
                slipped.push(word);
            }
        }
        texts.push(text);
        texts.push(copy.into_iter().collect());
    }
    let names: Vec<String> = (0..texts.len()).map(|n| format!("c{n}")).collect();
    let posts: Vec<(&str, &str)> =
        names.iter().zip(&texts).map(|(c, t)| (c.as_str(), t.as_str())).collect();
    let found = several(&grouped(&corpus(&posts)));
    let (mut wanted, mut got) = (0, 0);
    for number in (0..texts.len()).step_by(2) {
        if brute_jaccard(&texts[number], &texts[number + 1]) >= 0.8 {
            wanted += 1;
            let pair = |members: &Vec<(u32, Relation, bool)>| {
                members[0].0 == number as u32 && members[1].0 == number as u32 + 1
            };
            got += usize::from(found.iter().any(pair));
        }
    }
    assert!(wanted > 1000, "{wanted}");
    assert!(got * 1000 >= wanted * 999, "{got} of {wanted}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_same_posts_give_the_same_statements(seeds in proptest::collection::vec((0usize..6, 0usize..9), 1..60)) {
        let digest = format!("{TRAIN}\n{RAIN}\n{MATCH}");
        let near = RAIN.replace("wind", "winds");
        let texts = [RAIN, TRAIN, MATCH, digest.as_str(), near.as_str(), "", "Rain", "🔥", "Rain until Friday noon"];
        let channels = ["a", "b", "c", "d", "e", "f"];
        let posts: Vec<(&str, &str)> = seeds.iter().map(|(c, t)| (channels[*c], texts[*t])).collect();
        let once = grouped(&corpus(&posts));
        prop_assert_eq!(&once, &grouped(&corpus(&posts)));
        // What came later changes no membership of what came before.
        let rows: Vec<u32> = once.statements.iter().flat_map(|s| &s.members).map(|m| m.post).collect();
        for row in 0..posts.len() as u32 {
            prop_assert!(rows.contains(&row));
        }
    }

    #[test]
    fn any_texts_are_grouped(texts in proptest::collection::vec("\\PC{0,80}", 0..20)) {
        let posts: Vec<(&str, &str)> = texts.iter().map(|text| ("a", text.as_str())).collect();
        drop(grouped(&corpus(&posts)));
    }
}
