//! The index against a plain scan of the same posts, and against itself made in other steps.

#![expect(clippy::unwrap_used, reason = "a test that cannot set itself up fails")]

use std::path::Path;

use marsad_matching::normalise::{norm_loose, norm_std, words};
use marsad_search::{
    Answer, Covers, Entry, Index, Lock, Query, Repeats, Request, Script, Sort, Writer,
};
use marsad_types::{ChannelKey, Platform, Timestamp};
use proptest::prelude::*;

/// A version of a post, as a test writes it.
#[derive(Debug, Clone)]
struct Said {
    platform: &'static str,
    channel: &'static str,
    post: String,
    at: i64,
    text: String,
    lang: Option<&'static str>,
    edited: Option<i64>,
    deleted: Option<i64>,
}

fn said(key: &'static str, at: i64, text: &str) -> Said {
    let (platform, rest) = key.split_once(':').unwrap();
    let (channel, post) = rest.split_once('/').unwrap();
    Said {
        platform,
        channel,
        post: post.to_owned(),
        at,
        text: text.to_owned(),
        lang: None,
        edited: None,
        deleted: None,
    }
}

/// Indexes one more step onto what is in the folder.
fn add(folder: &Path, posts: &[Said]) -> Index {
    let lock = Lock::wait(folder, &mut || {}).unwrap();
    let onto = lock.index();
    let mut repeats = Repeats::default();
    for post in posts {
        repeats.count(&Platform::new(post.platform).unwrap(), post.channel, &post.post);
    }
    let mut writer = Writer::begin(lock, onto, repeats).unwrap();
    for post in posts {
        writer
            .put(&Entry {
                platform: &Platform::new(post.platform).unwrap(),
                channel: post.channel,
                post: &post.post,
                published_at: Timestamp::from_seconds(post.at),
                text: &post.text,
                lang: post.lang,
                deleted_at: post.deleted.map(Timestamp),
                edited_at: post.edited.map(Timestamp),
                observed_first: None,
                version: 1,
            })
            .unwrap();
    }
    writer.commit(&Covers::new("a lake".to_owned(), 1, 1)).unwrap();
    Index::open(folder).unwrap()
}

fn indexed(posts: &[Said]) -> (tempfile::TempDir, Index) {
    let folder = tempfile::tempdir().unwrap();
    let index = add(folder.path(), posts);
    (folder, index)
}

fn ask(index: &Index, query: &str) -> Answer {
    index.search(&Request::new(Query::parse(query).unwrap(), 1000)).unwrap()
}

fn posts_of(answer: &Answer) -> Vec<String> {
    answer.hits.iter().map(|hit| hit.post.post.to_string()).collect()
}

/// Found, in any order.
fn found(index: &Index, query: &str) -> Vec<String> {
    let mut posts = posts_of(&ask(index, query));
    posts.sort();
    posts
}

#[test]
fn a_word_is_found_in_every_writing_and_the_form_asked_for_comes_first() {
    let (_folder, index) = indexed(&[
        said("telegram:a/plain", 1, "أعلنت حكومة المدينة موعد القطار"),
        said("telegram:a/article", 2, "أعلنت الحكومة موعد القطار"),
        said("telegram:a/and", 3, "والحكومه قالت إن القطار متأخر"),
        said("telegram:a/marks", 4, "الحُكُومَةُ والقِطار"),
        said("telegram:a/tatweel", 5, "الحـــكومة والطقس"),
        said(
            "telegram:a/forms",
            6,
            "\u{FE8D}\u{FEDF}\u{FEA4}\u{FEDC}\u{FEEE}\u{FEE3}\u{FE94} والمطر",
        ),
        said("telegram:a/split", 7, "الحكو\u{200B}مة \u{200F}والريح"),
        said("telegram:a/other", 8, "الطقس اليوم ماطر"),
    ]);
    let all = ["and", "article", "forms", "marks", "plain", "split", "tatweel"];
    for query in ["حكومة", "الحكومة", "والحكومه", "الحُكُومة"] {
        assert_eq!(found(&index, query), all, "{query}");
    }
    let exact = ["article", "forms", "marks", "split", "tatweel"];
    assert_eq!(found(&index, "\"الحكومة\""), exact, "quoted is one form");
    assert_eq!(posts_of(&ask(&index, "حكومة"))[0], "plain");
    let first: Vec<String> = posts_of(&ask(&index, "الحكومة")).into_iter().take(5).collect();
    assert!(
        !first.contains(&"plain".to_owned()) && !first.contains(&"and".to_owned()),
        "{first:?}"
    );
}

#[test]
fn russian_and_english_words_are_found_in_their_forms_and_behind_look_alikes() {
    let (_folder, index) = indexed(&[
        said("max:a/1", 1, "Ночной поезд опоздал из-за дождя"),
        said("max:a/2", 2, "Поезда стоят, дожди идут"),
        said("max:a/3", 3, "П\u{043E}ез\u{0434}\u{0430}м мешает снег"),
        said("max:a/4", 4, "The trains wait for rain"),
        said("max:a/5", 5, "A tr\u{0430}in in the rain"),
        said("max:a/6", 6, "Футбол отменён"),
    ]);
    assert_eq!(found(&index, "поезд"), ["1", "2", "3"]);
    assert_eq!(found(&index, "дождь поезд"), ["1", "2"]);
    assert_eq!(found(&index, "train"), ["4", "5"]);
    assert_eq!(found(&index, "отменен"), ["6"]);
    assert_eq!(found(&index, "\"поезд\""), ["1"]);
    assert_eq!(found(&index, "поез* -снег"), ["1", "2"]);
    assert_eq!(found(&index, "train OR поезд -дождь"), ["3", "4", "5"]);
    assert_eq!(found(&index, "\"wait for rain\""), ["4"]);
    assert_eq!(found(&index, "\"for wait rain\""), [""; 0]);
    assert_eq!(found(&index, "script:cyrl -поезд"), ["6"]);
}

#[test]
fn filters_narrow_and_languages_are_what_the_platform_stated() {
    let mut one = said("telegram:a/1", 100, "rain on the coast");
    one.lang = Some("en-GB");
    let mut two = said("tamtam:b/2", 200, "rain in the hills");
    two.lang = Some("en");
    let (_folder, index) = indexed(&[one, two, said("tamtam:c/3", 300, "rain everywhere")]);
    assert_eq!(found(&index, "rain platform:tamtam"), ["2", "3"]);
    assert_eq!(found(&index, "rain lang:en"), ["1", "2"]);
    assert_eq!(found(&index, "rain lang:EN-gb"), ["1"]);
    assert_eq!(found(&index, "since:1970-01-01T00:03:20Z until:1970-01-01T00:05:00Z"), ["2"]);
    let mut request = Request::new(Query::parse("rain").unwrap(), 10);
    request.langs = vec!["en".to_owned()];
    let answer = index.search(&request).unwrap();
    assert_eq!((answer.total, answer.unstated), (2, 1));
    request.langs.clear();
    request.channels = Some(vec!["tamtam:b".parse::<ChannelKey>().unwrap()]);
    request.scripts = vec![Script::parse("latn").unwrap()];
    assert_eq!(posts_of(&index.search(&request).unwrap()), ["2"]);
    request.channels = Some(Vec::new());
    assert_eq!(index.search(&request).unwrap().total, 0, "no channel is not every channel");
}

#[test]
fn hits_come_by_time_then_key_and_the_total_counts_what_is_not_shown() {
    let (_folder, index) = indexed(&[
        said("telegram:b/1", 5, "rain"),
        said("telegram:a/2", 5, "rain"),
        said("telegram:a/3", 9, "rain"),
        said("telegram:c/4", 1, "rain rain rain"),
    ]);
    for (sort, expected) in [
        (Sort::Newest, ["3", "2", "1", "4"]),
        (Sort::Oldest, ["4", "2", "1", "3"]),
        (Sort::Relevance, ["4", "3", "2", "1"]),
    ] {
        for limit in 0..=4 {
            let mut request = Request::new(Query::parse("rain").unwrap(), limit);
            request.sort = sort;
            let answer = index.search(&request).unwrap();
            assert_eq!(answer.total, 4);
            assert_eq!(posts_of(&answer), expected[..limit], "{sort:?}");
        }
    }
}

#[test]
fn a_later_version_takes_the_place_of_an_earlier_one_whenever_it_comes() {
    let first = said("telegram:a/1", 5, "rain tomorrow");
    let mut edited = said("telegram:a/1", 5, "snow tomorrow");
    edited.edited = Some(10);
    let mut gone = edited.clone();
    gone.deleted = Some(20);
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0]] {
        let folder = tempfile::tempdir().unwrap();
        let versions = [&first, &edited, &gone];
        for at in order {
            add(folder.path(), &[versions[at].clone()]);
        }
        let index = Index::open(folder.path()).unwrap();
        assert_eq!(ask(&index, "rain").total, 0);
        let answer = ask(&index, "tomorrow");
        assert_eq!((answer.total, index.posts()), (1, 1));
        assert_eq!(answer.hits[0].deleted_at, Some(Timestamp(20)));
    }
}

#[test]
fn an_index_without_its_first_commit_is_not_believed_and_a_damaged_one_neither() {
    let folder = tempfile::tempdir().unwrap();
    let lock = Lock::wait(folder.path(), &mut || {}).unwrap();
    drop(Writer::begin(lock, None, Repeats::default()).unwrap());
    assert!(Index::open(folder.path()).is_none(), "nothing was committed");
    let index = add(folder.path(), &[said("telegram:a/1", 5, "rain")]);
    assert!(index.is_sound().unwrap());
    drop(index);
    std::fs::write(folder.path().join("index/meta.json"), "{").unwrap();
    assert!(Index::open(folder.path()).is_none());
    assert_eq!(ask(&add(folder.path(), &[said("telegram:a/1", 5, "rain")]), "rain").total, 1);
}

#[test]
fn who_changes_the_index_changes_it_alone() {
    let folder = tempfile::tempdir().unwrap();
    let lock = Lock::wait(folder.path(), &mut || {}).unwrap();
    let path = folder.path().to_owned();
    let (waits, waiting) = std::sync::mpsc::channel();
    let other = std::thread::spawn(move || {
        drop(Lock::wait(&path, &mut || waits.send(()).unwrap()).unwrap());
    });
    waiting.recv().unwrap();
    assert!(!other.is_finished());
    drop(lock);
    other.join().unwrap();
}

const WORDS: [&str; 22] = [
    "rain",
    "Rain",
    "train",
    "harbour",
    "snow",
    "الطقس",
    "طقس",
    "القطار",
    "والقطار",
    "قِطار",
    "مطر",
    "المـطر",
    "поезд",
    "Поезд",
    "дождь",
    "снег",
    "ёлка",
    "елка",
    "12:30",
    "3,000",
    "café",
    "don't",
];

fn text() -> impl Strategy<Value = String> {
    let gap = prop::sample::select(vec![" ", ", ", "\n", " 🚆 ", "  "]);
    prop::collection::vec((prop::sample::select(WORDS.to_vec()), gap), 0..7)
        .prop_map(|words| words.into_iter().flat_map(|(word, gap)| [word, gap]).collect())
}

fn any_said() -> impl Strategy<Value = Said> {
    let place = prop::sample::select(vec![("telegram", "a"), ("telegram", "b"), ("max", "a")]);
    (place, 0u8..12, 0i64..6, text(), prop::option::of(0i64..4)).prop_map(
        |((platform, channel), post, at, text, edited)| Said {
            platform,
            channel,
            post: post.to_string(),
            at,
            text,
            lang: (at % 3 == 0).then_some("en-GB"),
            edited,
            deleted: None,
        },
    )
}

/// The latest version of each post, by the same rule: edited, then said last.
fn latest(posts: &[Said]) -> Vec<&Said> {
    let mut latest: std::collections::BTreeMap<_, &Said> = std::collections::BTreeMap::new();
    for post in posts {
        let slot = latest.entry((post.platform, post.channel, &post.post)).or_insert(post);
        if slot.edited <= post.edited {
            *slot = post;
        }
    }
    latest.into_values().collect()
}

fn keys(posts: &[&Said], holds: &dyn Fn(&Said) -> bool) -> Vec<String> {
    let held = posts.iter().filter(|post| holds(post));
    let mut keys: Vec<String> =
        held.map(|p| format!("{}:{}/{}", p.platform, p.channel, p.post)).collect();
    keys.sort();
    keys
}

fn keys_found(index: &Index, query: &str) -> Vec<String> {
    let answer = ask(index, query);
    let mut keys: Vec<String> = answer.hits.iter().map(|hit| hit.post.to_string()).collect();
    keys.sort();
    assert_eq!(answer.total, keys.len() as u64);
    keys
}

/// A query of words, phrases, beginnings, exclusions, alternatives and filters.
fn query() -> impl Strategy<Value = String> {
    let word = || prop::sample::select(WORDS.to_vec());
    let part = prop_oneof![
        4 => word().prop_map(str::to_owned),
        2 => (word(), word()).prop_map(|(a, b)| format!("\"{a} {b}\"")),
        1 => word().prop_map(|a| format!("\"{a}\"")),
        1 => Just("rai*".to_owned()),
        1 => Just("platform:max".to_owned()),
        1 => Just("channel:telegram:b".to_owned()),
        1 => Just("script:arab".to_owned()),
        1 => Just("lang:en".to_owned()),
        1 => Just("since:1970-01-01T00:00:02Z".to_owned()),
        1 => Just("until:1970-01-01T00:00:04Z".to_owned()),
    ];
    let joined = (prop::sample::select(vec!["", "-", "OR "]), part);
    prop::collection::vec(joined, 1..5).prop_map(|parts| {
        let parts = parts.into_iter().enumerate();
        let written = parts.map(|(at, (how, part))| match how {
            "OR " if at == 0 => part,
            how => format!("{how}{part}"),
        });
        written.collect::<Vec<_>>().join(" ")
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn a_post_answers_a_query_exactly_when_the_index_finds_it(
        posts in prop::collection::vec(any_said(), 1..40),
        queries in prop::collection::vec(query(), 20),
    ) {
        let (_folder, index) = indexed(&posts);
        let there = latest(&posts);
        for written in queries {
            let Ok(mut query) = Query::parse(&written) else { continue };
            let named = |name: &str| Ok::<_, String>(vec![name.parse::<ChannelKey>().unwrap()]);
            query.name_channels(&mut |name| named(name)).unwrap();
            let answer = index.search(&Request::new(query.clone(), 1000)).unwrap();
            let mut found: Vec<String> = answer.hits.iter().map(|hit| hit.post.to_string()).collect();
            found.sort();
            let holds = |said: &Said| query.holds(&Entry {
                platform: &Platform::new(said.platform).unwrap(),
                channel: said.channel,
                post: &said.post,
                published_at: Timestamp::from_seconds(said.at),
                text: &said.text,
                lang: said.lang,
                deleted_at: None,
                edited_at: None,
                observed_first: None,
                version: 1,
            });
            prop_assert_eq!(found, keys(&there, &holds), "{}", written);
        }
    }

    #[test]
    fn a_word_finds_exactly_the_posts_whose_words_contain_it(
        posts in prop::collection::vec(any_said(), 1..40),
    ) {
        let (_folder, index) = indexed(&posts);
        let there = latest(&posts);
        prop_assert_eq!(index.posts(), there.len() as u64);
        for word in WORDS {
            let normal = norm_std(word);
            let holds = |said: &Said| words(&said.text).iter().any(|w| w.text == normal);
            prop_assert_eq!(keys_found(&index, &format!("\"{word}\"")), keys(&there, &holds), "{}", word);
            let stem = norm_loose(word);
            if word.starts_with(|c| ('\u{600}'..'\u{700}').contains(&c)) {
                let holds = |said: &Said| norm_loose(&said.text).split(' ').any(|w| w == stem);
                prop_assert_eq!(keys_found(&index, word), keys(&there, &holds), "{}", word);
            }
        }
        let on = |said: &Said| said.platform == "telegram" && said.channel == "b";
        prop_assert_eq!(keys_found(&index, "platform:telegram -platform:max since:1970-01-01T00:00:02Z"),
            keys(&there, &|said| said.platform == "telegram" && said.at >= 2));
        let mut request = Request::new(Query::parse("").unwrap(), 1000);
        request.channels = Some(vec!["telegram:b".parse().unwrap()]);
        prop_assert_eq!(index.search(&request).unwrap().total, keys(&there, &on).len() as u64);
    }

    #[test]
    fn an_index_made_in_steps_answers_as_one_made_at_once(
        posts in prop::collection::vec(any_said(), 1..40),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..3),
    ) {
        // One version a time of edit, so that which is the latest does not depend on the order.
        let mut seen = std::collections::BTreeSet::new();
        let posts: Vec<Said> = posts
            .into_iter()
            .filter(|p| seen.insert((p.platform, p.channel, p.post.clone(), p.edited)))
            .collect();
        let mut places: Vec<usize> = cuts.iter().map(|cut| cut.index(posts.len() + 1)).collect();
        places.extend([0, posts.len()]);
        places.sort_unstable();
        let (_folder, at_once) = indexed(&posts);
        let stepped = tempfile::tempdir().unwrap();
        for step in places.windows(2) {
            add(stepped.path(), &posts[step[0]..step[1]]);
        }
        let stepped = Index::open(stepped.path()).unwrap();
        for query in ["rain", "train rain OR snow", "الطقس", "поезд -rain", "rai*", "\"rain train\"", "platform:max"] {
            prop_assert_eq!(ask(&at_once, query), ask(&stepped, query), "{}", query);
        }
    }
}
