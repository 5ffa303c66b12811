//! Telegram's own word for what it refuses, in the bytes that it refuses with.

/// `rpc_error`: a code like HTTP's and a word, such as 420 and `FLOOD_WAIT_31`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RpcError {
    /// The code; a few are below zero.
    pub code: i32,
    /// The word.
    pub message: String,
}

/// Number of the constructor.
const RPC_ERROR: [u8; 4] = 0x2144_ca19_u32.to_le_bytes();
/// Words that end in seconds to wait.
const WAITS: [&str; 2] = ["FLOOD_WAIT_", "FLOOD_PREMIUM_WAIT_"];

impl RpcError {
    /// Reads an answer that is one.
    pub fn read(body: &[u8]) -> Option<Self> {
        let rest = body.strip_prefix(&RPC_ERROR)?;
        let (code, rest) = rest.split_first_chunk::<4>()?;
        let (length, text) = match *rest.first()? {
            254 => {
                let head: [u8; 4] = rest.get(..4)?.try_into().ok()?;
                ((u32::from_le_bytes(head) >> 8) as usize, rest.get(4..)?)
            }
            short => (usize::from(short), rest.get(1..)?),
        };
        let message = String::from_utf8_lossy(text.get(..length)?).into_owned();
        Some(Self { code: i32::from_le_bytes(*code), message })
    }

    /// The code as a status: those below zero count like those above.
    pub fn status(&self) -> u16 {
        u16::try_from(self.code.unsigned_abs()).ok().filter(|status| *status > 200).unwrap_or(500)
    }

    /// Seconds that the account has to wait before it asks anything again.
    pub fn wait_s(&self) -> Option<i64> {
        WAITS.iter().find_map(|wait| self.message.strip_prefix(wait)?.parse().ok())
    }

    /// The status of an answer: its error's, else 200.
    pub fn status_of(body: &[u8]) -> u16 {
        Self::read(body).map_or(200, |error| error.status())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(code: i32, message: &str) -> Vec<u8> {
        let mut bytes = [&RPC_ERROR[..], &code.to_le_bytes()].concat();
        bytes.push(u8::try_from(message.len()).unwrap());
        bytes.extend_from_slice(message.as_bytes());
        bytes.resize(bytes.len().next_multiple_of(4), 0);
        bytes
    }

    #[test]
    fn seconds_to_wait_are_read_from_both_words_and_no_other() {
        for (message, wait) in [
            ("FLOOD_WAIT_31", Some(31)),
            ("FLOOD_PREMIUM_WAIT_4", Some(4)),
            ("SLOWMODE_WAIT_9", None),
            ("FLOOD_WAIT_", None),
            ("CHANNEL_PRIVATE", None),
        ] {
            let error = RpcError::read(&written(420, message)).unwrap();
            assert_eq!((error.status(), error.wait_s()), (420, wait), "{message}");
        }
        assert_eq!(RpcError::status_of(&written(-503, "Timeout")), 503);
        assert_eq!(RpcError::status_of(&written(0, "?")), 500);
        assert_eq!(RpcError::status_of(b"\x01\x02\x03\x04"), 200);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read(rest in prop::collection::vec(any::<u8>(), 0..40)) {
            let _: Option<RpcError> = RpcError::read(&[&RPC_ERROR[..], &rest].concat());
            let _: u16 = RpcError::status_of(&rest);
        }
    }
}
