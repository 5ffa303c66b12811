//! What a text names: channels by their links, names after an `@`.

use hashbrown::HashSet;
use marsad_types::{ChannelKey, Platform};
use percent_encoding::percent_decode_str;
use url::Url;

/// First parts of t.me's paths that are its own pages, and invitations.
const OWN_PAGES: [&str; 27] = [
    "addemoji",
    "addlist",
    "addstickers",
    "addtheme",
    "auction",
    "blog",
    "boost",
    "call",
    "confirmphone",
    "contact",
    "faq",
    "folder",
    "giftcode",
    "giveaway",
    "invoice",
    "join",
    "joinchat",
    "login",
    "message",
    "nft",
    "privacy",
    "proxy",
    "resolve",
    "setlanguage",
    "share",
    "socks",
    "username",
];

/// Queries of t.me that open a bot.
const BOT_QUERIES: [&str; 4] = ["start", "startapp", "startgroup", "game"];

/// Platforms on which a name after an `@` may be a channel's; elsewhere it is a person's.
const MENTIONING: [&str; 3] = ["telegram", "tamtam", "max"];

/// Characters that end an address or stand around one.
const AROUND: &[char] =
    &['(', ')', '[', ']', '<', '>', '{', '}', '"', '\'', '«', '»', '“', '”', '|', ',', '،', '؛'];

/// A name that stands in a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Named {
    pub(super) key: ChannelKey,
    /// Whether the form of the address shows that it is a channel's or a room's, not a person's.
    pub(super) is_channel: bool,
}

/// All channels that the links of a text name; `hosts` are those of known Rocket.Chat servers, which
/// no address shows by itself.
pub(super) fn links_in(text: &str, hosts: &HashSet<String>) -> Vec<Named> {
    if !text.contains('/') && !text.contains(".t.me") {
        return Vec::new();
    }
    let words = text.split(|c: char| c.is_whitespace() || AROUND.contains(&c));
    words.filter_map(|word| link(word, hosts)).collect()
}

/// The channel that one link names.
pub(super) fn link(word: &str, hosts: &HashSet<String>) -> Option<Named> {
    let word = word.trim_end_matches(['.', ';', ':', '!', '?', '…', '*', '_']);
    let start = word.find("https://").or_else(|| word.find("http://"));
    let url = if let Some(address) = start.and_then(|start| word.get(start..)) {
        Url::parse(address).ok()?
    } else {
        let host = word.split('/').next().unwrap_or_default();
        if !is_channel_host(&host.to_ascii_lowercase()) {
            return None;
        }
        Url::parse(&format!("https://{word}")).ok()?
    };
    let host = url.host_str()?.trim_start_matches("www.");
    let parts: Vec<&str> = url.path().split('/').filter(|part| !part.is_empty()).collect();
    match host {
        "t.me" | "telegram.me" | "telegram.dog" => telegram(&url, &parts),
        "tt.me" | "tamtam.chat" => short(("tamtam", 1), &parts),
        "max.ru" => short(("max", 4), &parts),
        "matrix.to" => matrix(&url),
        _ if host.ends_with(".t.me") && parts.is_empty() => {
            named("telegram", host.trim_end_matches(".t.me"), false)
        }
        _ => rocketchat(&url, host, &parts, hosts),
    }
}

fn is_channel_host(host: &str) -> bool {
    let host = host.trim_start_matches("www.");
    let known =
        ["t.me", "telegram.me", "telegram.dog", "tt.me", "tamtam.chat", "max.ru", "matrix.to"];
    known.contains(&host) || host.ends_with(".t.me")
}

fn named(platform: &str, name: &str, is_channel: bool) -> Option<Named> {
    if platform == "telegram" && !is_telegram_name(name) {
        return None;
    }
    let platform = Platform::new(platform).ok()?;
    // These platforms take a name in any case.
    let name = if platform.as_str() == "matrix" || platform.as_str() == "rocketchat" {
        name.to_owned()
    } else {
        name.to_ascii_lowercase()
    };
    Some(Named { key: ChannelKey::new(platform, &name), is_channel })
}

/// 4 to 32 letters, digits and underscores, first a letter; names that end in `bot` are bots'.
fn is_telegram_name(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    (4..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && !lower.ends_with("bot")
        && !OWN_PAGES.contains(&lower.as_str())
}

/// `/NAME`, `/NAME/POST`, `/s/NAME`; invitations (`/+…`) and private channels (`/c/…`) are none.
fn telegram(url: &Url, parts: &[&str]) -> Option<Named> {
    if url.query_pairs().any(|(name, _)| BOT_QUERIES.contains(&name.as_ref())) {
        return None;
    }
    let is_number = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    match parts {
        ["s", name] => named("telegram", name, true),
        ["s", name, post] if is_number(post) => named("telegram", name, true),
        [name] => named("telegram", name, false),
        [name, post] if is_number(post) => named("telegram", name, true),
        _ => None,
    }
}

/// `/NAME` and `/NAME/POST` of TamTam and MAX, whose own pages have shorter names.
fn short((platform, least): (&str, usize), parts: &[&str]) -> Option<Named> {
    let (name, rest) = parts.split_first()?;
    let is_name = name.len() >= least
        && name.len() <= 128
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
        && !["join", "joinchat"].contains(&name.to_ascii_lowercase().as_str());
    if !is_name || rest.len() > 1 {
        return None;
    }
    named(platform, name, rest.len() == 1)
}

/// `#/#alias:server` and `#/!id:server`; `@…` is a person.
fn matrix(url: &Url) -> Option<Named> {
    let fragment = url.fragment()?.trim_start_matches('/');
    let room = fragment.split(['?', '/']).next().unwrap_or_default();
    let room = percent_decode_str(room).decode_utf8().ok()?;
    let is_alias = room.strip_prefix('#').and_then(|rest| rest.split_once(':'));
    let is_alias = is_alias.is_some_and(|(local, server)| !local.is_empty() && !server.is_empty());
    let is_id = room.strip_prefix('!').is_some_and(|rest| !rest.is_empty());
    let fits = room.len() <= 255 && !room.chars().any(char::is_whitespace);
    if fits && (is_alias || is_id) { named("matrix", &room, true) } else { None }
}

/// `HOST/channel/NAME` of a server that the archive knows; other sites have such paths too.
fn rocketchat(url: &Url, host: &str, parts: &[&str], hosts: &HashSet<String>) -> Option<Named> {
    let ["channel", name] = parts else { return None };
    let port = url.port().map_or(String::new(), |port| format!(":{port}"));
    let host = format!("{host}{port}");
    if !hosts.contains(&host) {
        return None;
    }
    let name = percent_decode_str(name).decode_utf8().ok()?;
    let is_name = !name.is_empty() && !name.contains(['/', '?', '#', '%', ' ']);
    if is_name { named("rocketchat", &format!("{host}/{name}"), true) } else { None }
}

/// Names after an `@` in a post of a platform where those may be channels'.
pub(super) fn mentions_in(text: &str, platform: &Platform) -> Vec<ChannelKey> {
    if !MENTIONING.contains(&platform.as_str()) {
        return Vec::new();
    }
    let mut found = Vec::new();
    for (at, _) in text.match_indices('@') {
        let (before, after) = (text.get(..at).unwrap_or(""), text.get(at + 1..).unwrap_or(""));
        let is_inside = before
            .chars()
            .next_back()
            .is_some_and(|c| c.is_alphanumeric() || ['_', '.', '/', '@', '-', '+'].contains(&c));
        let end = after.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
        let (name, rest) = after.split_at(end.unwrap_or(after.len()));
        // `@name:server` is a person on Matrix, `@site.org` an address.
        let mut rest = rest.chars();
        let goes_on = match rest.next() {
            Some(':' | '.' | '-') => rest.next().is_some_and(char::is_alphanumeric),
            Some('@') => true,
            Some(next) => next.is_alphanumeric(),
            None => false,
        };
        if !is_inside && !goes_on && is_telegram_name(name) {
            found.extend(named(platform.as_str(), name, false).map(|named| named.key));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn hosts() -> HashSet<String> {
        HashSet::from(["chat.example.org:3000".to_owned()])
    }

    fn told(text: &str) -> Vec<String> {
        let mark = |named: Named| {
            format!(
                "{}:{}{}",
                named.key.platform,
                named.key.id,
                if named.is_channel { "" } else { "?" }
            )
        };
        links_in(text, &hosts()).into_iter().map(mark).collect()
    }

    #[test]
    fn links_name_channels() {
        for (text, channel) in [
            ("More at https://t.me/CoastWeather.", "telegram:coastweather?"),
            ("t.me/coastweather/61", "telegram:coastweather"),
            ("[all](https://t.me/s/coastweather?before=9)", "telegram:coastweather"),
            ("http://www.telegram.me/coastweather", "telegram:coastweather?"),
            ("see coastweather.t.me", "telegram:coastweather?"),
            ("تابعونا:https://t.me/coastweather", "telegram:coastweather?"),
            ("https://tt.me/coastweather", "tamtam:coastweather?"),
            ("https://tt.me/coastweather/AWx9k2", "tamtam:coastweather"),
            ("max.ru/coast_weather", "max:coast_weather?"),
            ("https://matrix.to/#/%23rail:example.org?via=a", "matrix:#rail:example.org"),
            ("https://matrix.to/#/!abc:example.org/$event", "matrix:!abc:example.org"),
            (
                "https://chat.example.org:3000/channel/weather",
                "rocketchat:chat.example.org:3000/weather",
            ),
        ] {
            assert_eq!(told(text), [channel], "{text}");
        }
    }

    #[test]
    fn invitations_people_bots_and_other_sites_are_no_channels() {
        for text in [
            "https://t.me/+AbCdEf",
            "https://t.me/joinchat/AbCdEf",
            "t.me/c/1900000001/5",
            "https://t.me/share/url?url=x",
            "https://t.me/addstickers/rain",
            "t.me/weather_bot",
            "https://t.me/coastweather?start=1",
            "https://tt.me/join/abc",
            "https://max.ru/u/f9LHodD0c",
            "https://matrix.to/#/@press:example.org",
            "https://www.youtube.com/channel/UC1234",
            "https://chat.example.org/channel/weather",
            "https://example.org/t.me/coastweather",
            "not/here",
            "",
        ] {
            assert_eq!(told(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn mentions_are_names_after_an_at() {
        let telegram = Platform::new("telegram").unwrap();
        let told = |text: &str| {
            mentions_in(text, &telegram).iter().map(|key| key.id.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(
            told("by @CoastWeather, @rail_notices. (@harbour)"),
            ["coastweather", "rail_notices", "harbour"]
        );
        for none in [
            "desk@example.org",
            "@press:example.org",
            "@example.org",
            "@me",
            "@@coastweather",
            "@weatherbot",
            "a/@coastweather",
        ] {
            assert_eq!(told(none), Vec::<String>::new(), "{none}");
        }
        assert!(mentions_in("@coastweather", &Platform::new("matrix").unwrap()).is_empty());
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in "[a-z@/:.#%!? ()\u{645}\u{621}]{0,60}", host in "(https://)?(t\\.me|matrix\\.to|max\\.ru)/\\PC{0,12}") {
            for text in [&text, &host] {
                links_in(text, &hosts());
                mentions_in(text, &Platform::new("telegram").unwrap());
            }
        }
    }
}
