//! Takes the public channels out of a whole account's export, before anything is kept.

use std::collections::BTreeMap;
use std::io::{self, BufRead, Write};

use super::{is_account, is_public};
use crate::shape::outline;
use crate::walk::{Captured, Fault, First, Walker};
use crate::{Format, Manifest};

/// What a reduction kept and what it left out, for the log.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reduction {
    /// Public chats written.
    pub chats_kept: u64,
    /// Messages in them.
    pub messages_kept: u64,
    /// Chats left out, by Telegram's word for their type.
    pub chats_dropped: BTreeMap<String, u64>,
    /// Sections of the account left out (contacts, sessions, …).
    pub sections_dropped: Vec<String>,
    /// Why the walk stopped before the end of the account, if it did. The document written is
    /// then cut at the same place, so that reading it says so too.
    pub stopped: Option<String>,
}

/// Whether a file must go through [`reduce`] before its bytes may be kept.
pub fn needs_reduction(format: Format, head: &[u8]) -> bool {
    if format != Format::TelegramDesktop {
        return false;
    }
    let outline = outline(head);
    is_account(&outline) || (outline.has("about") && !outline.has("messages"))
}

/// Copies the public chats of an account's export, message by message, and nothing else.
///
/// Streams: holds one message at a time. The bytes of other chats are read past and never written.
///
/// # Errors
/// Only what `output` answers; broken input ends the walk and is said in [`Reduction::stopped`].
pub fn reduce(
    manifest: &Manifest,
    input: &mut dyn BufRead,
    output: &mut dyn Write,
) -> io::Result<Reduction> {
    let mut copy = Copy { manifest, output, done: Reduction::default(), separator: "" };
    copy.output.write_all(b"{\"chats\":{\"list\":[\n")?;
    let walked = (|| {
        let mut walker = Walker::new(input)?;
        copy.account(&mut walker)
    })();
    match walked {
        Ok(()) => copy.output.write_all(b"\n]}}\n")?,
        Err(Stop::Fault(fault)) => copy.done.stopped = Some(fault.reason()),
        Err(Stop::Output(error)) => return Err(error),
    }
    Ok(copy.done)
}

/// Why a walk stopped.
enum Stop {
    Fault(Fault),
    Output(io::Error),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

impl From<io::Error> for Stop {
    fn from(error: io::Error) -> Self {
        Self::Output(error)
    }
}

struct Copy<'m, 'o> {
    manifest: &'m Manifest,
    output: &'o mut dyn Write,
    done: Reduction,
    separator: &'static str,
}

/// The few fields of a chat that stand before its messages.
#[derive(Default)]
struct Prelude {
    fields: Vec<(&'static str, Vec<u8>)>,
    kind: Option<String>,
}

impl Copy<'_, '_> {
    fn account(&mut self, walker: &mut Walker<'_>) -> Result<(), Stop> {
        let mut first = walker.open_object()?;
        while let Some(key) = walker.next_key(&mut first)? {
            match key.as_str() {
                "chats" | "left_chats" => self.chats(walker)?,
                _ => {
                    walker.skip()?;
                    self.done.sections_dropped.push(key);
                }
            }
        }
        Ok(())
    }

    fn chats(&mut self, walker: &mut Walker<'_>) -> Result<(), Stop> {
        let mut first = walker.open_object()?;
        while let Some(key) = walker.next_key(&mut first)? {
            if key != "list" {
                walker.skip()?;
                continue;
            }
            let mut first = walker.open_list()?;
            while walker.next_element(&mut first)? {
                self.chat(walker)?;
            }
        }
        Ok(())
    }

    fn chat(&mut self, walker: &mut Walker<'_>) -> Result<(), Stop> {
        let mut prelude = Prelude::default();
        let (mut kept, mut type_came_late) = (false, false);
        let mut first = walker.open_object()?;
        while let Some(key) = walker.next_key(&mut first)? {
            match key.as_str() {
                "name" | "id" => {
                    let mut value = Vec::new();
                    walker.capture(&mut value)?;
                    prelude.fields.push((if key == "id" { "id" } else { "name" }, value));
                }
                "type" => prelude.kind = walker.text()?,
                "messages" if self.is_kept(&prelude) && !kept => {
                    kept = true;
                    self.begin_chat(&prelude)?;
                    let mut first = walker.open_list()?;
                    self.messages(walker, &mut first)?;
                    self.output.write_all(b"\n]}")?;
                }
                "messages" => {
                    type_came_late = prelude.kind.is_none();
                    walker.skip()?;
                }
                _ => walker.skip()?,
            }
        }
        if kept {
            self.done.chats_kept += 1;
        } else {
            // A type after the messages cannot say any more whether they may be kept.
            let kind = prelude.kind.filter(|_| !type_came_late);
            let kind = kind.unwrap_or_else(|| "unknown".to_owned());
            *self.done.chats_dropped.entry(kind).or_default() += 1;
        }
        Ok(())
    }

    fn is_kept(&self, prelude: &Prelude) -> bool {
        prelude.kind.as_deref().is_some_and(|kind| is_public(self.manifest, kind))
    }

    fn begin_chat(&mut self, prelude: &Prelude) -> io::Result<()> {
        write!(self.output, "{}{{", self.separator)?;
        self.separator = ",\n";
        for (name, value) in &prelude.fields {
            write!(self.output, "\"{name}\":")?;
            self.output.write_all(value)?;
            self.output.write_all(b",")?;
        }
        let kind = prelude.kind.as_deref().unwrap_or_default();
        writeln!(self.output, "\"type\":\"{kind}\",\"messages\":[")
    }

    fn messages(&mut self, walker: &mut Walker<'_>, first: &mut First) -> Result<(), Stop> {
        let mut message = Vec::new();
        let mut separator: &[u8] = b"";
        while walker.next_element(first)? {
            message.clear();
            if walker.capture(&mut message)? == Captured::Oversized {
                *self.done.chats_dropped.entry("message over 16 MiB".to_owned()).or_default() += 1;
                continue;
            }
            self.output.write_all(separator)?;
            self.output.write_all(&message)?;
            separator = b",\n";
            self.done.messages_kept += 1;
        }
        Ok(())
    }
}
