//! Alert rules as people write them: a kind, `key=value`, where to tell.

use std::collections::BTreeMap;
use std::fmt;

use marsad_capture::is_mail_address;
use marsad_search::Query;
use marsad_types::Platform;
use serde::{Deserialize, Serialize};

const SECOND_MS: i64 = 1000;
const HOUR_MS: i64 = 3600 * SECOND_MS;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Longest time a rule may look back: no more is remembered.
pub(crate) const MEMORY_MS: i64 = 30 * DAY_MS;
/// More channels of one statement are not counted.
pub(super) const CHANNELS_MAX: usize = 256;

/// What the desk's book holds of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Definition {
    pub(crate) kind: String,
    /// As typed.
    #[serde(default)]
    pub(crate) options: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) to: Vec<String>,
}

/// A rule that is understood.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Rule {
    /// Its number in the desk's book.
    pub(crate) id: u64,
    pub(crate) name: String,
    pub(crate) kind: Kind,
    pub(crate) places: Vec<Place>,
    pub(crate) is_shadow: bool,
    /// A post published longer ago than this when it is first seen is history and tells nothing.
    pub(crate) max_age_ms: i64,
}

/// What a rule looks for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Kind {
    /// A statement seen for the first time, or in its n-th channel soon after.
    NewStatement { platform: Option<Platform>, min_channels: usize, within_ms: i64 },
    /// A statement on one more platform.
    Crossing { from: Option<Platform>, to: Option<Platform> },
    /// A post that answers a query.
    Query { written: String, query: Query },
    /// A watched channel that is not alive any more.
    Gone { platform: Option<Platform>, channel: Option<String> },
    /// A channel whose statements mostly stood in an older one before.
    Mirror { min_statements: u32, share: f64 },
    /// More posts than the time before lets expect.
    Burst { of: Of, window_ms: i64, before_ms: i64, min: u64, p: f64 },
}

/// Whose posts are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Of {
    Channel,
    Statement,
    Both,
}

const KINDS: [(&str, &[&str]); 6] = [
    ("new-statement", &["platform", "min_channels", "within"]),
    ("crossing", &["from", "to"]),
    ("query", &["q"]),
    ("gone", &["platform", "channel"]),
    ("mirror", &["min_statements", "share"]),
    ("burst", &["of", "window", "before", "min", "p"]),
];

impl Kind {
    /// The word that people type.
    pub(crate) fn as_str(&self) -> &'static str {
        match self {
            Self::NewStatement { .. } => "new-statement",
            Self::Crossing { .. } => "crossing",
            Self::Query { .. } => "query",
            Self::Gone { .. } => "gone",
            Self::Mirror { .. } => "mirror",
            Self::Burst { .. } => "burst",
        }
    }

    /// Whether it needs to know which statement a post belongs to.
    pub(crate) fn needs_statements(&self) -> bool {
        match self {
            Self::NewStatement { .. } | Self::Crossing { .. } | Self::Mirror { .. } => true,
            Self::Burst { of, .. } => *of != Of::Channel,
            Self::Query { .. } | Self::Gone { .. } => false,
        }
    }

    /// Whether posts matter to it at all.
    pub(crate) fn needs_posts(&self) -> bool {
        !matches!(self, Self::Gone { .. })
    }
}

impl Definition {
    /// Reads what was typed after the kind.
    pub(crate) fn typed(kind: &str, written: &[String], to: &[String]) -> Result<Self, String> {
        let mut options = BTreeMap::new();
        for word in written {
            let (key, value) = word
                .split_once('=')
                .ok_or_else(|| format!("'{word}' is no option; write key=value"))?;
            options.insert(key.to_owned(), value.to_owned());
        }
        let to = if to.is_empty() { vec!["terminal".to_owned()] } else { to.to_vec() };
        Ok(Self { kind: kind.to_owned(), options, to })
    }

    /// What it means.
    ///
    /// # Errors
    /// One sentence that names the option and what it takes.
    pub(crate) fn rule(&self, name: &str, is_shadow: bool) -> Result<Rule, String> {
        let Some((_, known)) = KINDS.iter().find(|(kind, _)| *kind == self.kind) else {
            let kinds: Vec<&str> = KINDS.iter().map(|(kind, _)| *kind).collect();
            let kinds = kinds.join(", ");
            return Err(format!("there is no kind of alert '{}'; kinds are: {kinds}", self.kind));
        };
        if let Some(other) =
            self.options.keys().find(|key| !known.contains(&key.as_str()) && *key != "max_age")
        {
            return Err(format!(
                "{} does not know '{other}'; it takes: {} max_age",
                self.kind,
                known.join(" ")
            ));
        }
        let places =
            self.to.iter().map(|written| Place::parse(written)).collect::<Result<_, _>>()?;
        Ok(Rule {
            id: 0,
            name: name.to_owned(),
            kind: self.meant()?,
            places,
            is_shadow,
            max_age_ms: self.duration("max_age", DAY_MS)?,
        })
    }

    fn meant(&self) -> Result<Kind, String> {
        Ok(match self.kind.as_str() {
            "new-statement" => Kind::NewStatement {
                platform: self.platform("platform")?,
                min_channels: self.number("min_channels", 1, 1..=CHANNELS_MAX)?,
                within_ms: self.duration("within", DAY_MS)?,
            },
            "crossing" => {
                let (from, to) = (self.platform("from")?, self.platform("to")?);
                if from.is_some() && from == to {
                    return Err("from and to are the same platform; name two".to_owned());
                }
                Kind::Crossing { from, to }
            }
            "query" => {
                let written = self.text("q").ok_or("query needs q='what to look for'")?;
                let query = Query::parse(written).map_err(|error| error.to_string())?;
                if !query.asks() {
                    return Err(format!("'{written}' says no word or filter that is wanted"));
                }
                Kind::Query { written: written.to_owned(), query }
            }
            "gone" => Kind::Gone {
                platform: self.platform("platform")?,
                channel: self.text("channel").map(str::to_owned),
            },
            "mirror" => Kind::Mirror {
                min_statements: self.number("min_statements", 5, 2..=100_000)?,
                share: self.number("share", 0.8, 0.5..=1.0)?,
            },
            _ => Kind::Burst {
                of: match self.text("of").unwrap_or("channel") {
                    "channel" => Of::Channel,
                    "statement" => Of::Statement,
                    "both" => Of::Both,
                    other => return Err(format!("of={other}: write channel, statement or both")),
                },
                window_ms: self.duration("window", 600 * SECOND_MS)?,
                before_ms: self.duration("before", 7 * DAY_MS)?,
                min: self.number("min", 5, 2..=1_000_000)?,
                p: self.number("p", 1e-6, 1e-300..=0.05)?,
            },
        })
    }

    fn text(&self, key: &str) -> Option<&str> {
        self.options.get(key).map(String::as_str).filter(|value| !value.trim().is_empty())
    }

    fn platform(&self, key: &str) -> Result<Option<Platform>, String> {
        self.text(key)
            .map(|name| Platform::new(name).map_err(|error| error.to_string()))
            .transpose()
    }

    fn number<T>(
        &self,
        key: &str,
        own: T,
        allowed: std::ops::RangeInclusive<T>,
    ) -> Result<T, String>
    where
        T: std::str::FromStr + PartialOrd + fmt::Display,
    {
        let Some(written) = self.text(key) else { return Ok(own) };
        let read = written.parse().ok().filter(|number| allowed.contains(number));
        read.ok_or_else(|| {
            format!("{key}={written}: write a number from {} to {}", allowed.start(), allowed.end())
        })
    }

    fn duration(&self, key: &str, own_ms: i64) -> Result<i64, String> {
        let Some(written) = self.text(key) else { return Ok(own_ms) };
        let wrong =
            || format!("{key}={written}: write a time up to 30d, such as 90s, 10m, 6h or 7d");
        let (number, unit_ms) = match written.char_indices().last() {
            Some((at, 's')) => (written.get(..at), SECOND_MS),
            Some((at, 'm')) => (written.get(..at), 60 * SECOND_MS),
            Some((at, 'h')) => (written.get(..at), HOUR_MS),
            Some((at, 'd')) => (written.get(..at), DAY_MS),
            _ => return Err(wrong()),
        };
        let number: Option<i64> = number.and_then(|number| number.parse().ok());
        let ms = number.and_then(|number| number.checked_mul(unit_ms));
        ms.filter(|ms| (1..=MEMORY_MS).contains(ms)).ok_or_else(wrong)
    }
}

/// Where an alert goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Place {
    /// A line on stderr.
    Terminal,
    /// JSON to an address, signed.
    Webhook(String),
    /// A letter.
    Mail(String),
    /// A notice in a room.
    Matrix(String),
}

impl Place {
    pub(crate) fn parse(written: &str) -> Result<Self, String> {
        match written.split_once(':') {
            None if written == "terminal" => Ok(Self::Terminal),
            Some(("webhook", url)) => match marsad_capture::Place::at(url) {
                Ok(_) => Ok(Self::Webhook(url.to_owned())),
                Err(_) => Err("a webhook is written webhook:https://HOST/PATH".to_owned()),
            },
            Some(("mailto", address)) if is_mail_address(address) => {
                Ok(Self::Mail(address.to_owned()))
            }
            Some(("matrix", room)) if room.starts_with('!') && room.len() > 1 => {
                Ok(Self::Matrix(room.to_owned()))
            }
            _ => Err(format!(
                "'{written}' is nowhere to tell; write terminal, webhook:URL, mailto:ADDRESS or matrix:!room:server"
            )),
        }
    }

    /// As the list shows it: what stands in the path of a webhook may be a secret.
    pub(crate) fn shown(&self) -> String {
        match self {
            Self::Webhook(url) => {
                let (scheme, rest) = url.split_once("://").unwrap_or(("https", url));
                let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
                let host = host.rsplit('@').next().unwrap_or_default();
                format!("webhook:{scheme}://{host}/…")
            }
            place => place.to_string(),
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Terminal => f.write_str("terminal"),
            Self::Webhook(url) => write!(f, "webhook:{url}"),
            Self::Mail(address) => write!(f, "mailto:{address}"),
            Self::Matrix(room) => write!(f, "matrix:{room}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(kind: &str, options: &[&str], to: &[&str]) -> Result<Rule, String> {
        let own = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        Definition::typed(kind, &own(options), &own(to))?.rule("r", false)
    }

    #[test]
    fn a_rule_is_understood_as_written() {
        let rule = read("crossing", &["from=telegram"], &[]).unwrap();
        let telegram = Platform::new("telegram").unwrap();
        assert_eq!(rule.kind, Kind::Crossing { from: Some(telegram), to: None });
        assert_eq!((rule.places, rule.max_age_ms), (vec![Place::Terminal], DAY_MS));
        let rule = read("burst", &["window=90s", "min=3", "of=both", "max_age=2h"], &[]).unwrap();
        let Kind::Burst { window_ms, min, of, .. } = rule.kind else { panic!("{rule:?}") };
        assert_eq!((window_ms, min, of, rule.max_age_ms), (90_000, 3, Of::Both, 7_200_000));
    }

    #[test]
    fn what_is_wrong_is_said_with_the_way_out() {
        for (kind, options, to, said) in [
            ("storm", &[][..], &[][..], "kinds are: new-statement, crossing"),
            ("crossing", &["form=telegram"], &[], "it takes: from to max_age"),
            ("crossing", &["telegram"], &[], "write key=value"),
            ("crossing", &["from=max", "to=max"], &[], "name two"),
            ("query", &[], &[], "needs q="),
            ("query", &["q=-rain"], &[], "no word or filter"),
            ("query", &["q=(rain"], &[], "not closed"),
            ("mirror", &["share=2"], &[], "from 0.5 to 1"),
            ("burst", &["window=10"], &[], "such as 90s"),
            ("burst", &["window=31d"], &[], "up to 30d"),
            ("gone", &[], &["mail:x"], "nowhere to tell"),
            ("gone", &[], &["mailto:x"], "nowhere to tell"),
            ("gone", &[], &["webhook:ftp://x/"], "webhook:https://"),
            ("gone", &[], &["matrix:#room:x"], "nowhere to tell"),
        ] {
            let error = read(kind, options, to).unwrap_err();
            assert!(error.contains(said), "{error}");
        }
    }

    #[test]
    fn a_place_reads_back_and_its_secret_is_not_shown() {
        for written in [
            "terminal",
            "webhook:https://desk.example.org/in/s3cret",
            "mailto:night@example.org",
            "matrix:!room:example.org",
        ] {
            let place = Place::parse(written).unwrap();
            assert_eq!(place.to_string(), written);
            assert!(!place.shown().contains("s3cret"), "{}", place.shown());
        }
    }
}
