//! t.me's public web preview: `/s/name`, the landing page, one post embedded.
//!
//! After the saved pages and notes that the project keeps of t.me. Where those are silent, this
//! says so at the place: an embedded post of a channel without preview, a 429.

#[cfg(feature = "mtproto")]
pub mod account;
mod draft;
mod page;
mod post;

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

pub use draft::{Draft, Forward, LinkPreview, Media, Reaction};

use crate::gate::{Effect, Gate, Platform};
use crate::http::{Request, Response};
use crate::time::Timeline;
use crate::truth::{PostKind, TrueChannel, TruePost, TrueVersion, Truth};
use crate::{Mock, Unknown};
use post::Post;

/// Messages of a page; every picture of an album is one.
const PAGE_MESSAGES: u32 = 20;
/// Search shows so many hits and no way to more.
const SEARCH_HITS: usize = 20;

/// What a name leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// A public channel with its preview.
    Public,
    /// A channel whose preview is switched off or restricted: the web cannot tell which.
    PreviewOff,
    /// A public group, with so many of its members online.
    Group {
        /// Members online.
        online: u64,
    },
    /// A person's profile; looks as [`Status::Gone`] does.
    Person,
    /// Nothing of that name.
    Gone,
    /// A channel that gave up its name; looks as [`Status::Gone`] does.
    Private {
        /// An account that asks is in it, and may still read it.
        is_member: bool,
    },
}

/// What becomes of a channel's old name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OldName {
    /// It still leads to the channel, whose posts carry the new name.
    Answers,
    /// It leads nowhere.
    Free,
}

/// A stand-in of t.me.
#[derive(Debug, Default)]
pub struct Telegram {
    gate: Gate,
    channels: Mutex<Vec<Channel>>,
}

#[derive(Debug)]
struct Channel {
    id: i64,
    names: Timeline<String>,
    /// Old names that still lead here, each from an instant on.
    aliases: Vec<(i64, String)>,
    title: Timeline<String>,
    description: Timeline<String>,
    subscribers: Timeline<u64>,
    status: Timeline<Status>,
    posts: BTreeMap<u32, Post>,
    next: u32,
    /// Photos, videos, files and links ever posted, for the header's counters.
    counts: [u64; 4],
}

impl Telegram {
    /// A t.me without channels.
    pub fn new() -> Self {
        Self::default()
    }

    /// Its gate: limit, faults, log.
    pub fn gate(&self) -> &Gate {
        &self.gate
    }

    fn channels(&self) -> MutexGuard<'_, Vec<Channel>> {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change<T>(
        &self,
        name: &str,
        change: impl FnOnce(&mut Channel) -> Result<T, Unknown>,
    ) -> Result<T, Unknown> {
        let mut channels = self.channels();
        let found = channels.iter_mut().rev().find(|channel| channel.is_called(name, i64::MAX));
        change(found.ok_or_else(|| Unknown(name.to_owned()))?)
    }

    /// Adds a public channel and gives its id, -1900000001 and down, as it stands in `data-view`.
    pub fn add_channel(&self, name: &str, title: &str, subscribers: u64, at_ms: i64) -> i64 {
        let mut channels = self.channels();
        let id = -1_900_000_001 - channels.len() as i64;
        channels.push(Channel {
            id,
            names: Timeline::new(at_ms, name.to_owned()),
            aliases: Vec::new(),
            title: Timeline::new(at_ms, title.to_owned()),
            description: Timeline::new(at_ms, "Hourly notices".to_owned()),
            subscribers: Timeline::new(at_ms, subscribers),
            status: Timeline::new(at_ms, Status::Public),
            posts: BTreeMap::new(),
            next: 1,
            counts: [0; 4],
        });
        id
    }

    /// Posts and gives the id; an album takes as many ids as it has pictures and is known by the first.
    ///
    /// # Errors
    /// [`Unknown`] where there is no such channel; so in all that follows.
    pub fn post(&self, name: &str, at_ms: i64, draft: Draft) -> Result<u32, Unknown> {
        self.change(name, |channel| {
            let id = channel.next;
            let post = Post::new(at_ms, draft);
            channel.next += post.messages();
            for (count, more) in channel.counts.iter_mut().zip(post.counted()) {
                *count += more;
            }
            channel.posts.insert(id, post);
            Ok(id)
        })
    }

    /// Leaves out an id, as a post that was deleted before anybody looked.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn skip(&self, name: &str, ids: u32) -> Result<(), Unknown> {
        self.change(name, |channel| {
            channel.next += ids;
            Ok(())
        })
    }

    fn change_post(
        &self,
        name: &str,
        id: u32,
        change: impl FnOnce(&mut Post),
    ) -> Result<(), Unknown> {
        self.change(name, |channel| {
            let post = channel.posts.get_mut(&id);
            change(post.ok_or_else(|| Unknown(format!("{name}/{id}")))?);
            Ok(())
        })
    }

    /// Changes a post's text; the page then says "edited" and never when.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn edit(&self, name: &str, id: u32, at_ms: i64, text: &str) -> Result<(), Unknown> {
        self.change_post(name, id, |post| post.texts.set(at_ms, text.to_owned()))
    }

    /// Deletes a post, an album with all its pictures.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn delete(&self, name: &str, id: u32, at_ms: i64) -> Result<(), Unknown> {
        self.change_post(name, id, |post| post.deleted_ms = Some(at_ms))
    }

    /// Sets how often a post was seen, exactly; pages round it.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_views(&self, name: &str, id: u32, at_ms: i64, views: u64) -> Result<(), Unknown> {
        self.change_post(name, id, |post| post.views.set(at_ms, views))
    }

    /// Gives a channel another name.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn rename(&self, old: &str, new: &str, at_ms: i64, kept: OldName) -> Result<(), Unknown> {
        self.change(old, |channel| {
            let before = channel.names.last().cloned().unwrap_or_default();
            channel.names.set(at_ms, new.to_owned());
            if kept == OldName::Answers {
                channel.aliases.push((at_ms, before));
            }
            Ok(())
        })
    }

    /// Sets what a name leads to from an instant on.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_status(&self, name: &str, at_ms: i64, status: Status) -> Result<(), Unknown> {
        self.change(name, |channel| {
            channel.status.set(at_ms, status);
            Ok(())
        })
    }

    /// Sets how many subscribers (of a group: members) there are.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_subscribers(&self, name: &str, at_ms: i64, subscribers: u64) -> Result<(), Unknown> {
        self.change(name, |channel| {
            channel.subscribers.set(at_ms, subscribers);
            Ok(())
        })
    }

    /// Sets title and description.
    ///
    /// # Errors
    /// [`Unknown`].
    pub fn set_title(
        &self,
        name: &str,
        at_ms: i64,
        title: &str,
        about: &str,
    ) -> Result<(), Unknown> {
        self.change(name, |channel| {
            channel.title.set(at_ms, title.to_owned());
            channel.description.set(at_ms, about.to_owned());
            Ok(())
        })
    }

    /// What a perfect watcher would know.
    pub fn truth(&self) -> Truth {
        let mut truth = Truth::default();
        for channel in self.channels().iter() {
            let key = channel.names.last().cloned().unwrap_or_default();
            for (id, post) in &channel.posts {
                truth.posts.push(post.truth(&key, *id));
            }
            truth.channels.push(TrueChannel {
                channel: key,
                names: channel.names.all().to_vec(),
                subscribers: channel.subscribers.all().to_vec(),
                statuses: channel
                    .status
                    .all()
                    .iter()
                    .map(|(at, status)| (*at, format!("{status:?}")))
                    .collect(),
            });
        }
        truth
    }
}

impl Channel {
    fn is_called(&self, name: &str, now_ms: i64) -> bool {
        let is_now = self.names.at(now_ms).is_some_and(|own| own.eq_ignore_ascii_case(name));
        let is_alias =
            |(from, alias): &(i64, String)| *from <= now_ms && alias.eq_ignore_ascii_case(name);
        is_now || self.aliases.iter().any(is_alias)
    }

    fn name(&self, now_ms: i64) -> &str {
        self.names.at(now_ms).map_or("", String::as_str)
    }

    fn status(&self, now_ms: i64) -> Status {
        self.status.at(now_ms).copied().unwrap_or(Status::Gone)
    }

    /// The newest posts before an id that fit on a page, the oldest first.
    fn before(&self, id: u32, now_ms: i64) -> Vec<(u32, &Post)> {
        let older = self.posts.range(..id).rev();
        let mut page = fitting(older.filter(|(_, post)| post.is_up(now_ms)));
        page.reverse();
        page
    }

    /// The oldest posts after an id that fit on a page, the oldest first.
    fn after(&self, id: u32, now_ms: i64) -> Vec<(u32, &Post)> {
        let newer = self.posts.range(id.saturating_add(1)..);
        fitting(newer.filter(|(_, post)| post.is_up(now_ms)))
    }

    /// The newest hits, the oldest first.
    fn hits(&self, text: &str, now_ms: i64) -> Vec<(u32, &Post)> {
        let wanted = text.to_lowercase();
        let newest = self.posts.iter().rev().filter(|(_, post)| {
            post.is_up(now_ms) && post.text(now_ms).to_lowercase().contains(&wanted)
        });
        let mut page: Vec<_> = newest.take(SEARCH_HITS).map(|(id, post)| (*id, post)).collect();
        page.reverse();
        page
    }

    fn newest(&self, now_ms: i64) -> Option<u32> {
        self.posts.iter().rev().find(|(_, post)| post.is_up(now_ms)).map(|(id, _)| *id)
    }

    fn oldest(&self, now_ms: i64) -> Option<u32> {
        self.posts.iter().find(|(_, post)| post.is_up(now_ms)).map(|(id, _)| *id)
    }

    /// The post that a message's id belongs to: itself, or the album it is a picture of.
    fn holding(&self, message: u32, now_ms: i64) -> Option<(u32, &Post)> {
        let (id, post) = self.posts.range(..=message).next_back()?;
        let is_in = message < id + post.messages();
        (is_in && post.is_up(now_ms)).then_some((*id, post))
    }
}

/// Posts until a page is full; the first always fits.
fn fitting<'a>(posts: impl Iterator<Item = (&'a u32, &'a Post)>) -> Vec<(u32, &'a Post)> {
    let mut page = Vec::new();
    let mut messages = 0;
    for (id, post) in posts {
        messages += post.messages();
        if messages > PAGE_MESSAGES && !page.is_empty() {
            break;
        }
        page.push((*id, post));
    }
    page
}

impl Mock for Telegram {
    fn answer(&self, request: &Request, now_ms: i64) -> Response {
        self.gate.pass(self, request, now_ms)
    }
}

impl Platform for Telegram {
    fn route(&self, request: &Request, now_ms: i64, _: Effect) -> Response {
        let segments = request.segments();
        let segments: Vec<&str> = segments.iter().map(String::as_str).collect();
        let channels = self.channels();
        let find = |name: &str| channels.iter().rev().find(|c| c.is_called(name, now_ms));
        match *segments.as_slice() {
            ["s", name] => match find(name).filter(|c| c.status(now_ms) == Status::Public) {
                Some(channel) => preview(channel, request, now_ms),
                None => {
                    Response::html(302, "").with_header("Location", format!("https://t.me/{name}"))
                }
            },
            [name] => Response::html(200, page::landing(name, find(name), now_ms)),
            [name, id] if request.parameter("embed").is_some() => {
                // How an embedded post of a channel without preview looks was never seen.
                let channel = find(name).filter(|c| c.status(now_ms) == Status::Public);
                let found = id
                    .parse()
                    .ok()
                    .zip(channel)
                    .and_then(|(id, channel)| Some((channel, channel.holding(id, now_ms)?)));
                Response::html(200, page::embed(found, now_ms))
            }
            _ => Response::html(404, "<!DOCTYPE html>\n<title>404 Not Found</title>\n"),
        }
    }

    /// No 429 of t.me is known; this one is ours.
    fn too_many(&self, wait_ms: i64, _: i64) -> Response {
        let seconds = (wait_ms + 999).div_euclid(1000).max(1);
        Response::html(429, "<html><body><h1>429 Too Many Requests</h1></body></html>\n")
            .with_header("Retry-After", seconds.to_string())
    }

    fn failed(&self, status: u16) -> Response {
        let page =
            format!("<html><head><title>{status}</title></head><body>{status}</body></html>\n");
        Response::html(status, page)
    }
}

fn preview(channel: &Channel, request: &Request, now_ms: i64) -> Response {
    let number = |name: &str| request.parameter(name).and_then(|n| n.parse::<u32>().ok());
    let newest = channel.newest(now_ms).unwrap_or(0);
    let view = if let Some(text) = request.parameter("q") {
        page::View { posts: channel.hits(&text, now_ms), before: newest + 1, is_search: true }
    } else if let Some(id) = number("before") {
        page::View { posts: channel.before(id, now_ms), before: id, is_search: false }
    } else {
        let posts = match number("after") {
            Some(id) => channel.after(id, now_ms),
            None => channel.before(u32::MAX, now_ms),
        };
        let last = posts.last().map_or(newest, |(id, _)| *id);
        page::View { posts, before: last.saturating_add(1), is_search: false }
    };
    Response::html(200, page::history(channel, &view, now_ms))
}

impl Post {
    fn truth(&self, channel: &str, id: u32) -> TruePost {
        TruePost {
            channel: channel.to_owned(),
            post: id.to_string(),
            published_ms: self.at_ms,
            versions: self.texts.all().iter().map(TrueVersion::of).collect(),
            deleted_ms: self.deleted_ms,
            kind: if self.draft.service { PostKind::Service } else { PostKind::Post },
        }
    }
}
