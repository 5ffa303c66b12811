//! Worlds with known truth, told from the CLI's JSON alone.

use serde_json::Value;

use crate::bench::{Bench, rows};
use crate::discover;

fn world(bench: &Bench, name: &str, seed: &str) -> Value {
    bench.json(&["simulate", name, "--seed", seed, "--out", "world"]);
    let summary = bench.json(&["import", "world/world.ndjson"]);
    assert_eq!(summary["problems"], 0, "{summary}");
    serde_json::from_str(&std::fs::read_to_string(bench.path("world/truth.json")).unwrap()).unwrap()
}

#[test]
fn the_article_s_story_is_found_in_raw_observations() {
    let bench = Bench::new();
    let truth = world(&bench, "article", "1");

    // TamTam publishes first, by a minute.
    let primacy = bench.json(&[
        "measure",
        "primacy",
        "--by",
        "platform",
        "--resolution",
        "auto",
        "--since",
        "2019-11-29",
    ]);
    let pair = rows(&primacy)
        .iter()
        .find(|row| row["leader"] == "tamtam" && row["follower"] == "telegram")
        .unwrap();
    assert_eq!(pair["wording"], "well supported");
    assert_eq!(pair["lag_median_s"], 60.0);
    let planted = truth["primacy"]["since_move"].as_array().unwrap();
    let planted = planted.iter().find(|row| row["leader"] == "tamtam").unwrap();
    for (name, slack) in
        [("statements", 8), ("leader_first", 8), ("follower_first", 4), ("undecided", 4)]
    {
        let (found, true_count) = (pair[name].as_i64().unwrap(), planted[name].as_i64().unwrap());
        assert!((found - true_count).abs() <= slack, "{name}: {found} found, {true_count} planted");
    }

    // The one pair of the article: 17:55 and 17:56.
    let flagship = &truth["flagship"]["first_at"];
    assert_eq!(flagship["tamtam"], "2019-11-30T17:55:00Z");
    let statements = bench.json(&["measure", "statements", "--members", "--min-platforms", "2"]);
    let is_flagship = |row: &&Value| {
        row["first_at"] == flagship["tamtam"]
            && row["first_post"].as_str().unwrap().starts_with("tamtam:")
    };
    assert!(rows(&statements).iter().any(|row| is_flagship(&row)));

    // Nine affiliates in one day.
    let surge = bench.json(&["measure", "surge", "--platform", "tamtam"]);
    let day = rows(&surge).iter().find(|row| row["day"] == truth["nine"]["day"]).unwrap();
    assert_eq!(day["new_channels"], 9);
    assert_eq!(day["wording"], "well supported");

    // 1,100 subscribers of the official channel.
    let audience = bench.json(&["measure", "audience", "--channel", "tamtam:mawsim"]);
    let most = rows(&audience).iter().filter_map(|row| row["subscribers"].as_i64()).max();
    assert_eq!(most, Some(1100));

    // Earlier attempts were smaller.
    let migration = bench.json(&["measure", "migration"]);
    let attempt = |platform: &str, from: &str| {
        rows(&migration)
            .iter()
            .find(|row| {
                row["platform"] == platform && row["first_at"].as_str().unwrap().starts_with(from)
            })
            .unwrap_or_else(|| panic!("no attempt on {platform} since {from}: {migration}"))
            .clone()
    };
    let now = attempt("tamtam", "2019-11");
    assert_eq!(now["end"], "active", "the new platform has not reacted yet");
    for (platform, from) in [("tamtam", "2018-04"), ("matrix", "2018"), ("rocketchat", "2018")] {
        let earlier = attempt(platform, from);
        assert!(
            earlier["statement_share"].as_f64() < now["statement_share"].as_f64(),
            "{platform}"
        );
        assert!(earlier["rank"].as_i64() > now["rank"].as_i64(), "{platform}");
        assert!(earlier["channels_total"].as_i64() < now["channels_total"].as_i64(), "{platform}");
    }

    the_network_is_one_and_the_page_tells_it(&bench);
    discover::the_network_comes_back(&bench, &truth);
}

fn the_network_is_one_and_the_page_tells_it(bench: &Bench) {
    let networks = bench.json(&["measure", "networks"]);
    let network = &rows(&networks)[0];
    assert_eq!(network["platforms"].as_object().unwrap().len(), 4, "{network}");
    let id = network["network"].as_str().unwrap();
    bench.json(&["measure", "primacy", "--network", id]);

    // And the page that tells it.
    bench.good(&["report", "--out", "report.html"]);
    let page = std::fs::read_to_string(bench.path("report.html")).unwrap();
    assert!(page.contains("1,100") && page.contains("2019"), "the page tells the story");
    for outside in ["src=\"http", "href=\"http", "url(http", "@import"] {
        assert!(!page.contains(outside), "the page needs no network: {outside}");
    }
}

#[test]
fn a_quiet_world_has_nothing_to_find() {
    for seed in ["1", "2", "3"] {
        let bench = Bench::new();
        world(&bench, "quiet", seed);
        discover::nothing_stands_out(&bench);
        for arguments in [
            &["measure", "primacy", "--by", "platform"][..],
            &["measure", "primacy", "--by", "channel"],
            &["measure", "primacy", "--by", "channel", "--resolution", "auto"],
            &["measure", "surge"],
            &["measure", "networks"],
            &["measure", "migration"],
        ] {
            let finding = bench.json(arguments);
            for row in rows(&finding) {
                let wording = row["wording"].as_str().unwrap_or("not distinguishable from chance");
                let is_quiet =
                    ["not distinguishable from chance", "not estimable"].contains(&wording);
                assert!(is_quiet, "seed {seed} {arguments:?}: {row}");
            }
        }
    }
}

#[test]
fn the_order_of_imports_does_not_matter() {
    let bench = Bench::new();
    bench.json(&["simulate", "article", "--seed", "5", "--out", "world"]);
    let world = std::fs::read_to_string(bench.path("world/world.ndjson")).unwrap();
    let lines: Vec<&str> = world.lines().collect();
    let half = lines.len() / 2;
    bench.write("first.ndjson", lines[..half].join("\n"));
    bench.write("second.ndjson", lines[half..].join("\n"));
    bench.json(&["--archive", "one", "import", "first.ndjson", "second.ndjson"]);
    bench.json(&["--archive", "two", "import", "second.ndjson"]);
    bench.json(&["--archive", "two", "import", "first.ndjson"]);
    for measure in ["statements", "primacy", "networks", "migration"] {
        let one = bench.json(&["--archive", "one", "measure", measure]);
        let two = bench.json(&["--archive", "two", "measure", measure]);
        assert_eq!(one["rows"], two["rows"], "{measure}");
    }
}
