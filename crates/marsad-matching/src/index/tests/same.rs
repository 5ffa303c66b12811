//! The stream and the batch give the same statements.

use marsad_types::{Corpus, Timestamp};
use proptest::prelude::*;

use super::super::Index;
use super::world::{Spec, arrive, corpus, first_rows, insert, spec};
use crate::frames::Frames;
use crate::group::{Grouped, Options, group};
use crate::prints::Prints;
use crate::statement::{Relation, Statement};

/// What happens before a post arrives.
#[derive(Debug, Clone, Copy)]
enum Before {
    Nothing,
    Flush,
    Reopen,
}

fn before() -> impl Strategy<Value = Before> {
    prop_oneof![8 => Just(Before::Nothing), 2 => Just(Before::Flush), 1 => Just(Before::Reopen)]
}

fn posts(channels: usize, most: usize) -> impl Strategy<Value = Vec<(Spec, Before)>> {
    prop::collection::vec((spec(channels), before()), 1..most)
}

fn batch(corpus: &Corpus) -> (Frames, Vec<Statement>) {
    let prints = Prints::of(corpus);
    let options = Options::default();
    let Grouped { frames, texts, resolved, .. } = Grouped::of(corpus, &prints, &options);
    (frames, resolved.with_extras(&texts.of_row))
}

/// Inserts rows from one on, and checks that each answer is what the statements say.
fn stream(
    mut index: Index,
    corpus: &Corpus,
    posts: &[(Spec, Before)],
    from: usize,
    wanted: &[Statement],
) -> Index {
    for (row, (_, before)) in posts.iter().enumerate().skip(from) {
        index = match before {
            Before::Nothing => index,
            Before::Flush => {
                index.flush().unwrap();
                index
            }
            Before::Reopen => index.reopened(),
        };
        let asked = arrive(corpus, row, |arrival| index.query(arrival)).unwrap();
        let answer = insert(&mut index, corpus, row).unwrap();
        assert_eq!(asked, answer, "asking and adding say the same");
        let first_key = answer.statement.to_string();
        let own = wanted.iter().find(|s| corpus.post_key(s.members[0].post as usize) == first_key);
        let own = own.and_then(|own| own.members.iter().find(|m| m.post == row as u32));
        let member = own.unwrap_or_else(|| panic!("post {row} is elsewhere: {answer:?}"));
        assert_eq!((answer.relation, answer.similarity), (member.relation, member.similarity));
        assert_eq!(answer.is_new, member.relation == Relation::First);
        for held in &answer.holds {
            let key = held.statement.to_string();
            let held_in =
                wanted.iter().find(|s| corpus.post_key(s.members[0].post as usize) == key);
            assert!(held_in.unwrap().members.iter().any(|m| m.post == row as u32));
        }
        let again = insert(&mut index, corpus, row).unwrap();
        assert!(again.is_known, "a post that comes again is not added");
    }
    check_again(&mut index, corpus, wanted);
    index
}

/// Asks for every post again: now the answers say all that the statements say.
fn check_again(index: &mut Index, corpus: &Corpus, wanted: &[Statement]) {
    for row in 0..corpus.posts.len() {
        let answer = insert(index, corpus, row).unwrap();
        let mut holds = Vec::new();
        for statement in wanted {
            let first = corpus.post_key(statement.members[0].post as usize);
            let own = statement.members.iter().filter(|member| member.post == row as u32);
            for member in own {
                if first == answer.statement.to_string() {
                    assert_eq!(answer.relation, member.relation);
                } else {
                    holds.push((first.clone(), member.similarity, member.appears));
                }
            }
        }
        let held = answer.holds.iter().map(|h| (h.statement.to_string(), h.similarity, h.appears));
        assert_eq!(held.collect::<Vec<_>>(), holds);
    }
    check_standing(index, corpus);
}

/// Reads everything again: it stands there as it was answered, and nothing before the time asked for.
fn check_standing(index: &mut Index, corpus: &Corpus) {
    let mut standing = Vec::new();
    index.each_since(Timestamp(i64::MIN), &mut |one| standing.push(one)).unwrap();
    assert_eq!(standing.len(), corpus.posts.len());
    for (row, one) in standing.iter().enumerate() {
        let answer = insert(index, corpus, row).unwrap();
        assert_eq!(one.post.to_string(), corpus.post_key(row));
        assert_eq!(one.published_at, corpus.published_at(row));
        assert_eq!((&one.statement, one.relation), (&answer.statement, answer.relation));
        assert_eq!(one.first_published_at, answer.first_published_at);
        let appears = answer.holds.into_iter().filter(|held| held.appears);
        assert_eq!(one.appears_in, appears.map(|held| held.statement).collect::<Vec<_>>());
        assert!(index.has(&one.post.channel, &one.post.post).unwrap());
    }
    let from = standing.get(standing.len() / 2).map_or(Timestamp(0), |one| one.published_at);
    let mut later = 0;
    index.each_since(from, &mut |one| later += usize::from(one.published_at >= from)).unwrap();
    assert_eq!(later, standing.iter().filter(|one| one.published_at >= from).count());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn with_the_frames_of_the_batch_the_stream_gives_its_statements(
        posts in posts(5, 70), recent_max in 1u32..12,
    ) {
        let specs: Vec<Spec> = posts.iter().map(|(spec, _)| *spec).collect();
        let corpus = corpus(&specs, false);
        let (frames, wanted) = batch(&corpus);
        let folder = tempfile::tempdir().unwrap();
        let mut index = Index::create(folder.path(), &Options::default()).unwrap();
        index.recent_max = recent_max;
        index.give(&frames);
        let index = stream(index, &corpus, &posts, 0, &wanted);
        prop_assert_eq!(index.statements().unwrap(), wanted);
    }

    #[test]
    fn where_no_frames_are_the_stream_gives_the_statements_of_the_batch(posts in posts(5, 60)) {
        let specs: Vec<Spec> = posts.iter().map(|(spec, _)| *spec).collect();
        let corpus = corpus(&specs, true);
        let wanted = group(&corpus, &Prints::of(&corpus), &Options::default()).statements;
        let folder = tempfile::tempdir().unwrap();
        let mut index = Index::create(folder.path(), &Options::default()).unwrap();
        index.recent_max = 9;
        let index = stream(index, &corpus, &posts, 0, &wanted);
        prop_assert_eq!(index.statements().unwrap(), wanted);
    }

    #[test]
    fn built_from_the_first_posts_the_stream_goes_on_as_the_batch(
        posts in posts(5, 70), share in 0usize..=100, recent_max in 1u32..12,
    ) {
        let specs: Vec<Spec> = posts.iter().map(|(spec, _)| *spec).collect();
        let all = corpus(&specs, false);
        let (frames, wanted) = batch(&all);
        let some = specs.len() * share / 100;
        let first = first_rows(&specs, some, false);
        let folder = tempfile::tempdir().unwrap();
        let options = Options::default();
        let prints = Prints::of(&first);
        let of_first = frames.first_rows(some);
        let corpus = (&first, &prints);
        let mut index = Index::build_with(folder.path(), of_first, corpus, &options).unwrap();
        index.recent_max = recent_max;
        index.give(&frames);
        let index = stream(index, &all, &posts, some, &wanted);
        prop_assert_eq!(index.statements().unwrap(), wanted);
    }

    #[test]
    fn out_of_order_each_post_has_a_statement_and_a_build_settles_all(
        posts in posts(5, 40), key in any::<u64>(),
    ) {
        let specs: Vec<Spec> = posts.iter().map(|(spec, _)| *spec).collect();
        let corpus = corpus(&specs, false);
        let mut order: Vec<usize> = (0..specs.len()).collect();
        order.sort_by_key(|row| (*row as u64 ^ key).wrapping_mul(0x9E37_79B9_7F4A_7C15));
        let (live, built) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let options = Options::default();
        let mut index = Index::create(live.path(), &options).unwrap();
        for row in &order {
            insert(&mut index, &corpus, *row).unwrap();
        }
        let mut rows: Vec<u32> = index.statements().unwrap().iter().flat_map(|s| &s.members)
            .filter(|m| m.relation != Relation::Contained || m.appears)
            .map(|m| m.post).collect();
        rows.sort_unstable();
        rows.dedup();
        prop_assert_eq!(rows, (0..specs.len() as u32).collect::<Vec<_>>());
        let prints = Prints::of(&corpus);
        let settled = Index::build(built.path(), &corpus, &prints, &options).unwrap();
        let wanted = group(&corpus, &prints, &options).statements;
        prop_assert_eq!(settled.statements().unwrap(), wanted);
    }
}

/// More posts than a bucket or a gram is looked through for.
fn crowd(spec: impl Fn(usize) -> Spec, is_plain: bool) -> Vec<Statement> {
    let posts: Vec<(Spec, Before)> = (0..420).map(|nth| (spec(nth), Before::Nothing)).collect();
    let specs: Vec<Spec> = posts.iter().map(|(spec, _)| *spec).collect();
    let corpus = corpus(&specs, is_plain);
    let (frames, wanted) = batch(&corpus);
    let folder = tempfile::tempdir().unwrap();
    let mut index = Index::create(folder.path(), &Options::default()).unwrap();
    index.recent_max = 50;
    index.give(&frames);
    let index = stream(index, &corpus, &posts, 0, &wanted);
    assert_eq!(index.statements().unwrap(), wanted);
    wanted
}

#[test]
fn a_crowded_series_is_the_same_in_both_paths() {
    crowd(|nth| Spec::bulletin(nth % 3, nth), false);
}

#[test]
fn a_crowd_of_copies_joins_the_first_of_them_in_both_paths() {
    let statements = crowd(|nth| if nth == 0 { Spec::story(0, 0) } else { Spec::added(nth) }, true);
    // The first post is far beyond the nearest 64, and still the one that is joined.
    assert_eq!(statements.len(), 1);
}

#[test]
fn the_frame_of_a_channel_is_learnt_as_its_posts_arrive() {
    let posts: Vec<(Spec, Before)> =
        (0..40).map(|nth| (Spec::story(1 + nth % 2, nth), Before::Nothing)).collect();
    let specs: Vec<Spec> = posts.iter().map(|(spec, _)| *spec).collect();
    let corpus = corpus(&specs, false);
    let folder = tempfile::tempdir().unwrap();
    let mut index = Index::create(folder.path(), &Options::default()).unwrap();
    for row in 0..specs.len() {
        insert(&mut index, &corpus, row).unwrap();
    }
    let mut index = index.reopened();
    let wanted = insert(&mut index, &corpus, 0).unwrap();
    // The bare story in a channel without a frame.
    let bare = Spec::story(0, 0);
    let more = super::world::corpus(&[bare], false);
    let mut found = arrive(&more, 0, |arrival| {
        let id = "new";
        index.query(&super::super::Arrival { id, ..*arrival })
    })
    .unwrap();
    found.similarity = 1.0;
    assert_eq!(found.statement, wanted.statement);
}
