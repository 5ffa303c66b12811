//! The web hook of MAX: the platform delivers what happens in the bot's chats to an address of ours.
//!
//! **The subscription.** [`Hook`] is a machine without a socket, as visits are: it looks whether the
//! subscription stands and makes it where it does not, again and again, because the platform ends one
//! whose deliveries failed for eight hours. What it asks is no observation and is not kept.
//!
//! **What is delivered.** [`HookUpdate`] says of which chat a delivery is, before anything of it is
//! kept. The address is open to everybody; what proves that the platform delivers is the secret that
//! it was given with the subscription.

use std::fmt;
use std::net::SocketAddr;

use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use url::Url;

use super::{Host, page};
use crate::visit::unusable;
use crate::{Answer, Ask, Limit, Places, Secret};

/// The reader of what is delivered.
const READER: &str = "bot-api-hook";
/// What stands as the address of a delivery in the evidence: our own address is nobody's business.
const TARGET: &str = "urn:marsad:hook:max";
const PLATFORM: &str = "max";
/// Only kinds that speak of a channel's posts and of itself.
const KINDS: [&str; 4] =
    ["message_created", "message_edited", "message_removed", "chat_title_changed"];
/// Between two looks whether the subscription still stands.
const LOOK_EVERY_MS: i64 = 600_000;
/// The same where the platform refuses.
const REFUSED_EVERY_MS: i64 = 60_000;
/// A wrong secret may be an older one of ours: the subscription is made anew, at most so often.
const RENEW_EVERY_MS: i64 = 600_000;
const SECRET_BYTES: std::ops::RangeInclusive<usize> = 5..=256;

/// What a delivery has to prove itself by; it is printed nowhere.
#[derive(Clone, PartialEq, Eq)]
pub struct HookSecret(String);

impl HookSecret {
    /// Five to 256 letters, digits, `_` and `-`: what the platform takes; `None` for anything else.
    pub fn parse(written: &str) -> Option<Self> {
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        let is_secret = SECRET_BYTES.contains(&written.len()) && written.bytes().all(is_plain);
        is_secret.then(|| Self(written.to_owned()))
    }

    /// Whether these bytes are the secret; takes as long for any bytes of its length.
    pub fn is(&self, shown: &[u8]) -> bool {
        self.0.as_bytes().ct_eq(shown).into()
    }
}

impl fmt::Debug for HookSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HookSecret(…)")
    }
}

/// Where deliveries come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookPlace {
    /// Where this machine listens, without TLS.
    pub listen: SocketAddr,
    /// How the platform reaches that: the desk's own reverse proxy, which ends TLS.
    pub url: Url,
}

impl HookPlace {
    /// Reads both addresses.
    ///
    /// # Errors
    /// Says what is wrong.
    pub fn parse(listen: &str, url: &str) -> Result<Self, String> {
        let at: SocketAddr = listen.parse().map_err(|_error| {
            format!("'{listen}' is no address to listen at; write for example 127.0.0.1:8443")
        })?;
        let parsed = Url::parse(url).map_err(|error| format!("'{url}' is no address: {error}"))?;
        let is_here = matches!(parsed.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        let is_fit = match parsed.scheme() {
            "https" => parsed.host_str().is_some(),
            // A stand-in of the platform on this machine.
            "http" => is_here,
            _ => false,
        };
        if is_fit {
            Ok(Self { listen: at, url: parsed })
        } else {
            Err(format!(
                "'{url}' does not begin with https://, and the platform delivers to nothing else"
            ))
        }
    }
}

/// A subscription that the platform has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    /// Where it delivers to.
    pub url: String,
    /// Since when, epoch ms, where it says so.
    pub since: Option<i64>,
    /// What it delivers; everything where it says nothing.
    pub kinds: Option<Vec<String>>,
}

impl Subscription {
    /// The subscriptions of an answer; `None` where it has no list of them.
    fn list(body: &[u8]) -> Option<Vec<Self>> {
        let answer: Value = serde_json::from_slice(body).ok()?;
        let listed = answer.get("subscriptions")?.as_array()?.iter();
        let read = listed.filter_map(|one| {
            let kinds = one.get("update_types").and_then(Value::as_array).map(|kinds| {
                kinds.iter().filter_map(|kind| Some(kind.as_str()?.to_owned())).collect()
            });
            let since = one.get("time").and_then(Value::as_i64);
            Some(Self { url: one.get("url")?.as_str()?.to_owned(), since, kinds })
        });
        Some(read.collect())
    }

    /// Whether it delivers everything that is wanted to this address.
    fn serves(&self, url: &Url) -> bool {
        let has = |wanted: &&str| {
            self.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|kind| kind == wanted))
        };
        self.url == url.as_str() && KINDS.iter().all(has)
    }
}

/// How the hook stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum HookStanding {
    /// It was not looked yet.
    Unknown,
    /// The platform delivers.
    Stands,
    /// It does not: why.
    Off(String),
}

/// The next question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Look,
    Subscribe,
}

/// The subscription of one bot.
#[derive(Debug)]
pub struct Hook {
    host: Host,
    url: Url,
    secret: HookSecret,
    step: Step,
    due: i64,
    standing: HookStanding,
    /// The subscription was made, and not yet told of.
    is_made: bool,
    renewed_at: Option<i64>,
}

impl Hook {
    /// The subscription at MAX for this address.
    pub fn new(places: &Places, place: &HookPlace, secret: HookSecret) -> Self {
        let host = Host::of(PLATFORM, places);
        let standing = host.without_token().map_or(HookStanding::Unknown, HookStanding::Off);
        Self {
            host,
            url: place.url.clone(),
            secret,
            step: Step::Look,
            due: 0,
            standing,
            is_made: false,
            renewed_at: None,
        }
    }

    /// The platform that delivers.
    pub fn platform(&self) -> &'static str {
        PLATFORM
    }

    /// The word of the reader that understands what is delivered.
    pub fn reader(&self) -> &'static str {
        READER
    }

    /// What is kept as the address of a delivery.
    pub fn target(&self) -> &'static str {
        TARGET
    }

    /// How it stands.
    pub fn standing(&self) -> &HookStanding {
        &self.standing
    }

    /// Whether the subscription was made since this was asked last: what happened before was delivered
    /// to nobody.
    pub fn take_made(&mut self) -> bool {
        std::mem::take(&mut self.is_made)
    }

    /// The next question; `None` until there is one. It names the same until `hear` or `missed`.
    pub fn next(&self, now: i64) -> Option<Ask> {
        if now < self.due || self.host.without_token().is_some() {
            return None;
        }
        Some(match self.step {
            Step::Look => ask(&self.host, "GET", ""),
            Step::Subscribe => {
                let body = json!({"url": self.url.as_str(), "update_types": KINDS, "secret": self.secret.0});
                let mut ask = ask(&self.host, "POST", "");
                let fields = match std::mem::take(&mut ask.secret) {
                    Secret::Headers(fields) => fields,
                    Secret::None | Secret::Query(..) | Secret::Posted { .. } => Vec::new(),
                };
                ask.headers.push(("Content-Type", "application/json".to_owned()));
                ask.secret = Secret::Posted { fields, body: body.to_string() };
                ask
            }
        })
    }

    /// Hears the answer. Says what was wrong where it was none: the same is then asked again.
    pub fn hear(&mut self, answer: &Answer, now: i64) -> Result<(), String> {
        if let Some(why) = unusable(answer) {
            return Err(why);
        }
        if answer.status == 401 {
            let code = page::code(answer);
            self.refused(format!("the token is refused ({code}); see MARSAD_MAX_TOKEN"), now);
            return Ok(());
        }
        match self.step {
            _ if answer.status != 200 => {
                let code = page::code(answer);
                self.refused(format!("the platform takes no subscription ({code})"), now);
            }
            Step::Look => {
                let listed = Subscription::list(&answer.body)
                    .ok_or("the answer is cut or has no list of subscriptions")?;
                if listed.iter().any(|one| one.serves(&self.url)) {
                    self.stands(now);
                } else {
                    (self.step, self.due) = (Step::Subscribe, now);
                }
            }
            Step::Subscribe => {
                let said = success(&answer.body)?;
                self.step = Step::Look;
                match said {
                    Ok(()) => {
                        self.is_made = true;
                        self.stands(now);
                    }
                    Err(why) => {
                        self.refused(format!("the platform takes no subscription ({why})"), now);
                    }
                }
            }
        }
        Ok(())
    }

    /// No answer came: the same again, when the host's budget allows it.
    pub fn missed(&mut self, why: &str) {
        if self.standing == HookStanding::Unknown {
            self.standing = HookStanding::Off(why.to_owned());
        }
    }

    /// Somebody delivered with a wrong secret. It may be the platform with an older one of ours.
    pub fn mistrust(&mut self, now: i64) {
        let is_due = self.renewed_at.is_none_or(|at| now - at >= RENEW_EVERY_MS);
        if is_due && self.standing == HookStanding::Stands {
            self.renewed_at = Some(now);
            (self.step, self.due) = (Step::Subscribe, now);
        }
    }

    fn stands(&mut self, now: i64) {
        self.standing = HookStanding::Stands;
        (self.step, self.due) = (Step::Look, now + LOOK_EVERY_MS);
    }

    fn refused(&mut self, why: String, now: i64) {
        self.standing = HookStanding::Off(why);
        (self.step, self.due) = (Step::Look, now + REFUSED_EVERY_MS);
    }

    /// Asks which subscriptions there are.
    pub fn look(places: &Places) -> Ask {
        ask(&Host::of(PLATFORM, places), "GET", "")
    }

    /// The subscriptions of the answer to that.
    ///
    /// # Errors
    /// Says why it is none.
    pub fn looked(answer: &Answer) -> Result<Vec<Subscription>, String> {
        let listed = (answer.status == 200).then(|| Subscription::list(&answer.body)).flatten();
        listed.ok_or_else(|| page::code(answer))
    }

    /// Asks to end the subscription of an address.
    pub fn end(places: &Places, url: &str) -> Ask {
        let query =
            url::form_urlencoded::Serializer::new(String::new()).append_pair("url", url).finish();
        ask(&Host::of(PLATFORM, places), "DELETE", &format!("?{query}"))
    }

    /// Whether the answer to that says that it has ended.
    ///
    /// # Errors
    /// Says why it has not.
    pub fn ended(answer: &Answer) -> Result<(), String> {
        match answer.status {
            200 => success(&answer.body)?,
            _ => Err(page::code(answer)),
        }
    }
}

fn ask(host: &Host, method: &'static str, query: &str) -> Ask {
    // Looks at channels are not to wait for it, nor it for them.
    let lane = (format!("{}/subscriptions", host.name()), Limit::per_second(1));
    let url = format!("{}/subscriptions{query}", host.base());
    Ask { method, secret: host.place.secret.clone(), ..Ask::get(url, READER, lane) }
}

/// What a plain answer says: done, or why not.
fn success(body: &[u8]) -> Result<Result<(), String>, String> {
    let answer: Option<Value> = serde_json::from_slice(body).ok();
    let done = answer.as_ref().and_then(|answer| answer.get("success")?.as_bool());
    let done = done.ok_or("the answer is cut or says nothing")?;
    let said = answer.as_ref().and_then(|answer| answer.get("message")?.as_str());
    let why = || said.unwrap_or("without a reason").chars().take(80).collect();
    Ok(if done { Ok(()) } else { Err(why()) })
}

/// What a delivery says of itself; the rest is the interpreter's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HookUpdate {
    /// Its chat's id; `None` where it is of none.
    pub chat: Option<String>,
}

impl HookUpdate {
    /// Reads a delivery; `None` where it is no update, so that nobody knows whose it is.
    pub fn read(body: &[u8]) -> Option<Self> {
        let update: Value = serde_json::from_slice(body).ok()?;
        let kind = update.get("update_type")?.as_str()?;
        let chat = super::stream::chat_of(&update).filter(|_| KINDS.contains(&kind));
        Some(Self { chat: chat.map(|chat| chat.to_string()) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_secret_is_what_the_platform_takes_and_is_printed_nowhere() {
        for good in ["12345", "a_B-9", &"x".repeat(256)] {
            let secret = HookSecret::parse(good).unwrap();
            assert!(secret.is(good.as_bytes()) && !secret.is(b"12346") && !secret.is(b""));
            assert!(!format!("{secret:?}").contains(good));
        }
        for bad in ["", "1234", "with space", "s3cret!", "سر1234", &"x".repeat(257)] {
            assert_eq!(HookSecret::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_platform_delivers_over_https_alone() {
        let url = |url: &str| HookPlace::parse("127.0.0.1:8443", url);
        assert!(url("https://desk.example/max").is_ok());
        assert!(url("http://127.0.0.1:9000/max").is_ok(), "a stand-in on this machine");
        for bad in ["http://desk.example/max", "ftp://desk.example", "desk.example/max", ""] {
            assert!(url(bad).unwrap_err().contains(bad), "{bad}");
        }
        let why = HookPlace::parse("8443", "https://desk.example/max").unwrap_err();
        assert_eq!(why, "'8443' is no address to listen at; write for example 127.0.0.1:8443");
    }

    #[test]
    fn of_a_delivery_it_is_known_whose_it_is() {
        let chat = |body: &str| HookUpdate::read(body.as_bytes()).map(|update| update.chat);
        let message = r#"{"update_type":"message_created","message":{"recipient":{"chat_id":-7},"body":{"text":"x"}}}"#;
        assert_eq!(chat(message), Some(Some("-7".to_owned())));
        let removed = r#"{"update_type":"message_removed","chat_id":-8,"message_id":"m"}"#;
        assert_eq!(chat(removed), Some(Some("-8".to_owned())));
        // People are nobody's news, also where they come and go in a channel that is watched.
        assert_eq!(chat(r#"{"update_type":"user_added","chat_id":-7,"user":{}}"#), Some(None));
        assert_eq!(chat(r#"{"update_type":"message_created","message":null}"#), Some(None));
        for none in ["", "{", "[]", "7", "{}", r#"{"update_type":7}"#, r#"{"updates":[]}"#] {
            assert_eq!(chat(none), None, "{none}");
        }
    }

    proptest! {
        #[test]
        fn any_bytes_are_a_delivery_or_none(
            bytes in prop::collection::vec(any::<u8>(), 0..200),
            text in r#"\{"(update_type|chat_id|message|success|subscriptions)":[\[{"0-9a-z:,\}]{0,60}"#,
        ) {
            for body in [bytes.as_slice(), text.as_bytes()] {
                let _: Option<HookUpdate> = HookUpdate::read(body);
                let _: Option<Vec<Subscription>> = Subscription::list(body);
                success(body).ok();
                prop_assert!(HookSecret::parse("12345").is_some_and(|secret| !secret.is(body)));
            }
        }
    }
}
