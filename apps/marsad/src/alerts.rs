//! Alerts: what a desk is told of a watch while it goes on.
//!
//! **Main path.** [`Alerts::begin`] reads the rules, opens the index of statements, tells the engine
//! the last 30 days → [`Alerts::hear_posts`], [`Alerts::hear_change`] → alerts into the desk's book →
//! [`Alerts::round`] delivers what stands there → … → [`Alerts::finish`].
//!
//! **Invariants.** Raised before sent: an alert stands in the book, under what it is about, before
//! anybody is told, so none is told twice and none is lost with the process. Posts that were kept and
//! not heard of when a process died are heard at the next start. A rule tells what happens from the
//! next watch on; the past is for `alerts test` ([`past`]). What fails here is said and stops no
//! watch.
//!
//! **Not here.** What is found where (`engine`), how posts are read.

mod alert;
mod deliver;
mod engine;
mod event;
mod memory;
pub(crate) mod past;
pub(crate) mod rule;
mod statements;

use std::collections::BTreeMap;
use std::time::Duration;

use marsad_desk::Desk;
use marsad_lake::{Filer, Lake};
use marsad_types::{ChannelKey, Post, Timestamp};

use self::alert::Alert;
pub(crate) use self::alert::line as line_of;
use self::deliver::Courier;
use self::engine::Engine;
pub(crate) use self::event::Change;
use self::event::{Event, Sighting};
use self::rule::{Definition, Kind, Rule};
use self::statements::Statements;
use crate::archive::Archive;
use crate::clock;
use crate::failure::Failure;
use crate::pipeline::filing::Filing;
use crate::settings::Settings;

/// How long the end of a watch waits for what is under way.
const LINGER_MS: i64 = 5000;
/// Between two looks at what is under way, at the end.
const PAUSE: Duration = Duration::from_millis(5);
/// The index is made to last after so many filings.
const KEEP_EVERY: u32 = 15;

/// What is told of one watch.
pub(crate) struct Alerts {
    archive: Archive,
    is_quiet: bool,
    /// The rules as they stand in the book.
    rows: Vec<marsad_desk::Rule>,
    engine: Engine,
    /// When each rule was added, and where it tells.
    added: BTreeMap<u64, Added>,
    statements: Option<Statements>,
    /// Whether any rule is about posts.
    hears_posts: bool,
    courier: Courier,
    kept: u32,
    /// What a person should know of the alerts themselves.
    notes: Vec<String>,
}

/// What is left to say at the end.
pub(crate) struct Ending {
    /// Alerts for the terminal.
    pub(crate) said: Vec<String>,
    /// What a person should know of the alerts themselves.
    pub(crate) notes: Vec<String>,
}

struct Added {
    at: Timestamp,
    places: Vec<String>,
    is_shadow: bool,
}

impl Alerts {
    /// Reads the rules and gets ready; hears of posts that an earlier watch kept and did not tell.
    pub(crate) fn begin(
        archive: &Archive,
        desk: &mut Desk,
        filing: &Filing,
        (settings, is_quiet): (&Settings, bool),
    ) -> Result<Self, Failure> {
        let mut alerts = Self {
            archive: archive.clone(),
            is_quiet,
            rows: Vec::new(),
            engine: Engine::default(),
            added: BTreeMap::new(),
            statements: None,
            hears_posts: false,
            courier: Courier::new(settings)?,
            kept: 0,
            notes: Vec::new(),
        };
        alerts.rows = desk.rules()?;
        alerts.load(desk, filing)?;
        Ok(alerts)
    }

    /// Takes over the rules of the book.
    fn load(&mut self, desk: &mut Desk, filing: &Filing) -> Result<(), Failure> {
        self.statements = None; // closed before it is opened again
        self.added.clear();
        let mut rules = Vec::new();
        let lake = self.archive.lake()?;
        for row in &self.rows {
            match read(row, &lake) {
                Ok(rule) => {
                    let places = rule.places.iter().map(ToString::to_string).collect();
                    let is_shadow = row.is_shadow;
                    self.added.insert(row.id, Added { at: row.added_at, places, is_shadow });
                    rules.push(rule);
                }
                Err(why) => self.notes.push(format!("alert {}: {why}", row.name)),
            }
        }
        self.hears_posts = rules.iter().any(|rule| rule.kind.needs_posts());
        self.engine = Engine::new(rules);
        if self.hears_posts
            && let Err(failure) = self.remember(desk, filing)
        {
            self.without_statements(&failure.sentence());
        }
        Ok(())
    }

    /// Opens the index, tells the engine the past, and hears what was not heard.
    fn remember(&mut self, desk: &mut Desk, filing: &Filing) -> Result<(), Failure> {
        filing.settle()?;
        let (mut statements, unheard) = Statements::open(&self.archive, filing, self.is_quiet)?;
        let now = clock::now();
        let coming = statements::keys(&unheard);
        let engine = &mut self.engine;
        statements.index().each_since(statements::remembered_since(now), &mut |standing| {
            if !coming.contains(&standing.post) {
                // What it would have told is past.
                drop(engine.hear(&Event::Post(Sighting::remembered(standing))));
            }
        })?;
        for post in &unheard {
            let belongs = statements.hear_again(post)?;
            let Some(seen) = Sighting::of(post, now, belongs) else { continue };
            let told = self.engine.hear(&Event::Post(seen));
            let first_seen = post.observed_first.unwrap_or(now);
            for alert in told {
                if self.added.get(&alert.rule).is_some_and(|rule| rule.at <= first_seen) {
                    self.raise(desk, &alert, now)?;
                }
            }
        }
        statements.keep(&self.archive, filing)?;
        self.statements = Some(statements);
        Ok(())
    }

    /// Goes on without the rules that need to know statements, and says so once.
    fn without_statements(&mut self, why: &str) {
        self.statements = None;
        let silent: Vec<&str> = self
            .engine
            .rules()
            .iter()
            .filter(|rule| rule.kind.needs_statements())
            .map(|rule| rule.name.as_str())
            .collect();
        let silent = if silent.is_empty() { "none" } else { &silent.join(", ") };
        self.notes.push(format!(
            "the index of statements cannot be used, so these alerts are silent: {silent}: {why}"
        ));
    }

    /// What was read of a platform, before it is filed: posts that are not known are heard.
    pub(crate) fn hear_posts(
        &mut self,
        desk: &mut Desk,
        (posts, filer): (&[Post], &Filer),
        at: Timestamp,
    ) -> Result<(), Failure> {
        if !self.hears_posts {
            return Ok(());
        }
        let new = posts.iter().filter(|post| post.deleted_at.is_none() && !filer.has(post));
        for post in new {
            let mut belongs = None;
            if let Some(statements) = &mut self.statements {
                match statements.hear(post) {
                    Ok(None) => continue, // twice in one reading
                    Ok(found) => belongs = found,
                    Err(error) => self.without_statements(&error.to_string()),
                }
            }
            let Some(seen) = Sighting::of(post, at, belongs) else { continue };
            for alert in self.engine.hear(&Event::Post(seen)) {
                self.raise(desk, &alert, at)?;
            }
        }
        Ok(())
    }

    /// A channel that is something else now. To be called before that is noted anywhere.
    pub(crate) fn hear_change(&mut self, desk: &mut Desk, change: Change) -> Result<(), Failure> {
        let at = change.at;
        for alert in self.engine.hear(&Event::Status(change)) {
            self.raise(desk, &alert, at)?;
        }
        Ok(())
    }

    fn raise(&mut self, desk: &mut Desk, alert: &Alert, at: Timestamp) -> Result<(), Failure> {
        let Some(added) = self.added.get(&alert.rule) else { return Ok(()) };
        let places: &[String] = if added.is_shadow { &[] } else { &added.places };
        let written = alert.to_json(self.archive.id()).to_string();
        if desk.raise(alert.rule, (&alert.key, &written), places, at)? {
            self.courier.hurry();
        }
        Ok(())
    }

    /// Delivers what stands in the book.
    pub(crate) fn round(&mut self, desk: &mut Desk, now: Timestamp) -> Result<(), Failure> {
        self.courier.round(desk, now)
    }

    /// Whether anybody is being told just now.
    pub(crate) fn is_telling(&self) -> bool {
        self.courier.is_under_way()
    }

    /// What is for the terminal since the last time.
    pub(crate) fn said(&mut self) -> Vec<String> {
        self.courier.said()
    }

    /// Everything that was heard is filed: the index is made to last now and then, and rules that were
    /// added or removed meanwhile are taken over.
    pub(crate) fn filed(&mut self, desk: &mut Desk, filing: &Filing) -> Result<(), Failure> {
        let rows = desk.rules()?;
        let is_changed = rows != self.rows;
        self.kept += 1;
        if is_changed || self.kept.is_multiple_of(KEEP_EVERY) {
            self.keep(filing);
        }
        if is_changed {
            self.rows = rows;
            self.load(desk, filing)?;
        }
        Ok(())
    }

    fn keep(&mut self, filing: &Filing) {
        let kept = self.statements.as_mut().map(|own| own.keep(&self.archive, filing));
        if let Some(Err(failure)) = kept {
            self.without_statements(&failure.sentence());
        }
    }

    /// Waits a little for what is under way, and makes the index last. What is not delivered is
    /// delivered by the next watch.
    pub(crate) fn finish(mut self, desk: &mut Desk, filing: &Filing) -> Result<Ending, Failure> {
        self.keep(filing);
        let until = Timestamp(clock::now().0 + LINGER_MS);
        loop {
            let now = clock::now();
            self.courier.round(desk, now)?;
            if now >= until || !self.courier.is_busy(desk, until)? {
                return Ok(Ending { said: self.courier.said(), notes: self.notes });
            }
            std::thread::sleep(PAUSE);
        }
    }
}

/// A rule of the book, with the channels that its query names.
pub(crate) fn read(row: &marsad_desk::Rule, lake: &Lake) -> Result<Rule, String> {
    let written: Definition =
        serde_json::from_str(&row.definition).map_err(|error| error.to_string())?;
    let mut rule = written.rule(&row.name, row.is_shadow)?;
    rule.id = row.id;
    if let Kind::Query { query, .. } = &mut rule.kind {
        query.name_channels(&mut |name| channels(lake, name))?;
    }
    Ok(rule)
}

/// The channels that somebody means: `platform:id`, or a handle of a channel that was seen.
fn channels(lake: &Lake, written: &str) -> Result<Vec<ChannelKey>, String> {
    let mut found: Vec<ChannelKey> = written.parse().into_iter().collect();
    let (platform, handle) = match written.split_once(':') {
        Some((platform, handle)) => (Some(platform), handle),
        None => (None, written),
    };
    let handle = handle.trim_start_matches('@');
    for seen in lake.channel_rows().map_err(|error| error.to_string())? {
        let is_named = seen.handle.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(handle));
        let is_there = platform.is_none_or(|name| seen.key.platform.as_str() == name);
        if is_named && is_there && !found.contains(&seen.key) {
            found.push(seen.key);
        }
    }
    if found.is_empty() {
        return Err(format!("no channel '{written}' is in the archive; write platform:id"));
    }
    Ok(found)
}
