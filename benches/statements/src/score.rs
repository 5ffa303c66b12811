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
        (Role::Decoy, _) => a.kind.to_owned(),
        (_, Role::Decoy) => b.kind.to_owned(),
        (Role::Digest, _) | (_, Role::Digest) => "digest".to_owned(),
        (Role::Original, Role::Original) => "two originals".to_owned(),
        (Role::Original, Role::Copy) => b.kind.to_owned(),
        (Role::Copy, Role::Original) => a.kind.to_owned(),
        (Role::Copy, Role::Copy) if a.kind == b.kind => a.kind.to_owned(),
        (Role::Copy, Role::Copy) => "two copies".to_owned(),
    }
}
