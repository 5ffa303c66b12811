//! `marsad search` as its users run it.

use serde_json::Value;

use crate::bench::{Bench, post, rows, texts};

fn found(document: &Value) -> Vec<&str> {
    rows(document).iter().map(|row| row["post"].as_str().unwrap()).collect()
}

/// Weather, trains and football in three languages, two of the channels with names.
fn desk() -> Bench {
    let bench = Bench::new();
    let channel = |id: &str, handle: &str, title: &str| {
        format!(
            "{{\"kind\":\"channel\",\"platform\":\"telegram\",\"channel\":\"{id}\",\"handle\":\"{handle}\",\"title\":\"{title}\",\"observed_at\":\"2019-12-01T12:00:00Z\"}}\n"
        )
    };
    let lines = [
        channel("100", "weatherdesk", "مكتب الطقس"),
        post("telegram:100", "1", "2019-11-29T10:00:00Z", "أعلنت الحُكومَةُ موعد القطار 🚆"),
        post("telegram:100", "2", "2019-11-30T10:00:00Z", "قالت حكومة المدينة إن القطار متأخر"),
        post("tamtam:desk2", "3", "2019-11-30T11:00:00Z", "Ночной поезд опоздал из-за дождя"),
        post(
            "tamtam:desk2",
            "4",
            "2019-12-01T11:00:00Z",
            "The night train is late because of rain",
        ),
        post(
            "tamtam:desk2",
            "5",
            "2019-12-02T11:00:00Z",
            "Football: the match is off, the night is wet, no train",
        ),
    ];
    bench.write("a.ndjson", lines.concat());
    bench.json(&["import", "a.ndjson"]);
    bench
}

#[test]
fn a_word_is_found_in_any_writing_with_the_form_asked_for_first() {
    let bench = desk();
    let document = bench.json(&["search", "الحكومة"]);
    assert_eq!(found(&document), ["telegram:100/1", "telegram:100/2"]);
    let first = &rows(&document)[0];
    assert_eq!(first["text"], "أعلنت الحُكومَةُ موعد القطار 🚆");
    assert_eq!(first["handle"], "weatherdesk");
    assert_eq!(first["title"], "مكتب الطقس");
    assert_eq!(first["published_at"], "2019-11-29T10:00:00Z");
    let mark: Vec<usize> = first["marks"][0]
        .as_array()
        .unwrap()
        .iter()
        .map(|n| n.as_u64().unwrap() as usize)
        .collect();
    let snippet: Vec<char> = first["snippet"].as_str().unwrap().chars().collect();
    assert_eq!(snippet[mark[0]..mark[1]].iter().collect::<String>(), "الحُكومَةُ");
    for name in ["query", "understood", "total", "archive", "notes"] {
        assert!(!document[name].is_null(), "{name}");
    }
    assert_eq!(document["archive"]["root"].as_str().unwrap().len(), 64);
    assert_eq!(found(&bench.json(&["search", "поезд"])), ["tamtam:desk2/3"]);
    assert_eq!(found(&bench.json(&["search", "\"night train\""])), ["tamtam:desk2/4"]);
    assert_eq!(found(&bench.json(&["search", "night train -football"])), ["tamtam:desk2/4"]);
    assert_eq!(found(&bench.json(&["search", "-football night"])), ["tamtam:desk2/4"]);
}

#[test]
fn filters_take_platforms_channels_by_either_name_and_times() {
    let bench = desk();
    let all = bench.json(&[
        "search",
        "--sort",
        "oldest",
        "--since",
        "2019-11-30",
        "--until",
        "2019-12-01",
    ]);
    assert_eq!(found(&all), ["telegram:100/2", "tamtam:desk2/3", "tamtam:desk2/4"]);
    for channel in ["weatherdesk", "@WeatherDesk", "telegram:100", "telegram:weatherdesk"] {
        let document = bench.json(&["search", "القطار", "--channel", channel]);
        assert_eq!(document["total"], 2, "{channel}");
        let document = bench.json(&["search", &format!("القطار channel:{channel}")]);
        assert_eq!(document["total"], 2, "{channel}");
    }
    let document = bench.json(&["search", "--platform", "tamtam", "--limit", "1", "night"]);
    assert_eq!((document["total"].as_u64(), rows(&document).len()), (Some(2), 1));
    assert_eq!(bench.json(&["search", "--script", "cyrl", "--limit", "0"])["total"], 1);
    let stated = bench.json(&["search", "night", "--lang", "en"]);
    assert_eq!(stated["total"], 0, "no platform stated a language");
    assert!(stated["notes"][0].as_str().unwrap().contains("2 more posts"), "{stated}");
}

#[test]
fn what_is_wrong_with_a_query_is_one_sentence_and_exit_2() {
    let bench = desk();
    for (arguments, expected) in [
        (
            &["search", "\"night train"][..],
            "the quotation mark at character 1 of the query is not closed",
        ),
        (&["search", "-rain"], "the query only says what is not wanted"),
        (&["search", "🚆"], "holds no word to search for"),
        (&["search"], "say what to search for"),
        (&["search", "rain", "--script", "xxxx"], "scripts are: latn"),
        (&["search", "rain", "--since", "yesterday"], "is not a time"),
        (&["search", "--like", "nonsense"], "names no post"),
    ] {
        let said = bench.bad(2, arguments);
        assert!(said.starts_with("error: ") && said.contains(expected), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    let said = bench.bad(1, &["search", "rain", "--channel", "nobody"]);
    assert!(said.contains("no channel 'nobody' is in the archive"), "{said}");
    bench.bad(1, &["--archive", "nowhere", "search", "rain"]);
}

#[test]
fn the_index_follows_the_archive_through_imports_edits_and_a_rebuild() {
    let bench = desk();
    assert_eq!(bench.json(&["search", "rain"])["total"], 1);
    let more = [
        post("tamtam:desk2", "6", "2019-12-03T11:00:00Z", "Rain again"),
        post("tamtam:desk2", "4", "2019-12-01T11:00:00Z", "The night train is on time")
            .replace("\"text\"", "\"edited_at\":\"2019-12-01T12:00:00Z\",\"text\""),
        post(
            "tamtam:desk2",
            "5",
            "2019-12-02T11:00:00Z",
            "Football: the match is off, the night is wet, no train",
        )
        .replace("\"text\"", "\"deleted_at\":\"2019-12-04T00:00:00Z\",\"text\""),
    ];
    bench.write("b.ndjson", more.concat());
    bench.json(&["import", "b.ndjson"]);
    let rain = bench.json(&["search", "rain"]);
    assert_eq!(found(&rain), ["tamtam:desk2/6"], "the edited post no longer says so");
    let match_off = bench.json(&["search", "match"]);
    assert_eq!(rows(&match_off)[0]["deleted_at"], "2019-12-04T00:00:00Z");
    assert_eq!(match_off["total"], 1);
    let caught_up = bench.json(&["search", "train OR rain OR القطار"]);
    bench.good(&["rebuild"]);
    assert!(!bench.path("marsad-archive/search/index").try_exists().unwrap());
    assert_eq!(bench.json(&["search", "train OR rain OR القطار"])["rows"], caught_up["rows"]);
    // Whatever is wrong with the index, it is only an index.
    std::fs::write(bench.path("marsad-archive/search/index/meta.json"), "no").unwrap();
    assert_eq!(bench.json(&["search", "train OR rain OR القطار"])["rows"], caught_up["rows"]);
    std::fs::remove_dir_all(bench.path("marsad-archive/search")).unwrap();
    assert_eq!(bench.json(&["search", "train OR rain OR القطار"])["rows"], caught_up["rows"]);
}

#[test]
fn two_searches_at_once_both_answer() {
    let bench = desk();
    let mut others: Vec<_> = (0..3).map(|_| bench.spawn(&["search", "train"])).collect();
    assert_eq!(bench.json(&["search", "train"])["total"], 2);
    assert!(others.iter_mut().all(|other| other.wait().unwrap().success()));
}

#[test]
fn near_duplicates_of_a_post_come_with_the_rule_that_joins_them() {
    let bench = Bench::new();
    let text = "The night train from the coast will leave forty minutes late because of heavy rain";
    let digest = format!(
        "Morning digest.\n{text}.\nFootball in the harbour town was called off after days of rain and wind."
    );
    let lines = [
        post("telegram:a", "1", "2019-11-30T10:00:00Z", text),
        post("telegram:b", "2", "2019-11-30T10:05:00Z", &format!("❗ {text}!")),
        post("telegram:c", "3", "2019-11-30T10:06:00Z", &text.replace("heavy", "very heavy")),
        post("telegram:d", "4", "2019-11-30T10:07:00Z", &digest),
        post(
            "telegram:e",
            "5",
            "2019-11-30T10:08:00Z",
            "Football in the harbour town goes on in fine weather today",
        ),
    ];
    bench.write("a.ndjson", lines.concat());
    bench.json(&["import", "a.ndjson"]);
    let document = bench.json(&["search", "--like", "telegram:a/1"]);
    let told: Vec<(&str, &str)> = rows(&document)
        .iter()
        .map(|row| (row["post"].as_str().unwrap(), row["relation"].as_str().unwrap()))
        .collect();
    assert_eq!(
        told,
        [("telegram:b/2", "exact"), ("telegram:d/4", "contained"), ("telegram:c/3", "near")],
        "{document}"
    );
    assert!(rows(&document)[2]["similarity"].as_f64().unwrap() > 0.8);
    let said = bench.good(&["search", "--like", "telegram:a/1"]);
    assert!(said.contains("3 of 5 posts are like telegram:a/1"), "{said}");
    bench.bad(1, &["search", "--like", "telegram:a/9"]);
}

#[test]
fn hits_are_readable_and_written_by_extension() {
    let bench = desk();
    bench.write(
        "c.ndjson",
        post("tamtam:desk2", "9", "2019-12-05", "rain\u{1b}[2J\u{202e} and\nsnow"),
    );
    bench.json(&["import", "c.ndjson"]);
    let (said, _) = texts(&bench.run(&["search", "snow"]));
    assert!(said.contains("tamtam:desk2/9") && said.contains("1 post answers: snow"), "{said}");
    assert!(
        !said.contains('\u{1b}') && !said.contains('\u{202e}'),
        "a post cannot steer the terminal"
    );
    for name in ["hits.csv", "hits.json", "hits.parquet"] {
        bench.good(&["search", "rain", "--out", name]);
        assert!(bench.path(name).metadata().unwrap().len() > 50, "{name}");
    }
    let csv = std::fs::read_to_string(bench.path("hits.csv")).unwrap();
    assert!(
        csv.starts_with(
            "post,platform,channel,handle,title,published_at,deleted_at,lang,text,snippet"
        ),
        "{csv}"
    );
}

#[test]
fn people_are_not_searchable() {
    let bench = Bench::new();
    let line = post(
        "telegram:a",
        "1",
        "2019-11-30T10:00:00Z",
        "Rain on the coast, write to planted@example.org",
    )
    .replace("\"text\"", "\"author\":\"Plantedname\",\"text\"");
    bench.write("a.ndjson", line);
    bench.json(&["import", "a.ndjson"]);
    assert_eq!(bench.json(&["search", "rain"])["total"], 1);
    for query in ["Plantedname", "planted", "\"planted example org\"", "planted@example.org"] {
        let output = bench.run(&["search", query, "--json"]);
        let document: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        assert!(document["total"].as_u64().unwrap_or(0) == 0, "{query}: {document}");
    }
}
