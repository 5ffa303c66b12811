//! What all measures share, prepared once: statements, sides, clocks, the networks found.

use std::sync::OnceLock;

use hashbrown::HashMap;
use marsad_matching::{Member, Options, Prints, Statement, Statements, group};
use marsad_types::{ChannelId, ChannelKey, Corpus, Coverage, Platform, Resolution, Timestamp};

use crate::finding::ArchiveRef;
use crate::networks::{Found, find};

/// A text of fewer words or letters is no evidence that two channels belong together.
const EVIDENCE_TOKENS_MIN: u32 = 5;
const EVIDENCE_LETTERS_MIN: u32 = 20;

/// A channel's clock is taken to show minutes only after so many posts on full minutes.
const MINUTE_CLOCK_POSTS_MIN: u32 = 20;

/// One archive, ready to be measured.
pub struct Study<'a> {
    corpus: &'a Corpus,
    statements: Statements,
    archive: ArchiveRef,
    threshold: f64,
    platforms: Vec<Platform>,
    platform_of: Vec<u32>,
    minute_clock: Vec<bool>,
    telling: Vec<bool>,
    observations: HashMap<ChannelId, Vec<u32>>,
    with_posts: Vec<bool>,
    networks: OnceLock<Vec<Found>>,
}

impl<'a> Study<'a> {
    /// Groups the posts into statements (near copies from `threshold` on) and prepares the rest.
    pub fn new(corpus: &'a Corpus, prints: &Prints, archive: ArchiveRef, threshold: f64) -> Self {
        let options = Options { threshold: threshold as f32, ..Options::default() };
        let statements = group(corpus, prints, &options);
        let telling = statements.statements.iter().map(|s| tells(s, prints)).collect();
        Self::prepared(corpus, statements, telling, (archive, threshold))
    }

    fn prepared(
        corpus: &'a Corpus,
        statements: Statements,
        telling: Vec<bool>,
        (archive, threshold): (ArchiveRef, f64),
    ) -> Self {
        let keys = corpus.channels.keys();
        let mut platforms: Vec<Platform> = keys.iter().map(|key| key.platform.clone()).collect();
        platforms.sort_unstable();
        platforms.dedup();
        let platform_of = keys
            .iter()
            .map(|key| platforms.partition_point(|platform| *platform < key.platform) as u32)
            .collect();
        let mut observations: HashMap<ChannelId, Vec<u32>> = HashMap::new();
        for (row, observation) in corpus.observations.iter().enumerate() {
            if let Some(id) = corpus.channels.find(&observation.key) {
                observations.entry(id).or_default().push(row as u32);
            }
        }
        for rows in observations.values_mut() {
            rows.sort_by_key(|row| corpus.observations.get(*row as usize).map(|o| o.observed_at));
        }
        let (minute_clock, with_posts) = clocks(corpus);
        Self {
            corpus,
            statements,
            archive,
            threshold,
            platforms,
            platform_of,
            minute_clock,
            telling,
            observations,
            with_posts,
            networks: OnceLock::new(),
        }
    }

    /// The columns behind it.
    pub fn corpus(&self) -> &'a Corpus {
        self.corpus
    }

    /// All statements, by the row of their first post.
    pub fn statements(&self) -> &[Statement] {
        &self.statements.statements
    }

    /// Which state of the archive this is.
    pub fn archive(&self) -> &ArchiveRef {
        &self.archive
    }

    /// Members of a network that [`crate::networks`] printed, by its id.
    pub fn network(&self, id: &str) -> Option<Vec<ChannelKey>> {
        let found = self.networks().iter().find(|network| network.id == id)?;
        Some(found.members.iter().filter_map(|id| self.corpus.channels.key(*id).cloned()).collect())
    }

    /// Found over the whole archive, whatever a scope says, so that ids mean the same everywhere.
    pub(crate) fn networks(&self) -> &[Found] {
        self.networks.get_or_init(|| find(self))
    }

    pub(crate) fn matching_notes(&self) -> Vec<String> {
        let tally = self.statements.tally;
        let mut notes = Vec::new();
        if tally.capped_pairs > 0 {
            notes.push(format!(
                "{} pairs of posts were not compared because a bucket was too full",
                tally.capped_pairs
            ));
        }
        notes
    }

    pub(crate) fn threshold(&self) -> f64 {
        self.threshold
    }

    pub(crate) fn platforms(&self) -> &[Platform] {
        &self.platforms
    }

    pub(crate) fn platform_of(&self, channel: ChannelId) -> u32 {
        self.platform_of.get(channel as usize).copied().unwrap_or(0)
    }

    pub(crate) fn channel(&self, row: u32) -> ChannelId {
        self.corpus.posts.channel.get(row as usize).copied().unwrap_or(ChannelId::MAX)
    }

    pub(crate) fn time(&self, row: u32) -> i64 {
        self.corpus.posts.published_at.get(row as usize).copied().unwrap_or(i64::MIN)
    }

    /// Half-open interval of a post's publication: as stated, else one second, else one minute where
    /// `auto` asks for it and the channel's clock shows only full minutes.
    pub(crate) fn interval(&self, row: u32, auto: bool) -> (i64, i64) {
        let start = self.time(row);
        let stated = self.corpus.posts.resolution_ms.get(row as usize).copied().unwrap_or(0);
        let resolution = match stated {
            0 if auto && self.has_minute_clock(self.channel(row)) => Resolution::MINUTE.ms,
            0 => Resolution::DEFAULT.ms,
            stated => stated,
        };
        (start, start.saturating_add(i64::from(resolution)))
    }

    /// Whether a channel's posts without a stated resolution all fall on full minutes.
    pub(crate) fn has_minute_clock(&self, channel: ChannelId) -> bool {
        self.minute_clock.get(channel as usize).copied().unwrap_or(false)
    }

    /// Whether a statement is long enough to tell something about who shares it.
    pub(crate) fn is_telling(&self, statement: usize) -> bool {
        self.telling.get(statement).copied().unwrap_or(false)
    }

    /// Observations of a channel, by time.
    pub(crate) fn observations(
        &self,
        channel: ChannelId,
    ) -> impl Iterator<Item = &'a marsad_types::Channel> + '_ {
        let rows = self.observations.get(&channel).map_or(&[][..], Vec::as_slice);
        rows.iter().filter_map(|row| self.corpus.observations.get(*row as usize))
    }

    /// Whether a channel has posts or was looked at (others are only named by forwards).
    pub(crate) fn is_known(&self, channel: ChannelId) -> bool {
        self.with_posts.get(channel as usize).copied().unwrap_or(false)
            || self.observations.contains_key(&channel)
    }

    /// Channels with posts.
    pub(crate) fn with_posts(&self) -> usize {
        self.with_posts.iter().filter(|with| **with).count()
    }

    /// Stretches of watching a channel, and before them those of its whole platform.
    pub(crate) fn coverage_of(&self, key: &ChannelKey) -> impl Iterator<Item = &'a Coverage> {
        let all = self.corpus.coverage.as_slice();
        // Sorted by platform and channel, the platform's own first.
        let of = |channel: Option<&str>| {
            let order = |stretch: &Coverage| {
                (&stretch.platform, stretch.channel.as_deref()).cmp(&(&key.platform, channel))
            };
            let from = all.partition_point(|stretch| order(stretch).is_lt());
            let to = all.partition_point(|stretch| order(stretch).is_le());
            all.get(from..to).unwrap_or(&[])
        };
        of(None).iter().chain(of(Some(key.id.as_str())))
    }

    /// Time of the first post and the instant after the last.
    pub(crate) fn extent(&self) -> (Option<Timestamp>, Option<Timestamp>) {
        let last = (self.corpus.posts.len() as u32).checked_sub(1);
        let first = last.map(|_| self.corpus.published_at(0));
        (first, last.map(|row| Timestamp(self.interval(row, false).1)))
    }

    /// From the first to the last thing we know of, looks and watching included.
    pub(crate) fn reach(&self) -> Option<(i64, i64)> {
        let corpus = self.corpus;
        let posts = corpus.posts.published_at.iter().copied();
        let looks = corpus.observations.iter().map(|o| o.observed_at.0);
        let watching = corpus.coverage.iter().flat_map(|c| [c.from.0, c.to.0]);
        posts.chain(looks).chain(watching).fold(None, |reach, at| {
            let (first, last) = reach.unwrap_or((at, at));
            Some((at.min(first), at.max(last)))
        })
    }

    /// Stable name of a statement: a hash of its first post's key.
    pub fn statement_id(&self, statement: &Statement) -> String {
        let first = statement.members.first().map_or(0, |member| member.post);
        statement_name(&self.corpus.post_key(first as usize))
    }

    /// Members that count as appearances; digests do not.
    pub(crate) fn appearances(statement: &Statement) -> impl Iterator<Item = &Member> {
        statement.members.iter().filter(|member| member.appears)
    }
}

/// Long enough, or without any text and matched by its picture or file.
fn tells(statement: &Statement, prints: &Prints) -> bool {
    let row = statement.members.first().map_or(usize::MAX, |member| member.post as usize);
    let (tokens, letters) = (prints.tokens.get(row), prints.letters.get(row));
    let (tokens, letters) = (tokens.copied().unwrap_or(0), letters.copied().unwrap_or(0));
    (tokens >= EVIDENCE_TOKENS_MIN && letters >= EVIDENCE_LETTERS_MIN) || tokens == 0
}

/// Which channels show only full minutes, and which have posts at all.
fn clocks(corpus: &Corpus) -> (Vec<bool>, Vec<bool>) {
    let mut unstated = vec![0u32; corpus.channels.len()];
    let mut on_minute = vec![0u32; corpus.channels.len()];
    let mut with_posts = vec![false; corpus.channels.len()];
    let posts = &corpus.posts;
    for ((channel, at), resolution) in
        posts.channel.iter().zip(&posts.published_at).zip(&posts.resolution_ms)
    {
        let at_channel = *channel as usize;
        if let Some(seen) = with_posts.get_mut(at_channel) {
            *seen = true;
        }
        if *resolution > 0 {
            continue;
        }
        if let Some(count) = unstated.get_mut(at_channel) {
            *count += 1;
        }
        if at.rem_euclid(60_000) == 0
            && let Some(count) = on_minute.get_mut(at_channel)
        {
            *count += 1;
        }
    }
    let minute = |(all, full): (&u32, &u32)| *all >= MINUTE_CLOCK_POSTS_MIN && all == full;
    (unstated.iter().zip(&on_minute).map(minute).collect(), with_posts)
}

/// How many entries at the start of a sorted list come `before`; quick when they are few.
pub(crate) fn gallop<T>(list: &[T], before: impl Fn(&T) -> bool) -> usize {
    let mut reach = 1;
    while list.get(reach).is_some_and(&before) {
        reach *= 2;
    }
    list.get(..list.len().min(reach + 1)).unwrap_or(list).partition_point(before)
}

/// Id of a network: a hash of its members' keys in order.
pub(crate) fn network_id(members: &[ChannelKey]) -> String {
    let mut keys: Vec<String> = members.iter().map(ToString::to_string).collect();
    keys.sort_unstable();
    keys.dedup();
    format!("n{:010x}", stable_hash(keys.join("\n").as_bytes()) >> 24)
}

/// The name of a statement by its first post, `platform:channel/post`: the same wherever it is printed.
pub fn statement_name(first_post: &str) -> String {
    format!("s{:016x}", stable_hash(first_post.as_bytes()))
}

/// FNV-1a with a final mix: the same on every machine and in every release.
pub(crate) fn stable_hash(bytes: &[u8]) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for byte in bytes {
        hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
    }
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    hash ^ (hash >> 31)
}
