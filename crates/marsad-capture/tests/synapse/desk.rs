//! The watcher's side: asks, reads what comes, and knows what it read.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use marsad_capture::{
    Answer, Ask, Budget, Connector, Fetcher, Heard, Memory, Nudge, Outcome, Place, Places, Plan,
    Public, Secret, Source, Visit,
};
use marsad_interpret::{Exchange, Previous, Reader, read_exchange};
use marsad_types::{Author, Channel, Platform, PostId, Reading, Timestamp};
use url::Url;

use crate::server::Synapse;

/// What is known of the posts of one room.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Known {
    /// Texts of each post that is there, oldest version first.
    pub(crate) posts: BTreeMap<String, Vec<String>>,
    pub(crate) removed: BTreeSet<String>,
}

/// The watcher's side.
pub(crate) struct Desk {
    places: Places,
    fetcher: Fetcher,
    budget: Budget,
    pub(crate) known: Known,
    pub(crate) channels: Vec<Channel>,
    pub(crate) problems: Vec<String>,
    pub(crate) names: BTreeSet<String>,
    /// Paths asked in the last visit.
    pub(crate) asked: Vec<String>,
    pub(crate) requests: usize,
    /// Everything that is kept, as it is kept.
    pub(crate) kept: Vec<u8>,
}

#[expect(clippy::disallowed_methods, reason = "the server lives in the real time")]
fn now_ms() -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    i64::try_from(now.as_millis()).unwrap()
}

impl Desk {
    pub(crate) fn new(server: &Synapse, token: Option<&str>) -> Self {
        let bearer =
            |token: &str| Secret::Headers(vec![("Authorization", format!("Bearer {token}"))]);
        let url = Some(Url::parse(&server.url).unwrap());
        let secret = token.map_or(Secret::None, bearer);
        let matrix = Place { url, secret, per_second: Some(1000) };
        Self {
            places: Places { matrix, ..Places::default() },
            fetcher: Fetcher::start("marsad-tests", Duration::from_mins(1)).unwrap(),
            budget: Budget::new(1),
            known: Known::default(),
            channels: Vec::new(),
            problems: Vec::new(),
            names: BTreeSet::new(),
            asked: Vec::new(),
            requests: 0,
            kept: Vec::new(),
        }
    }

    pub(crate) fn visit(&mut self, name: &str, memory: Memory, plan: Plan) -> (Memory, Outcome) {
        let source = Source::parse(&format!("matrix:{name}")).unwrap();
        let visit = Connector::Matrix.visit(&source, &self.places, memory, plan);
        let (memory, outcome, _) = self.run(visit);
        (memory, outcome)
    }

    /// One look at what happened in the rooms that our account is in.
    pub(crate) fn sync(&mut self, memory: Memory, room: &str) -> (Memory, Outcome, Vec<Nudge>) {
        let public = [Public { id: room.to_owned(), key: room.to_owned(), checked_at: None }];
        let visit = Connector::stream("matrix", &self.places, memory, &public).unwrap();
        self.run(visit)
    }

    fn run(&mut self, mut visit: Box<dyn Visit>) -> (Memory, Outcome, Vec<Nudge>) {
        self.asked.clear();
        while let Some(ask) = visit.next() {
            assert!(self.asked.len() < 500, "the visit does not end: {ask:?}");
            assert_eq!(self.budget.ready_at(&ask.lane, ask.limit, 0), 0, "no refusal on the way");
            let at = now_ms();
            self.fetcher.send(0, ask.clone());
            let answer = self.fetcher.next(Duration::from_mins(1)).unwrap().result.unwrap();
            self.asked.push(ask.url.split("/_matrix/client/").nth(1).unwrap().to_owned());
            self.requests += 1;
            let (answer, _) = visit.reduced(answer);
            self.kept.extend_from_slice(&answer.body);
            self.take(&ask, &answer, Timestamp(at));
            if let Heard::Again(why) = visit.hear(&answer, at) {
                visit.give_up(why);
            }
        }
        let nudges = visit.nudges();
        (visit.memory().clone(), visit.end(), nudges)
    }

    fn take(&mut self, ask: &Ask, answer: &Answer, at: Timestamp) {
        assert_eq!(ask.reader, Reader::Matrix.as_str());
        let previous = ask.previous.as_ref();
        let reading = read_exchange(&Exchange {
            reader: Reader::Matrix,
            platform: &Platform::new("matrix").unwrap(),
            url: &ask.url,
            status: answer.status,
            headers: &answer.headers,
            body: &answer.body,
            at,
            channel: ask.channel.as_deref(),
            previous: previous.map(|(at, newest)| Previous { at: Timestamp(*at), newest }),
            steady: None,
        });
        let Reading { posts, channels, removals, problems, .. } = reading;
        for post in posts {
            let PostId::Given(id) = post.id else { panic!("a post without an id") };
            let Author::Name(name) = post.author else { panic!("a post without an author") };
            self.names.insert(name);
            let versions = self.known.posts.entry(id.to_string()).or_default();
            if !versions.contains(&post.text) {
                versions.push(post.text);
            }
        }
        for removal in removals {
            self.known.removed.insert(removal.post.to_string());
        }
        self.channels.extend(channels);
        self.problems.extend(problems.into_iter().map(|problem| problem.reason));
    }

    /// What is known and there: of a post that was taken away only that.
    pub(crate) fn there(&self) -> Known {
        let mut known = self.known.clone();
        known.posts.retain(|post, _| !known.removed.contains(post));
        known
    }

    pub(crate) fn calls(&self, call: &str) -> usize {
        self.asked.iter().filter(|asked| asked.contains(call)).count()
    }
}
