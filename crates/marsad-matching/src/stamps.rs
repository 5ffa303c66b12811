//! Hours of publishing and running numbers in a channel's frame ("22.03 20:10", "Valley Desk | 07:25",
//! "No. 214").
//!
//! What a channel writes of the hour at which it publishes, the platform says too, and so it does of
//! the order of posts: they tell no two posts apart, as the day above a forecast does. A line or run
//! of a frame is such a stamp when its hour stands at one distance from the time of the post (the
//! channel's zone) in four of five posts, and takes many values: a bulletin of seven o'clock has the
//! one. So is one without a date whose number of an issue grows from each post to the next.

use marsad_types::Corpus;

use crate::dates::may_hold_issue;
use crate::frames::SAMPLE_SMALL;
use crate::mask::{Frame, Masker, Purpose};

/// Minutes by which the distance may vary.
const SLACK: u16 = 2;
/// Fewest posts that show a stamp.
const POSTS_MIN: usize = 5;
const DAY: u16 = 24 * 60;

/// The lines and runs of a frame that hold the hour of publishing, by their hashes.
pub(crate) fn stamps(
    corpus: &Corpus,
    rows: impl Iterator<Item = usize>,
    frame: &Frame,
    masker: &mut Masker,
) -> Vec<u64> {
    let mut seen: Vec<(u64, Hour)> = Vec::new();
    let mut issues: Vec<Issue> = Vec::new();
    if frame.len() == 0 {
        return Vec::new();
    }
    let mut scanner = std::mem::take(&mut masker.scanner);
    for (place, row) in rows.enumerate() {
        // Most frames hold neither.
        if place == SAMPLE_SMALL && seen.is_empty() && issues.is_empty() {
            break;
        }
        let text = corpus.posts.text.get(row);
        if !may_hold_hour(text) && !may_hold_issue(text) {
            continue;
        }
        let Some(at) = corpus.posts.published_at.get(row) else { continue };
        scanner.scan(text);
        masker.mask((text, &mut scanner), std::iter::once(frame), Purpose::Body);
        let published = at.div_euclid(60_000).rem_euclid(DAY.into()) as u16;
        let hour = |clock: u16| Hour { clock, distance: (published + DAY - clock) % DAY };
        seen.extend(masker.clocks().iter().map(|(part, clock)| (*part, hour(*clock))));
        let issue = |(part, number): &(u64, u32)| Issue { part: *part, at: *at, number: *number };
        issues.extend(masker.issues().iter().map(issue));
    }
    masker.scanner = scanner;
    seen.sort_unstable();
    issues.sort_unstable();
    let hours = seen.chunk_by(|a, b| a.0 == b.0).filter(|hours| is_stamp(hours));
    let hours = hours.filter_map(|hours| Some(hours.first()?.0));
    let running = issues.chunk_by(|a, b| a.part == b.part).filter(|issues| is_running(issues));
    let running = running.filter_map(|issues| Some(issues.first()?.part));
    hours.chain(running).collect()
}

/// The number of an issue, in the order of a part's posts.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Issue {
    part: u64,
    at: i64,
    number: u32,
}

/// Whether a number grows from post to post.
fn is_running(issues: &[Issue]) -> bool {
    issues.len() >= POSTS_MIN && issues.is_sorted_by(|a, b| a.number < b.number)
}

/// Whether a text may hold an hour, before it is read.
fn may_hold_hour(text: &str) -> bool {
    let mut parts = text.split(':');
    let ends_in_digit = |part: &str| part.ends_with(char::is_numeric);
    parts.next_back().is_some() && parts.any(ends_in_digit)
}

/// An hour in a post.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Hour {
    /// Minute of the day.
    clock: u16,
    /// Minutes from there to the time of the post.
    distance: u16,
}

fn is_stamp(hours: &[(u64, Hour)]) -> bool {
    let is_near = |a: u16, b: u16| {
        let apart = a.abs_diff(b);
        apart.min(DAY - apart) <= SLACK
    };
    let near = |(_, one): &(u64, Hour)| {
        hours.iter().filter(|(_, other)| is_near(one.distance, other.distance)).count()
    };
    let most = hours.iter().map(near).max().unwrap_or(0);
    let clocks = hours.chunk_by(|a, b| a.1.clock == b.1.clock).count();
    most >= POSTS_MIN && most * 5 >= hours.len() * 4 && clocks * 2 >= hours.len()
}
