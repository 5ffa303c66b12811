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
use super::media::Carried;
use super::texts::Texts;
use crate::statement::{Member, Relation, Statement};

/// The statement of a text and how it belongs there.
#[derive(Clone, Copy)]
struct Home {
    statement: u32,
    relation: Relation,
    similarity: f32,
}

/// A text listed in a statement besides its own.
struct Extra {
    text: u32,
    statement: u32,
    similarity: f32,
    appears: bool,
}

/// What is known before the walk.
#[derive(Clone, Copy)]
pub(super) struct Found<'a> {
    pub(super) corpus: &'a Corpus,
    pub(super) texts: &'a Texts,
    pub(super) carried: &'a Carried,
    pub(super) options: &'a Options,
}

/// State of the walk.
struct Resolver<'a> {
    corpus: &'a Corpus,
    texts: &'a Texts,
    carried: &'a Carried,
    options: &'a Options,
    /// Statement of each file, and whether a post of comparable text carried it there first.
    files: HashMap<u32, (u32, bool)>,
    statements: Vec<Statement>,
    home: Vec<Option<Home>>,
    leads: Vec<bool>,
    /// Statement of each (channel, post id) seen as a post or as the original of a forward.
    originals: HashMap<(u32, &'a str), u32>,
    extras: Vec<Extra>,
}

/// Walks the posts in order. `links` are sorted by the later text.
pub(super) fn resolve(found: Found<'_>, links: &[Link]) -> Vec<Statement> {
    let Found { corpus, texts, carried, options } = found;
    let mut resolver = Resolver {
        corpus,
        texts,
        carried,
        options,
        files: HashMap::new(),
        statements: Vec::new(),
        home: vec![None; texts.len()],
        leads: vec![false; texts.len()],
        originals: HashMap::new(),
        extras: Vec::new(),
    };
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
    resolver.add_extras();
    resolver.statements
}

/// What the platform says of a post.
#[derive(Clone, Copy)]
enum Forward {
    No,
    /// A forward whose original is not known here.
    Yes,
    /// A forward of a post in this statement.
    Of(u32),
}

impl Resolver<'_> {
    fn place(&mut self, row: usize, text: u32, links: &[Link], forward: Forward) {
        let known = self.home.get(text as usize).copied().flatten();
        let by_text = known
            .map(|home| {
                if home.relation == Relation::First {
                    Home { relation: Relation::Exact, ..home }
                } else {
                    home
                }
            })
            .or_else(|| self.by_links(links));
        let home = match (forward, by_text) {
            (Forward::Of(statement), _) => {
                Home { statement, relation: Relation::Forward, similarity: 1.0 }
            }
            (Forward::Yes, Some(home)) => Home { relation: Relation::Forward, ..home },
            (Forward::No, Some(home)) => home,
            (_, None) => self.by_media(row, text).unwrap_or_else(|| {
                self.statements.push(Statement::default());
                let statement = self.statements.len() as u32 - 1;
                Home { statement, relation: Relation::First, similarity: 1.0 }
            }),
        };
        if let Some(slot) = self.home.get_mut(text as usize)
            && slot.is_none()
        {
            *slot = Some(by_text.unwrap_or(home));
            let begins = matches!(home.relation, Relation::First | Relation::Media);
            if begins && let Some(leads) = self.leads.get_mut(text as usize) {
                *leads = true;
            }
            self.note_parts(text, home.statement, links);
        }
        self.remember(row, home.statement);
        self.remember_media(row, text, home.statement);
        if let Some(statement) = self.statements.get_mut(home.statement as usize) {
            let Home { relation, similarity, .. } = home;
            statement.members.push(Member {
                post: row as u32,
                relation,
                similarity,
                appears: true,
            });
        }
    }

    /// The statement of a file that the post carries, where one of the two has no text to compare.
    fn by_media(&self, row: usize, text: u32) -> Option<Home> {
        let has_text = self.texts.size(text).is_comparable(self.options);
        self.carried.of(row).iter().find_map(|(_, file, similarity)| {
            let (statement, first_has_text) = *self.files.get(file)?;
            let home = Home { statement, relation: Relation::Media, similarity: *similarity };
            (!has_text || !first_has_text).then_some(home)
        })
    }

    fn remember_media(&mut self, row: usize, text: u32, statement: u32) {
        let has_text = self.texts.size(text).is_comparable(self.options);
        for (_, file, _) in self.carried.of(row) {
            self.files.entry(*file).or_insert((statement, has_text));
        }
    }

    /// The leader that a new text joins.
    fn by_links(&self, links: &[Link]) -> Option<Home> {
        let mut best: Option<(bool, Home)> = None;
        let homes_held = self.homes_held(links);
        for link in links {
            if self.leads.get(link.earlier as usize) != Some(&true) {
                continue;
            }
            let Some(other) = self.home.get(link.earlier as usize).copied().flatten() else {
                continue;
            };
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
                let similarity = link.similarity;
                best = Some((is_near, Home { statement: other.statement, relation, similarity }));
            }
        }
        best.map(|(_, home)| home)
    }

    /// How many different statements a text holds.
    fn homes_held(&self, links: &[Link]) -> usize {
        let held = links.iter().filter(|link| matches!(link.how, How::LaterHolds(_)));
        let homes = held.filter_map(|link| self.home.get(link.earlier as usize).copied().flatten());
        let mut statements: Vec<u32> = homes.map(|home| home.statement).collect();
        statements.sort_unstable();
        statements.dedup();
        statements.len()
    }

    /// Lists digests in the statements they hold.
    fn note_parts(&mut self, text: u32, own: u32, links: &[Link]) {
        let held = self.homes_held(links);
        for link in links {
            let Some(other) = self.home.get(link.earlier as usize).copied().flatten() else {
                continue;
            };
            if other.statement == own {
                continue;
            }
            let similarity = link.similarity;
            let extra = match link.how {
                How::Near => continue,
                How::LaterHolds(part) => {
                    let appears = part == Part::Beginning && held == 1;
                    Extra { text, statement: other.statement, similarity, appears }
                }
                How::EarlierHolds(_) => {
                    Extra { text: link.earlier, statement: own, similarity, appears: false }
                }
            };
            self.extras.push(extra);
        }
    }

    /// What the platform says of a post, and where its original went.
    fn forward(&self, row: usize) -> Forward {
        match origin(self.corpus, row) {
            None => Forward::No,
            Some((_, "")) => Forward::Yes,
            Some(key) => self.originals.get(&key).map_or(Forward::Yes, |s| Forward::Of(*s)),
        }
    }

    /// Remembers where the post itself and its original went.
    fn remember(&mut self, row: usize, statement: u32) {
        if self.corpus.forwards.channel.is_empty() {
            return;
        }
        if let Some(key) = origin(self.corpus, row)
            && !key.1.is_empty()
        {
            self.originals.entry(key).or_insert(statement);
        }
        if let Some(channel) = self.corpus.posts.channel.get(row) {
            let key = (*channel, self.corpus.posts.post.get(row));
            self.originals.entry(key).or_insert(statement);
        }
    }

    /// Adds the posts of each extra text, unless they are members already.
    fn add_extras(&mut self) {
        // The best link of a text to a statement stands for all.
        self.extras.sort_by(|a, b| {
            (a.text, a.statement)
                .cmp(&(b.text, b.statement))
                .then(b.similarity.total_cmp(&a.similarity))
        });
        self.extras.dedup_by_key(|extra| (extra.text, extra.statement));
        let mut touched = Vec::new();
        for (row, text) in self.texts.of_row.iter().enumerate() {
            let from = self.extras.partition_point(|extra| extra.text < *text);
            let own = self.extras.get(from..).unwrap_or(&[]);
            for extra in own.iter().take_while(|extra| extra.text == *text) {
                let Some(statement) = self.statements.get_mut(extra.statement as usize) else {
                    continue;
                };
                let Extra { similarity, appears, .. } = *extra;
                let post = row as u32;
                if statement.members.iter().all(|member| member.post != post) {
                    statement.members.push(Member {
                        post,
                        relation: Relation::Contained,
                        similarity,
                        appears,
                    });
                    touched.push(extra.statement);
                }
            }
        }
        for statement in touched {
            if let Some(statement) = self.statements.get_mut(statement as usize) {
                statement
                    .members
                    .sort_by_key(|member| (member.relation != Relation::First, member.post));
            }
        }
    }
}

/// Channel and post id of the original of a forward; the id is empty where unknown.
fn origin(corpus: &Corpus, row: usize) -> Option<(u32, &str)> {
    let forward = corpus.posts.forward.get(row).copied().filter(|forward| *forward != NONE)?;
    let channel = corpus.forwards.channel.get(forward as usize)?;
    Some((*channel, corpus.forwards.post.get(forward as usize)))
}
