//! What comes from `marsad.toml` and the environment. The only file that reads either.

use std::path::{Path, PathBuf};
use std::time::Duration;
use std::{fs, io};

use marsad_capture::{Account, HookPlace, HookSecret, MailServer, Place, Places, Secret};
use serde::Deserialize;

use crate::failure::Failure;

/// Folder that holds the secret keys of archives, outside of them: `$MARSAD_KEYS`, else
/// `$XDG_CONFIG_HOME/marsad/keys`, else `~/.config/marsad/keys`.
pub(crate) fn keys_folder() -> Result<PathBuf, Failure> {
    if let Some(folder) = variable("MARSAD_KEYS") {
        return Ok(PathBuf::from(folder));
    }
    if let Some(config) = variable("XDG_CONFIG_HOME") {
        return Ok(PathBuf::from(config).join("marsad/keys"));
    }
    let home = variable("HOME").ok_or_else(|| {
        Failure::usage("there is no home folder for the archive's secret key; set MARSAD_KEYS to a folder outside the archive")
    })?;
    Ok(PathBuf::from(home).join(".config/marsad/keys"))
}

/// What `marsad.toml` in the archive says about evidence; other tables are other verbs' own.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Settings {
    /// Who works here: a desk or a role, not a person. `MARSAD_OPERATOR` says it too.
    pub(crate) operator: Option<String>,
    /// How the audit trail is kept.
    pub(crate) audit: AuditSettings,
    /// Time-stamping authorities (RFC 3161).
    pub(crate) authority: Vec<Authority>,
    /// Witnesses whose cosignatures count.
    pub(crate) witness: Vec<Witness>,
    /// What is to be forgotten, and when.
    pub(crate) retention: Vec<Retention>,
    /// Whom a platform may write to; stands in every request.
    contact: Option<String>,
    /// How many of a channel's last posts are looked at again.
    recheck: Option<usize>,
    /// Seconds between two looks at a channel, where the budget allows them.
    poll_s: Option<u32>,
    /// Seconds that a platform's answer is waited for, at most.
    timeout_s: Option<u64>,
    /// Who takes our mail.
    smtp: Option<SmtpSettings>,
    /// Where and how often platforms are asked.
    telegram: TelegramSettings,
    tamtam: PlatformSettings,
    max: MaxSettings,
    matrix: PlatformSettings,
    rocketchat: PlatformSettings,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct PlatformSettings {
    /// Another host than the platform's own.
    url: Option<String>,
    /// Requests a second to one host.
    requests_per_s: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct MaxSettings {
    /// Another host than the platform's own.
    url: Option<String>,
    /// Requests a second to one host.
    requests_per_s: Option<u32>,
    /// News are delivered to us, in place of being asked for.
    hook: Option<HookSettings>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct HookSettings {
    /// Where this machine listens, without TLS.
    listen: String,
    /// How the platform reaches that, by a reverse proxy that ends TLS.
    url: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
struct TelegramSettings {
    /// Another host than the platform's own, of the web preview.
    url: Option<String>,
    /// Requests a second.
    requests_per_s: Option<u32>,
    /// Read by an account in place of the web preview.
    account: bool,
    /// By an account, public groups are read too.
    groups: bool,
    /// The number of the desk's own application, from my.telegram.org.
    api_id: Option<i32>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct SmtpSettings {
    host: String,
    /// 465 for TLS from the first byte; on every other one TLS begins with STARTTLS.
    #[serde(default = "submission_port")]
    port: u16,
    /// The sender's address.
    from: String,
    /// Who we are there; the password is `MARSAD_SMTP_PASSWORD`.
    user: Option<String>,
}

/// Where mail is handed in (RFC 6409).
fn submission_port() -> u16 {
    587
}

#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct AuditSettings {
    /// Refuse to show anything that cannot be written into the audit trail.
    pub(crate) required: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Authority {
    /// Short name: letters, digits, hyphens.
    pub(crate) name: String,
    /// Where requests go.
    pub(crate) url: String,
    /// Its root certificates (PEM), for whoever checks a token.
    pub(crate) roots: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Witness {
    /// `name+id+base64`, as the witness publishes it.
    pub(crate) key: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Retention {
    /// Only posts of this platform; of all when absent.
    pub(crate) platform: Option<String>,
    /// Days after publication.
    pub(crate) days: u32,
}

impl Settings {
    /// Reads `marsad.toml` of an archive, where there is one, then the environment.
    pub(crate) fn of(archive: &Path) -> Result<Self, Failure> {
        let path = archive.join("marsad.toml");
        let written = match fs::read_to_string(&path) {
            Ok(written) => written,
            Err(error) if error.kind() == io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Failure::failed(format!("cannot read '{}': {error}", path.display())));
            }
        };
        let mut settings: Self = toml::from_str(&written).map_err(|error| {
            let reason = error.message().to_owned();
            Failure::usage(format!("cannot read '{}': {reason}", path.display()))
        })?;
        if let Some(operator) = variable("MARSAD_OPERATOR") {
            settings.operator = Some(operator.to_string_lossy().into_owned());
        }
        Ok(settings)
    }
}

/// A channel's last posts that are looked at again, unless settings say otherwise.
const RECHECK: usize = 100;
/// Seconds between two looks at a channel, unless settings say otherwise.
const POLL_S: u32 = 60;
/// Seconds that an answer is waited for, unless settings say otherwise.
const TIMEOUT_S: u64 = 30;

impl Settings {
    /// How many of a channel's last posts are looked at again for edits and deletions.
    pub(crate) fn recheck(&self) -> usize {
        self.recheck.unwrap_or(RECHECK)
    }

    /// What every request says of who asks.
    pub(crate) fn agent(&self) -> String {
        let contact = self.contact.as_deref().unwrap_or("no contact given");
        format!("Marsad/{} (reads public channels; {contact})", env!("CARGO_PKG_VERSION"))
    }

    /// The longest that an answer is waited for, where its question does not wait by itself.
    pub(crate) fn timeout(&self) -> Duration {
        Duration::from_secs(self.timeout_s.unwrap_or(TIMEOUT_S).max(1))
    }

    /// Seconds between two looks at a channel.
    pub(crate) fn poll_s(&self) -> u32 {
        self.poll_s.unwrap_or(POLL_S)
    }

    /// Where each platform is asked, and as whom: `marsad.toml`, then the environment. Credentials
    /// come from the environment alone.
    pub(crate) fn places(&self) -> Result<Places, Failure> {
        let token = |name| variable(name).map(|value| value.to_string_lossy().into_owned());
        let header = |field, value: Option<String>| {
            value.map_or(Secret::None, |value| Secret::Headers(vec![(field, value)]))
        };
        let bearer = token("MARSAD_MATRIX_TOKEN").map(|token| format!("Bearer {token}"));
        let user = token("MARSAD_ROCKETCHAT_USER").zip(token("MARSAD_ROCKETCHAT_TOKEN"));
        let rocketchat = user.map_or(Secret::None, |(user, token)| {
            Secret::Headers(vec![("X-User-Id", user), ("X-Auth-Token", token)])
        });
        let tamtam = token("MARSAD_TAMTAM_TOKEN")
            .map_or(Secret::None, |token| Secret::Query("access_token", token));
        let max = header("Authorization", token("MARSAD_MAX_TOKEN"));
        Ok(Places {
            telegram: self.telegram.web().place("MARSAD_TELEGRAM_URL", Secret::None)?,
            tamtam: self.tamtam.place("MARSAD_TAMTAM_URL", tamtam)?,
            max: self.max.asked().place("MARSAD_MAX_URL", max)?,
            matrix: self.matrix.place("MARSAD_MATRIX_URL", header("Authorization", bearer))?,
            rocketchat: self.rocketchat.place("MARSAD_ROCKETCHAT_URL", rocketchat)?,
            account: self.telegram.account()?,
        })
    }
}

impl MaxSettings {
    fn asked(&self) -> PlatformSettings {
        PlatformSettings { url: self.url.clone(), requests_per_s: self.requests_per_s }
    }
}

/// The environment's name of what deliveries of MAX prove themselves by.
const HOOK_SECRET: &str = "MARSAD_MAX_HOOK_SECRET";

impl Settings {
    /// Where MAX delivers news, where `marsad.toml` says so.
    pub(crate) fn hook(&self) -> Result<Option<HookPlace>, Failure> {
        let Some(hook) = &self.max.hook else { return Ok(None) };
        let place = HookPlace::parse(&hook.listen, &hook.url)
            .map_err(|error| Failure::usage(format!("marsad.toml, [max] hook: {error}")));
        place.map(Some)
    }

    /// What those deliveries have to prove themselves by.
    pub(crate) fn hook_secret() -> Result<HookSecret, Failure> {
        let written = variable(HOOK_SECRET).map(|value| value.to_string_lossy().into_owned());
        let what = "5 to 256 letters, digits, '_' and '-'";
        let Some(written) = written else {
            return Err(Failure::usage(format!(
                "the web hook of MAX is open to everybody without a secret; set {HOOK_SECRET} to {what}"
            )));
        };
        HookSecret::parse(&written).ok_or_else(|| {
            Failure::usage(format!(
                "MAX does not take the secret in {HOOK_SECRET}; it takes {what}"
            ))
        })
    }
}

impl TelegramSettings {
    fn web(&self) -> PlatformSettings {
        PlatformSettings { url: self.url.clone(), requests_per_s: self.requests_per_s }
    }

    fn account(&self) -> Result<Option<Account>, Failure> {
        if self.account && !crate::account::IS_BUILT {
            return Err(Failure::usage(format!(
                "marsad.toml asks for Telegram by account, and {}; take 'account = true' out to read the web preview",
                crate::account::NOT_BUILT
            )));
        }
        let (may_read_groups, per_second) = (self.groups, self.requests_per_s);
        Ok(self.account.then_some(Account { may_read_groups, per_second }))
    }
}

/// What a login needs to say of the desk's own application.
#[cfg(feature = "mtproto")]
#[derive(Clone)]
pub(crate) struct Application {
    pub(crate) id: i32,
    pub(crate) hash: String,
    /// Another data centre than Telegram's own, for its test servers.
    pub(crate) centre: Option<String>,
}

#[cfg(feature = "mtproto")]
impl Settings {
    /// Which application logs in: its number from `marsad.toml` or the environment, its secret from the
    /// environment alone.
    pub(crate) fn application(&self) -> Result<Application, Failure> {
        let said = |name| variable(name).map(|value| value.to_string_lossy().into_owned());
        let id = match said("MARSAD_TELEGRAM_API_ID") {
            Some(written) => Some(written.parse().map_err(|_no_number| {
                Failure::usage("MARSAD_TELEGRAM_API_ID is no number; my.telegram.org gives it")
            })?),
            None => self.telegram.api_id,
        };
        let missing = "Telegram lets in only applications that it knows: set MARSAD_TELEGRAM_API_ID and MARSAD_TELEGRAM_API_HASH to those that my.telegram.org gave the desk";
        let both = id.zip(said("MARSAD_TELEGRAM_API_HASH"));
        let (id, hash) = both.ok_or_else(|| Failure::usage(missing))?;
        Ok(Application { id, hash, centre: said("MARSAD_TELEGRAM_CENTRE") })
    }
}

impl Settings {
    /// Who takes our mail, where `marsad.toml` says so.
    pub(crate) fn mail_server(&self) -> Option<MailServer> {
        let smtp = self.smtp.as_ref()?;
        let password = variable("MARSAD_SMTP_PASSWORD");
        let login = smtp.user.clone().map(|user| {
            (user, password.map_or_else(String::new, |value| value.to_string_lossy().into_owned()))
        });
        let (host, from) = (smtp.host.clone(), smtp.from.clone());
        Some(MailServer { host, port: smtp.port, from, login })
    }

    /// The key that webhooks are signed with.
    pub(crate) fn webhook_secret() -> Option<String> {
        variable("MARSAD_WEBHOOK_SECRET").map(|value| value.to_string_lossy().into_owned())
    }
}

impl PlatformSettings {
    fn place(&self, name: &str, secret: Secret) -> Result<Place, Failure> {
        let said = variable(name).map(|value| value.to_string_lossy().into_owned());
        let url = said.or_else(|| self.url.clone()).map(|written| {
            Place::at(&written).map_err(|error| {
                Failure::usage(format!("'{written}' ({name}) is no address: {error}"))
            })
        });
        let place = url.transpose()?.unwrap_or_default();
        Ok(Place { secret, per_second: self.requests_per_s, ..place })
    }
}

/// Name of the account on systems whose files have no owner's number.
#[cfg(not(unix))]
pub(crate) fn account() -> String {
    variable("USERNAME").map_or_else(String::new, |name| name.to_string_lossy().into_owned())
}

/// Whether colours are unwanted (`NO_COLOR`, any value).
pub(crate) fn no_colour() -> bool {
    variable("NO_COLOR").is_some()
}

fn variable(name: &str) -> Option<std::ffi::OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}
