//! Readers that are not ours see the same rows.

use std::process::Command;

use crate::bench::{Bench, texts};

const READ: &str = r#"
import sys, duckdb, deltalake
lake = sys.argv[1]
posts = deltalake.DeltaTable(lake + "/posts").to_pyarrow_table()
prints = deltalake.DeltaTable(lake + "/fingerprints").to_pyarrow_table()
print(posts.num_rows, prints.num_rows)
rows = duckdb.sql("""
    select platform, channel, post, version, strftime(published_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ') as at, text
    from posts order by all
""").fetchall()
for row in rows:
    print("\t".join(str(cell).replace("\n", " ") for cell in row))
"#;

#[test]
fn deltalake_and_duckdb_read_the_same_posts() {
    let Some(python) = std::env::var_os("MARSAD_PYTHON") else {
        eprintln!("SKIPPED: MARSAD_PYTHON is not set; `make test` sets it");
        return;
    };
    let bench = Bench::new();
    bench.json(&["simulate", "quiet", "--seed", "1", "--posts", "2000", "--out", "world"]);
    bench.json(&["import", "world/world.ndjson"]);
    bench.good(&["export", "csv", "--out", "posts.csv"]);
    let script = bench.write("read.py", READ);
    let output =
        Command::new(python).arg(script).arg(bench.path("marsad-archive/lake")).output().unwrap();
    let (stdout, stderr) = texts(&output);
    assert!(output.status.success(), "{stderr}");
    let mut theirs: Vec<String> = stdout.lines().skip(1).map(str::to_owned).collect();
    let mut ours: Vec<String> = csv::Reader::from_path(bench.path("posts.csv"))
        .unwrap()
        .records()
        .map(|record| {
            let record = record.unwrap();
            let cell = |at: usize| record.get(at).unwrap().replace('\n', " ");
            [cell(0), cell(1), cell(2), cell(3), cell(4), cell(9)].join("\t")
        })
        .collect();
    assert_eq!(stdout.lines().next().unwrap(), format!("{0} {0}", ours.len()));
    theirs.sort();
    ours.sort();
    assert_eq!(theirs, ours);
}
