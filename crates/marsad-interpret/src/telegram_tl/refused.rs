//! Answers that refuse: a fact about the channel where they are one.

use marsad_types::{Channel, Reading, Status};

use super::{Call, LINE, value};
use crate::Exchange;
use crate::json::shorten;
use crate::lines::Problems;

/// Reads `rpc_error`.
pub(super) fn read(exchange: &Exchange<'_>, call: &Call<'_>, reading: &mut Reading) {
    reading.rows += 1;
    let (error, _) = value::read(exchange.body);
    let error = error.filter(|error| error.name == "rpc_error");
    let Some(said) = error.and_then(|error| error.words("error_message")) else {
        let reason = format!("the answer is no error that is known (status {})", exchange.status);
        return reading.problem(LINE, reason);
    };
    let status = match said.as_str() {
        "CHANNEL_PRIVATE" => Status::Private,
        "USERNAME_NOT_OCCUPIED" | "USERNAME_INVALID" => Status::Gone,
        // We are to wait, or the number we have is another account's: nothing about the channel.
        said if is_ours(said) => return,
        said => {
            let reason = format!("Telegram answered '{}'", shorten(said));
            return reading.problem(LINE, reason);
        }
    };
    let id = exchange.channel.or_else(|| call.parameter("name").filter(|name| !name.is_empty()));
    let Some(id) = id else {
        let reason = format!("Telegram answered '{said}', and nobody says of which channel");
        return reading.problem(LINE, reason);
    };
    let key = marsad_types::ChannelKey::new(exchange.platform.clone(), id);
    let seen = Channel { line: LINE, ..Channel::seen(key, exchange.at) };
    // Bad news while nobody could see anything is no news.
    let (status, cause) = if exchange.steady == Some(false) {
        (Status::Error, "no_sight".to_owned())
    } else {
        (status, said)
    };
    reading.channels.push(Channel { status, status_cause: Some(cause), ..seen });
}

fn is_ours(said: &str) -> bool {
    let waits = ["FLOOD_WAIT_", "FLOOD_PREMIUM_WAIT_"];
    waits.iter().any(|wait| said.starts_with(wait)) || said == "CHANNEL_INVALID"
}
