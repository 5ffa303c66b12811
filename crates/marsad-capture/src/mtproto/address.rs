//! What is asked, twice: as an address that people and the log read, and as the bytes that are sent.

use grammers_tl_types::{Identifiable, LAYER, Serializable, enums, functions, types};

use crate::{Ask, INVOKE, Limit};

/// The reader of the answers.
const READER: &str = "telegram-tl";
/// What all of an account's questions are counted in: when Telegram asks it to wait, it waits with
/// everything.
pub(crate) const LANE: &str = "telegram (account)";
/// Names are what Telegram limits most. A name is asked for once, and then never again.
const NAMES: (&str, Limit) = ("telegram (names)", Limit { asks: 20, window_ms: 600_000 });
/// Messages on one page: Telegram's most.
pub(super) const PAGE: i32 = 100;

/// A channel as an account names it: the second number is the account's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Channel {
    pub(super) id: i64,
    pub(super) access: i64,
}

impl Channel {
    fn input(self) -> enums::InputChannel {
        let Self { id: channel_id, access: access_hash } = self;
        types::InputChannel { channel_id, access_hash }.into()
    }

    fn peer(self) -> enums::InputPeer {
        let Self { id: channel_id, access: access_hash } = self;
        types::InputPeerChannel { channel_id, access_hash }.into()
    }
}

fn ask<R: Serializable + Identifiable>(method: &str, parameters: &str, request: &R) -> Ask {
    // The number of the layer says by which schema the bytes are to be read.
    let url = format!("mtproto://telegram.org/{LAYER}/{method}?{parameters}");
    let mut ask = Ask::get(url, READER, (LANE.to_owned(), Limit::per_second(1)));
    ask.method = INVOKE;
    ask.body = request.to_bytes();
    ask
}

/// What stands behind a public name.
pub(super) fn resolve(name: &str) -> Ask {
    let request = functions::contacts::ResolveUsername { username: name.to_owned(), referer: None };
    let mut ask = ask("contacts.resolveUsername", &format!("name={name}"), &request);
    ask.also = Some((NAMES.0.to_owned(), NAMES.1));
    ask
}

/// What the channel says of itself, and how many read it.
pub(super) fn full(channel: Channel) -> Ask {
    let request = functions::channels::GetFullChannel { channel: channel.input() };
    ask("channels.getFullChannel", &format!("channel={}", channel.id), &request)
}

/// Messages below one number (0: from the newest) and above another, the newest first.
pub(super) fn history(channel: Channel, offset_id: i32, min_id: i32) -> Ask {
    let request = functions::messages::GetHistory {
        peer: channel.peer(),
        offset_id,
        offset_date: 0,
        add_offset: 0,
        limit: PAGE,
        max_id: 0,
        min_id,
        hash: 0,
    };
    let id = channel.id;
    let parameters = format!("channel={id}&offset_id={offset_id}&min_id={min_id}&limit={PAGE}");
    ask("messages.getHistory", &parameters, &request)
}

/// Messages by their numbers: where one is not there any more, Telegram says so.
pub(super) fn messages(channel: Channel, ids: &[i32]) -> Ask {
    let id = ids.iter().map(|id| types::InputMessageId { id: *id }.into()).collect();
    let request = functions::channels::GetMessages { channel: channel.input(), id };
    let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
    let parameters = format!("channel={}&id={}", channel.id, ids.join(","));
    ask("channels.getMessages", &parameters, &request)
}
