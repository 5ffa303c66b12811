//! What is told: in words, or as JSON with the same content.

use marsad_evidence::Head;
use serde_json::json;

use crate::arguments::Arguments;
use crate::stamps;

/// Records named in words; the JSON names them all.
const RECORDS_NAMED: usize = 20;

/// What was found. Sentences have no full stop.
#[derive(Default)]
pub(crate) struct Report {
    pub(crate) subject: String,
    pub(crate) origin: String,
    pub(crate) head: Head,
    pub(crate) records: u64,
    /// Leaf and address of records that verify, where the subject is a bundle.
    pub(crate) listed: Vec<(u64, String)>,
    pub(crate) holds: Vec<String>,
    pub(crate) failures: Vec<String>,
    pub(crate) open: Vec<String>,
}

impl Report {
    /// Checks who signed a time-stamp, when roots were given; what was open is then settled.
    pub(crate) fn stamp(&mut self, arguments: &Arguments, leaf: u64, reply: &[u8]) {
        let Some(roots) = &arguments.roots else { return };
        match stamps::check(reply, roots) {
            Ok(sentence) => {
                self.holds.push(format!("the time-stamp in record {leaf}: {sentence}"));
                let record = format!("record {leaf}");
                self.open.retain(|open| {
                    !(open.starts_with("whether the authority signed") && names(open, &record))
                });
                self.open.push(format!(
                    "whether a certificate behind the time-stamp in record {leaf} had been withdrawn: \
                     that takes the network"
                ));
            }
            Err(reason) => {
                self.failures.push(format!("the time-stamp in record {leaf}: {reason}"));
            }
        }
    }

    pub(crate) fn words(&self) -> String {
        let mut text = format!("Checked {}, offline.\n", self.subject);
        if !self.origin.is_empty() {
            let (origin, size) = (&self.origin, self.head.size);
            text +=
                &[&format!("Log: {origin}, {size} records, root "), &*self.head.root_hex(), "\n"]
                    .concat();
        }
        section(&mut text, "Does NOT hold", &self.failures);
        section(&mut text, "Holds", &self.holds);
        if !self.listed.is_empty() {
            let named = self.listed.iter().take(RECORDS_NAMED);
            let mut names: Vec<String> =
                named.map(|(leaf, uri)| format!("{leaf}  {uri}")).collect();
            let more = self.listed.len().saturating_sub(RECORDS_NAMED);
            if more > 0 {
                names.push(format!("and {more} more"));
            }
            section(&mut text, "Records (number in the log, address)", &names);
        }
        section(&mut text, "Cannot be said from this alone", &self.open);
        text.push_str(if self.failures.is_empty() {
            "\nIt verifies: nothing that was checked has been changed since it was logged.\n"
        } else {
            "\nIt does NOT verify. Keep the file as it is, and ask its owner for another copy.\n"
        });
        text
    }

    pub(crate) fn json(&self) -> String {
        let records: Vec<_> =
            self.listed.iter().map(|(leaf, uri)| json!({ "leaf": leaf, "uri": uri })).collect();
        let report = json!({
            "version": 1,
            "verifies": self.failures.is_empty(),
            "log": self.origin,
            "size": self.head.size,
            "root": self.head.root_hex(),
            "records": self.records,
            "record_list": records,
            "holds": self.holds,
            "failures": self.failures,
            "cannot_say": self.open,
        });
        format!("{report:#}\n")
    }
}

/// Whether a sentence names a record: `record 4`, not `record 42`.
fn names(sentence: &str, record: &str) -> bool {
    let mut rest = sentence.split(record).skip(1);
    rest.any(|rest| !rest.starts_with(|c: char| c.is_ascii_digit()))
}

fn section(text: &mut String, title: &str, lines: &[String]) {
    if lines.is_empty() {
        return;
    }
    *text += &["\n", title, ":\n"].concat();
    for line in lines {
        *text += &["  - ", line, "\n"].concat();
    }
}
