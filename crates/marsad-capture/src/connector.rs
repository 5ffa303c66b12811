//! The platforms that can be watched, and where each is.

use url::Url;

use crate::matrix::MatrixVisit;
use crate::telegram_web::TelegramVisit;
use crate::{Limit, Memory, Plan, Secret, Source, Visit};

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
}

/// A platform that can be watched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Connector {
    /// Telegram's web preview.
    TelegramWeb,
    /// Matrix client-server API.
    Matrix,
}

impl Connector {
    /// The connector of a platform.
    pub fn of(platform: &str) -> Option<Self> {
        match platform {
            "telegram" => Some(Self::TelegramWeb),
            "matrix" => Some(Self::Matrix),
            _ => None,
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
            Self::TelegramWeb => {
                Box::new(TelegramVisit::new(source, places.telegram.clone(), memory, plan))
            }
            Self::Matrix => Box::new(MatrixVisit::new(source, places.matrix.clone(), memory, plan)),
        }
    }
}
