//! Candidate pairs to links: how two texts are alike, if they are.

use marsad_types::{Corpus, NONE};
use rayon::prelude::*;

use super::Options;
use super::candidates::Pair;
use super::figures::figures_within;
use super::parts::{core_by_middle, cut_item, place, stands_alone};
use super::slots::{Slots, slots};
use super::spelling::twins;
use super::texts::Texts;
use super::verify::likeness;
use super::view::{View, Viewer};
use crate::frames::Frames;

/// From this Jaccard similarity on, two texts are compared word by word, spelling apart.
pub(super) const SPELLING_JACCARD: f32 = 0.5;
/// From this containment on, the same for a part and a whole.
const SPELLING_SHARE: f32 = 0.7;
/// From this containment on, a text is looked for as an item cut short.
const ITEM_SHARE: f32 = 0.3;
/// Share of words with a twin that makes two texts alike but for spelling.
const SPELLING_WORDS: f32 = 0.9;

/// Words of a digest beside an item at least.
const DIGEST_REST_MIN: f32 = 8.0;

/// From this share of the shorter text on, a run of words that both have is the statement.
const CORE_SHARE: f32 = 0.75;
/// The same for a part and a whole.
const CORE_PART: f32 = 0.8;

/// What is compared with what.
#[derive(Clone, Copy)]
pub(crate) struct Judge<'a> {
    pub(crate) corpus: &'a Corpus,
    pub(crate) frames: &'a Frames,
    pub(crate) texts: &'a Texts,
    pub(crate) options: &'a Options,
}

/// Two texts that are alike.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Link {
    pub(crate) earlier: u32,
    pub(crate) later: u32,
    pub(crate) how: How,
    /// Jaccard similarity, or containment.
    pub(crate) similarity: f32,
    /// Whether what differs makes them two statements all the same.
    pub(crate) is_apart: bool,
    /// Whether the earlier one is an item of a series by then.
    pub(crate) is_of_series: bool,
    /// What else differs.
    slots: Slots,
    same_channel: bool,
}

/// How two texts are alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum How {
    /// About the same.
    Near,
    /// The later text holds the earlier one.
    LaterHolds(Part),
    /// The earlier text holds the later one.
    EarlierHolds(Part),
}

/// What the contained text is of the one that holds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// At least half of it: the same statement with something added or left off.
    Most,
    /// Its beginning: the same statement cut short, or taken further.
    Beginning,
    /// One item among others: a digest.
    Item,
}

/// Pairs that may be alike, each list sorted by the later text.
#[derive(Clone, Copy)]
pub(crate) struct Pairs<'a> {
    /// By their signatures.
    pub(crate) near: &'a [Pair],
    /// By their grams.
    pub(crate) containing: &'a [Pair],
}

/// Buffers of one core.
#[derive(Default)]
pub(crate) struct Work {
    viewer: Viewer,
    views: Views,
}

/// What a view depends on besides its text.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Seen {
    text: u32,
    /// Frame of the text beside it; [`NONE`] for none.
    frame: u32,
    same_channel: bool,
}

/// Views that are kept: the first of a statement is held against each of its copies, mostly beside
/// one frame.
#[derive(Default)]
struct Views {
    seen: Vec<Option<Seen>>,
    views: Vec<View>,
}

/// Views that are kept.
const VIEWS_MAX: usize = 1024;

impl Views {
    /// The place of a view; made, if another was there.
    fn place(&mut self, seen: Seen, taken: Option<usize>, make: impl FnOnce(&mut View)) -> usize {
        self.seen.resize(VIEWS_MAX, None);
        self.views.resize_with(VIEWS_MAX, View::default);
        let mixed = seen.text.wrapping_mul(2) ^ seen.frame.wrapping_mul(0x9E37_79B1);
        let mut place = (mixed ^ u32::from(seen.same_channel)) as usize % VIEWS_MAX;
        if taken == Some(place) {
            place = (place + 1) % VIEWS_MAX;
        }
        if let (Some(slot), Some(view)) = (self.seen.get_mut(place), self.views.get_mut(place))
            && *slot != Some(seen)
        {
            *slot = Some(seen);
            make(view);
        }
        place
    }

    fn get(&self, place: usize) -> &View {
        &self.views[place]
    }
}

/// What candidates are judged by.
#[derive(Clone, Copy)]
enum Rule {
    Near,
    Containing,
}

impl Judge<'_> {
    /// The links among candidates, by the later text, on all cores. Says how many of them
    /// are alike but differ in a slot.
    pub(super) fn links(&self, pairs: Pairs<'_>, in_series: &mut Vec<bool>) -> (Vec<Link>, usize) {
        let on_all_cores = |some: &[Pair], rule: Rule| -> Vec<Link> {
            // Neighbours share texts, so that most views are made once.
            by_cluster(some, self.texts.len())
                .par_chunks(8192)
                .map_init(Work::default, |work, chunk| self.each(work, chunk, rule))
                .flatten_iter()
                .collect()
        };
        self.links_by(pairs, in_series, on_all_cores)
    }

    /// As [`Judge::links`], here and now; texts may have other numbers than at the last call.
    pub(crate) fn links_here(
        &self,
        work: &mut Work,
        pairs: Pairs<'_>,
        in_series: &mut Vec<bool>,
    ) -> Vec<Link> {
        work.views.seen.fill(None);
        self.links_by(pairs, in_series, |some, rule| self.each(work, some, rule)).0
    }

    fn links_by(
        &self,
        pairs: Pairs<'_>,
        in_series: &mut Vec<bool>,
        mut each: impl FnMut(&[Pair], Rule) -> Vec<Link>,
    ) -> (Vec<Link>, usize) {
        let Pairs { near, containing } = pairs;
        let mut links = each(near, Rule::Near);
        links.sort_unstable_by_key(|link| (link.later, link.earlier));
        let known: Vec<Pair> = links.iter().map(|link| (link.later, link.earlier)).collect();
        let rest: Vec<Pair> = containing
            .iter()
            .copied()
            .filter(|(earlier, later)| known.binary_search(&(*later, *earlier)).is_err())
            .collect();
        links.extend(each(&rest, Rule::Containing));
        links.sort_unstable_by_key(|link| (link.later, link.earlier));
        in_series.resize(self.texts.len(), false);
        let apart = mark_apart(&mut links, in_series);
        (links, apart)
    }

    /// Judges pairs.
    fn each(&self, work: &mut Work, pairs: &[Pair], rule: Rule) -> Vec<Link> {
        let Work { viewer, views } = work;
        let mut links = Vec::new();
        let channel = |row: usize| self.corpus.posts.channel.get(row);
        for pair in pairs {
            let rows = (self.texts.first_row(pair.0), self.texts.first_row(pair.1));
            let same_channel = channel(rows.0) == channel(rows.1);
            let frame = |row: usize| self.frames.number(row).unwrap_or(NONE);
            let mut view = |text: u32, (row, beside): (usize, usize), taken: Option<usize>| {
                let seen = Seen { text, frame: frame(beside), same_channel };
                views.place(seen, taken, |view| {
                    viewer.view(self.corpus, self.frames, (row, beside), view);
                    Viewer::features(view);
                })
            };
            let later = view(pair.1, (rows.1, rows.0), None);
            let earlier = view(pair.0, rows, Some(later));
            let (earlier, later) = (views.get(earlier), views.get(later));
            links.extend(match rule {
                Rule::Near => self.near(*pair, earlier, later).or_else(|| {
                    // With a slip, too few grams of a short text are left to find it by.
                    let shorter = earlier.words.len().min(later.words.len()) as u32;
                    let is_short = shorter < self.options.containment_tokens_min;
                    is_short.then(|| self.containing(*pair, earlier, later)).flatten()
                }),
                Rule::Containing => self.containing(*pair, earlier, later),
            });
        }
        links
    }

    fn near(&self, pair: Pair, earlier: &View, later: &View) -> Option<Link> {
        let Near { similarity, apart, .. } = near(self.options, earlier, later)?;
        Some(self.link(pair, How::Near, similarity, apart))
    }

    fn containing(&self, pair: Pair, earlier: &View, later: &View) -> Option<Link> {
        let Containing { first_in_second, part, share, apart } =
            containing(self.options, earlier, later)?;
        let how = if first_in_second { How::LaterHolds(part) } else { How::EarlierHolds(part) };
        Some(self.link(pair, how, share, apart))
    }

    fn link(&self, pair: Pair, how: How, similarity: f32, slots: Slots) -> Link {
        let channel = |text: u32| self.corpus.posts.channel.get(self.texts.first_row(text));
        let same_channel = channel(pair.0) == channel(pair.1);
        let (earlier, later) = pair;
        let (is_apart, is_of_series) = (false, false);
        Link { earlier, later, how, similarity, is_apart, is_of_series, slots, same_channel }
    }
}

/// Why two texts are about the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Basis {
    /// Jaccard similarity.
    Similarity,
    /// Word by word, spelling apart.
    Spelling,
    /// A run of words that both have.
    Core,
}

/// Two texts that are about the same, a figure or a word apart.
pub(crate) struct Near {
    pub(crate) similarity: f32,
    pub(crate) basis: Basis,
    pub(crate) apart: Slots,
}

/// Whether two texts are about the same.
pub(crate) fn near(options: &Options, earlier: &View, later: &View) -> Option<Near> {
    let alike = likeness(earlier, later);
    let similarity = alike.jaccard;
    if !earlier.is_comparable(options) || !later.is_comparable(options) {
        let (basis, apart) = (Basis::Similarity, Slots::default());
        return (earlier.codes == later.codes).then_some(Near { similarity, basis, apart });
    }
    if similarity < SPELLING_JACCARD.min(options.threshold) {
        return None;
    }
    let apart = || Some(slots(earlier, later)).filter(|a| !a.first_negates && !a.second_negates);
    if similarity >= options.threshold {
        return Some(Near { similarity, basis: Basis::Similarity, apart: apart()? });
    }
    // In a short text two typos cost a third of its features.
    let (all, others) = (earlier.words.len(), later.words.len());
    // With more of them left no share of 0.9 is reached.
    let twins = twins(earlier, later, all.saturating_sub((all + others) * 9 / 20));
    let spelt = twins.map_or(0.0, |twins| twins as f32 / (all + others - twins) as f32);
    let is_spelt = spelt >= SPELLING_WORDS && spelt >= options.threshold;
    // A part and its whole are judged as such.
    let is_part = alike.first_in_second.max(alike.second_in_first) >= options.containment;
    let core = if is_part { None } else { share_of_core(options, earlier, later, CORE_SHARE) };
    if !is_spelt && core.is_none() {
        return None;
    }
    let apart = apart()?;
    if is_spelt && !apart.word {
        return Some(Near { similarity: spelt.min(0.99), basis: Basis::Spelling, apart });
    }
    let similarity = core.filter(|_| !apart.figure && !apart.fact)?;
    Some(Near { similarity, basis: Basis::Core, apart })
}

/// Two texts of which one holds the other.
pub(crate) struct Containing {
    /// The first is the part.
    pub(crate) first_in_second: bool,
    pub(crate) part: Part,
    pub(crate) share: f32,
    pub(crate) apart: Slots,
}

/// Whether one of two texts holds the other.
pub(crate) fn containing(options: &Options, earlier: &View, later: &View) -> Option<Containing> {
    let alike = likeness(earlier, later);
    let first_in_second = alike.first_in_second >= alike.second_in_first;
    let (part, whole) = if first_in_second { (earlier, later) } else { (later, earlier) };
    let mut share = alike.first_in_second.max(alike.second_in_first);
    if share < ITEM_SHARE.min(options.containment) || !part.is_comparable(options) {
        return None;
    }
    // What stands word for word, or was cut, is no matter of slots.
    let as_it_stands = |share: f32| {
        let (part, apart) = (what_part(part, whole), Slots::default());
        Containing { first_in_second, part, share, apart }
    };
    if let Some(share) = cut_item(part, whole) {
        return Some(as_it_stands(share));
    }
    // A digest may be the shorter of the two; with hardly anything else in it, it is a cut text.
    let rest = |share: f32| part.words.len() as f32 - share * whole.words.len() as f32;
    let is_of_digest = |share: &f32| rest(*share) >= DIGEST_REST_MIN;
    if let Some(share) = cut_item(whole, part).filter(is_of_digest) {
        let (part, apart) = (what_part(whole, part), Slots::default());
        return Some(Containing { first_in_second: !first_in_second, part, share, apart });
    }
    let is_short = (part.words.len() as u32) < options.containment_tokens_min;
    if share < SPELLING_SHARE.min(options.containment) || is_short {
        let stands = is_short && stands_alone(part, whole);
        return stands.then(|| as_it_stands(share));
    }
    let place = place(part, whole);
    let beside = place.as_ref().unwrap_or(whole);
    let apart = slots(part, beside);
    // Of a whole hardly longer, the "not" is no part of what was added.
    let is_about_all = part.words.len() * 5 >= whole.words.len() * 4;
    if apart.first_negates || apart.second_denies || is_about_all && apart.second_negates {
        return None;
    }
    if share < options.containment {
        let all = part.words.len();
        let twins = twins(part, beside, all / 8);
        let spelt = twins.map_or(0.0, |twins| twins as f32 / all.max(1) as f32);
        if spelt >= SPELLING_WORDS {
            share = spelt.min(0.99);
        }
    }
    let kind = what_part(part, whole);
    if share < options.containment {
        // Of two texts about as long, words replaced make the one no part of the other.
        let is_core = !(kind == Part::Most && apart.fact);
        let core = share_of_core(options, part, whole, CORE_PART).filter(|_| is_core);
        share = core?;
    }
    if !figures_within(part, whole) {
        return None;
    }
    let apart = Slots { figure: false, ..apart };
    Some(Containing { first_in_second, part: kind, share, apart })
}

/// What a part is of its whole.
fn what_part(part: &View, whole: &View) -> Part {
    let begins = || part.words.iter().zip(&whole.words).take(4).all(|(a, b)| a.hash == b.hash);
    if part.features.len() * 2 >= whole.features.len() {
        Part::Most
    } else if begins() {
        Part::Beginning
    } else {
        Part::Item
    }
}

/// Share of the shorter text in the run of words that both have, where that is long enough to be the
/// statement, with something of its own before or after it in each.
fn share_of_core(options: &Options, a: &View, b: &View, least: f32) -> Option<f32> {
    let shorter = a.words.len().min(b.words.len());
    if (shorter as u32) < options.containment_tokens_min {
        return None;
    }
    debug_assert!(least > 0.5, "a shorter run need not go through the middle");
    let words = core_by_middle(&a.words, &b.words)?;
    let share = words as f32 / shorter as f32;
    let is_long = words as u32 >= options.containment_tokens_min;
    (is_long && share >= least).then_some(share.min(0.99))
}

/// Pairs in the order of the clusters that they make together, each named by its first text.
fn by_cluster(pairs: &[Pair], texts: usize) -> Vec<Pair> {
    let mut above: Vec<u32> = (0..texts as u32).collect();
    for (earlier, later) in pairs {
        let (a, b) = (top(&mut above, *earlier), top(&mut above, *later));
        if let Some(slot) = above.get_mut(a.max(b) as usize) {
            *slot = a.min(b);
        }
    }
    let mut named: Vec<(u32, Pair)> =
        pairs.iter().map(|pair| (top(&mut above, pair.0), *pair)).collect();
    named.par_sort_unstable_by_key(|(first, (earlier, later))| (*first, *later, *earlier));
    named.into_iter().map(|(_, pair)| pair).collect()
}

/// The first text of a cluster; halves the way there for whoever comes next.
fn top(above: &mut [u32], mut text: u32) -> u32 {
    let next = |above: &[u32], text: u32| above.get(text as usize).copied().unwrap_or(text);
    while next(above, text) != text {
        let further = next(above, next(above, text));
        if let Some(slot) = above.get_mut(text as usize) {
            *slot = further;
        }
        text = further;
    }
    text
}

/// Marks the links between texts that a figure, a fact or a word of a series tells apart; a text is
/// judged by what came before it, so that later posts change nothing in earlier statements. Says how
/// many.
fn mark_apart(links: &mut [Link], in_series: &mut [bool]) -> usize {
    let mut apart = 0;
    for own in links.chunk_by_mut(|a, b| a.later == b.later) {
        // A digest and its item are no series.
        let is_item =
            |how: How| matches!(how, How::LaterHolds(Part::Item) | How::EarlierHolds(Part::Item));
        let differs = |link: &&Link| link.slots.figure || link.slots.word;
        for link in own.iter().filter(|l| l.same_channel && !is_item(l.how)).filter(differs) {
            for text in [link.earlier, link.later] {
                if let Some(flag) = in_series.get_mut(text as usize) {
                    *flag = true;
                }
            }
        }
        let is_series = |text: u32| in_series.get(text as usize) == Some(&true);
        for link in own {
            link.is_of_series = is_series(link.earlier);
            let strict = link.same_channel || link.is_of_series || is_series(link.later);
            let is_other_word = link.slots.word && strict && !is_item(link.how);
            link.is_apart = link.slots.figure || link.slots.fact || is_other_word;
            apart += usize::from(link.is_apart);
        }
    }
    apart
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_of_one_cluster_stand_together_by_the_later_text() {
        let pairs = [(0, 3), (1, 4), (3, 5), (2, 6), (4, 6)];
        let wanted = [(0, 3), (3, 5), (1, 4), (2, 6), (4, 6)];
        assert_eq!(by_cluster(&pairs, 7), wanted);
        assert_eq!(by_cluster(&[], 0), []);
    }
}
