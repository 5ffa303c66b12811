//! Readers that are not ours see the same rows.

use std::process::Command;

use crate::bench::{Bench, post, rows, texts};

const READ: &str = r#"
import sys, duckdb, deltalake
lake = sys.argv[1]
posts = deltalake.DeltaTable(lake + "/posts").to_pyarrow_table()
prints = deltalake.DeltaTable(lake + "/fingerprints").to_pyarrow_table()
members = deltalake.DeltaTable(lake + "/statements").to_pyarrow_table()
print(posts.num_rows, prints.num_rows, members.num_rows)
rows = duckdb.sql("""
    select platform, channel, post, version, strftime(published_at at time zone 'UTC', '%Y-%m-%dT%H:%M:%SZ') as at, text
    from posts order by all
""").fetchall()
for row in rows:
    print("\t".join(str(cell).replace("\n", " ") for cell in row))
"#;

fn more(channel: &str) -> String {
    let text =
        "The ferry to the island leaves at nine in the morning as long as the wind stays low";
    post(&format!("telegram:{channel}"), "1", "2019-11-30T10:00:00Z", text)
}

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
    // Twice: the second finds its memberships filed, and after more posts they are replaced.
    bench.json(&["measure", "statements"]);
    bench.write("more.ndjson", [more("a"), more("b")].concat());
    bench.json(&["import", "more.ndjson"]);
    bench.good(&["export", "csv", "--out", "posts.csv"]);
    bench.json(&["measure", "statements"]);
    let finding = bench.json(&["measure", "statements", "--members"]);
    let members: usize =
        rows(&finding).iter().map(|row| row["members"].as_array().unwrap().len()).sum();
    assert!(members >= 2);
    let script = bench.write("read.py", READ);
    let output =
        Command::new(python).arg(script).arg(bench.path("marsad-archive/lake")).output().unwrap();
    let (stdout, stderr) = texts(&output);
    assert!(output.status.success(), "{stderr}");
    let first = stdout.lines().next().unwrap().to_owned();
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
    assert_eq!(first, format!("{0} {0} {members}", ours.len()));
    theirs.sort();
    ours.sort();
    assert_eq!(theirs, ours);
}

const CHECK: &str = r#"
import io, sys, zipfile, contextlib
from warcio.cli import main as warcio
from wacz.main import main as wacz
from warcio.archiveiterator import ArchiveIterator
path = sys.argv[1]
assert wacz(["validate", "-f", path]) == 0, "wacz validate"
with zipfile.ZipFile(path) as bundle:
    warc = bundle.read("archive/evidence.warc.gz")
    index = bundle.read("indexes/index.cdx").decode().splitlines()
    open(path + ".warc.gz", "wb").write(warc)
said = io.StringIO()
with contextlib.redirect_stdout(said):
    try:
        code = warcio(["check", "-v", path + ".warc.gz"])
    except SystemExit as end:
        code = end.code
assert not code, said.getvalue()
records = [record.rec_type for record in ArchiveIterator(io.BytesIO(warc))]
passed = said.getvalue().count("digest pass")
assert passed >= len(records), (passed, records)
assert "fail" not in said.getvalue(), said.getvalue()
print(len(records), len(index), "warcinfo" == records[0])
"#;

#[test]
fn wacz_and_warcio_accept_the_bundle_of_a_finding() {
    let Some(python) = std::env::var_os("MARSAD_PYTHON") else {
        eprintln!("SKIPPED: MARSAD_PYTHON is not set; `make test` sets it");
        return;
    };
    let bench = Bench::new();
    bench.write("more.ndjson", [more("a"), more("b"), more("c")].concat());
    bench.json(&["import", "more.ndjson"]);
    let script = bench.write("check.py", CHECK);
    // A warcinfo, the settings, the posts' chunk, who imported, who exported; where everything is
    // packed, also the list of the import's chunks.
    for (arguments, counts) in [
        (&["export", "wacz"][..], "5 1 True"),
        (&["export", "wacz", "surge"], "6 2 True"),
        (&["evidence", "prove", "telegram:a/1"], "5 1 True"),
    ] {
        bench.good(&[arguments, &["--out", "bundle.wacz"]].concat());
        let check = || Command::new(&python).arg(&script).arg(bench.path("bundle.wacz")).output();
        let (stdout, stderr) = texts(&check().unwrap());
        assert_eq!(stdout.lines().last(), Some(counts), "{arguments:?}: {stdout}{stderr}");
    }
}
