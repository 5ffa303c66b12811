//! What somebody wants to watch: `platform:name`, or a link to it.

use std::fmt;

use marsad_types::Platform;
use url::Url;

/// A public channel as its platform names it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Source {
    /// Where it is.
    pub platform: Platform,
    /// Its name there: `weatherdesk`, `-70000000000001`, `#room:server`, `!id:server`, `HOST/NAME`.
    pub name: String,
}

/// Why something is not watched.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// The name itself shows that it is private.
    #[error("{0} is not a public channel; Marsad watches public channels only")]
    NotPublic(String),
    /// A platform that no connector reads.
    #[error(
        "'{0}' is on no platform that Marsad watches; those are telegram, tamtam, max, matrix, rocketchat"
    )]
    Platform(String),
    /// Not a name of that platform.
    #[error("'{written}' is not a name on {platform}; write {example}")]
    Name {
        /// What was written.
        written: String,
        /// The platform.
        platform: &'static str,
        /// How it is written.
        example: &'static str,
    },
    /// A channel of a server that may be Rocket.Chat's or anybody's.
    #[error(
        "'{written}' is a channel of a server that is not known to run Rocket.Chat; if it does, write {named}"
    )]
    Server {
        /// What was written.
        written: String,
        /// The same as a name on Rocket.Chat.
        named: String,
    },
    /// Neither `platform:name` nor a link.
    #[error(
        "'{0}' names no channel; write platform:name, for example telegram:weatherdesk, or a link to it"
    )]
    Unknown(String),
}

impl Source {
    /// Reads `platform:name` or a link. Links to servers of Rocket.Chat are not read: many sites have
    /// addresses of that form.
    ///
    /// # Errors
    /// One sentence that says what is wrong, or that what is named is private.
    pub fn parse(written: &str) -> Result<Self, SourceError> {
        Self::parse_knowing(written, &|_| false)
    }

    /// The same, with the hosts (and ports) that are known to run Rocket.Chat.
    ///
    /// # Errors
    /// As [`Source::parse`].
    pub fn parse_knowing(
        written: &str,
        runs_rocketchat: &dyn Fn(&str) -> bool,
    ) -> Result<Self, SourceError> {
        let written = written.trim();
        if let Some(link) = as_link(written) {
            return of_link(written, &link, runs_rocketchat);
        }
        let unknown = || SourceError::Unknown(written.to_owned());
        let (platform, name) = written.split_once(':').ok_or_else(unknown)?;
        match platform {
            "telegram" => telegram(written, name.trim_start_matches('@')),
            "tamtam" => bot_api(written, "tamtam", name),
            "max" => bot_api(written, "max", name),
            "matrix" => matrix(written, name),
            "rocketchat" => rocketchat(written, name),
            _ => Err(SourceError::Platform(written.to_owned())),
        }
    }

    fn new(platform: &'static str, name: &str) -> Result<Self, SourceError> {
        match Platform::new(platform) {
            Ok(platform) => Ok(Self { platform, name: name.to_owned() }),
            Err(error) => Err(SourceError::Platform(error.to_string())),
        }
    }
}

/// `platform:name`, as it is read back.
impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.name)
    }
}

/// Hosts that are written without `https://` too.
const BARE_HOSTS: [&str; 6] =
    ["t.me/", "telegram.me/", "tt.me/", "max.ru/", "matrix.to/", "www.t.me/"];

fn as_link(written: &str) -> Option<Url> {
    let is_link = written.starts_with("https://") || written.starts_with("http://");
    if is_link {
        return Url::parse(written).ok();
    }
    let is_bare = BARE_HOSTS.iter().any(|host| written.starts_with(host));
    is_bare.then(|| Url::parse(&format!("https://{written}")).ok()).flatten()
}

fn of_link(
    written: &str,
    link: &Url,
    runs_rocketchat: &dyn Fn(&str) -> bool,
) -> Result<Source, SourceError> {
    let own_host = link.host_str().unwrap_or_default();
    let host = own_host.trim_start_matches("www.");
    let mut parts = link.path().split('/').filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or_default();
    match host {
        "t.me" | "telegram.me" | "telegram.dog" => {
            // /+hash and /joinchat/hash are invitations, /c/number/post is a private channel.
            let is_private = first.starts_with('+') || first == "joinchat" || first == "c";
            if is_private {
                return Err(SourceError::NotPublic(written.to_owned()));
            }
            let name = if first == "s" { parts.next().unwrap_or_default() } else { first };
            telegram(written, name)
        }
        "tt.me" | "tamtam.chat" => bot_api(written, "tamtam", first),
        "max.ru" => bot_api(written, "max", first),
        "matrix.to" => {
            let room = link.fragment().unwrap_or_default().trim_start_matches('/');
            let room = room.split(['?', '/']).next().unwrap_or_default();
            matrix(written, &percent_decoded(room))
        }
        // Video sites, encyclopaedias and shops have addresses of the same form.
        _ if first == "channel" => {
            let port = link.port().map_or(String::new(), |port| format!(":{port}"));
            let server = format!("{own_host}{port}");
            let name = parts.next().unwrap_or_default();
            let source = rocketchat(written, &format!("{server}/{}", percent_decoded(name)))?;
            if runs_rocketchat(&server) {
                return Ok(source);
            }
            let named = source.to_string();
            Err(SourceError::Server { written: written.to_owned(), named })
        }
        // A group or a direct message of a Rocket.Chat server.
        _ if first == "group" || first == "direct" => {
            Err(SourceError::NotPublic(written.to_owned()))
        }
        _ => Err(SourceError::Unknown(written.to_owned())),
    }
}

/// Replaces `%XX`; what is no UTF-8 then stays as it was.
fn percent_decoded(part: &str) -> String {
    let mut bytes = Vec::with_capacity(part.len());
    let mut rest = part.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let hex = after.get(..2).and_then(|two| std::str::from_utf8(two).ok());
        if let (b'%', Some(byte)) = (first, hex.and_then(|two| u8::from_str_radix(two, 16).ok())) {
            bytes.push(byte);
            rest = after.get(2..).unwrap_or_default();
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| part.to_owned())
}

fn wrong(written: &str, platform: &'static str, example: &'static str) -> SourceError {
    SourceError::Name { written: written.to_owned(), platform, example }
}

/// Telegram's public names: 4 to 32 letters, digits and underscores, first a letter.
fn telegram(written: &str, name: &str) -> Result<Source, SourceError> {
    let is_name = (4..=32).contains(&name.len())
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    if !is_name {
        return Err(wrong(written, "telegram", "telegram:NAME or https://t.me/NAME"));
    }
    // Telegram takes a name in any case; two spellings are one channel.
    Source::new("telegram", &name.to_ascii_lowercase())
}

/// A chat's negative number, or the name of its link.
fn bot_api(written: &str, platform: &'static str, name: &str) -> Result<Source, SourceError> {
    let is_number = name.strip_prefix('-').is_some_and(|digits| {
        (1..=19).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit())
    });
    let plain = name.trim_start_matches('@');
    let is_name = plain.starts_with(|c: char| c.is_ascii_alphabetic())
        && plain.len() <= 128
        && plain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-');
    let example = if platform == "max" { "max:CHAT_ID" } else { "tamtam:CHAT_ID" };
    if is_number {
        return Source::new(platform, name);
    }
    // `tt.me/join/…` and `max.ru/join/…` are invitations to private chats.
    if plain == "join" || plain == "joinchat" {
        return Err(SourceError::NotPublic(written.to_owned()));
    }
    if is_name { Source::new(platform, plain) } else { Err(wrong(written, platform, example)) }
}

/// `#alias:server`, `!id:server`, or `!id` of the rooms whose ids name no server.
fn matrix(written: &str, name: &str) -> Result<Source, SourceError> {
    let example = "matrix:#room:server or matrix:!id:server";
    let has_no_space = name.len() <= 255 && !name.chars().any(char::is_whitespace);
    let is_alias = name.strip_prefix('#').is_some_and(|rest| {
        rest.split_once(':').is_some_and(|(local, server)| !local.is_empty() && !server.is_empty())
    });
    let is_id = name.strip_prefix('!').is_some_and(|rest| !rest.is_empty());
    if name.starts_with('@') {
        return Err(SourceError::NotPublic(written.to_owned()));
    }
    if has_no_space && (is_alias || is_id) {
        return Source::new("matrix", name);
    }
    Err(wrong(written, "matrix", example))
}

/// `HOST/NAME` with an optional port.
fn rocketchat(written: &str, name: &str) -> Result<Source, SourceError> {
    let example = "rocketchat:HOST/NAME";
    let fits = name.split_once('/').is_some_and(|(host, room)| {
        let is_host = Url::parse(&format!("https://{host}/")).is_ok_and(|url| {
            url.host_str().is_some() && url.path() == "/" && url.username().is_empty()
        });
        let is_room = !room.is_empty()
            && !room.contains(['/', '?', '#', '%'])
            && !room.chars().any(char::is_whitespace);
        is_host && !host.is_empty() && is_room
    });
    if fits { Source::new("rocketchat", name) } else { Err(wrong(written, "rocketchat", example)) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(source: &str) -> String {
        Source::parse(source).unwrap().to_string()
    }

    #[test]
    fn names_and_links_of_one_channel_are_one_source() {
        for link in [
            "telegram:CoastWeather",
            "telegram:@coastweather",
            "https://t.me/coastweather",
            "t.me/s/coastweather",
            "http://www.telegram.me/coastweather/61",
        ] {
            assert_eq!(written(link), "telegram:coastweather", "{link}");
        }
        assert_eq!(
            written("https://matrix.to/#/%23rail:example.org?via=x"),
            "matrix:#rail:example.org"
        );
        assert_eq!(written("https://tt.me/coastweather"), "tamtam:coastweather");
        assert_eq!(written("max:-70000000000001"), "max:-70000000000001");
        assert_eq!(written("matrix:!abc"), "matrix:!abc");
    }

    #[test]
    fn a_channel_of_any_server_is_rocketchats_only_where_that_is_known() {
        let link = "https://chat.example.org:3000/channel/weather";
        let named = "rocketchat:chat.example.org:3000/weather";
        let error = Source::parse(link).unwrap_err().to_string();
        assert!(error.contains(&format!("write {named}")), "{error}");
        let knows = |server: &str| server == "chat.example.org:3000";
        assert_eq!(Source::parse_knowing(link, &knows).unwrap().to_string(), named);
        assert_eq!(written(named), named);
        for other in
            ["https://www.youtube.com/channel/UC1", "https://chat.example.org/channel/weather"]
        {
            assert!(Source::parse_knowing(other, &knows).is_err(), "{other}");
        }
    }

    #[test]
    fn what_is_private_by_its_name_is_refused() {
        for private in [
            "https://t.me/+AbCdEf",
            "https://t.me/joinchat/AbCdEf",
            "t.me/c/1900000001/5",
            "https://tt.me/join/abc",
            "matrix:@press:example.org",
            "https://chat.example.org/group/desk",
            "https://chat.example.org/direct/press",
        ] {
            let error = Source::parse(private).unwrap_err();
            assert_eq!(
                error.to_string(),
                format!("{private} is not a public channel; Marsad watches public channels only")
            );
        }
    }

    #[test]
    fn what_is_no_name_is_said() {
        for nothing in [
            "",
            "weatherdesk",
            "https://www.youtube.com/channel/UC1",
            "icq:room",
            "telegram:a b",
            "matrix:room",
            "rocketchat:weather",
        ] {
            assert!(Source::parse(nothing).is_err(), "{nothing}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_and_a_source_reads_back(text in "\\PC{0,60}") {
            if let Ok(source) = Source::parse(&text) {
                prop_assert_eq!(Source::parse(&source.to_string()).unwrap(), source);
            }
        }

        #[test]
        fn any_link_is_read_or_refused(path in "(https://)?(t\\.me|max\\.ru|matrix\\.to|a\\.b)/[a-z+#/:%!]{0,20}") {
            if let Ok(source) = Source::parse(&path) {
                prop_assert_eq!(Source::parse(&source.to_string()).unwrap(), source);
            }
        }
    }
}
