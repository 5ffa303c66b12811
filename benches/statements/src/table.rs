//! The tables.

use crate::peers::Peers;
use crate::score::{Score, Scores, is_beside_the_text};

/// Prints what one hand's worlds showed.
pub(crate) fn print(hand: &str, first_seed: u64, ours: &[Scores], theirs: &Peers) {
    println!("== worlds of the {hand} hand");
    println!("seed  precision  recall     F1");
    for (number, scores) in (first_seed..).zip(ours) {
        let all = scores.all;
        println!("{:4}     {:.4}  {:.4} {:.4}", number, all.precision(), all.recall(), all.f1());
    }
    for (what, of) in [
        ("precision", Score::precision as fn(Score) -> f64),
        ("recall", Score::recall),
        ("F1", Score::f1),
    ] {
        let mut values: Vec<f64> = ours.iter().map(|s| of(s.all)).collect();
        values.sort_by(f64::total_cmp);
        let middle = values.get(values.len() / 2).copied().unwrap_or(0.0);
        let (low, high) = (values.first().unwrap_or(&0.0), values.last().unwrap_or(&0.0));
        println!(
            "{what}: lowest {low:.4}, median {middle:.4}, highest {high:.4} of {} seeds",
            values.len()
        );
    }
    let mut sum = Scores::default();
    for scores in ours {
        sum.add(scores);
    }
    let best = theirs.best();
    println!("\nby kind, all seeds together: pairs right, wrong, missed; precision, recall, F1");
    print!("{:28} {:>7} {:>6} {:>6}   prec. recall     F1", "", "right", "wrong", "missed");
    for (name, _) in &best {
        print!("   {name}: prec. recall F1");
    }
    println!();
    let mut kinds: Vec<&String> = sum.by_kind.keys().collect();
    for (_, scores) in &best {
        kinds.extend(scores.by_kind.keys());
    }
    kinds.sort();
    kinds.dedup();
    for kind in kinds {
        let score = |scores: &Scores| scores.by_kind.get(kind).copied().unwrap_or_default();
        let star = if is_beside_the_text(kind) { "*" } else { "" };
        line(&format!("{kind}{star}"), score(&sum), best.iter().map(|(_, s)| score(s)));
    }
    line("ALL", sum.all, best.iter().map(|(_, s)| s.all));
    println!("(* not in ALL: the platform's word or a picture, which a text peer cannot see)");
    println!("\nby frame of either post");
    for (frame, score) in &sum.by_frame {
        let peers = best.iter().map(|(_, s)| s.by_frame.get(frame).copied().unwrap_or_default());
        line(frame, *score, peers);
    }
    if !theirs.by_setting.is_empty() {
        println!("\nall settings of the peers");
        for ((library, setting), scores) in &theirs.by_setting {
            line(&format!("{library} {setting}"), scores.all, std::iter::empty());
        }
    }
    println!();
}

fn line(name: &str, ours: Score, theirs: impl Iterator<Item = Score>) {
    print!("{name:28} {:7} {:6} {:6}  {}", ours.right, ours.wrong, ours.missed, figures(ours));
    for score in theirs {
        print!("   {}", figures(score));
    }
    println!();
}

/// A kind without true pairs has no recall: the pairs that were wrong are counted.
fn figures(score: Score) -> String {
    if score.right + score.missed == 0 {
        return format!("{:>20}", format!("{} wrong", score.wrong));
    }
    format!("{:.4} {:.4} {:.4}", score.precision(), score.recall(), score.f1())
}
