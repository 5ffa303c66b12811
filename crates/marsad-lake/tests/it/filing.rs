use marsad_lake::{Filed, Filer, Lake, Selection};
use marsad_types::{NONE, Platform};
use proptest::prelude::*;

use crate::world::{channel, others, post, posts, take};

fn file(root: &std::path::Path, batches: &[Vec<marsad_types::Post>]) -> Lake {
    let mut lake = Lake::open(root).unwrap();
    let mut filer = lake.filer().unwrap();
    for (at, batch) in batches.iter().enumerate() {
        for post in batch {
            take(&mut filer, post.clone(), at as u64);
        }
        lake.file(&filer.take_batch(), at as u64 + 1).unwrap();
    }
    lake
}

/// Everything a corpus says, as text.
fn written(lake: &Lake, selection: &Selection) -> Vec<String> {
    let (corpus, prints) = lake.corpus(selection).unwrap();
    assert_eq!(prints.len(), corpus.posts.len());
    (0..corpus.posts.len())
        .map(|row| {
            let posts = &corpus.posts;
            let of = |list: &[(u32, String)]| {
                list.iter()
                    .filter(|(at, _)| *at as usize == row)
                    .map(|(_, v)| v.clone())
                    .collect::<Vec<_>>()
            };
            let forward = posts.forward[row];
            let forward = (forward != NONE).then(|| {
                let origin =
                    corpus.channels.key(corpus.forwards.channel[forward as usize]).unwrap();
                format!("{origin}/{}", corpus.forwards.post.get(forward as usize))
            });
            let media = posts.media.iter().filter(|(at, _)| *at as usize == row).count();
            format!(
                "{} {} {} {:?} {:?} {media} {:032x}",
                corpus.post_key(row),
                corpus.published_at(row),
                posts.text.get(row),
                forward,
                of(&posts.links),
                prints.body[row],
            )
        })
        .collect()
}

#[test]
fn batches_of_a_replay_filed_at_one_position_are_all_kept() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let mut filer = lake.filer().unwrap();
    for post in posts() {
        take(&mut filer, post, 0);
        lake.file(&filer.take_batch(), 0).unwrap();
    }
    let lake = Lake::open(folder.path()).unwrap();
    assert_eq!(lake.counts().unwrap().posts, posts().len() as u64);
    assert_eq!(written(&lake, &Selection::default()).len(), posts().len());
}

#[test]
fn texts_are_read_from_a_leaf_on_and_a_lake_made_again_has_another_name() {
    let folder = tempfile::tempdir().unwrap();
    let lake = file(folder.path(), &[posts(), vec![post("max:desk3", "1", "2019-12-05", "snow")]]);
    let texts = |leaf| {
        let mut texts = Vec::new();
        lake.each_text(leaf, &mut |row| texts.push(row.text.to_owned())).unwrap();
        texts.sort();
        texts
    };
    assert_eq!(texts(1), ["snow"]);
    assert_eq!(texts(0).len(), 5);
    let mut rows = 0;
    lake.each_identity(0, &mut |row| rows += u32::from(!row.post.is_empty())).unwrap();
    assert_eq!(rows, 5);
    let other = tempfile::tempdir().unwrap();
    assert_ne!(file(other.path(), &[posts()]).id().unwrap(), lake.id().unwrap());
    assert!(lake.id().unwrap().is_some());
    assert_eq!(Lake::open(&other.path().join("none")).unwrap().id().unwrap(), None);
}

#[test]
fn what_is_filed_is_read_back_in_the_order_of_time() {
    let folder = tempfile::tempdir().unwrap();
    drop(file(folder.path(), &[posts()]));
    let lake = Lake::open(folder.path()).unwrap();
    assert_eq!(lake.position().unwrap(), 1);
    let rows = written(&lake, &Selection::default());
    let keys: Vec<&str> = rows.iter().filter_map(|row| row.split(' ').next()).collect();
    assert_eq!(keys, ["telegram:desk/1", "tamtam:desk2/7", "telegram:desk/2", "telegram:desk/3"]);
    assert!(rows[3].contains("tamtam:origin/9"), "{}", rows[3]);
    assert!(rows[3].contains("https://example.org/b"), "{}", rows[3]);
    assert!(rows[3].contains(" 2 "), "two files: {}", rows[3]);
    let export: Vec<_> = {
        let mut rows = Vec::new();
        lake.each_post(&mut |row| rows.push(row)).unwrap();
        rows
    };
    let rich = export.iter().find(|row| row.id == "3").unwrap();
    assert_eq!(rich.post.media, posts()[2].media);
    assert_eq!(rich.post.views, Some(1200));
    assert_eq!(rich.post.resolution, posts()[2].resolution);
}

#[test]
fn the_small_tables_are_read_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let mut filer = lake.filer().unwrap();
    others(&mut filer, 0);
    lake.file(&filer.take_batch(), 1).unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    assert_eq!(lake.channel_rows().unwrap()[0].subscribers, Some(1100));
    assert_eq!(lake.coverage_rows().unwrap()[0].poll_s, Some(60));
    let taken = lake.taken_rows().unwrap();
    assert_eq!((taken[0].id.as_str(), taken[0].by.as_str()), ("4", "album"));
    assert_eq!(lake.corpus(&Selection::default()).unwrap().0.taken.len(), 1);
    assert_eq!(lake.problem_rows().unwrap()[0].source, "a.ndjson");
    assert_eq!(lake.position().unwrap(), 1);
    // A filer of the reopened lake knows them.
    let mut filer = lake.filer().unwrap();
    others(&mut filer, 7);
    assert!(filer.batch().channels.is_empty() && filer.batch().coverage.is_empty());
    assert!(filer.batch().taken.is_empty());
}

#[test]
fn a_post_that_is_gone_says_so_with_its_first_text() {
    let folder = tempfile::tempdir().unwrap();
    let edited = marsad_types::Post {
        edited_at: Some("2019-12-02T00:00:00Z".parse().unwrap()),
        ..post("telegram:desk", "2", "2019-11-30T17:56:00Z", "third train")
    };
    let gone =
        |at: &str| marsad_types::Post { deleted_at: Some(at.parse().unwrap()), ..edited.clone() };
    let later = [gone("2019-12-05T00:00:00Z"), gone("2019-12-04T00:00:00Z")];
    let lake = file(folder.path(), &[posts(), vec![edited.clone()], later.to_vec()]);
    let (corpus, _) = lake.corpus(&Selection::default()).unwrap();
    let row = (0..corpus.posts.len()).find(|row| corpus.post_key(*row) == "telegram:desk/2");
    let row = row.unwrap();
    assert_eq!(corpus.posts.text.get(row), "second train");
    // The second look that finds it missing says nothing new.
    let first: marsad_types::Timestamp = "2019-12-05T00:00:00Z".parse().unwrap();
    assert_eq!(corpus.posts.deleted_at[row], first.0);
    let others = corpus.posts.deleted_at.iter().filter(|at| **at != i64::MIN).count();
    assert_eq!(others, 1);
}

#[test]
fn a_reopened_lake_knows_its_posts() {
    let folder = tempfile::tempdir().unwrap();
    let lake = file(folder.path(), &[posts()]);
    let mut filer = lake.filer().unwrap();
    for post in posts() {
        assert_eq!(take(&mut filer, post, 1), Filed::Duplicate);
    }
    let edited = post("telegram:desk", "1", "2019-10-31T23:59:59Z", "first train, delayed");
    assert_eq!(take(&mut filer, edited, 1), Filed::Version);
}

#[test]
fn a_corpus_holds_the_first_version_of_a_post() {
    let folder = tempfile::tempdir().unwrap();
    let at = "2019-11-30T17:55:00Z";
    let mut edited = post("telegram:desk", "1", at, "later text");
    edited.edited_at = Some("2019-11-30T18:00:00Z".parse().unwrap());
    let first = post("telegram:desk", "1", at, "first text");
    // Whatever came first to us: an edit seen before its original is still the later version.
    for order in [[first.clone(), edited.clone()], [edited, first]] {
        let folder = folder.path().join(order[0].text.replace(' ', "-"));
        let lake = file(&folder, &[vec![order[0].clone()], vec![order[1].clone()]]);
        let (corpus, _) = lake.corpus(&Selection::default()).unwrap();
        assert_eq!(corpus.posts.text.iter().collect::<Vec<_>>(), ["first text"]);
    }
}

#[test]
fn scans_read_only_what_was_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let lake = file(folder.path(), &[posts()]);
    let count = |selection: &Selection| written(&lake, selection).len();
    let tamtam =
        Selection { platforms: vec![Platform::new("tamtam").unwrap()], ..Selection::default() };
    assert_eq!(count(&tamtam), 1);
    let desk = Selection { channels: vec![channel("telegram:desk")], ..Selection::default() };
    assert_eq!(count(&desk), 3);
    let november = Selection {
        since: Some("2019-11-01".parse().unwrap()),
        until: Some("2019-11-30T17:56:00Z".parse().unwrap()),
        ..Selection::default()
    };
    assert_eq!(count(&november), 1);
}

#[test]
fn compaction_changes_no_row() {
    let folder = tempfile::tempdir().unwrap();
    let batches: Vec<_> = posts().into_iter().map(|post| vec![post]).collect();
    let more: Vec<_> = (0..12)
        .map(|n| {
            vec![post(
                "telegram:desk",
                &format!("m{n}"),
                "2019-12-02T10:00:00Z",
                &format!("train {n}"),
            )]
        })
        .collect();
    let mut lake = file(folder.path(), &[batches, more].concat());
    let before = written(&lake, &Selection::default());
    let done = lake.compact(4).unwrap();
    assert!(done.files_after < done.files_before, "{done:?}");
    assert_eq!(written(&lake, &Selection::default()), before);
    let reopened = Lake::open(folder.path()).unwrap();
    assert_eq!(written(&reopened, &Selection::default()), before);
    assert_eq!(reopened.position().unwrap(), 16, "compaction keeps the evidence position");
}

#[test]
fn filing_the_same_batch_again_after_a_crash_between_tables_adds_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    let mut filer = Filer::default();
    others(&mut filer, 0);
    lake.file(&filer.take_batch(), 1).unwrap();
    // As if the commit of `posts` had not happened: the other tables have the rows already.
    std::fs::remove_dir_all(folder.path().join("posts")).unwrap();
    let mut lake = Lake::open(folder.path()).unwrap();
    assert_eq!(lake.position().unwrap(), 0);
    let mut filer = lake.filer().unwrap();
    others(&mut filer, 0);
    assert!(filer.batch().is_empty());
    others(&mut filer, 1);
    assert_eq!(filer.batch().problems.len(), 1, "the same problem in a record that is new");
    lake.file(&filer.take_batch(), 2).unwrap();
    let lake = Lake::open(folder.path()).unwrap();
    assert_eq!(lake.channel_rows().unwrap().len(), 1);
    assert_eq!(lake.problem_rows().unwrap().len(), 2);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]
    #[test]
    fn the_order_of_filing_does_not_matter(order in Just((0..4usize).collect::<Vec<_>>()).prop_shuffle(), split in 1..4usize) {
        let folder = tempfile::tempdir().unwrap();
        let plain = file(&folder.path().join("plain"), &[posts()]);
        let shuffled: Vec<_> = order.iter().map(|at| posts()[*at].clone()).collect();
        let (first, rest) = shuffled.split_at(split);
        let other = file(&folder.path().join("other"), &[first.to_vec(), rest.to_vec()]);
        prop_assert_eq!(written(&plain, &Selection::default()), written(&other, &Selection::default()));
    }
}
