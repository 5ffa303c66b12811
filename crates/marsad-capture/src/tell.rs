//! Asks that tell instead of asking: of their answers only the status is looked at.

use serde_json::json;
use url::Url;

use crate::{Ask, Limit, Place, Secret};

/// JSON to an address that the desk named.
pub fn webhook(url: String, body: Vec<u8>, secret: Secret) -> Ask {
    Ask {
        method: "POST",
        headers: vec![("Content-Type", "application/json".to_owned())],
        body,
        secret,
        ..Ask::get(url, "", (String::new(), Limit::per_second(1)))
    }
}

/// A notice in a Matrix room, as the account whose token `place` holds. The server does nothing when
/// the same `id` comes again (client-server API 1.18, `PUT …/send/{eventType}/{txnId}`).
///
/// # Errors
/// The room names no server and settings name none either.
pub fn matrix_notice(place: &Place, room: &str, (id, text): (&str, &str)) -> Result<Ask, String> {
    let server = room.split_once(':').map_or("", |(_, server)| server);
    let base = place.base(&format!("https://{server}"));
    let wrong = || format!("'{room}' is on no Matrix server that can be asked");
    let mut url = Url::parse(&base).map_err(|_not_one| wrong())?;
    if url.host_str().is_none_or(str::is_empty) {
        return Err(wrong());
    }
    url.path_segments_mut().map_err(|()| wrong())?.pop_if_empty().extend([
        "_matrix",
        "client",
        "v3",
        "rooms",
        room,
        "send",
        "m.room.message",
        id,
    ]);
    let body = json!({"msgtype": "m.notice", "body": text}).to_string().into_bytes();
    Ok(Ask { method: "PUT", ..webhook(url.into(), body, place.secret.clone()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_notice_goes_to_the_rooms_server_or_to_the_one_of_the_settings() {
        let secret = Secret::Headers(vec![("Authorization", "Bearer s3cret".into())]);
        let own = Place { secret, ..Place::default() };
        let ask = matrix_notice(&own, "!a/b:example.org", ("a1", "storm")).unwrap();
        assert_eq!(ask.method, "PUT");
        assert_eq!(
            ask.url,
            "https://example.org/_matrix/client/v3/rooms/!a%2Fb:example.org/send/m.room.message/a1"
        );
        assert_eq!(ask.body, br#"{"msgtype":"m.notice","body":"storm"}"#);
        let set = Place { secret: own.secret, ..Place::at("http://127.0.0.1:8008").unwrap() };
        let ask = matrix_notice(&set, "!a:example.org", ("a1", "storm")).unwrap();
        assert!(
            ask.url.starts_with("http://127.0.0.1:8008/_matrix/client/v3/rooms/"),
            "{}",
            ask.url
        );
        assert!(!format!("{ask:?}").contains("s3cret"));
        assert!(matrix_notice(&Place::default(), "!a", ("a1", "storm")).is_err());
    }
}
