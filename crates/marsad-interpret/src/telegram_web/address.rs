//! Addresses of t.me: what they ask for, and whom they name.

use compact_str::CompactString;
use url::Url;

/// What an address asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Asked {
    /// `/s/NAME`: posts of a channel.
    Preview {
        /// The name as it was asked for.
        name: String,
        /// Whether the newest ones: no `before`, `after` or `q`.
        newest: bool,
    },
    /// `/NAME`: what stands behind a name.
    Landing {
        /// The name as it was asked for.
        name: String,
    },
    /// `/NAME/N`: one post.
    Post {
        /// The name as it was asked for.
        name: String,
        /// The post's id.
        post: CompactString,
    },
}

impl Asked {
    /// The name that was asked for.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Preview { name, .. } | Self::Landing { name } | Self::Post { name, .. } => name,
        }
    }
}

/// First parts of paths that are no names.
const NO_NAMES: [&str; 24] = [
    "s",
    "c",
    "a",
    "k",
    "m",
    "z",
    "iv",
    "bg",
    "nft",
    "joinchat",
    "addstickers",
    "addemoji",
    "addtheme",
    "addlist",
    "share",
    "proxy",
    "socks",
    "login",
    "contact",
    "invoice",
    "boost",
    "giftcode",
    "setlanguage",
    "confirmphone",
];

/// A public name: letters, digits and underscores.
pub(crate) fn is_name(written: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b == b'_';
    (1..=64).contains(&written.len())
        && written.bytes().all(allowed)
        && !NO_NAMES.contains(&written.to_ascii_lowercase().as_str())
}

/// A post's id: digits.
pub(crate) fn is_post(written: &str) -> bool {
    (1..=20).contains(&written.len()) && written.bytes().all(|b| b.is_ascii_digit())
}

/// What an address asks for, whatever its host: a mirror may stand there.
pub(crate) fn asked(address: &str) -> Option<Asked> {
    let url = parse(address)?;
    let parts: Vec<&str> = url.path_segments()?.filter(|part| !part.is_empty()).collect();
    let moved = url.query_pairs().any(|(key, _)| matches!(&*key, "before" | "after" | "q"));
    match parts.as_slice() {
        ["s", name, rest @ ..] if is_name(name) && rest.len() <= 1 => {
            let newest = !moved && rest.is_empty();
            Some(Asked::Preview { name: (*name).to_owned(), newest })
        }
        [name] if is_name(name) => Some(Asked::Landing { name: (*name).to_owned() }),
        [name, post] if is_name(name) && is_post(post) => {
            Some(Asked::Post { name: (*name).to_owned(), post: CompactString::from(*post) })
        }
        _ => None,
    }
}

/// An address as it stands on a page: one of the page's own host may lack its beginning.
fn parse(address: &str) -> Option<Url> {
    let base = Url::parse("https://t.me").ok()?;
    Url::options().base_url(Some(&base)).parse(address).ok()
}

/// Whether a host is Telegram's own for public pages.
fn is_host(host: &str) -> bool {
    let host = host.strip_prefix("www.").unwrap_or(host);
    matches!(host, "t.me" | "telegram.me" | "telegram.dog")
}

/// The address of a page of Telegram, taken out of the Internet Archive's where it stands in one.
/// Gives also the Archive's time, 14 digits of UTC.
pub(crate) fn telegram(address: &str) -> Option<(String, Option<String>)> {
    let url = Url::parse(address).ok()?;
    let host = url.host_str()?;
    if is_host(host) {
        return Some((address.to_owned(), None));
    }
    if !matches!(host, "web.archive.org" | "wayback.archive.org") {
        return None;
    }
    let path = address.split_once("/web/")?.1;
    let (when, inner) = path.split_once('/')?;
    // Some write one slash only.
    let inner = match inner.split_once(":/") {
        Some((scheme, rest)) => format!("{scheme}://{}", rest.trim_start_matches('/')),
        None => format!("https://{inner}"),
    };
    let inner_url = Url::parse(&inner).ok()?;
    let digits: String = when.chars().take_while(char::is_ascii_digit).collect();
    is_host(inner_url.host_str()?).then_some((inner, Some(digits)))
}

/// The channel's name and the post's id in the address of a public post.
pub(crate) fn public_post(address: &str) -> Option<(String, CompactString)> {
    match own_page(address)? {
        Asked::Post { name, post } => Some((name, post)),
        Asked::Preview { .. } | Asked::Landing { .. } => None,
    }
}

/// The name in the address of a channel, group or person.
pub(crate) fn public_name(address: &str) -> Option<String> {
    Some(own_page(address)?.name().to_owned())
}

/// What an address on a page asks Telegram for; `None` where it leads elsewhere.
fn own_page(address: &str) -> Option<Asked> {
    let url = parse(unwrapped(address))?;
    is_host(url.host_str()?).then(|| asked(url.as_str()))?
}

/// An address that somebody wrote, `http` or `https`, as it stands on the page. Telegram writes
/// some with their entities escaped twice: they are decoded once more where that is an address.
pub(crate) fn written(address: &str) -> Option<String> {
    let address = unwrapped(address);
    let candidates = [address.replace("&amp;", "&"), address.to_owned()];
    let is_address = |text: &String| {
        Url::parse(text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
    };
    candidates.into_iter().find(is_address)
}

/// The Internet Archive's own address around another one taken off.
fn unwrapped(address: &str) -> &str {
    let wrapped = address.split_once("://web.archive.org/web/").map(|(_, rest)| rest);
    let wrapped = wrapped.or_else(|| address.strip_prefix("/web/"));
    let inner = wrapped.and_then(|rest| rest.split_once('/'));
    let inner = inner.filter(|(when, _)| when.starts_with(|c: char| c.is_ascii_digit()));
    inner.map_or(address, |(_, inner)| inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_told_apart() {
        let check = |address: &str, expected: &str| {
            let found = match asked(address) {
                Some(Asked::Preview { name, newest: true }) => format!("newest {name}"),
                Some(Asked::Preview { name, newest: false }) => format!("part {name}"),
                Some(Asked::Landing { name }) => format!("landing {name}"),
                Some(Asked::Post { name, post }) => format!("post {name} {post}"),
                None => "nothing".to_owned(),
            };
            assert_eq!(found, expected, "{address}");
        };
        check("https://t.me/s/coastweather", "newest coastweather");
        check("/s/coastweather?before=71", "part coastweather");
        check("http://127.0.0.1:8000/s/CoastWeather?q=rain", "part CoastWeather");
        check("https://t.me/s/coastweather/57", "part coastweather");
        check("https://t.me/coastweather", "landing coastweather");
        check("https://t.me/coastweather/57?embed=1&mode=tme", "post coastweather 57");
        for other in [
            "https://t.me/",
            "https://t.me/c/19000/5",
            "https://t.me/+AbC",
            "https://t.me/joinchat/AbC",
            "https://t.me/s",
            "",
            "x:y",
            "mailto:a@b",
        ] {
            check(other, "nothing");
        }
    }

    #[test]
    fn hosts_and_the_archives_wrapping_are_known() {
        let check = |address: &str, expected: Option<(&str, Option<&str>)>| {
            let found = telegram(address);
            let found = found.as_ref().map(|(inner, when)| (inner.as_str(), when.as_deref()));
            assert_eq!(found, expected, "{address}");
        };
        check("http://www.telegram.me/s/a", Some(("http://www.telegram.me/s/a", None)));
        check(
            "https://web.archive.org/web/20191130175500id_/https://t.me/s/a?before=5",
            Some(("https://t.me/s/a?before=5", Some("20191130175500"))),
        );
        check(
            "https://web.archive.org/web/2019/https:/t.me/s/a",
            Some(("https://t.me/s/a", Some("2019"))),
        );
        check("https://web.archive.org/web/2019/https://example.org/t.me/s/a", None);
        check("https://nott.me/s/a", None);
        check("https://example.org/https://t.me/s/a", None);
    }

    #[test]
    fn written_addresses_are_decoded_twice_only_where_they_were_escaped_twice() {
        assert_eq!(
            written("https://a.example/?a=1&amp;b=2").as_deref(),
            Some("https://a.example/?a=1&b=2")
        );
        assert_eq!(
            written("https://a.example/?a=1&b=2").as_deref(),
            Some("https://a.example/?a=1&b=2")
        );
        assert_eq!(
            written("https://web.archive.org/web/20191130175500/https://a.example/x").as_deref(),
            Some("https://a.example/x")
        );
        for none in
            ["?q=%23rain", "tg://resolve?domain=a", "mailto:a@b.example", "", "javascript:x"]
        {
            assert_eq!(written(none), None, "{none}");
        }
    }
}
