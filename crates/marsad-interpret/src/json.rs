//! Values of flat JSON lines, read without copying and checked where they are used.
//!
//! A derived struct would refuse a whole line with serde's words when one field has another type.
//! [`Value`] takes any JSON, so that the one who needs the field can say its name and what was
//! expected, and a field nobody needs may be anything.

use std::borrow::Cow;
use std::fmt;

use compact_str::CompactString;
use marsad_types::{Bound, Platform, Timestamp};
use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Unix times are below this many seconds from 1970 (the year 5138).
const SECONDS_BELOW: i64 = 100_000_000_000;

/// Why a line or a field was not understood: the reason of a problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reason(pub(crate) String);

/// A value that was there in a form that could be used, or not there at all.
pub(crate) type Maybe<T> = Result<Option<T>, Reason>;

/// Any JSON value; nested ones only as "list" or "object".
#[derive(Debug, Clone, Default)]
pub(crate) enum Value<'a> {
    /// The key is not there.
    #[default]
    Missing,
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Whole(i64),
    /// A whole number above `i64`.
    Big(u64),
    /// Any other number.
    Float(f64),
    /// A string.
    Text(Cow<'a, str>),
    /// A list.
    List,
    /// An object.
    Object,
}

impl<'de: 'a, 'a> Deserialize<'de> for Value<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Value<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any value")
    }
    fn visit_unit<E>(self) -> Result<Value<'de>, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value<'de>, E> {
        Ok(Value::Bool(value))
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value<'de>, E> {
        Ok(Value::Whole(value))
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value<'de>, E> {
        Ok(i64::try_from(value).map_or(Value::Big(value), Value::Whole))
    }
    fn visit_f64<E>(self, value: f64) -> Result<Value<'de>, E> {
        Ok(Value::Float(value))
    }
    fn visit_borrowed_str<E>(self, value: &'de str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Borrowed(value)))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(value.to_owned())))
    }
    fn visit_string<E>(self, value: String) -> Result<Value<'de>, E> {
        Ok(Value::Text(Cow::Owned(value)))
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value<'de>, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Value::List)
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value<'de>, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Value::Object)
    }
}

impl<'a> Value<'a> {
    /// What it is, in words for a problem.
    fn kind(&self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Null => "null",
            Self::Bool(_) => "true or false",
            Self::Whole(_) | Self::Big(_) => "a whole number",
            Self::Float(_) => "a number",
            Self::Text(_) => "a text",
            Self::List => "a list",
            Self::Object => "an object",
        }
    }

    fn wrong(&self, field: &str, expected: &str) -> Reason {
        Reason(format!("field '{field}' is {}; expected {expected}", self.kind()))
    }

    /// Takes the value out of its place.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// A whole number of either sign; anything else is absent.
    pub(crate) fn whole(&self) -> Option<i128> {
        match self {
            Self::Whole(number) => Some(i128::from(*number)),
            Self::Big(number) => Some(i128::from(*number)),
            Self::Text(text) => text.parse().ok(),
            _ => None,
        }
    }

    /// A text; absent when missing or null.
    pub(crate) fn text(self, field: &str) -> Maybe<Cow<'a, str>> {
        match self {
            Self::Missing | Self::Null => Ok(None),
            Self::Text(text) => Ok(Some(text)),
            other => Err(other.wrong(field, "a text")),
        }
    }

    /// A text that must be there and not be empty.
    pub(crate) fn required_text(self, field: &str) -> Result<Cow<'a, str>, Reason> {
        match self.text(field)? {
            Some(text) if !text.is_empty() => Ok(text),
            Some(_) => Err(Reason(format!("field '{field}' is empty"))),
            None => Err(missing(field)),
        }
    }

    /// An id: a text or a whole number, never empty.
    pub(crate) fn id(self, field: &str) -> Maybe<CompactString> {
        match self {
            Self::Missing | Self::Null => Ok(None),
            Self::Text(text) if text.is_empty() => Err(Reason(format!("field '{field}' is empty"))),
            Self::Text(text) => Ok(Some(CompactString::from(text))),
            Self::Whole(number) => Ok(Some(compact_str::format_compact!("{number}"))),
            Self::Big(number) => Ok(Some(compact_str::format_compact!("{number}"))),
            other => Err(other.wrong(field, "a text or a whole number")),
        }
    }

    /// An id whose absence is sometimes written as an empty text.
    pub(crate) fn optional_id(self, field: &str) -> Maybe<CompactString> {
        let is_empty = matches!(&self, Self::Text(text) if text.is_empty());
        if is_empty { Ok(None) } else { self.id(field) }
    }

    /// An id that must be there.
    pub(crate) fn required_id(self, field: &str) -> Result<CompactString, Reason> {
        self.id(field)?.ok_or_else(|| missing(field))
    }

    /// A whole number from 0.
    pub(crate) fn count(self, field: &str) -> Maybe<u64> {
        match self {
            Self::Missing | Self::Null => Ok(None),
            Self::Big(number) => Ok(Some(number)),
            Self::Whole(number) => u64::try_from(number)
                .map(Some)
                .map_err(|_below| Reason(format!("field '{field}' is below zero"))),
            other => Err(other.wrong(field, "a whole number")),
        }
    }

    /// A time as text.
    pub(crate) fn time(self, field: &str) -> Maybe<Timestamp> {
        self.bound(field, Bound::Start)
    }

    /// A time that must be there.
    pub(crate) fn required_time(self, field: &str) -> Result<Timestamp, Reason> {
        self.time(field)?.ok_or_else(|| missing(field))
    }

    /// A time as text that stands for one end of a stretch.
    pub(crate) fn bound(self, field: &str, end: Bound) -> Maybe<Timestamp> {
        match self {
            Self::Missing | Self::Null => Ok(None),
            Self::Text(text) => {
                Timestamp::parse_bound(&text, end).map(Some).map_err(|_not_a_time| {
                    let shown = shorten(&text);
                    Reason(format!(
                        "field '{field}' is '{shown}'; expected a time such as 2019-11-30T17:55:00Z"
                    ))
                })
            }
            other => Err(other.wrong(field, "a time such as 2019-11-30T17:55:00Z")),
        }
    }

    /// ISO text or unix seconds, whole or not; absent when missing or null.
    pub(crate) fn instant(self, field: &str) -> Maybe<Timestamp> {
        match self {
            Self::Whole(seconds) if seconds.abs() < SECONDS_BELOW => {
                Ok(Some(Timestamp::from_seconds(seconds)))
            }
            Self::Float(seconds) if seconds.abs() < SECONDS_BELOW as f64 => {
                Ok(Some(Timestamp((seconds * 1000.0).round() as i64)))
            }
            Self::Whole(_) | Self::Big(_) | Self::Float(_) => {
                Err(Reason(format!("field '{field}' is not a time in unix seconds")))
            }
            other => other.time(field),
        }
    }

    /// Unix milliseconds; absent when missing or null.
    pub(crate) fn milliseconds(self, field: &str) -> Maybe<Timestamp> {
        match self {
            Self::Missing | Self::Null => Ok(None),
            Self::Whole(time) if time.abs() < SECONDS_BELOW * 1000 => Ok(Some(Timestamp(time))),
            other => Err(other.wrong(field, "a time in unix milliseconds")),
        }
    }

    /// A platform name.
    pub(crate) fn platform(self, field: &str) -> Maybe<Platform> {
        let Some(text) = self.text(field)? else { return Ok(None) };
        Platform::new(&text).map(Some).map_err(|_not_a_name| {
            let shown = shorten(&text);
            Reason(format!("field '{field}' is '{shown}'; expected 1 to 32 of a-z 0-9 _ -"))
        })
    }

    /// A number of any kind.
    pub(crate) fn number(&self, field: &str) -> Maybe<f64> {
        match self {
            Self::Missing | Self::Null => Ok(None),
            Self::Whole(number) => Ok(Some(*number as f64)),
            Self::Big(number) => Ok(Some(*number as f64)),
            Self::Float(number) => Ok(Some(*number)),
            other => Err(other.wrong(field, "a number")),
        }
    }
}

/// The reason for a field that must be there and is not.
pub(crate) fn missing(field: &str) -> Reason {
    Reason(format!("field '{field}' is missing"))
}

/// The first 40 characters of something from the input, for a reason.
pub(crate) fn shorten(text: &str) -> String {
    let mut short: String = text.chars().take(40).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    short
}

/// Deserialises one line that must be a JSON object.
///
/// A list is refused before serde sees it: it would take its elements for fields by position.
pub(crate) fn object<'a, T: Deserialize<'a>>(line: &'a [u8]) -> Result<T, Reason> {
    if line.first() != Some(&b'{') {
        return Err(Reason("the line is not a JSON object".to_owned()));
    }
    serde_json::from_slice(line).map_err(|error| not_json(&error))
}

/// serde's words without its line number (always 1 here); they name keys and columns, no content.
pub(crate) fn not_json(error: &serde_json::Error) -> Reason {
    let said = error.to_string();
    let said = said.split(" at line ").next().unwrap_or(&said);
    Reason(format!("not understood as JSON: {said} (column {})", error.column()))
}

/// A nested object or list that may also be something else.
#[derive(Debug, Clone, Default)]
pub(crate) enum Nested<T> {
    /// Missing or null.
    #[default]
    Absent,
    /// What was expected.
    There(T),
    /// Something else.
    Other(&'static str),
}

impl<T> Nested<T> {
    /// Takes the value out of its place.
    pub(crate) fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// The value, nothing, or the reason.
    pub(crate) fn get(self, field: &str, expected: &str) -> Maybe<T> {
        match self {
            Self::Absent => Ok(None),
            Self::There(value) => Ok(Some(value)),
            Self::Other(kind) => {
                Err(Reason(format!("field '{field}' is {kind}; expected {expected}")))
            }
        }
    }

    /// The value where it has the expected form.
    pub(crate) fn there(self) -> Option<T> {
        match self {
            Self::There(value) => Some(value),
            Self::Absent | Self::Other(_) => None,
        }
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nested<Vec<T>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ListOr(std::marker::PhantomData))
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Nested<Object<T>> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ObjectOr(std::marker::PhantomData))
    }
}

/// A nested object, told apart from a list.
#[derive(Debug, Clone)]
pub(crate) struct Object<T>(pub(crate) T);

struct ListOr<T>(std::marker::PhantomData<T>);
struct ObjectOr<T>(std::marker::PhantomData<T>);

/// The answers for everything that is neither list nor object.
macro_rules! scalars_are_other {
    () => {
        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("any value")
        }
        fn visit_unit<E>(self) -> Result<Self::Value, E> {
            Ok(Nested::Absent)
        }
        fn visit_bool<E>(self, _: bool) -> Result<Self::Value, E> {
            Ok(Nested::Other("true or false"))
        }
        fn visit_i64<E>(self, _: i64) -> Result<Self::Value, E> {
            Ok(Nested::Other("a number"))
        }
        fn visit_u64<E>(self, _: u64) -> Result<Self::Value, E> {
            Ok(Nested::Other("a number"))
        }
        fn visit_f64<E>(self, _: f64) -> Result<Self::Value, E> {
            Ok(Nested::Other("a number"))
        }
        fn visit_str<E>(self, _: &str) -> Result<Self::Value, E> {
            Ok(Nested::Other("a text"))
        }
    };
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ListOr<T> {
    type Value = Nested<Vec<T>>;
    scalars_are_other!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        let mut elements = Vec::new();
        while let Some(element) = seq.next_element()? {
            elements.push(element);
        }
        Ok(Nested::There(elements))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        while map.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Nested::Other("an object"))
    }
}

impl<'de, T: Deserialize<'de>> Visitor<'de> for ObjectOr<T> {
    type Value = Nested<Object<T>>;
    scalars_are_other!();

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Self::Value, A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Nested::Other("a list"))
    }
    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
        let inner = T::deserialize(serde::de::value::MapAccessDeserializer::new(map))?;
        Ok(Nested::There(Object(inner)))
    }
}
