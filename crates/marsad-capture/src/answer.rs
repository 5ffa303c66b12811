//! What came back, or why nothing did.

use crate::RpcError;

/// An answer, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status; of Telegram's own protocol 200, or the code of its error.
    pub status: u16,
    /// Header fields in the order they came; names as they came.
    pub headers: Vec<(String, String)>,
    /// Body, whole.
    pub body: Vec<u8>,
}

impl Answer {
    /// The first field of this name, whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut fields = self.headers.iter();
        fields.find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// Milliseconds to wait that the platform itself asks for, given the time of the answer:
    /// `Retry-After` in seconds; else `X-RateLimit-Reset` (epoch ms) when nothing remains or the
    /// answer is 429; else `retry_after_ms` or `parameters.retry_after` (s) in the body of a 429; of
    /// Telegram's own protocol the seconds of its `FLOOD_WAIT`.
    pub fn wait_ms(&self, now_ms: i64) -> Option<i64> {
        let number =
            |name: &str| self.header(name).and_then(|value| value.trim().parse::<f64>().ok());
        if self.status == 420 {
            return RpcError::read(&self.body)?
                .wait_s()
                .map(|seconds| seconds.saturating_mul(1000));
        }
        let is_refused = self.status == 429;
        if let Some(seconds) = number("retry-after")
            && (is_refused || self.status == 503)
        {
            return Some((seconds * 1000.0).ceil() as i64);
        }
        let is_used_up = number("x-ratelimit-remaining").is_some_and(|left| left <= 0.0);
        if let Some(reset) = number("x-ratelimit-reset")
            && (is_refused || is_used_up)
        {
            return Some((reset as i64 - now_ms).max(0));
        }
        if !is_refused {
            return None;
        }
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        let ms = body.get("retry_after_ms").and_then(serde_json::Value::as_i64);
        let seconds = body.pointer("/parameters/retry_after").and_then(serde_json::Value::as_i64);
        ms.or(seconds.map(|seconds| seconds * 1000)).map(|ms| ms.max(0))
    }
}

/// No whole answer came.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Missed {
    /// Nobody answered in time.
    #[error("no answer in time")]
    Timeout,
    /// The host could not be reached.
    #[error("the host could not be reached: {0}")]
    Unreachable(String),
    /// The answer stopped before its end.
    #[error("the answer was cut short")]
    Cut,
    /// The answer is larger than what is read.
    #[error("the answer is longer than 32 MiB")]
    TooLong,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Answer {
        let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        Answer { status, headers: headers.iter().map(own).collect(), body: body.into() }
    }

    #[test]
    fn every_platforms_own_signal_is_read() {
        assert_eq!(answer(429, &[("Retry-After", "2")], "{}").wait_ms(0), Some(2000));
        assert_eq!(answer(429, &[], r#"{"retry_after_ms":825}"#).wait_ms(0), Some(825));
        assert_eq!(
            answer(429, &[], r#"{"parameters":{"retry_after":14}}"#).wait_ms(0),
            Some(14_000)
        );
        let rocket = [("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", "5000")];
        assert_eq!(answer(200, &rocket, "{}").wait_ms(1000), Some(4000));
        let left = [("X-RateLimit-Remaining", "3"), ("X-RateLimit-Reset", "5000")];
        assert_eq!(answer(200, &left, "{}").wait_ms(1000), None);
        assert_eq!(answer(429, &[], "<html>").wait_ms(0), None);
    }
}
