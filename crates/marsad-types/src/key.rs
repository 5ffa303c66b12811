//! Names of things: `platform`, `platform:channel`, `platform:channel/post`.

use std::fmt;
use std::str::FromStr;

use compact_str::CompactString;

/// A key that does not follow `platform:channel` or `platform:channel/post`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// The platform has a character outside `[a-z0-9_-]` or is empty or longer than 32.
    #[error("'{0}' is not a platform name; use 1 to 32 of a-z 0-9 _ -")]
    Platform(String),
    /// There is no `platform:` in front.
    #[error("'{0}' names no platform; write platform:channel, for example telegram:weatherdesk")]
    NoPlatform(String),
    /// There is no `/post` at the end.
    #[error(
        "'{0}' names no post; write platform:channel/post, for example telegram:weatherdesk/42"
    )]
    NoPost(String),
    /// The channel or post part is empty.
    #[error("'{0}' has an empty part")]
    Empty(String),
}

/// A messaging platform: 1 to 32 of `[a-z0-9_-]`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Platform(CompactString);

impl Platform {
    /// Checks and keeps a platform name.
    ///
    /// # Errors
    /// [`KeyError::Platform`] when a character or the length is not allowed.
    pub fn new(name: &str) -> Result<Self, KeyError> {
        let allowed =
            |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_' || b == b'-';
        let fits = !name.is_empty() && name.len() <= 32 && name.bytes().all(allowed);
        if !fits {
            return Err(KeyError::Platform(name.to_owned()));
        }
        Ok(Self(CompactString::from(name)))
    }

    /// The name as written.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A channel: its platform and the platform's stable id. Written `platform:id`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct ChannelKey {
    /// Where the channel lives.
    pub platform: Platform,
    /// The platform's own id, unescaped.
    pub id: CompactString,
}

impl ChannelKey {
    /// Joins the two parts.
    pub fn new(platform: Platform, id: &str) -> Self {
        Self { platform, id: CompactString::from(id) }
    }
}

impl fmt::Display for ChannelKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:", self.platform)?;
        escape(f, &self.id)
    }
}

impl FromStr for ChannelKey {
    type Err = KeyError;

    fn from_str(written: &str) -> Result<Self, KeyError> {
        let (platform, id) =
            written.split_once(':').ok_or_else(|| KeyError::NoPlatform(written.to_owned()))?;
        if id.is_empty() {
            return Err(KeyError::Empty(written.to_owned()));
        }
        Ok(Self { platform: Platform::new(platform)?, id: unescape(id) })
    }
}

/// A post: its channel and the platform's id in that channel. Written `platform:channel/post`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct PostKey {
    /// The channel it stands in.
    pub channel: ChannelKey,
    /// Its id there, unescaped.
    pub post: CompactString,
}

impl fmt::Display for PostKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/", self.channel)?;
        escape(f, &self.post)
    }
}

impl FromStr for PostKey {
    type Err = KeyError;

    fn from_str(written: &str) -> Result<Self, KeyError> {
        let (channel, post) =
            written.split_once('/').ok_or_else(|| KeyError::NoPost(written.to_owned()))?;
        if post.is_empty() {
            return Err(KeyError::Empty(written.to_owned()));
        }
        Ok(Self { channel: channel.parse()?, post: unescape(post) })
    }
}

/// Writes an id with `/` and `%` percent-encoded; everything else, Arabic included, stays readable.
fn escape(f: &mut fmt::Formatter<'_>, id: &str) -> fmt::Result {
    for c in id.chars() {
        match c {
            '/' => f.write_str("%2F")?,
            '%' => f.write_str("%25")?,
            _ => fmt::Write::write_char(f, c)?,
        }
    }
    Ok(())
}

fn unescape(id: &str) -> CompactString {
    if !id.contains('%') {
        return CompactString::from(id);
    }
    CompactString::from(id.replace("%2F", "/").replace("%2f", "/").replace("%25", "%"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_platform_name_is_short_and_plain() {
        assert!(Platform::new("telegram").is_ok());
        for wrong in ["", "Telegram", "tele gram", "a/b", &"x".repeat(33)] {
            assert!(Platform::new(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn slash_and_percent_are_the_only_escapes() {
        let key: PostKey = "matrix:!room:host%2Fa%25/%24event".parse().unwrap();
        assert_eq!(key.channel.id, "!room:host/a%");
        assert_eq!(key.to_string(), "matrix:!room:host%2Fa%25/%2524event");
    }

    proptest! {
        #[test]
        fn a_written_key_reads_back(platform in "[a-z0-9_-]{1,32}", id in "\\PC{1,20}", post in "\\PC{1,20}") {
            let channel = ChannelKey::new(Platform::new(&platform).unwrap(), &id);
            let key = PostKey { channel, post: CompactString::from(post) };
            prop_assert_eq!(key.to_string().parse::<PostKey>().unwrap(), key);
        }
    }
}
