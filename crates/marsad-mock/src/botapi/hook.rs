//! Web hooks: subscriptions, and what is to be delivered to them when, pure in time as the rest is.
//!
//! Each update is delivered on its own and, where it is not received, repeated on its own: an older one
//! may come after a newer one. Who does not receive anything for long enough is unsubscribed.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::rest::{Answer, bad_payload, refuse};
use super::{BotApi, Flavour, Update};
use crate::gate::Effect;
use crate::http::Request;

/// When what was not received is repeated, and when the platform gives up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Retry {
    /// After the first failure.
    pub first_ms: i64,
    /// How much longer after each further one.
    pub factor: f64,
    /// How often, at most.
    pub tries: u32,
    /// Who receives nothing for so long is unsubscribed.
    pub patience_ms: i64,
}

impl Default for Retry {
    /// As MAX writes it: after 60 s, 150 s, 375 s …, ten times; unsubscribed after eight hours.
    fn default() -> Self {
        Self { first_ms: 60_000, factor: 2.5, tries: 10, patience_ms: 8 * 3_600_000 }
    }
}

/// One delivery that is due.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    /// Where to.
    pub url: String,
    /// What it shows, in `X-Max-Bot-Api-Secret`.
    pub secret: Option<String>,
    /// The update.
    pub body: Vec<u8>,
    subscription: u64,
    update: u64,
}

#[derive(Debug, Default)]
pub(super) struct Hooks {
    subscriptions: Vec<Subscription>,
    numbers: u64,
    retry: Retry,
    given_up: u64,
}

#[derive(Debug)]
struct Subscription {
    number: u64,
    url: String,
    secret: Option<String>,
    /// All, where none is named.
    kinds: Option<Vec<String>>,
    since_ms: i64,
    /// Since when nothing was received.
    failing_ms: Option<i64>,
    /// Updates that were taken up, received or not.
    taken: BTreeSet<u64>,
    waiting: BTreeMap<u64, Waiting>,
}

#[derive(Debug)]
struct Waiting {
    body: Vec<u8>,
    failures: u32,
    /// `None` while it is on its way.
    due_ms: Option<i64>,
}

impl Hooks {
    pub(super) fn stand(&self) -> bool {
        !self.subscriptions.is_empty()
    }

    pub(super) fn list(&self) -> Value {
        let listed = self.subscriptions.iter().map(
            |one| json!({"url": one.url, "time": one.since_ms, "update_types": one.kinds, "version": null}),
        );
        json!({"subscriptions": listed.collect::<Vec<Value>>()})
    }

    /// The same address again changes its subscription.
    pub(super) fn subscribe(
        &mut self,
        flavour: Flavour,
        request: &Request,
        now_ms: i64,
        effect: Effect,
    ) -> Answer {
        let asked = request.json();
        let Some(url) = asked["url"].as_str() else { return Err(bad_payload("url is required")) };
        // Only on this machine may it be without TLS.
        let is_fit = flavour == Flavour::TamTam && url.starts_with("http://")
            || url.starts_with("https://")
            || url.starts_with("http://127.0.0.1:");
        if !is_fit {
            return Err(bad_payload("url: must start with https://"));
        }
        let secret = asked["secret"].as_str().map(str::to_owned);
        let is_plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-');
        let is_secret =
            |secret: &String| (5..=256).contains(&secret.len()) && secret.bytes().all(is_plain);
        if !asked["secret"].is_null() && !secret.as_ref().is_some_and(is_secret) {
            return Err(bad_payload("secret: Invalid value"));
        }
        let kinds = asked["update_types"]
            .as_array()
            .map(|kinds| kinds.iter().filter_map(|kind| Some(kind.as_str()?.to_owned())).collect());
        if effect == Effect::None {
            return Ok(json!({"success": true}));
        }
        if let Some(known) = self.subscriptions.iter_mut().find(|known| known.url == url) {
            (known.secret, known.kinds) = (secret, kinds);
        } else {
            self.numbers += 1;
            self.subscriptions.push(Subscription {
                number: self.numbers,
                url: url.to_owned(),
                secret,
                kinds,
                since_ms: now_ms,
                failing_ms: None,
                taken: BTreeSet::new(),
                waiting: BTreeMap::new(),
            });
        }
        Ok(json!({"success": true}))
    }

    pub(super) fn unsubscribe(&mut self, request: &Request, effect: Effect) -> Answer {
        let Some(url) = request.parameter("url") else {
            return Err(bad_payload("url is required"));
        };
        if !self.subscriptions.iter().any(|known| known.url == url) {
            return Err(refuse(404, "not.found", "Subscription not found"));
        }
        if effect == Effect::Full {
            self.subscriptions.retain(|known| known.url != url);
        }
        Ok(json!({"success": true}))
    }

    /// What is due; each is then on its way until it is told what became of it.
    fn due(&mut self, updates: &[Update], now_ms: i64) -> Vec<Delivery> {
        let mut due = Vec::new();
        for one in &mut self.subscriptions {
            for update in updates {
                let is_due = (one.since_ms..=now_ms).contains(&update.at_ms);
                let kind = update.value["update_type"].as_str().unwrap_or_default();
                let is_wanted =
                    one.kinds.as_ref().is_none_or(|kinds| kinds.iter().any(|known| known == kind));
                if is_due && is_wanted && one.taken.insert(update.number) {
                    let body = update.value.to_string().into_bytes();
                    let waiting = Waiting { body, failures: 0, due_ms: Some(now_ms) };
                    one.waiting.insert(update.number, waiting);
                }
            }
            for (update, waiting) in &mut one.waiting {
                if waiting.due_ms.is_some_and(|due| due <= now_ms) {
                    waiting.due_ms = None;
                    due.push(Delivery {
                        url: one.url.clone(),
                        secret: one.secret.clone(),
                        body: waiting.body.clone(),
                        subscription: one.number,
                        update: *update,
                    });
                }
            }
        }
        due
    }

    fn told(&mut self, delivery: &Delivery, now_ms: i64, is_received: bool) {
        let retry = self.retry;
        let mut all = self.subscriptions.iter_mut();
        let Some(one) = all.find(|one| one.number == delivery.subscription) else { return };
        if is_received {
            one.failing_ms = None;
            one.waiting.remove(&delivery.update);
            return;
        }
        let since = *one.failing_ms.get_or_insert(now_ms);
        if let Some(waiting) = one.waiting.get_mut(&delivery.update) {
            waiting.failures += 1;
            let longer = retry.factor.powi(waiting.failures as i32 - 1);
            waiting.due_ms = Some(now_ms + (retry.first_ms as f64 * longer) as i64);
            if waiting.failures > retry.tries {
                one.waiting.remove(&delivery.update);
                self.given_up += 1;
            }
        }
        if now_ms - since >= retry.patience_ms {
            self.subscriptions.retain(|one| one.number != delivery.subscription);
        }
    }
}

impl BotApi {
    /// When what was not received is repeated.
    pub fn set_retry(&self, retry: Retry) {
        self.state().hooks.retry = retry;
    }

    /// Deliveries that are due; each is then on its way until [`BotApi::told`].
    pub fn due(&self, now_ms: i64) -> Vec<Delivery> {
        let mut state = self.state();
        let super::State { hooks, updates, .. } = &mut *state;
        hooks.due(updates, now_ms)
    }

    /// What became of a delivery: received is what was answered 200.
    pub fn told(&self, delivery: &Delivery, now_ms: i64, is_received: bool) {
        self.state().hooks.told(delivery, now_ms, is_received);
    }

    /// Where it delivers to.
    pub fn subscribed(&self) -> Vec<String> {
        self.state().hooks.subscriptions.iter().map(|one| one.url.clone()).collect()
    }

    /// Deliveries that are on their way or wait to be repeated, of what has happened by now.
    pub fn undelivered(&self) -> usize {
        self.state().hooks.subscriptions.iter().map(|one| one.waiting.len()).sum()
    }

    /// Deliveries that were repeated as often as they are.
    pub fn given_up(&self) -> u64 {
        self.state().hooks.given_up
    }

    /// Ends all subscriptions, as the platform does when nothing was received for eight hours.
    pub fn drop_subscriptions(&self) {
        self.state().hooks.subscriptions.clear();
    }
}
