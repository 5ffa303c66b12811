//! `/sync`: what happened in the rooms that a user is in.
//!
//! A place is an instant and how many events the server had then: an event that was written later for
//! an earlier instant is new. What our reader must not keep is in the answers as it is in a real
//! server's: the account's own data, keys, presence, who types, who the members are.

use serde_json::{Map, Value, json};

use super::User;
use super::rest::{Answer, Call, Filter, Position, missing_token, refuse};
use super::room::{Event, Room};

/// Events of a room in one answer, unless the filter says otherwise.
const LIMIT: usize = 10;

/// A place in sync: everything that arrived by this instant and was written by then.
#[derive(Clone, Copy)]
struct Place {
    at_ms: i64,
    stream: u64,
}

impl Place {
    fn knows(self, event: &Event) -> bool {
        event.at_ms <= self.at_ms && event.stream <= self.stream
    }
}

impl Call<'_> {
    fn account(&self) -> Result<&User, super::Response> {
        let id = self.user()?.ok_or_else(missing_token)?;
        let found = self.state.users.iter().find(|user| user.id == id);
        found.ok_or_else(missing_token)
    }

    pub(super) fn joined_rooms(&self) -> Answer {
        let user = self.account()?;
        let rooms = self.state.rooms.iter().filter(|room| room.is_there(self.now_ms));
        let joined = rooms.filter(|room| user.joined_at(&room.id, self.now_ms).is_some());
        let ids: Vec<&str> = joined.map(|room| room.id.as_str()).collect();
        Ok(json!({"joined_rooms": ids}))
    }

    fn since(&self) -> Result<Option<Place>, super::Response> {
        let Some(token) = self.request.parameter("since") else { return Ok(None) };
        let numbers = |token: &str| {
            let mut parts = token.strip_prefix('s')?.split('_').map(str::parse::<i64>);
            let (epoch, at_ms, stream) =
                (parts.next()?.ok()?, parts.next()?.ok()?, parts.next()?.ok()?);
            let is_known = epoch.cast_unsigned() == self.state.epoch;
            is_known.then_some(Place { at_ms, stream: stream.cast_unsigned() })
        };
        let bad = || refuse(400, "M_UNKNOWN", "Invalid stream token");
        numbers(&token).map(Some).ok_or_else(bad)
    }

    fn filter(&self) -> Value {
        let written = self.request.parameter("filter").unwrap_or_default();
        serde_json::from_str(&written).unwrap_or(Value::Null)
    }

    /// Rooms that the user is in and asks for, with since when.
    fn rooms(&self, user: &User, filter: &Value) -> Vec<(&Room, i64)> {
        let wanted = filter["room"]["rooms"].as_array();
        let is_wanted = |room: &&Room| wanted.is_none_or(|ids| ids.iter().any(|id| *id == room.id));
        let there = self.state.rooms.iter().filter(|room| room.is_there(self.now_ms));
        let asked = there.filter(is_wanted);
        asked.filter_map(|room| Some((room, user.joined_at(&room.id, self.now_ms)?))).collect()
    }

    /// Whether nothing has happened since the place that is asked from.
    pub(super) fn has_no_news(&self) -> bool {
        let (Ok(user), Ok(Some(since))) = (self.account(), self.since()) else { return false };
        let rooms = self.rooms(user, &self.filter());
        rooms.iter().all(|(room, joined)| {
            *joined <= since.at_ms && room.arrived(self.now_ms).iter().all(|e| since.knows(e))
        })
    }

    pub(super) fn sync(&self) -> Answer {
        let (user, since, filter) = (self.account()?, self.since()?, self.filter());
        let mut join = Map::new();
        for (room, joined) in self.rooms(user, &filter) {
            let since = since.filter(|since| joined <= since.at_ms);
            if let Some(shown) = self.joined(room, since, &filter) {
                join.insert(room.id.clone(), shown);
            }
        }
        let next = format!("s{}_{}_{}_0", self.state.epoch, self.now_ms, self.state.stream);
        let mut answer = json!({"next_batch": next});
        if filter["account_data"].is_null() {
            let data = json!({"type": "m.push_rules", "content": {}});
            answer["account_data"] = json!({"events": [data]});
        }
        if filter["presence"].is_null() {
            let here = json!({"type": "m.presence", "sender": "@anna:marsad.test",
                "content": {"presence": "online"}});
            answer["presence"] = json!({"events": [here]});
        }
        answer["device_one_time_keys_count"] = json!({"signed_curve25519": 0});
        if !join.is_empty() {
            answer["rooms"] = json!({"join": join});
        }
        Ok(answer)
    }

    /// A room with what is new in it; nothing where nothing is.
    fn joined(&self, room: &Room, since: Option<Place>, filter: &Value) -> Option<Value> {
        let parts = &filter["room"];
        let arrived = room.arrived(self.now_ms);
        let is_new = |event: &Event| since.is_none_or(|since| !since.knows(event));
        let takes = Filter(parts["timeline"].clone());
        let limit = parts["timeline"]["limit"].as_u64().map_or(LIMIT, |limit| limit as usize);
        let new: Vec<(usize, &Event)> =
            arrived.iter().enumerate().filter(|(_, event)| is_new(event)).collect();
        if new.is_empty() && since.is_some() {
            return None;
        }
        let wanted: Vec<(usize, &Event)> =
            new.iter().copied().filter(|(_, event)| takes.takes(event)).collect();
        let shown = wanted.get(wanted.len().saturating_sub(limit)..).unwrap_or_default();
        let first = shown.first().map_or(arrived.len(), |(place, _)| *place);
        let is_limited = shown.len() < wanted.len() || since.is_none() && first > 0;
        let before = Position { depth: first as u64, stream: stream_before(arrived, first) };
        let member = |event: &Event| {
            let mut event = room.json(event, self.now_ms);
            if let Some(fields) = event.as_object_mut() {
                fields.remove("room_id");
            }
            event["unsigned"]["membership"] = json!("join");
            event
        };
        let events: Vec<Value> = shown.iter().map(|(_, event)| member(event)).collect();
        // The state before the first event that is shown, as far as it is not known.
        let states = Filter(parts["state"].clone());
        let current = self.current_state(room);
        let state = current.into_iter().filter(|event| {
            let place = room.places.get(&event.id).copied().unwrap_or(0);
            place < first && is_new(event) && states.takes(event)
        });
        let state: Vec<Value> = state.map(member).collect();
        let mut shown = json!({
            "timeline": {"events": events, "limited": is_limited, "prev_batch": before.written()},
            "state": {"events": state},
            "summary": {"m.heroes": ["@anna:marsad.test"], "m.joined_member_count": 2},
            "unread_notifications": {"notification_count": 1, "highlight_count": 0},
        });
        if parts["ephemeral"].is_null() {
            let typing =
                json!({"type": "m.typing", "content": {"user_ids": ["@anna:marsad.test"]}});
            shown["ephemeral"] = json!({"events": [typing]});
        }
        Some(shown)
    }
}

fn stream_before(arrived: &[Event], first: usize) -> u64 {
    first.checked_sub(1).and_then(|before| arrived.get(before)).map_or(0, |event| event.stream)
}
