//! The platforms that can be watched, and where each is.

use url::Url;

use crate::bot_api::{BotApiStream, BotApiVisit, Host};
use crate::matrix::{MatrixVisit, SyncVisit};
#[cfg(feature = "mtproto")]
use crate::mtproto::AccountVisit;
use crate::rocketchat::{AnonymousVisit, RocketChatVisit};
use crate::telegram_web::TelegramVisit;
use crate::{Account, Limit, Memory, Plan, Public, Secret, Source, Visit, rocketchat};

/// Where a platform is asked, and as whom.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// Another host than the platform's own: a self-hosted server, a mirror.
    pub url: Option<Url>,
    /// What proves who asks.
    pub secret: Secret,
    /// Asks a second and host, where settings say otherwise.
    pub per_second: Option<u32>,
}

impl Place {
    /// At another host than the platform's own: `http://` or `https://`.
    ///
    /// # Errors
    /// Says why that is no address.
    pub fn at(written: &str) -> Result<Self, String> {
        let url = Url::parse(written).map_err(|error| error.to_string())?;
        let is_web = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
        if is_web {
            Ok(Self { url: Some(url), ..Self::default() })
        } else {
            Err("write http://HOST or https://HOST".to_owned())
        }
    }

    /// The address in front of a path, without a slash at its end.
    pub(crate) fn base(&self, own: &str) -> String {
        self.url.as_ref().map_or(own, Url::as_str).trim_end_matches('/').to_owned()
    }

    /// The host that is asked, with its port.
    pub(crate) fn host(&self, own: &str) -> String {
        let host = |url: &Url| {
            let port = url.port().map_or(String::new(), |port| format!(":{port}"));
            format!("{}{port}", url.host_str().unwrap_or_default())
        };
        self.url.as_ref().map_or_else(|| own.to_owned(), host)
    }

    /// The limit that settings say, else the connector's.
    pub(crate) fn limit(&self, own: Limit) -> Limit {
        self.per_second.map_or(own, Limit::per_second)
    }
}

/// Where each platform is.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Places {
    /// Telegram's web preview.
    pub telegram: Place,
    /// TamTam's Bot API.
    pub tamtam: Place,
    /// MAX's Bot API.
    pub max: Place,
    /// A Matrix homeserver.
    pub matrix: Place,
    /// A Rocket.Chat server.
    pub rocketchat: Place,
    /// The account that Telegram is read by, in place of its web preview.
    pub account: Option<Account>,
}

/// A platform that can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    /// Telegram's web preview, or an account where the desk has one.
    Telegram,
    /// TamTam's Bot API, or that of MAX.
    BotApi,
    /// Matrix client-server API.
    Matrix,
    /// A Rocket.Chat server's REST API.
    RocketChat,
}

impl Connector {
    /// The connector of a platform.
    pub fn of(platform: &str) -> Option<Self> {
        match platform {
            "telegram" => Some(Self::Telegram),
            "tamtam" | "max" => Some(Self::BotApi),
            "matrix" => Some(Self::Matrix),
            "rocketchat" => Some(Self::RocketChat),
            _ => None,
        }
    }

    /// The host that a source is asked at: visits to one host wait for one another.
    pub fn lane(self, source: &Source, places: &Places) -> String {
        match self {
            Self::Telegram => match &places.account {
                #[cfg(feature = "mtproto")]
                Some(_) => crate::mtproto::LANE.to_owned(),
                _ => places.telegram.host("t.me"),
            },
            Self::BotApi => Host::of(source.platform.as_str(), places).name(),
            Self::Matrix => crate::matrix::lane(source, &places.matrix),
            Self::RocketChat => rocketchat::Host::of(source, places).name(),
        }
    }

    /// How often that host may be asked for what is new.
    pub fn limit(self, source: &Source, places: &Places) -> Limit {
        match self {
            Self::Telegram => match &places.account {
                #[cfg(feature = "mtproto")]
                Some(account) => account.limit(),
                _ => places.telegram.limit(crate::telegram_web::LIMIT),
            },
            Self::BotApi => Host::of(source.platform.as_str(), places).limit(),
            Self::Matrix => places.matrix.limit(crate::matrix::LIMIT),
            Self::RocketChat => places.rocketchat.limit(rocketchat::LIMIT),
        }
    }

    /// The id under which the source's posts stand, as far as it is known.
    pub fn key(self, source: &Source, memory: &Memory) -> String {
        match self {
            Self::Telegram | Self::BotApi | Self::Matrix => {
                memory.channel.clone().unwrap_or_else(|| source.name.clone())
            }
            // Rooms' ids are the workspace's own: two workspaces may have the same.
            Self::RocketChat => source.name.clone(),
        }
    }

    /// Begins a visit.
    pub fn visit(
        self,
        source: &Source,
        places: &Places,
        memory: Memory,
        plan: Plan,
    ) -> Box<dyn Visit> {
        match self {
            Self::Telegram => match &places.account {
                #[cfg(feature = "mtproto")]
                Some(account) => Box::new(AccountVisit::new(source, account.clone(), memory, plan)),
                _ => Box::new(TelegramVisit::new(source, places.telegram.clone(), memory, plan)),
            },
            Self::BotApi => {
                let host = Host::of(source.platform.as_str(), places);
                Box::new(BotApiVisit::new(source, host, memory, plan))
            }
            Self::Matrix => Box::new(MatrixVisit::new(source, places.matrix.clone(), memory, plan)),
            Self::RocketChat => {
                let host = rocketchat::Host::of(source, places);
                if host.has_user() {
                    Box::new(RocketChatVisit::new(host, memory, plan))
                } else {
                    Box::new(AnonymousVisit::new(host, memory, plan))
                }
            }
        }
    }

    /// Whether the platform answers, to a question that waits, what happened in all channels of our
    /// account together. A homeserver does so for the account that settings name there.
    pub fn has_stream(self, places: &Places) -> bool {
        match self {
            Self::BotApi => true,
            Self::Matrix => places.matrix.url.is_some() && places.matrix.secret != Secret::None,
            Self::Telegram | Self::RocketChat => false,
        }
    }

    /// Whether its hosts hold conversations in which they tell what happens: see
    /// [`crate::Realtime`].
    pub fn has_realtime(self) -> bool {
        self == Self::RocketChat
    }

    /// Begins a look at everything that happened on a platform since the last one, where it tells
    /// that for all channels together; `None` where it does not. `memory` is the platform's own.
    /// `public` are the channels that are watched and were found public: nothing else in it is kept.
    pub fn stream(
        platform: &str,
        places: &Places,
        memory: Memory,
        public: &[Public],
    ) -> Option<Box<dyn Visit>> {
        match Self::of(platform)? {
            Self::BotApi => {
                let host = Host::of(platform, places);
                Some(Box::new(BotApiStream::new(host, memory, public)))
            }
            Self::Matrix => Some(Box::new(SyncVisit::new(places.matrix.clone(), memory, public))),
            Self::Telegram | Self::RocketChat => None,
        }
    }
}
