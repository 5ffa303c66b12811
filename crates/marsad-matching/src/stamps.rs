//! Hours of publishing in a channel's frame ("22.03 20:10", "Valley Desk | 07:25").
//!
//! What a channel writes of the hour at which it publishes, the platform says too: it tells no two
//! posts apart, as the day above a forecast does. A line or run of a frame is such a stamp when its
//! hour stands at one distance from the time of the post (the channel's zone) in four of five posts,
//! and takes many values: a bulletin of seven o'clock has the one.

use marsad_types::Corpus;

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
    if frame.len() == 0 {
        return Vec::new();
    }
    let mut scanner = std::mem::take(&mut masker.scanner);
    for (place, row) in rows.enumerate() {
        // Most frames hold no hour.
        if place == SAMPLE_SMALL && seen.is_empty() {
            break;
        }
        let text = corpus.posts.text.get(row);
        if !may_hold_hour(text) {
            continue;
        }
        let Some(at) = corpus.posts.published_at.get(row) else { continue };
        scanner.scan(text);
        masker.mask((text, &mut scanner), std::iter::once(frame), Purpose::Body);
        let published = at.div_euclid(60_000).rem_euclid(DAY.into()) as u16;
        let hour = |clock: u16| Hour { clock, distance: (published + DAY - clock) % DAY };
        seen.extend(masker.clocks().iter().map(|(part, clock)| (*part, hour(*clock))));
    }
    masker.scanner = scanner;
    seen.sort_unstable();
    let of_part = seen.chunk_by(|a, b| a.0 == b.0).filter(|hours| is_stamp(hours));
    of_part.filter_map(|hours| Some(hours.first()?.0)).collect()
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
