//! Values of Telegram's type language, read by the schema. Total: any bytes give what could be read
//! of them and the reason why no more.

use std::borrow::Cow;

use super::schema::{Constructor, Field, Kind, schema};

/// Longest answer that is read; Telegram's own are at most one.
pub(super) const BYTES_MAX: usize = 4 << 20;
/// Values within values: a text within texts has some ten.
const DEPTH_MAX: u32 = 64;
/// Number in front of every list.
const VECTOR: u32 = 0x1cb5_c415;

#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value<'a> {
    True,
    Int(i32),
    Long(i64),
    Double(f64),
    Bytes(&'a [u8]),
    List(Vec<Value<'a>>),
    Object(Object<'a>),
}

/// A constructor and its fields, as far as they are there.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Object<'a> {
    pub(super) name: &'static str,
    fields: Vec<(&'static str, Value<'a>)>,
}

/// Reads one value; what stands before a fault is kept, to whole elements of its lists.
pub(super) fn read(bytes: &[u8]) -> (Option<Object<'_>>, Option<String>) {
    if bytes.len() > BYTES_MAX {
        return (None, Some(format!("the answer is longer than {} MiB", BYTES_MAX >> 20)));
    }
    let mut reader = Reader { rest: bytes, fault: None };
    let object = reader.object(None, 0);
    if reader.fault.is_none() && !reader.rest.is_empty() {
        reader.fault = Some(format!("{} bytes stand after its end", reader.rest.len()));
    }
    (object, reader.fault)
}

struct Reader<'a> {
    rest: &'a [u8],
    fault: Option<String>,
}

impl<'a> Reader<'a> {
    fn fail<T>(&mut self, why: impl Into<String>) -> Option<T> {
        self.fault.get_or_insert(why.into());
        None
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        match self.rest.split_at_checked(count) {
            Some((taken, rest)) => {
                self.rest = rest;
                Some(taken)
            }
            None => self.fail("it ends before its end"),
        }
    }

    fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    fn number(&mut self) -> Option<u32> {
        self.array().map(u32::from_le_bytes)
    }

    /// A value with its constructor in front; at the top, what was read before a fault is kept.
    fn object(&mut self, of: Option<&'static str>, depth: u32) -> Option<Object<'a>> {
        if depth > DEPTH_MAX {
            return self.fail("its values are nested too deep");
        }
        let number = self.number()?;
        let Some(constructor) = schema().get(&number) else {
            return self.fail(format!(
                "it has a part of a kind that is not known ({number:#010x}); a newer Marsad may know it"
            ));
        };
        if of.is_some_and(|of| of != constructor.of) {
            return self.fail(format!("it has '{}' where that cannot stand", constructor.name));
        }
        let mut object = Object { name: constructor.name, fields: Vec::new() };
        self.fields(constructor, &mut object, depth);
        (self.fault.is_none() || depth == 0).then_some(object)
    }

    fn fields(&mut self, constructor: &'static Constructor, object: &mut Object<'a>, depth: u32) {
        let mut flags: Vec<(&str, u32)> = Vec::new();
        for Field { name, condition, kind } in &constructor.fields {
            let is_there = condition.is_none_or(|(of, bit)| {
                flags.iter().any(|(known, bits)| *known == of && bits >> bit & 1 == 1)
            });
            if !is_there {
                continue;
            }
            if *kind == Kind::Flags {
                let Some(bits) = self.number() else { return };
                flags.push((name, bits));
                continue;
            }
            if let Some(value) = self.value(kind, depth) {
                object.fields.push((name, value));
            }
            if self.fault.is_some() {
                return;
            }
        }
    }

    fn value(&mut self, kind: &'static Kind, depth: u32) -> Option<Value<'a>> {
        Some(match kind {
            Kind::True => Value::True,
            Kind::Flags | Kind::Int => Value::Int(self.array().map(i32::from_le_bytes)?),
            Kind::Long => Value::Long(self.array().map(i64::from_le_bytes)?),
            Kind::Double => Value::Double(self.array().map(f64::from_le_bytes)?),
            Kind::Bytes => Value::Bytes(self.bytes()?),
            Kind::Of(of) => Value::Object(self.object(Some(of), depth + 1)?),
            Kind::List(inner) => Value::List(self.list(inner, depth)?),
        })
    }

    /// Elements; those before a fault are kept.
    fn list(&mut self, kind: &'static Kind, depth: u32) -> Option<Vec<Value<'a>>> {
        if self.number()? != VECTOR {
            return self.fail("it has something else where a list should stand");
        }
        let count = self.number()? as usize;
        // Every element takes four bytes or more: a count above that is a lie.
        if count > self.rest.len() / 4 {
            return self.fail("it has a list that is longer than itself");
        }
        let mut elements = Vec::new();
        for _ in 0..count {
            match self.value(kind, depth) {
                Some(element) => elements.push(element),
                None => break,
            }
        }
        Some(elements)
    }

    /// Length, bytes, and nothing up to a multiple of four.
    fn bytes(&mut self) -> Option<&'a [u8]> {
        let [first] = self.array::<1>()?;
        let (head, length) = if first == 254 {
            let [a, b, c] = self.array::<3>()?;
            (4, u32::from_le_bytes([a, b, c, 0]) as usize)
        } else {
            (1, usize::from(first))
        };
        let bytes = self.take(length)?;
        self.take((4 - (head + length) % 4) % 4)?;
        Some(bytes)
    }
}

impl<'a> Object<'a> {
    fn get(&self, name: &str) -> Option<&Value<'a>> {
        self.fields.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }

    /// Whether a field is there: a flag is set.
    pub(super) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// A whole number of either length.
    pub(super) fn number(&self, name: &str) -> Option<i64> {
        match self.get(name)? {
            Value::Int(number) => Some(i64::from(*number)),
            Value::Long(number) => Some(*number),
            _ => None,
        }
    }

    /// A count, which is never below zero.
    pub(super) fn count(&self, name: &str) -> Option<u64> {
        u64::try_from(self.number(name)?).ok()
    }

    /// A text; what is no UTF-8 in it is replaced.
    pub(super) fn text(&self, name: &str) -> Option<Cow<'a, str>> {
        match self.get(name)? {
            Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes)),
            _ => None,
        }
    }

    /// A text that is not empty.
    pub(super) fn words(&self, name: &str) -> Option<String> {
        self.text(name).filter(|text| !text.is_empty()).map(Cow::into_owned)
    }

    pub(super) fn object(&self, name: &str) -> Option<&Object<'a>> {
        match self.get(name)? {
            Value::Object(object) => Some(object),
            _ => None,
        }
    }

    /// The objects of a list; none where there is no such list.
    pub(super) fn objects(&self, name: &str) -> impl Iterator<Item = &Object<'a>> {
        let elements = match self.get(name) {
            Some(Value::List(elements)) => elements.as_slice(),
            _ => &[],
        };
        elements.iter().filter_map(|element| match element {
            Value::Object(object) => Some(object),
            _ => None,
        })
    }

    /// Objects in the order of their fields, those in lists too.
    pub(super) fn inside(&self) -> impl Iterator<Item = &Object<'a>> {
        self.fields.iter().flat_map(|(_, value)| {
            let elements = match value {
                Value::List(elements) => elements.as_slice(),
                other => std::slice::from_ref(other),
            };
            elements.iter().filter_map(|element| match element {
                Value::Object(object) => Some(object),
                _ => None,
            })
        })
    }
}
