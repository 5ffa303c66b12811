//! The schema of Telegram's type language: what a constructor's number stands for.
//!
//! TL does not describe itself: to get past a value one has to know its constructor. So the
//! definitions that answers can be made of are kept here as text, of every layer that was ever
//! asked in, and bytes that were kept years ago stay readable without the library that asked.

use std::sync::OnceLock;

use hashbrown::HashMap;

/// Definitions, a line each, as Telegram publishes them.
const WRITTEN: &str = include_str!("schema.tl");

/// What a number stands for.
#[derive(Debug)]
pub(super) struct Constructor {
    pub(super) name: &'static str,
    /// The type that it is one kind of.
    pub(super) of: &'static str,
    pub(super) fields: Vec<Field>,
}

#[derive(Debug)]
pub(super) struct Field {
    pub(super) name: &'static str,
    /// It is there only where this bit of the flags of this name is set.
    pub(super) condition: Option<(&'static str, u32)>,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// Bits that say which fields are there.
    Flags,
    /// A bit that is set; takes no bytes.
    True,
    Int,
    Long,
    Double,
    /// A text or bytes: written alike.
    Bytes,
    List(Box<Kind>),
    /// A value that begins with the number of its constructor.
    Of(&'static str),
}

/// All that is known.
pub(super) fn schema() -> &'static HashMap<u32, Constructor> {
    static KNOWN: OnceLock<HashMap<u32, Constructor>> = OnceLock::new();
    KNOWN.get_or_init(|| WRITTEN.lines().filter_map(definition).collect())
}

/// Types of which at least one constructor is known.
#[cfg(test)]
pub(super) fn types() -> hashbrown::HashSet<&'static str> {
    schema().values().map(|constructor| constructor.of).collect()
}

/// `name#12345678 field:type … = Type;`; `None` for a comment.
fn definition(line: &'static str) -> Option<(u32, Constructor)> {
    let (left, of) = line.strip_suffix(';')?.rsplit_once(" = ")?;
    let mut words = left.split(' ');
    let (name, number) = words.next()?.split_once('#')?;
    let number = u32::from_str_radix(number, 16).ok()?;
    let fields = words.map(field).collect::<Option<Vec<_>>>()?;
    Some((number, Constructor { name, of, fields }))
}

fn field(word: &'static str) -> Option<Field> {
    let (name, written) = word.split_once(':')?;
    let (condition, written) = match written.split_once('?') {
        Some((condition, rest)) => {
            let (flags, bit) = condition.split_once('.')?;
            (Some((flags, bit.parse().ok().filter(|bit| *bit < 32)?)), rest)
        }
        None => (None, written),
    };
    Some(Field { name, condition, kind: kind(written) })
}

fn kind(written: &'static str) -> Kind {
    let inner = written.strip_prefix("Vector<").and_then(|rest| rest.strip_suffix('>'));
    match (inner, written) {
        (Some(inner), _) => Kind::List(Box::new(kind(inner))),
        (None, "#") => Kind::Flags,
        (None, "true") => Kind::True,
        (None, "int") => Kind::Int,
        (None, "long") => Kind::Long,
        (None, "double") => Kind::Double,
        (None, "string" | "bytes") => Kind::Bytes,
        (None, of) => Kind::Of(of),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn needs(kind: &Kind, missing: &mut Vec<&'static str>) {
        match kind {
            Kind::List(inner) => needs(inner, missing),
            Kind::Of(name) if !types().contains(name) => missing.push(name),
            _ => {}
        }
    }

    #[test]
    fn every_line_is_understood_and_names_only_types_that_are_there() {
        let lines = WRITTEN.lines().filter(|line| !line.starts_with("//")).count();
        assert_eq!(schema().len(), lines, "a line is not understood, or a number is there twice");
        let known = types();
        let mut missing = Vec::new();
        for constructor in schema().values() {
            for field in &constructor.fields {
                needs(&field.kind, &mut missing);
                if let Some((flags, _)) = field.condition {
                    let is_there = |other: &Field| other.name == flags && other.kind == Kind::Flags;
                    assert!(constructor.fields.iter().any(is_there), "{}", constructor.name);
                }
            }
        }
        assert!(missing.is_empty(), "{missing:?}");
        assert!(known.contains("messages.Messages") && known.contains("messages.ChatFull"));
    }
}
