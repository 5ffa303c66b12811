//! Rooms by name, and the addresses at which a homeserver is asked about them.

use serde_json::json;

use crate::Place;

/// Events of a page. Synapse gives no more than 1000.
const EVENTS: usize = 100;
/// Events of one room in an answer of sync; more than that are a gap, which visits fill.
const SYNC_EVENTS: usize = 50;
/// Events that are left out of pages: who comes and goes and who likes what is nobody's business here.
pub(super) const NOT_TYPES: [&str; 2] = ["m.room.member", "m.reaction"];
/// State that says who may read, what the room is called, and what takes its place.
pub(super) const STATE_TYPES: [&str; 6] = [
    "m.room.canonical_alias",
    "m.room.encryption",
    "m.room.history_visibility",
    "m.room.name",
    "m.room.tombstone",
    "m.room.topic",
];

/// A room as its source names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Room {
    /// `#alias:server` or `!id[:server]`.
    pub(super) name: String,
    /// The server in the name; rooms of version 12 and later have none.
    pub(super) server: Option<String>,
}

impl Room {
    pub(super) fn of(name: &str) -> Self {
        let server = name.split_once(':').map(|(_, server)| server.to_owned());
        Self { name: name.to_owned(), server }
    }

    pub(super) fn is_alias(&self) -> bool {
        self.name.starts_with('#')
    }
}

/// A homeserver's client-server API.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Homeserver {
    base: String,
    /// Host and port: what is counted together.
    pub(super) host: String,
    /// Settings name it: an account's token is for it.
    pub(super) is_set: bool,
}

impl Homeserver {
    /// The one that settings name, else the one in the room's name.
    ///
    /// A server's name need not be the host of its API; who delegates has to be set. That is asked
    /// nowhere, because the answer would choose whom we ask.
    pub(super) fn of(room: &Room, place: &Place) -> Result<Self, String> {
        let is_set = place.url.is_some();
        let own = room.server.as_deref().unwrap_or_default();
        if !is_set && room.server.is_none() {
            return Err(format!(
                "the room '{}' names no server; set MARSAD_MATRIX_URL to a homeserver that has it",
                room.name
            ));
        }
        if !is_set && !is_server_name(own) {
            return Err(format!("'{own}' is no name of a server"));
        }
        let base = place.base(&format!("https://{own}"));
        Ok(Self { base: format!("{base}/_matrix/client"), host: place.host(own), is_set })
    }

    /// The one that settings name.
    pub(super) fn set(place: &Place) -> Option<Self> {
        place.url.as_ref()?;
        let base = format!("{}/_matrix/client", place.base(""));
        Some(Self { base, host: place.host(""), is_set: true })
    }

    /// The rooms that our account is in.
    pub(super) fn joined(&self) -> String {
        format!("{}/v3/joined_rooms", self.base)
    }

    /// What happened in rooms that our account has joined, after a place in its stream; without one,
    /// how they are now. The account is not shown as present by it.
    pub(super) fn sync(&self, rooms: &[&str], since: Option<&str>, wait_ms: u64) -> String {
        let since = since.map_or(String::new(), |token| format!("&since={}", escaped(token)));
        let filter = escaped(&sync_filter(rooms));
        format!(
            "{}/v3/sync?timeout={wait_ms}&set_presence=offline&filter={filter}{since}",
            self.base
        )
    }

    /// Which room has this alias.
    pub(super) fn alias(&self, alias: &str) -> String {
        format!("{}/v3/directory/room/{}", self.base, escaped(alias))
    }

    /// What the room is; `via` names a server that has it.
    pub(super) fn summary(&self, id: &str, via: Option<&str>) -> String {
        let via = via.map_or(String::new(), |server| format!("?via={}", escaped(server)));
        format!("{}/v1/room_summary/{}{via}", self.base, escaped(id))
    }

    /// One piece of the room's state.
    pub(super) fn state(&self, id: &str, kind: &str) -> String {
        format!("{}/v3/rooms/{}/state/{kind}", self.base, escaped(id))
    }

    /// One event with its last edit.
    pub(super) fn event(&self, id: &str, event: &str) -> String {
        format!("{}/v3/rooms/{}/event/{}", self.base, escaped(id), escaped(event))
    }

    /// A page of events, `b`ackwards or `f`orwards from a place.
    pub(super) fn messages(&self, id: &str, direction: char, from: Option<&str>) -> String {
        let filter = escaped(&json!({"not_types": NOT_TYPES}).to_string());
        let from = from.map_or(String::new(), |token| format!("&from={}", escaped(token)));
        let room = escaped(id);
        let base = &self.base;
        format!(
            "{base}/v3/rooms/{room}/messages?dir={direction}&limit={EVENTS}&filter={filter}{from}"
        )
    }
}

/// Of these rooms what is said and the state that a visit would ask about; nothing of who is there, who
/// reads and writes, or of our account.
fn sync_filter(rooms: &[&str]) -> String {
    let nothing = json!({"not_types": ["*"], "types": []});
    json!({
        "presence": nothing, "account_data": nothing,
        "room": {
            "rooms": rooms, "include_leave": false, "account_data": nothing, "ephemeral": nothing,
            "state": {"lazy_load_members": true, "types": STATE_TYPES},
            "timeline": {"limit": SYNC_EVENTS, "lazy_load_members": true, "not_types": NOT_TYPES},
        },
    })
    .to_string()
}

/// A part of a path or query: everything but RFC 3986's unreserved characters becomes `%XX`.
fn escaped(part: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    let escape = |byte: u8| {
        if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    part.bytes().map(escape).collect()
}

/// `host`, `host:port`, `[address]:port`: the specification's grammar of server names.
fn is_server_name(name: &str) -> bool {
    let (host, port) = match name.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, rest)) => {
            let is_address = !host.is_empty()
                && host.bytes().all(|b| b.is_ascii_hexdigit() || b == b':' || b == b'.');
            if !is_address {
                return false;
            }
            ("v6", rest.strip_prefix(':').or(rest.is_empty().then_some("0")))
        }
        None => name.split_once(':').map_or((name, Some("0")), |(host, port)| (host, Some(port))),
    };
    let is_host = !host.is_empty()
        && host.len() <= 255
        && host.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'.');
    let is_port = port.is_some_and(|port| {
        (1..=5).contains(&port.len()) && port.bytes().all(|b| b.is_ascii_digit())
    });
    is_host && is_port
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use url::Url;

    use super::*;

    fn at(name: &str) -> Result<Homeserver, String> {
        Homeserver::of(&Room::of(name), &Place::default())
    }

    #[test]
    fn a_room_is_asked_about_at_its_own_server_or_at_the_one_that_is_set() {
        let home = at("#rail:example.org:8448").unwrap();
        assert_eq!(
            home.alias("#rail:example.org:8448"),
            "https://example.org:8448/_matrix/client/v3/directory/room/%23rail%3Aexample.org%3A8448"
        );
        assert_eq!((home.host.as_str(), home.is_set), ("example.org:8448", false));
        let place = Place { url: Url::parse("http://127.0.0.1:8008/").ok(), ..Place::default() };
        let home = Homeserver::of(&Room::of("!abc"), &place).unwrap();
        assert_eq!(
            home.event("!abc", "$a/../b"),
            "http://127.0.0.1:8008/_matrix/client/v3/rooms/%21abc/event/%24a%2F..%2Fb"
        );
        assert_eq!((home.host.as_str(), home.is_set), ("127.0.0.1:8008", true));
        assert!(at("!abc").unwrap_err().contains("MARSAD_MATRIX_URL"));
    }

    #[test]
    fn what_is_no_server_is_not_asked() {
        for name in ["#a:", "#a:b/c", "#a:b@c", "#a:b?c", "#a:b:c", "#a:[::1", "#a:b:", "#a:[::1]x"]
        {
            assert!(at(name).is_err(), "{name}");
        }
        for name in ["#a:127.0.0.1:80", "#a:[::1]:8448", "#a:[2001:db8::1]", "!a:weather.example"] {
            assert!(at(name).is_ok(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn no_name_leaves_the_host_and_the_path_that_were_meant(id in "\\PC{1,40}", event in "\\PC{1,40}") {
            let home = at("#a:weather.example").unwrap();
            let url = Url::parse(&home.event(&id, &event)).unwrap();
            prop_assert_eq!(url.host_str(), Some("weather.example"));
            prop_assert_eq!(url.query(), None);
            let is_dots = |part: &str| part == "." || part == "..";
            if !is_dots(&id) && !is_dots(&event) {
                prop_assert_eq!(url.path_segments().unwrap().count(), 7);
            }
        }
    }
}
