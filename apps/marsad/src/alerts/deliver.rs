//! Alerts on their way: to the terminal, to webhooks, by mail, into rooms.
//!
//! **Invariants.** An alert is in the desk's book before anything is sent, and is noted there as
//! delivered after; a process that dies between the two sends it again, with the same id. What does
//! not arrive is tried again, later and later, for a week. No address of a webhook is printed.

use std::collections::BTreeMap;
use std::time::Duration;

use hmac::{Hmac, KeyInit as _, Mac as _};
use marsad_capture::{Ask, Fetcher, Letter, MailServer, Mailer, Secret, matrix_notice, webhook};
use marsad_desk::{Delivery, Desk};
use marsad_types::Timestamp;
use serde_json::Value;
use sha2::Sha256;

use super::alert::{letter, line};
use super::rule::Place;
use crate::archive::hex;
use crate::failure::Failure;
use crate::settings::Settings;

/// Deliveries under way at a time.
const UNDER_WAY_MAX: usize = 32;
/// Of these to one place: a receiver that does not answer keeps no other from being told.
const TO_ONE_PLACE_MAX: usize = 16;
/// Deliveries that are due and looked at together.
const LOOKED_AT: u32 = 512;
/// Between the first try and the second; twice as long after each that failed.
const AGAIN_MS: i64 = 1000;
/// Longest time between two tries.
const AGAIN_MS_MAX: i64 = 3_600_000;
/// After so long an alert is given up.
const GIVE_UP_MS: i64 = 7 * 86_400_000;
/// Between two looks for what is due, unless something new is there.
const LOOK_EVERY_MS: i64 = 200;
/// Header of the signature.
const SIGNATURE: &str = "Marsad-Signature";

/// Whoever carries alerts out.
#[derive(Debug)]
pub(super) struct Courier {
    agent: String,
    patience: Duration,
    /// For the terminal.
    said: Vec<String>,
    matrix: marsad_capture::Place,
    mail_server: Option<MailServer>,
    webhook_secret: Option<String>,
    fetcher: Option<Fetcher>,
    mailer: Option<Mailer>,
    under_way: BTreeMap<u64, Delivery>,
    tickets: u64,
    looked_at: i64,
    is_new: bool,
}

impl Courier {
    pub(super) fn new(settings: &Settings) -> Result<Self, Failure> {
        Ok(Self {
            agent: settings.agent(),
            patience: settings.timeout(),
            said: Vec::new(),
            matrix: settings.places()?.matrix,
            mail_server: settings.mail_server(),
            webhook_secret: Settings::webhook_secret(),
            fetcher: None,
            mailer: None,
            under_way: BTreeMap::new(),
            tickets: 0,
            looked_at: i64::MIN,
            is_new: true,
        })
    }

    /// What is for the terminal since the last time.
    pub(super) fn said(&mut self) -> Vec<String> {
        std::mem::take(&mut self.said)
    }

    /// Something was raised: look at once.
    pub(super) fn hurry(&mut self) {
        self.is_new = true;
    }

    /// Notes what arrived and what did not, and sends what is due.
    pub(super) fn round(&mut self, desk: &mut Desk, now: Timestamp) -> Result<(), Failure> {
        while let Some(done) = self.fetcher.as_mut().and_then(|f| f.next(Duration::ZERO)) {
            let result = match done.result {
                Ok(answer) if (200..300).contains(&answer.status) => Ok(()),
                Ok(answer) => {
                    Err((format!("the receiver answered {}", answer.status), answer.wait_ms(now.0)))
                }
                Err(missed) => Err((missed.to_string(), None)),
            };
            self.over(desk, done.ticket, result, now)?;
        }
        while let Some((ticket, result)) = self.mailer.as_mut().and_then(Mailer::over) {
            self.over(desk, ticket, result.map_err(|why| (why, None)), now)?;
        }
        let is_time = self.is_new || now.0 >= self.looked_at.saturating_add(LOOK_EVERY_MS);
        if !is_time || self.under_way.len() >= UNDER_WAY_MAX {
            return Ok(());
        }
        self.looked_at = now.0;
        let mut to_place: BTreeMap<String, usize> = BTreeMap::new();
        for other in self.under_way.values() {
            *to_place.entry(other.place.clone()).or_default() += 1;
        }
        let full = to_place.iter().filter(|(_, count)| **count >= TO_ONE_PLACE_MAX);
        let full: Vec<&str> = full.map(|(place, _)| place.as_str()).collect();
        let due = desk.due_except(now, LOOKED_AT, &full)?;
        let may_be_more = due.len() >= LOOKED_AT as usize;
        for delivery in due {
            if self.under_way.len() >= UNDER_WAY_MAX {
                break; // whatever is over makes room, and says so
            }
            let to_it = to_place.entry(delivery.place.clone()).or_default();
            let is_going = |other: &Delivery| {
                (other.rule, &other.key, &other.place)
                    == (delivery.rule, &delivery.key, &delivery.place)
            };
            if *to_it >= TO_ONE_PLACE_MAX || self.under_way.values().any(is_going) {
                continue;
            }
            *to_it += 1;
            self.send(desk, delivery, now)?;
        }
        self.is_new = may_be_more;
        Ok(())
    }

    /// Whether anything is under way: then answers are listened for more often.
    pub(super) fn is_under_way(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Whether something is under way or will be tried again before a time.
    pub(super) fn is_busy(&self, desk: &Desk, until: Timestamp) -> Result<bool, Failure> {
        Ok(!self.under_way.is_empty() || !desk.due(until, 1)?.is_empty())
    }

    fn over(
        &mut self,
        desk: &mut Desk,
        ticket: u64,
        result: Result<(), (String, Option<i64>)>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let Some(delivery) = self.under_way.remove(&ticket) else { return Ok(()) };
        self.is_new = true; // there is room again
        match result {
            Ok(()) => {
                desk.delivered(delivery.rule, (&delivery.key, &delivery.place), now)?;
                Ok(())
            }
            Err((why, wait_ms)) => failed(desk, &delivery, &why, (wait_ms, now)),
        }
    }

    fn send(&mut self, desk: &mut Desk, delivery: Delivery, now: Timestamp) -> Result<(), Failure> {
        let alert: Value = serde_json::from_str(&delivery.alert)?;
        let sent = match Place::parse(&delivery.place) {
            Ok(Place::Terminal) => {
                self.said.push(line(&alert));
                desk.delivered(delivery.rule, (&delivery.key, &delivery.place), now)?;
                return Ok(());
            }
            Ok(Place::Webhook(url)) => {
                let signed = signature(self.webhook_secret.as_deref(), &delivery.alert, now);
                self.ask(webhook(url, delivery.alert.clone().into_bytes(), signed))
            }
            Ok(Place::Matrix(room)) => {
                let id = alert.get("id").and_then(Value::as_str).unwrap_or_default();
                matrix_notice(&self.matrix, &room, (id, &letter(&alert)))
                    .and_then(|ask| self.ask(ask))
            }
            Ok(Place::Mail(to)) => self.mail(&alert, to, delivery.at),
            Err(why) => Err(why),
        };
        match sent {
            Ok(ticket) => drop(self.under_way.insert(ticket, delivery)),
            Err(why) => failed(desk, &delivery, &why, (None, now))?,
        }
        Ok(())
    }

    fn ask(&mut self, ask: Ask) -> Result<u64, String> {
        let fetcher = match &mut self.fetcher {
            Some(fetcher) => fetcher,
            none => none.insert(Fetcher::start(&self.agent, self.patience)?),
        };
        self.tickets += 1;
        fetcher.send(self.tickets, ask);
        Ok(self.tickets)
    }

    fn mail(&mut self, alert: &Value, to: String, at: Timestamp) -> Result<u64, String> {
        let server = self.mail_server.as_ref().ok_or("marsad.toml names no [smtp] server")?;
        let mailer = match &mut self.mailer {
            Some(mailer) => mailer,
            none => none.insert(Mailer::start(server)?),
        };
        let text = |name: &str| alert.get(name).and_then(Value::as_str).unwrap_or_default();
        self.tickets += 1;
        let subject = format!("Marsad alert: {} ({})", text("rule"), text("kind"));
        let id = text("id").to_owned();
        mailer.send(self.tickets, Letter { id, to, subject, body: letter(alert), at });
        Ok(self.tickets)
    }
}

/// Notes a try that failed, and when the next one is.
fn failed(
    desk: &mut Desk,
    delivery: &Delivery,
    why: &str,
    (wait_ms, now): (Option<i64>, Timestamp),
) -> Result<(), Failure> {
    // An error names the address that was asked; what stands in its path may be a secret.
    let why = match Place::parse(&delivery.place) {
        Ok(place @ Place::Webhook(_)) => {
            let url = delivery.place.trim_start_matches("webhook:");
            why.replace(url, place.shown().trim_start_matches("webhook:"))
        }
        _ => why.to_owned(),
    };
    let again_at = again(delivery, wait_ms, now);
    let why = if again_at.is_some() { why } else { format!("given up after a week: {why}") };
    desk.not_delivered(delivery.rule, (&delivery.key, &delivery.place), &why, again_at)?;
    Ok(())
}

/// When a delivery that failed is tried again; never, when it is a week old.
fn again(delivery: &Delivery, wait_ms: Option<i64>, now: Timestamp) -> Option<Timestamp> {
    if now.0 - delivery.at.0 > GIVE_UP_MS {
        return None;
    }
    let doubled = AGAIN_MS.saturating_mul(1 << delivery.tries.min(20));
    let wait_ms = doubled.max(wait_ms.unwrap_or(0)).min(AGAIN_MS_MAX);
    Some(Timestamp(now.0 + wait_ms))
}

/// `t=<unix seconds>,v1=<hex HMAC-SHA256 of "t.body">`: the receiver checks that it is ours, and
/// that it is not an old one.
fn signature(secret: Option<&str>, body: &str, now: Timestamp) -> Secret {
    let t = now.0.div_euclid(1000);
    let mac = secret.and_then(|secret| Hmac::<Sha256>::new_from_slice(secret.as_bytes()).ok());
    let Some(mut mac) = mac else { return Secret::None };
    mac.update(format!("{t}.{body}").as_bytes());
    let v1 = hex(&mac.finalize().into_bytes());
    Secret::Headers(vec![(SIGNATURE, format!("t={t},v1={v1}"))])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_the_one_that_others_compute() {
        // printf '1700000000.{"id":"a"}' | openssl dgst -sha256 -hmac desk
        let signed = signature(Some("desk"), "{\"id\":\"a\"}", Timestamp(1_700_000_000_123));
        let Secret::Headers(fields) = signed else { panic!("not signed") };
        assert_eq!(fields[0].0, SIGNATURE);
        assert_eq!(
            fields[0].1,
            "t=1700000000,v1=64fcf3b09c62d6de99fa82af36d7ba30c981a1b0d9482ad086b317e482030388"
        );
        assert_eq!(signature(None, "{}", Timestamp(0)), Secret::None);
    }

    #[test]
    fn tries_come_later_and_later_and_end_after_a_week() {
        let tried = |tries, at| Delivery {
            rule: 1,
            key: "a".into(),
            place: "webhook:https://desk.example.org/s3cret".into(),
            at: Timestamp(at),
            alert: "{}".into(),
            tries,
        };
        let now = Timestamp(GIVE_UP_MS);
        let wait = |tries, wait_ms| again(&tried(tries, 1), wait_ms, now).map(|at| at.0 - now.0);
        assert_eq!(wait(0, None), Some(1000));
        assert_eq!(wait(3, None), Some(8000));
        assert_eq!(wait(3, Some(60_000)), Some(60_000), "as the receiver asks");
        assert_eq!(wait(60, None), Some(AGAIN_MS_MAX));
        assert_eq!(again(&tried(9, -1), None, now), None);
    }

    #[test]
    fn a_failure_does_not_print_the_address() {
        let folder = tempfile::tempdir().unwrap();
        let mut desk = Desk::open(&folder.path().join("desk.sqlite")).unwrap();
        let rule = desk.add_rule("r", "{}", false, Timestamp(0)).unwrap();
        let place = "webhook:https://desk.example.org/s3cret".to_owned();
        desk.raise(rule, ("a", "{}"), std::slice::from_ref(&place), Timestamp(0)).unwrap();
        let due = desk.due(Timestamp(0), 1).unwrap();
        let why = "error sending request for url (https://desk.example.org/s3cret)";
        failed(&mut desk, &due[0], why, (None, Timestamp(0))).unwrap();
        let said = desk.told(rule).unwrap().failure.unwrap();
        assert!(said.contains("desk.example.org") && !said.contains("s3cret"), "{said}");
    }
}
