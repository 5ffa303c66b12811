//! The page as a whole: hostile input, missing findings, null results, caps.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use marsad_types::Timestamp;
use serde_json::{Value, json};

use crate::{ArchiveFacts, Comparison, LagSeries, Mark, ReportInput, Side, html, wanted};

fn at(written: &str) -> Timestamp {
    written.parse().unwrap()
}

fn finding(measure: &str, rows: &Value) -> Value {
    json!({
        "measure": measure, "version": 1, "parameters": {"threshold": 0.8},
        "window": {"from": "2019-11-01T00:00:00Z", "to": "2019-12-16T00:00:00Z"},
        "archive": {"version": 17, "log_size": 31929, "root": "ab".repeat(32)},
        "coverage": {"channels": 12, "watched_share": 0.98, "gaps": 2},
        "method": "# How\n\nA `kernel`.\n\n- one\n- two", "rows": rows, "notes": ["a note"],
    })
}

fn primacy_row(wording: &str) -> Value {
    json!({
        "leader": "tamtam", "follower": "telegram", "statements": 120, "leader_first": 112,
        "follower_first": 5, "undecided": 3, "share": 0.957, "share_ci95": [0.903, 0.986],
        "share_bounds": [0.93, 0.96], "sign_p": 2.1e-27, "q": 4e-27, "wilcoxon_p": 1e-20,
        "lag_median_s": 61, "lag_hl_s": 60.5, "lag_ci95_s": [58, 64], "wording": wording,
        "examples": [["tamtam:a/1", "telegram:b/2", 60.0]],
    })
}

/// Every finding, with one word wherever a text from outside can stand.
fn findings(word: &str) -> BTreeMap<&'static str, Value> {
    let mut surge = finding("surge", &births(word));
    surge["change_points"] = json!([{"platform": word, "network": word, "day": "2019-11-29",
        "before_per_day": 0.01, "after_per_day": 3.0}]);
    let key = format!("tamtam:{word}");
    let pair = |leader: &str, follower: &str| {
        let mut row = primacy_row("well supported");
        row["leader"] = json!(leader);
        row["follower"] = json!(follower);
        row
    };
    let platforms = json!([pair("tamtam", "telegram"), pair(word, "telegram")]);
    let channels = json!([pair(&key, &key), pair(word, word)]);
    let network = json!([{
        "network": word, "channels": [key, "telegram:b"], "platforms": {"tamtam": 1, word: 1},
        "communities": [[key], ["telegram:b"]], "statements": 120, "first_at": "2019-11-29T08:00:00Z",
        "last_at": "2019-12-15T20:00:00Z", "stability": 0.9, "examples": [[key, word, 5, 0.9]],
    }]);
    BTreeMap::from([
        ("statements", finding("statements", &statements(word))),
        ("primacy_platform", finding("primacy", &platforms)),
        ("primacy_channel", finding("primacy", &channels)),
        ("surge", surge),
        ("audience", finding("audience", &looks(word))),
        ("networks", finding("networks", &network)),
        ("migration", finding("migration", &attempts(word))),
        ("migration_daily", finding("migration", &days(word))),
        (
            "events",
            json!({"rows": [{"name": word, "platform": word, "from": "2019-11-21", "to": "2019-11-22",
            "source": word, "claim": word}]}),
        ),
    ])
}

fn statements(word: &str) -> Value {
    json!([{
        "statement": "s1", "posts": 2, "channels": 2, "platforms": ["tamtam", "telegram", word],
        "first_at": "2019-11-30T17:55:00Z", "last_at": "2019-11-30T17:56:00Z",
        "first_post": format!("tamtam:{word}/1"), "quote": word,
        "members": [
            {"post": format!("tamtam:{word}/1"), "published_at": "2019-11-30T17:55:00Z",
             "relation": "first", "similarity": 1.0},
            {"post": format!("telegram:{word}/2"), "published_at": "2019-11-30T17:56:00Z",
             "relation": word, "similarity": 0.97},
        ],
    }])
}

fn births(word: &str) -> Value {
    json!([
        {"platform": "tamtam", "network": word, "day": "2019-12-01", "new_channels": 9, "expected": 0.1,
         "p": 1e-14, "q": 1e-12, "wording": "well supported", "channels": [format!("tamtam:{word}")]},
        {"platform": word, "network": null, "day": "2019-12-02", "new_channels": 1, "expected": 0.1, "p": 0.1},
    ])
}

fn looks(word: &str) -> Value {
    let key = format!("tamtam:{word}");
    json!([
        {"channel": key, "handle": word, "at": "2019-12-01T12:00:00Z", "subscribers": 1100},
        {"channel": key, "handle": word, "at": "2019-12-02T12:00:00Z", "subscribers_min": 1000,
         "subscribers_max": 1999},
    ])
}

fn attempts(word: &str) -> Value {
    let attempt = |platform: &str| {
        json!({
            "network": word, "platform": platform, "first_at": "2019-11-29T08:00:00Z",
            "last_at": "2019-12-15T20:00:00Z", "channels_total": 49, "channels_peak": 48,
            "subscribers_max": 1100, "posts": 1556, "posts_per_day_peak": 160, "statement_share": 0.9,
            "days_active": 17, "half_gone_d": null, "end": word, "rank": 1,
        })
    };
    json!([attempt("tamtam"), attempt(word)])
}

fn days(word: &str) -> Value {
    let day = |day: &str, platform: &str| {
        json!({"network": word, "day": day, "platform": platform, "posts": 5, "channels_active": 1,
               "statement_share": 1.0})
    };
    json!([day("2019-11-29", word), day("2019-12-09", "tamtam")])
}

/// Two posts of the statement of [`statements`], each marked as a whole.
fn comparison(word: &str, left: &str, right: &str) -> Comparison {
    let side = |post: String, text: &str, mark: Mark| Side {
        post,
        text: text.to_owned(),
        marks: vec![(0..text.len(), mark)],
    };
    Comparison {
        sides: [
            side(format!("tamtam:{word}/1"), left, Mark::Own),
            side(format!("telegram:{word}/2"), right, Mark::Masked),
        ],
        similarity: 0.83,
        reason: word.to_owned(),
    }
}

fn input(word: &str) -> ReportInput {
    ReportInput {
        title: word.to_owned(),
        made_at: at("2019-12-16T09:00:00Z"),
        archive: ArchiveFacts {
            name: word.to_owned(),
            root: word.to_owned(),
            posts: 27_761,
            ..ArchiveFacts::default()
        },
        findings: findings(word),
        lags: vec![LagSeries {
            leader: "tamtam".to_owned(),
            follower: "telegram".to_owned(),
            lags_s: vec![60.0, 60.0, 0.0, -60.0],
        }],
        comparisons: vec![comparison(word, word, word)],
    }
}

/// Names of all elements and attributes of a page, found by a scanner of its own.
fn markup_of(page: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let (_, body) = page.split_once("</style>").unwrap();
    for tag in body.split('<').skip(1) {
        let (tag, _) = tag.split_once('>').expect("every tag ends");
        // Attribute values are quoted and hold no quote: every second part is a name.
        for (nth, part) in tag.split('"').enumerate() {
            if nth % 2 == 0 {
                let words = part.split([' ', '=', '/', '\n']).filter(|word| !word.is_empty());
                found.extend(words.map(str::to_ascii_lowercase));
            }
        }
    }
    found
}

#[test]
fn hostile_texts_add_nothing_to_the_markup() {
    let shared = std::env::var_os("MARSAD_SHARED").map_or_else(
        || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared"),
        PathBuf::from,
    );
    let mut words: Vec<String> = vec![
        "<script>alert(1)</script>".to_owned(),
        "\"><img src=x onerror=alert(1)>".to_owned(),
        "' onmouseover='alert(1)".to_owned(),
        "]]></style><script>".to_owned(),
        "\u{202E}evil\u{0}\u{7}".to_owned(),
    ];
    match std::fs::read(shared.join("golden/hostile/blns.json")) {
        Ok(bytes) => words.extend(serde_json::from_slice::<Vec<String>>(&bytes).unwrap()),
        Err(_) => {
            eprintln!("SKIPPED: golden/hostile/blns.json is not there; only our own hostile texts");
        }
    }
    let plain = markup_of(&html(&input("plain")));
    for word in &words {
        let page = html(&input(word));
        let added: Vec<String> = markup_of(&page).difference(&plain).cloned().collect();
        // An empty or odd word may hide parts of the page; it must not add any.
        assert!(added.is_empty(), "{word:?} added {added:?}");
        assert!(!page.contains('\u{0}'));
    }
}

#[test]
fn the_page_asks_nobody_for_anything() {
    let page = html(&input("https://example.org/a"));
    assert!(page.contains("default-src 'none'"));
    let (_, body) = page.split_once("</style>").unwrap();
    for asks in
        ["<script", "<img", "<link", "<iframe", "src=", "url(", "@import", "href=\"http", "<form"]
    {
        assert!(!body.contains(asks), "{asks}");
    }
    let links = body.matches("href=\"").count();
    assert_eq!(links, body.matches("href=\"#").count());
}

#[test]
fn the_answers_carry_their_intervals_and_wordings() {
    let page = html(&input("desk"));
    for expected in [
        "112 of the 117 statements",
        "96 % first (95 % interval 90 % to 99 %)",
        "p = 2.1 × 10⁻²⁷",
        "well supported",
        "9 new channels",
        "1,100",
        "dir=\"auto\"",
        "3 undecided",
        "</time> to <time datetime=\"2019-11-22",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
}

#[test]
fn a_null_result_is_as_large_as_any_other() {
    let mut input = input("desk");
    let rows = json!([primacy_row("not distinguishable from chance")]);
    input.findings.insert("primacy_platform", finding("primacy", &rows));
    let page = html(&input);
    assert!(page.contains("<p class=\"figure\">No clear first</p>"));
    assert!(page.contains("was reliably first"));
    input
        .findings
        .insert("primacy_platform", finding("primacy", &json!([primacy_row("not estimable")])));
    assert!(html(&input).contains("<p class=\"figure\">Too few to tell</p>"));
}

#[test]
fn missing_findings_and_empty_ones_get_a_sentence() {
    let mut input = input("desk");
    input.findings.clear();
    let page = html(&input);
    assert!(page.contains("Nothing was measured for this report."));
    assert_eq!(page.matches("This was not measured for this report.").count(), 7);
    for key in findings("desk").into_keys() {
        input.findings.insert(key, finding("empty", &json!([])));
    }
    let page = html(&input);
    assert!(!page.contains("This was not measured"));
    assert_eq!(page.matches("class=\"answer\"").count(), 6);
    for expected in [
        "No statement was seen on two platforms",
        "No network",
        "No new channel",
        "No statement was seen twice",
    ] {
        assert!(page.contains(expected), "{expected}");
    }
}

#[test]
fn wrong_types_are_shown_as_unknown_and_never_stop_the_page() {
    let mut input = input("desk");
    let rows = json!([{"leader": 5, "share": "x", "share_ci95": [null], "examples": {}}, 7, null, "row", []]);
    let documents =
        [finding("odd", &rows), json!([]), json!(3), json!({"rows": 4, "notes": {}, "window": []})];
    for document in documents {
        for key in findings("desk").into_keys() {
            input.findings.insert(key, document.clone());
        }
        assert!(html(&input).ends_with("</html>\n"));
    }
}

#[test]
fn huge_findings_are_capped_and_say_so() {
    let mut input = input("desk");
    let statement = input.findings["statements"]["rows"][0].clone();
    let members: Vec<Value> = (0..5000).map(|_| statement["members"][1].clone()).collect();
    let mut long = statement.clone();
    long["members"] = json!(members);
    let rows: Vec<Value> =
        std::iter::once(long).chain((0..3000).map(|_| statement.clone())).collect();
    input.findings.insert("statements", finding("statements", &json!(rows)));
    let channel: Vec<Value> =
        (0..20_000).map(|_| input.findings["primacy_channel"]["rows"][0].clone()).collect();
    input.findings.insert("primacy_channel", finding("primacy", &json!(channel)));
    let page = html(&input);
    assert!(page.len() < 1_500_000, "{}", page.len());
    assert!(page.contains("2,995 more not shown here"));
    assert!(page.contains("4,940 more not shown here"));
    assert!(page.contains("19,960 more not shown here"));
}

#[test]
fn lags_not_handed_over_are_read_from_the_statements_on_the_page() {
    let mut input = input("desk");
    input.lags.clear();
    assert!(html(&input).contains("for the 1 statement listed on this page"));
}

#[test]
fn equal_input_gives_equal_bytes() {
    assert_eq!(html(&input("desk")), html(&input("desk")));
}

#[test]
fn the_first_post_stands_beside_the_copy_that_differs_most() {
    let mut finding = finding("statements", &statements("x"));
    let asked = wanted(&finding);
    assert_eq!(asked.len(), 1);
    assert_eq!(
        (asked[0].first.as_str(), asked[0].others.as_slice()),
        ("tamtam:x/1", &["telegram:x/2".to_owned()][..])
    );
    let member = |post: &str, similarity: f64| json!({"post": post, "similarity": similarity});
    finding["rows"][0]["members"] = json!([
        member("tamtam:x/1", 1.0),
        member("a:b/1", 0.95),
        member("a:b/2", 0.81),
        member("a:b/3", 1.0)
    ]);
    assert_eq!(wanted(&finding)[0].others, ["a:b/2", "a:b/1", "a:b/3"]);
    assert_eq!(wanted(&json!({"rows": "odd"})), []);
}

#[test]
fn words_of_one_side_are_marked_on_the_original_text() {
    let mut input = input("x");
    let left = "Дождь: «Ворон», завтра! t.me/x";
    let bytes = |word: &str| {
        let from = left.find(word).unwrap();
        from..from + word.len()
    };
    let marks = vec![
        (bytes("Дождь"), Mark::Masked),
        (bytes("Ворон"), Mark::Own),
        (bytes("завтра"), Mark::Own),
        (bytes("t.me/x"), Mark::NotCompared),
    ];
    input.comparisons[0].sides[0] =
        Side { post: "tamtam:x/1".to_owned(), text: left.to_owned(), marks };
    let page = html(&input);
    assert!(
        page.contains("<s>Дождь</s>: «<mark>Ворон», завтра</mark>! <i>t.me/x</i></p>"),
        "{page}"
    );
    assert!(page.contains("similarity 0.83") && page.contains("<p class=\"why\">X.</p>"));
}

#[test]
fn a_long_text_is_cut_and_the_page_says_how_to_see_it_all() {
    let long = "слово ".repeat(20_000);
    let mut input = input("x");
    let short = html(&input).len();
    input.comparisons = vec![comparison("x", &long, &long)];
    let page = html(&input);
    assert!(page.len() < short + 10_000, "{} bytes more", page.len() - short);
    assert!(page.contains("--explain tamtam:x/1 telegram:x/2"));
}

#[test]
fn marks_that_do_not_fit_the_text_mark_nothing() {
    let mut input = input("x");
    input.comparisons[0].sides[0].text = "Ёж идёт".to_owned();
    input.comparisons[0].sides[0].marks = vec![
        (1..3, Mark::Own),
        (std::ops::Range { start: 5, end: 2 }, Mark::Own),
        (3..99, Mark::Masked),
    ];
    assert!(html(&input).contains("<p dir=\"auto\">Ёж идёт</p>"));
}
