//! Rooms of every kind, and what a visit makes of them.

use std::collections::BTreeSet;
use std::ops::Range;
use std::time::Instant;

use marsad_capture::{Look, Memory, Nudge, Outcome, Plan, Turn};
use marsad_types::Status;
use serde_json::json;

use crate::desk::{Desk, Known};
use crate::server::{Account, Members, Synapse};

/// What is looked at again, and what is remembered for it.
const RECHECK: usize = 20;

fn saw(has_older: bool) -> Outcome {
    Outcome { look: Look::Saw, has_older, followed: true }
}

#[test]
fn a_real_homeserver_is_read_as_it_is() {
    let Some(server) = Synapse::start() else { return };
    let mut members = Members::of(&server);
    let (press, desk) = (members.register("press"), members.register("desk"));
    let mut reader = Desk::new(&server, Some(&desk.token));
    let began = Instant::now();
    let coast = a_room_with_a_history(&mut members, &press, &mut reader);
    let (mut coast, memory) = news(&mut members, &press, &mut reader, coast);
    live(&mut members, &press, &desk, &mut reader, &mut coast);
    eprintln!(
        "read: {} requests, {:.1} s with the writing",
        reader.requests,
        began.elapsed().as_secs_f64()
    );
    rooms_that_are_not_public(&mut members, &press, &server, &desk);
    a_room_of_an_old_version(&mut members, &press, &server, &desk);
    a_name_that_moves(&members, &press, &mut reader, memory);
    eprintln!("all: {:.1} s", began.elapsed().as_secs_f64());
}

/// A room, and what is true of it.
struct Coast {
    room: String,
    /// Posts of each hour.
    ids: Vec<String>,
    truth: Known,
}

const NAME: &str = "#coast:marsad.test";

impl Coast {
    fn hours(&mut self, members: &mut Members, by: &Account, hours: Range<usize>) {
        for hour in hours {
            let text = format!("Hour {hour}: wind {} kn, visibility good", 8 + hour % 7);
            let id = members.says(by, &self.room, &text);
            self.truth.posts.insert(id.clone(), vec![text]);
            self.ids.push(id);
        }
    }

    fn edit(&mut self, members: &mut Members, by: &Account, hour: usize, text: &str) {
        let id = &self.ids[hour];
        members.edit(by, &self.room, id, text);
        self.truth.posts.get_mut(id).unwrap().push(text.to_owned());
    }

    fn redact(&mut self, members: &mut Members, by: &Account, hour: usize) {
        let id = &self.ids[hour];
        members.redact(by, &self.room, id);
        self.truth.posts.remove(id);
        self.truth.removed.insert(id.clone());
    }
}

/// A room with edits, removals and more than a page of posts, read for the first time.
fn a_room_with_a_history(
    members: &mut Members,
    press: &Account,
    reader: &mut Desk,
) -> (Coast, Memory) {
    let other = members.register("other");
    let room = members.room(press, "coast", "12", "world_readable");
    assert!(!room.contains(':'), "a room of version 12 names no server: {room}");
    let mut coast = Coast { room: room.clone(), ids: Vec::new(), truth: Known::default() };
    coast.hours(members, press, 0..100);
    coast.edit(members, press, 95, "Gale from 19:00");
    coast.edit(members, press, 95, "Gale from 20:00");
    members.post(&format!("join/{room}"), &json!({}), &other);
    members.edit(&other, &room, &coast.ids[96], "No gale");
    coast.redact(members, press, 97);
    let body = format!("> <{}> Hour 1\n\nFerries stop", press.name);
    let relation = json!({"m.in_reply_to": {"event_id": coast.ids[1]}});
    let reply = json!({"msgtype": "m.text", "body": body, "m.relates_to": relation});
    let reply = members.send(&other, &room, "m.room.message", &reply);
    coast.truth.posts.insert(reply, vec!["Ferries stop".to_owned()]);
    let image = json!({"msgtype": "m.image", "body": "radar.png", "url": "mxc://marsad.test/abc"});
    let image = members.send(press, &room, "m.room.message", &image);
    coast.truth.posts.insert(image, vec![String::new()]);
    let like = json!({"rel_type": "m.annotation", "event_id": coast.ids[1], "key": "+"});
    let like = members.send(&other, &room, "m.reaction", &json!({"m.relates_to": like}));
    members.redact(&other, &room, &like);

    let (memory, outcome) = reader.visit(NAME, Memory::default(), Plan::everything(RECHECK));
    assert_eq!(outcome, saw(false));
    // Of a reaction that was taken back only that is seen: it names no post that anybody knows.
    coast.truth.removed.insert(like);
    assert_eq!(reader.there(), coast.truth);
    assert_eq!(reader.names, BTreeSet::from([press.name.clone(), other.name]));
    assert_eq!(reader.problems, ["an edit by another than the post's author; it is not read"]);
    let [channel] = &reader.channels[..] else { panic!("{:?}", reader.channels) };
    assert_eq!((channel.key.id.as_str(), channel.status), (room.as_str(), Status::Alive));
    assert_eq!(channel.handle.as_deref(), Some(NAME));
    assert_eq!(channel.title.as_deref(), Some("Coast Weather"));
    assert_eq!(channel.description.as_deref(), Some("Hourly notices"));
    assert_eq!(channel.subscribers, Some(2));
    let named = (memory.channel.as_deref(), memory.handle.as_deref());
    assert_eq!(named, (Some(room.as_str()), Some(NAME)));
    assert_eq!((reader.asked.len(), reader.calls("/messages")), (5, 2), "{:#?}", reader.asked);
    (coast, memory)
}

/// What comes while the room is watched.
fn news(
    members: &mut Members,
    press: &Account,
    reader: &mut Desk,
    (mut coast, memory): (Coast, Memory),
) -> (Coast, Memory) {
    let follow = Plan::follow(RECHECK);
    let (memory, outcome) = reader.visit(NAME, memory, follow);
    assert_eq!(outcome, saw(false));
    assert_eq!(reader.asked.len(), 1, "nothing new is one question: {:#?}", reader.asked);

    // News; an edit and a removal of posts that do not stand among them.
    coast.hours(members, press, 100..125);
    coast.edit(members, press, 1, "Hour 1: corrected");
    coast.redact(members, press, 2);
    let before = memory.clone();
    let (memory, outcome) = reader.visit(NAME, memory, follow);
    assert_eq!(outcome, saw(false));
    assert_eq!(reader.there(), coast.truth);
    assert_eq!((reader.calls("dir=f"), reader.calls("/event/")), (2, 1), "{:#?}", reader.asked);

    // The place is lost: from the newest page back to what is known.
    let known = std::mem::take(&mut reader.known);
    let lost = Memory { token: Some("nonsense".to_owned()), ..before };
    let (found, outcome) = reader.visit(NAME, lost, follow);
    assert_eq!(outcome, saw(false));
    assert_eq!(found.recent, memory.recent);
    let is_read = |post: &String| reader.known.posts.contains_key(post);
    assert!(coast.ids[100..].iter().all(is_read));
    assert!(reader.known.posts[&coast.ids[1]].contains(&"Hour 1: corrected".to_owned()));
    reader.known = known;

    // A second look finds what happened to the last posts.
    coast.edit(members, press, 121, "Hour 121: sun");
    coast.redact(members, press, 122);
    let recheck = Plan { follow: false, recheck: RECHECK, ..follow };
    let (memory, outcome) = reader.visit(NAME, memory, recheck);
    assert_eq!(outcome, saw(false));
    assert_eq!(reader.asked.len(), 1, "one page holds them: {:#?}", reader.asked);
    assert_eq!(reader.there(), coast.truth);
    (coast, memory)
}

/// A room that the desk's own account has joined, beside one that is nobody's business: what happens in
/// it comes without a visit, and only while everybody may read it.
fn live(
    members: &mut Members,
    press: &Account,
    desk: &Account,
    reader: &mut Desk,
    coast: &mut Coast,
) {
    let room = coast.room.clone();
    let private = members.room(press, "backroom", "12", "shared");
    for joined in [&room, &private] {
        members.post(&format!("join/{joined}"), &json!({}), desk);
    }
    members.says(press, &private, "Soup of the day");
    let (memory, outcome, nudges) = reader.sync(Memory::default(), &room);
    assert_eq!(outcome, saw(false));
    let calls = (reader.calls("joined_rooms"), reader.calls("/sync?"), reader.asked.len());
    assert_eq!((calls.0, calls.1), (1, 1), "{:#?}", reader.asked);
    let follow = Nudge { channel: room.clone(), turn: Turn::Follow };
    assert!(nudges.contains(&follow), "there is more than the first answer shows: {nudges:?}");
    assert_eq!(reader.there(), coast.truth, "it shows nothing that is not known");

    // News, an edit and a removal of posts that stand elsewhere.
    coast.hours(members, press, 125..130);
    coast.edit(members, press, 3, "Hour 3: corrected");
    coast.redact(members, press, 4);
    let (memory, outcome, nudges) = reader.sync(memory, &room);
    assert_eq!((outcome, nudges), (saw(false), Vec::new()));
    assert_eq!(reader.there(), coast.truth);
    assert_eq!((reader.calls("/event/"), reader.calls("/messages")), (1, 0), "{:#?}", reader.asked);

    // More than an answer holds: a visit is asked for. The place lasts.
    let before = memory.clone();
    coast.hours(members, press, 130..190);
    let (_, _, nudges) = reader.sync(memory, &room);
    assert_eq!(nudges, std::slice::from_ref(&follow));
    let (memory, _, nudges) = reader.sync(before, &room);
    assert_eq!(nudges, [follow], "a process that died asks the same again");
    // A place that the server does not know.
    let lost = Memory { token: Some("nonsense".to_owned()), ..memory.clone() };
    assert_eq!(reader.sync(lost, &room).1, saw(false));

    // It closes: nothing of that is kept, and it is left out until a visit has looked.
    let says = |who: &str| json!({"history_visibility": who});
    members.state(press, &room, "m.room.history_visibility", &says("shared"));
    let hidden = members.says(press, &room, "For members alone");
    let (memory, _, nudges) = reader.sync(memory, &room);
    assert!(nudges.contains(&Nudge { channel: room.clone(), turn: Turn::Check }), "{nudges:?}");
    assert!(!reader.known.posts.contains_key(&hidden));
    assert!(!reader.sync(memory, &room).1.followed);
    assert_eq!(reader.calls("/sync?"), 0);
    members.state(press, &room, "m.room.history_visibility", &says("world_readable"));
    for other in ["For members alone", "Soup of the day", "one_time_keys", "m.heroes", &private] {
        let found = String::from_utf8_lossy(&reader.kept).contains(other);
        assert!(!found, "'{other}' was kept");
    }
}

/// Refused with not one page asked for.
fn rooms_that_are_not_public(
    members: &mut Members,
    press: &Account,
    server: &Synapse,
    desk: &Account,
) {
    let private = members.room(press, "editors", "12", "shared");
    members.state(press, &private, "m.room.join_rules", &json!({"join_rule": "invite"}));
    members.room(press, "rail", "12", "shared");
    let secret = members.room(press, "lobby", "12", "world_readable");
    members.state(
        press,
        &secret,
        "m.room.encryption",
        &json!({"algorithm": "m.megolm.v1.aes-sha2"}),
    );
    let mut reader = Desk::new(server, Some(&desk.token));
    let mut look = |name: &str| {
        let (memory, outcome) = reader.visit(name, Memory::default(), Plan::everything(RECHECK));
        assert_eq!((memory.channel, reader.calls("/messages")), (None, 0), "{name}");
        outcome.look
    };
    let members_only = Look::NotPublic("only its members may read it".to_owned());
    assert_eq!(look("#rail:marsad.test"), members_only);
    assert_eq!(look("#lobby:marsad.test"), Look::NotPublic("the room is encrypted".to_owned()));
    let absent = look("#editors:marsad.test");
    assert!(matches!(&absent, Look::Absent(why) if why.starts_with("it is private, removed")));
    assert_eq!(look(&private), absent);
    assert_eq!(look("!nosuch:marsad.test"), absent);
    assert_eq!(look("#nosuch:marsad.test"), Look::Absent("no room has this alias".to_owned()));
    assert_eq!((reader.channels.len(), reader.known), (0, Known::default()));

    let mut stranger = Desk::new(server, None);
    let (_, outcome) = stranger.visit("#coast:marsad.test", Memory::default(), Plan::check());
    assert!(matches!(&outcome.look, Look::Failed(why) if why.contains("MARSAD_MATRIX_TOKEN")));
}

/// Ids with a server in them, redactions in the old form; a room that closes, opens and moves on.
fn a_room_of_an_old_version(
    members: &mut Members,
    press: &Account,
    server: &Synapse,
    desk: &Account,
) {
    let room = members.room(press, "city", "9", "world_readable");
    assert!(room.ends_with(":marsad.test"));
    let mut reader = Desk::new(server, Some(&desk.token));
    let first = members.says(press, &room, "Platform 4 is closed");
    let (memory, outcome) = reader.visit(&room, Memory::default(), Plan::everything(RECHECK));
    assert_eq!((outcome, memory.handle.as_deref()), (saw(false), Some("#city:marsad.test")));
    members.redact(press, &room, &first);
    let (memory, _) = reader.visit(&room, memory, Plan::follow(RECHECK));
    assert_eq!(reader.there().removed, BTreeSet::from([first]));

    members.state(
        press,
        &room,
        "m.room.history_visibility",
        &json!({"history_visibility": "shared"}),
    );
    let hidden = members.says(press, &room, "For members");
    let (memory, outcome) = reader.visit(&room, memory, Plan::follow(RECHECK));
    assert_eq!(outcome.look, Look::NotPublic("only its members may read it".to_owned()));
    let last = reader.channels.last().unwrap();
    assert_eq!(
        (last.status, last.status_cause.as_deref()),
        (Status::Private, Some("not_world_readable"))
    );
    let open = json!({"history_visibility": "world_readable"});
    members.state(press, &room, "m.room.history_visibility", &open);
    let shown = members.says(press, &room, "For everybody");
    let (memory, outcome) = reader.visit(&room, memory, Plan::follow(RECHECK));
    assert_eq!(outcome, saw(false));
    let posts = reader.there().posts;
    assert!(posts.contains_key(&shown) && !posts.contains_key(&hidden));

    let next = members.post(&format!("rooms/{room}/upgrade"), &json!({"new_version": "12"}), press);
    let next = next["replacement_room"].as_str().unwrap().to_owned();
    let (_, outcome) = reader.visit(&room, memory.clone(), Plan::everything(RECHECK));
    assert_eq!(outcome, saw(false));
    let cause = reader.channels.last().unwrap().status_cause.clone();
    assert_eq!(cause, Some(format!("replaced_by {next}")));
    assert!(reader.problems.iter().any(|problem| problem.contains(&next)));
    let (_, outcome) = reader.visit("#city:marsad.test", memory, Plan::check());
    assert_eq!(outcome.look, Look::Replaced(next));
}

/// An alias that its owner gives to another room.
fn a_name_that_moves(members: &Members, press: &Account, reader: &mut Desk, memory: Memory) {
    let other = members.room(press, "harbour", "12", "world_readable");
    let alias = "directory/room/%23coast:marsad.test";
    members.call(reqwest::Method::DELETE, alias, &json!({}), &press.token);
    let (memory, outcome) = reader.visit("#coast:marsad.test", memory, Plan::everything(RECHECK));
    assert_eq!(outcome, saw(false), "a room without its name is still there");
    members.put(alias, &json!({"room_id": other}), press);
    let (after, outcome) =
        reader.visit("#coast:marsad.test", memory.clone(), Plan::everything(RECHECK));
    assert_eq!((outcome.look, reader.asked.len()), (Look::Replaced(other), 1));
    assert_eq!(after, memory);
}
