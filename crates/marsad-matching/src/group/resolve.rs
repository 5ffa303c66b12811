//! Texts and links to statements, in the order of time.
//!
//! Each post joins the statement of its original (a forward), of its text, of the most similar
//! leader, or of a leader it holds or is held by for the most part; or it leads a statement of its
//! own. Only leaders are joined, so that statements do not chain.
//!
//! **Parts.** A post that holds a statement among other things is a digest: it is listed in the
//! statement as contained, does not count as an appearance, and has a statement of its own. A post
//! that is a statement with something added or left off (at least half of the longer of the two
//! remains), or that is the beginning of an earlier one, joins it and counts.
//!
//! When the **short** version came first, it leads: whoever published it was first with the
//! statement. A later post that begins with it and goes on is listed as contained and counts, though
//! it also leads a statement of its own, because what repeats the full text repeats more than the
//! teaser said. A digest that came before the statement stood alone is listed in that statement
//! too, after the first, and does not count.

use hashbrown::HashMap;
use marsad_types::{Corpus, NONE};

use super::Options;
use super::judge::{How, Link, Part};
use super::media::{Carried, Carries};
use super::texts::Texts;
use crate::statement::{Member, Relation, Statement};

/// What holds so much of a copy holds the statement.
const WHOLE_PART: f32 = 0.95;

/// The statement of a post or text and how it belongs there.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Home {
    pub(crate) statement: u32,
    pub(crate) relation: Relation,
    pub(crate) similarity: f32,
}

/// What became of a text.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Known {
    pub(crate) home: Home,
    /// Whether others may join it.
    pub(crate) leads: bool,
}

/// A text listed in a statement besides its own.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Extra {
    pub(crate) text: u32,
    pub(crate) statement: u32,
    pub(crate) similarity: f32,
    pub(crate) appears: bool,
}

/// What the platform says of a post.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Forward {
    No,
    /// A forward whose original is not known here.
    Yes,
    /// A forward of a post in this statement.
    Of(u32),
}

/// A post whose place is sought.
#[derive(Clone, Copy)]
pub(crate) struct Coming<'a> {
    /// What became of its text, unless that is new.
    pub(crate) text: Option<Known>,
    /// Links of a new text to earlier ones.
    pub(crate) links: &'a [Link],
    pub(crate) forward: Forward,
    /// Where its file belongs.
    pub(crate) media: Option<Home>,
    /// Statement that it leads if it joins none.
    pub(crate) next: u32,
}

/// Where a post belongs, and what becomes of its text if that is new.
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct Placed {
    pub(crate) home: Home,
    pub(crate) text: Known,
}

/// Finds the place of a post; `known` says what became of earlier texts.
pub(crate) fn place(coming: Coming<'_>, known: &impl Fn(u32) -> Option<Known>) -> Placed {
    let equal = coming.text.map(|text| match text.home.relation {
        Relation::First => Home { relation: Relation::Exact, ..text.home },
        _ => text.home,
    });
    let by_text = equal.or_else(|| by_links(coming.links, known));
    let home = match (coming.forward, by_text) {
        (Forward::Of(statement), _) => {
            Home { statement, relation: Relation::Forward, similarity: 1.0 }
        }
        (Forward::Yes, Some(home)) => Home { relation: Relation::Forward, ..home },
        (Forward::No, Some(home)) => home,
        (_, None) => coming.media.unwrap_or(Home {
            statement: coming.next,
            relation: Relation::First,
            similarity: 1.0,
        }),
    };
    let leads = matches!(home.relation, Relation::First | Relation::Media);
    Placed { home, text: Known { home: by_text.unwrap_or(home), leads } }
}

/// The leader that a new text joins.
fn by_links(links: &[Link], known: &impl Fn(u32) -> Option<Known>) -> Option<Home> {
    let mut best: Option<(bool, Home)> = None;
    let homes_held = homes_held(links, known);
    for link in links.iter().filter(|link| !link.is_apart) {
        let Some(other) = known(link.earlier).filter(|known| known.leads) else { continue };
        let relation = match link.how {
            How::Near if link.similarity >= 1.0 => Relation::Exact,
            How::Near => Relation::Near,
            // With two statements inside, it is a digest, however long one of them is.
            How::LaterHolds(Part::Most) if homes_held == 1 => Relation::Contained,
            How::EarlierHolds(Part::Most | Part::Beginning) => Relation::Contained,
            How::LaterHolds(_) | How::EarlierHolds(Part::Item) => continue,
        };
        let is_near = link.how == How::Near;
        let better = best.is_none_or(|(best_near, home)| {
            (is_near, link.similarity) > (best_near, home.similarity)
        });
        if better {
            let Link { similarity, .. } = *link;
            let statement = other.home.statement;
            best = Some((is_near, Home { statement, relation, similarity }));
        }
    }
    best.map(|(_, home)| home)
}

/// How many different statements a text holds.
fn homes_held(links: &[Link], known: &impl Fn(u32) -> Option<Known>) -> usize {
    let holds = |link: &&Link| matches!(link.how, How::LaterHolds(_)) && !link.is_apart;
    let held = links.iter().filter(holds);
    let homes = held.filter_map(|link| known(link.earlier));
    let mut statements: Vec<u32> = homes.map(|known| known.home.statement).collect();
    statements.sort_unstable();
    statements.dedup();
    statements.len()
}

/// Lists digests in the statements they hold: a new text in those of earlier ones, earlier ones in
/// that of the new text. What a fact tells apart from the first of a statement is not listed there for
/// what it has of a copy, nor is an item of a series for what it has of a copy cut short: its siblings
/// have it, too.
pub(crate) fn each_part(
    (text, becomes): (u32, Known),
    links: &[Link],
    known: &impl Fn(u32) -> Option<Known>,
    mut take: impl FnMut(Extra),
) {
    let own = becomes.home.statement;
    let held = homes_held(links, known);
    let is_cut = !becomes.leads && becomes.home.relation == Relation::Contained;
    let is_apart_from = |statement: u32| {
        links.iter().filter(|link| link.is_apart).any(|link| {
            known(link.earlier).is_some_and(|it| it.leads && it.home.statement == statement)
        })
    };
    for link in links.iter().filter(|link| !link.is_apart) {
        let Some(other) = known(link.earlier) else { continue };
        let statement = other.home.statement;
        if statement == own {
            continue;
        }
        let similarity = link.similarity;
        // What is about the same as a copy, which is about the same as the first: they would chain.
        let is_whole = similarity >= WHOLE_PART;
        match link.how {
            How::Near => {}
            How::EarlierHolds(_) if is_cut && link.is_of_series => {}
            How::LaterHolds(Part::Most) if !other.leads && !is_whole => {}
            How::LaterHolds(_) if !other.leads && is_apart_from(statement) => {}
            How::LaterHolds(part) => {
                let appears = part == Part::Beginning && held == 1;
                take(Extra { text, statement, similarity, appears });
            }
            How::EarlierHolds(_) if !becomes.leads && !is_whole => {}
            How::EarlierHolds(_) => {
                let text = link.earlier;
                take(Extra { text, statement: own, similarity, appears: false });
            }
        }
    }
}

/// The statement of a file that a post carries, where one of the two has no text to compare.
/// `first` says where a file was first seen and whether under a comparable text.
pub(crate) fn by_media(
    carries: impl Iterator<Item = Carries>,
    has_text: bool,
    first: impl Fn(u32) -> Option<(u32, bool)>,
) -> Option<Home> {
    carries.into_iter().find_map(|(file, similarity)| {
        let (statement, first_has_text) = first(file)?;
        let home = Home { statement, relation: Relation::Media, similarity };
        (!has_text || !first_has_text).then_some(home)
    })
}

/// What is known before the walk.
#[derive(Clone, Copy)]
pub(crate) struct Found<'a> {
    pub(crate) corpus: &'a Corpus,
    pub(crate) texts: &'a Texts,
    pub(crate) carried: &'a Carried,
    pub(crate) options: &'a Options,
}

/// All posts at their places.
pub(crate) struct Resolved {
    /// Each with the posts that joined it, in order.
    pub(crate) statements: Vec<Statement>,
    /// By text.
    pub(crate) known: Vec<Option<Known>>,
    /// In the order of the texts that gave them.
    pub(crate) extras: Vec<Extra>,
}

/// State of the walk.
struct Resolver<'a> {
    found: Found<'a>,
    /// Statement of each file, and whether a post of comparable text carried it there first.
    files: HashMap<u32, (u32, bool)>,
    /// Statement of each (channel, post id) seen as a post or as the original of a forward.
    originals: HashMap<(u32, &'a str), u32>,
    resolved: Resolved,
}

/// Walks the posts in order. `links` are sorted by the later text.
pub(crate) fn resolve(found: Found<'_>, links: &[Link]) -> Resolved {
    let Found { corpus, texts, .. } = found;
    let known = vec![None; texts.len()];
    let resolved = Resolved { statements: Vec::new(), known, extras: Vec::new() };
    let mut resolver =
        Resolver { found, files: HashMap::new(), originals: HashMap::new(), resolved };
    let forwarded = corpus.posts.forward.iter().any(|forward| *forward != NONE);
    let mut links = links.chunk_by(|a, b| a.later == b.later).peekable();
    for row in 0..texts.of_row.len() {
        let text = texts.of_row.get(row).copied().unwrap_or(NONE);
        let is_first = texts.first_row(text) == row;
        let own = if is_first {
            links.next_if(|own| own.first().is_some_and(|link| link.later == text)).unwrap_or(&[])
        } else {
            &[]
        };
        let forward = if forwarded { resolver.forward(row) } else { Forward::No };
        resolver.place(row, text, own, forward);
    }
    resolver.resolved
}

impl Resolver<'_> {
    fn place(&mut self, row: usize, text: u32, links: &[Link], forward: Forward) {
        let Found { texts, carried, options, .. } = self.found;
        let has_text = texts.size(text).is_comparable(options);
        let carries = carried.of(row).iter().map(|(_, carries)| *carries);
        let media = by_media(carries, has_text, |file| self.files.get(&file).copied());
        let Resolved { statements, known, extras } = &mut self.resolved;
        let of_text = known.get(text as usize).copied().flatten();
        let next = statements.len() as u32;
        let coming = Coming { text: of_text, links, forward, media, next };
        let before = |text: u32| known.get(text as usize).copied().flatten();
        let Placed { home, text: becomes } = place(coming, &before);
        if of_text.is_none() {
            each_part((text, Known { home, ..becomes }), links, &before, |extra| {
                extras.push(extra);
            });
            if let Some(slot) = known.get_mut(text as usize) {
                *slot = Some(becomes);
            }
        }
        if home.statement == next {
            statements.push(Statement::default());
        }
        if let Some(statement) = statements.get_mut(home.statement as usize) {
            let Home { relation, similarity, .. } = home;
            let post = row as u32;
            statement.members.push(Member { post, relation, similarity, appears: true });
        }
        self.remember(row, home.statement);
        for (_, (file, _)) in carried.of(row) {
            self.files.entry(*file).or_insert((home.statement, has_text));
        }
    }

    /// What the platform says of a post, and where its original went.
    fn forward(&self, row: usize) -> Forward {
        match origin(self.found.corpus, row) {
            None => Forward::No,
            Some((_, "")) => Forward::Yes,
            Some(key) => self.originals.get(&key).map_or(Forward::Yes, |s| Forward::Of(*s)),
        }
    }

    /// Remembers where the post itself and its original went.
    fn remember(&mut self, row: usize, statement: u32) {
        let corpus = self.found.corpus;
        if corpus.forwards.channel.is_empty() {
            return;
        }
        if let Some(key) = origin(corpus, row)
            && !key.1.is_empty()
        {
            self.originals.entry(key).or_insert(statement);
        }
        if let Some(channel) = corpus.posts.channel.get(row) {
            let key = (*channel, corpus.posts.post.get(row));
            self.originals.entry(key).or_insert(statement);
        }
    }
}

impl Resolved {
    /// The statements with the posts of each extra text, unless they are members already.
    /// `of_row` is the text of each row.
    pub(crate) fn with_extras(self, of_row: &[u32]) -> Vec<Statement> {
        let Self { mut statements, mut extras, .. } = self;
        // The best link of a text to a statement stands for all.
        extras.sort_by(|a, b| {
            (a.text, a.statement)
                .cmp(&(b.text, b.statement))
                .then(b.similarity.total_cmp(&a.similarity))
        });
        extras.dedup_by_key(|extra| (extra.text, extra.statement));
        let mut of_text: HashMap<u32, usize> = HashMap::new();
        for (place, extra) in extras.iter().enumerate() {
            of_text.entry(extra.text).or_insert(place);
        }
        let mut touched = Vec::new();
        for (row, text) in of_row.iter().enumerate() {
            let Some(from) = of_text.get(text) else { continue };
            let own = extras.get(*from..).unwrap_or(&[]);
            for extra in own.iter().take_while(|extra| extra.text == *text) {
                let Some(statement) = statements.get_mut(extra.statement as usize) else {
                    continue;
                };
                let Extra { similarity, appears, .. } = *extra;
                let (post, relation) = (row as u32, Relation::Contained);
                if statement.members.iter().all(|member| member.post != post) {
                    statement.members.push(Member { post, relation, similarity, appears });
                    touched.push(extra.statement);
                }
            }
        }
        for statement in touched {
            if let Some(statement) = statements.get_mut(statement as usize) {
                statement
                    .members
                    .sort_by_key(|member| (member.relation != Relation::First, member.post));
            }
        }
        statements
    }
}

/// Channel and post id of the original of a forward; the id is empty where unknown.
pub(crate) fn origin(corpus: &Corpus, row: usize) -> Option<(u32, &str)> {
    let forward = corpus.posts.forward.get(row).copied().filter(|forward| *forward != NONE)?;
    let channel = corpus.forwards.channel.get(forward as usize)?;
    Some((*channel, corpus.forwards.post.get(forward as usize)))
}
