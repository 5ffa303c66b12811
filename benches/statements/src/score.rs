//! Pairs found against pairs that are true, by kind.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use marsad_matching::Statements;

use crate::post::{Role, World};

/// Pairs found and true, found and wrong, true and not found.
#[derive(Default, Clone, Copy)]
pub(crate) struct Score {
    pub(crate) right: usize,
    pub(crate) wrong: usize,
    pub(crate) missed: usize,
}

impl Score {
    pub(crate) fn precision(self) -> f64 {
        self.right as f64 / (self.right + self.wrong).max(1) as f64
    }

    pub(crate) fn recall(self) -> f64 {
        self.right as f64 / (self.right + self.missed).max(1) as f64
    }

    pub(crate) fn f1(self) -> f64 {
        2.0 * self.right as f64 / (2 * self.right + self.wrong + self.missed).max(1) as f64
    }
}

impl AddAssign for Score {
    fn add_assign(&mut self, other: Self) {
        self.right += other.right;
        self.wrong += other.wrong;
        self.missed += other.missed;
    }
}

/// Scores of one way of matching on some worlds.
#[derive(Default, Clone)]
pub(crate) struct Scores {
    /// All kinds that are a matter of text.
    pub(crate) all: Score,
    pub(crate) by_kind: BTreeMap<String, Score>,
    pub(crate) by_frame: BTreeMap<&'static str, Score>,
}

impl Scores {
    pub(crate) fn add(&mut self, other: &Self) {
        self.all += other.all;
        for (kind, score) in &other.by_kind {
            *self.by_kind.entry(kind.clone()).or_default() += *score;
        }
        for (frame, score) in &other.by_frame {
            *self.by_frame.entry(frame).or_default() += *score;
        }
    }
}

/// A pair of rows, the earlier one first, in one number.
pub(crate) type Pair = u64;

/// The two rows.
pub(crate) fn rows(pair: Pair) -> (usize, usize) {
    ((pair >> 32) as usize, (pair & 0xFFFF_FFFF) as usize)
}

/// All pairs within groups, sorted, each once.
pub(crate) fn pairs(groups: impl IntoIterator<Item = Vec<usize>>) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for mut group in groups {
        group.sort_unstable();
        group.dedup();
        for (place, later) in group.iter().enumerate() {
            pairs.extend(
                group[..place].iter().map(|earlier| (*earlier as u64) << 32 | *later as u64),
            );
        }
    }
    pairs.sort_unstable();
    pairs.dedup();
    pairs
}

/// Pairs of posts that carry one statement.
pub(crate) fn truth(world: &World) -> Vec<Pair> {
    let mut carriers: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for (number, post) in world.posts.iter().enumerate() {
        for statement in &post.carries {
            carriers.entry(*statement).or_default().push(number);
        }
    }
    pairs(carriers.into_values())
}

/// Pairs of posts in one statement.
pub(crate) fn found(statements: &Statements) -> Vec<Pair> {
    let members =
        |s: &marsad_matching::Statement| s.members.iter().map(|m| m.post as usize).collect();
    pairs(statements.statements.iter().map(members))
}

/// Compares; `error` sees every wrong (false) and missed (true) pair.
pub(crate) fn score(
    world: &World,
    truth: &[Pair],
    found: &[Pair],
    mut error: impl FnMut(Pair, bool),
) -> Scores {
    let mut scores = Scores::default();
    let (mut t, mut f) = (truth.iter().peekable(), found.iter().peekable());
    loop {
        let (pair, one) = match (t.peek(), f.peek()) {
            (Some(a), Some(b)) if a == b => (**a, Score { right: 1, ..Score::default() }),
            (Some(a), b) if b.is_none_or(|b| *a < *b) => {
                (**a, Score { missed: 1, ..Score::default() })
            }
            (_, Some(b)) => (**b, Score { wrong: 1, ..Score::default() }),
            (_, None) => break,
        };
        if one.wrong == 0 {
            t.next();
        }
        if one.missed == 0 {
            f.next();
        }
        if one.right == 0 {
            error(pair, one.missed == 1);
        }
        let kind = kind(world, pair);
        if !is_beside_the_text(&kind) {
            scores.all += one;
            let (a, b) = rows(pair);
            for post in [a, b] {
                *scores.by_frame.entry(world.posts[post].frame).or_default() += one;
            }
        }
        *scores.by_kind.entry(kind).or_default() += one;
    }
    scores
}

/// Forwards and pictures, which a text peer cannot see: in the table, not in the totals.
pub(crate) fn is_beside_the_text(kind: &str) -> bool {
    matches!(kind, "forward" | "picture")
}

/// Two changed copies of one text are counted apart: their changes add up.
fn kind(world: &World, pair: Pair) -> String {
    let (a, b) = rows(pair);
    let (a, b) = (&world.posts[a], &world.posts[b]);
    for kind in ["forward", "picture"] {
        if a.kind == kind || b.kind == kind {
            return kind.to_owned();
        }
    }
    match (a.role, b.role) {
        (Role::Decoy, Role::Decoy) if a.kind != b.kind => {
            format!("{} / {}", a.kind.min(b.kind), a.kind.max(b.kind))
        }
        (Role::Digest, other) if other != Role::Decoy => a.kind.to_owned(),
        (other, Role::Digest) if other != Role::Decoy => b.kind.to_owned(),
        (Role::Original, Role::Original) => "two originals".to_owned(),
        (Role::Copy, Role::Copy) if a.kind != b.kind => "two copies".to_owned(),
        (Role::Decoy, _) | (Role::Copy, Role::Original | Role::Copy) => a.kind.to_owned(),
        _ => b.kind.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::post::Labelled;

    fn post(carries: &[usize], role: Role, kind: &'static str) -> Labelled {
        Labelled {
            channel: 0,
            at: 0,
            text: String::new(),
            carries: carries.to_vec(),
            role,
            kind,
            frame: "bare",
            forward_of: None,
            media: None,
        }
    }

    #[test]
    fn pairs_are_counted_right_wrong_and_missed_by_kind() {
        let posts = vec![
            post(&[0], Role::Original, "original"),
            post(&[0], Role::Copy, "cut"),
            post(&[0, 1], Role::Digest, "digest"),
            post(&[1], Role::Original, "original"),
            post(&[2], Role::Decoy, "series"),
        ];
        let world = World { posts };
        let truth = truth(&world);
        assert_eq!(truth.len(), 4, "three posts of one statement, two of another");
        let mut errors = Vec::new();
        let found = pairs([vec![1, 0, 1], vec![3, 4]]);
        let scores =
            score(&world, &truth, &found, |pair, missed| errors.push((rows(pair), missed)));
        assert_eq!((scores.all.right, scores.all.wrong, scores.all.missed), (1, 1, 3));
        assert_eq!(errors, [((0, 2), true), ((1, 2), true), ((2, 3), true), ((3, 4), false)]);
        assert_eq!(scores.by_kind["cut"].right, 1);
        assert_eq!(scores.by_kind["series"].wrong, 1);
        assert_eq!(scores.by_kind["digest"].missed, 3);
        assert!((scores.all.f1() - 1.0 / 3.0).abs() < 1e-12);
    }

    #[test]
    fn forwards_and_pictures_stand_in_the_table_and_not_in_the_total() {
        let posts = vec![post(&[0], Role::Original, "original"), post(&[0], Role::Copy, "forward")];
        let world = World { posts };
        let scores = score(&world, &truth(&world), &[], |_, _| {});
        assert_eq!((scores.all.missed, scores.by_kind["forward"].missed), (0, 1));
    }
}
