//! Which commands are acts, and what is written down of each.

use marsad_types::PostKey;
use serde::Serialize;
use serde_json::{Map, Value};

use crate::cli::{AlertsVerb, EvidenceVerb, SourcesVerb, Verb};

/// What kind of act.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// Something was shown.
    Look,
    /// Something was written to a file.
    Export,
    /// Something came in.
    Import,
    /// Something was forgotten.
    Erase,
    /// Somebody decided what is watched, or what is told to whom.
    Decide,
    /// The bytes that an export gave out.
    Output,
}

impl Action {
    /// The word in the log.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Look => "look",
            Self::Export => "export",
            Self::Import => "import",
            Self::Erase => "erase",
            Self::Decide => "decide",
            Self::Output => "output",
        }
    }
}

/// An act before it is written down.
#[derive(Debug)]
pub(crate) struct Act {
    pub(crate) action: Action,
    /// The verb and what chooses among its kinds.
    pub(crate) what: String,
    /// A post that it is about.
    pub(crate) subject: Option<String>,
    /// The imports that it made, by the digest of their settings.
    pub(crate) imports: Vec<String>,
    /// Everything that was typed; only its keyed digest is written down.
    pub(crate) parameters: Value,
}

impl Act {
    pub(crate) fn new(action: Action, what: &str, parameters: &impl Serialize) -> Self {
        let parameters = serde_json::to_value(parameters).unwrap_or_default();
        Self { action, what: what.to_owned(), subject: None, imports: Vec::new(), parameters }
    }
}

/// What a command does that must be written down before it runs. A new verb has to say so here.
pub(crate) fn act_of(verb: &Verb) -> Option<Act> {
    match verb {
        Verb::Measure(options) => {
            let known = marsad_measure::catalogue().iter().map(|(name, _)| *name);
            let name = known.into_iter().find(|known| options.name.as_deref() == Some(known))?;
            Some(Act::new(Action::Look, &format!("measure {name}"), options))
        }
        Verb::Search(options) => Some(Act::new(Action::Look, "search", options)),
        Verb::Report(options) => Some(Act::new(Action::Export, "report", options)),
        Verb::Export(options) => Some(Act::new(Action::Export, &options.what(), options)),
        Verb::Evidence(options) => match &options.verb {
            EvidenceVerb::Prove(wanted) => {
                let act = Act::new(Action::Export, "evidence prove", wanted);
                let subject = wanted.post.parse::<PostKey>().ok().map(|key| key.to_string());
                Some(Act { subject, ..act })
            }
            // What is erased is written down with the erasure, in one commit; the others say nothing
            // of what the records hold, and write nothing down twice.
            EvidenceVerb::Erase(_)
            | EvidenceVerb::Lift(_)
            | EvidenceVerb::Retain(_)
            | EvidenceVerb::Status
            | EvidenceVerb::Checkpoint
            | EvidenceVerb::Audit(_)
            | EvidenceVerb::Stamp(_)
            | EvidenceVerb::Cosign(_) => None,
        },
        // The past is looked through as by a measure; rules are decided by the verb, with their names.
        Verb::Alerts(options) => match &options.verb {
            AlertsVerb::Test(wanted) => Some(Act::new(Action::Look, "alerts test", wanted)),
            AlertsVerb::Add(_) | AlertsVerb::Remove(_) | AlertsVerb::List => None,
        },
        Verb::Sources(options) => match &options.verb {
            SourcesVerb::Suggest(wanted) => Some(Act::new(Action::Look, "sources suggest", wanted)),
            // Decisions are written down by the verb, with the sources that they name.
            SourcesVerb::Add(_)
            | SourcesVerb::List
            | SourcesVerb::Reject(_)
            | SourcesVerb::Remove(_)
            | SourcesVerb::Pause(_)
            | SourcesVerb::Resume(_)
            | SourcesVerb::Check(_)
            | SourcesVerb::Login(_)
            | SourcesVerb::Logout(_)
            | SourcesVerb::Hook(_) => None,
        },
        // An import is written down by the pipeline, with what it adds and only when it adds; what a
        // watch sees is the log itself. The others are of their own world, of nothing, or of what can
        // be made again at any time.
        Verb::Import(_)
        | Verb::Watch(_)
        | Verb::Demo(_)
        | Verb::Init
        | Verb::Doctor
        | Verb::Rebuild
        | Verb::Simulate(_)
        | Verb::Completions(_) => None,
    }
}

/// JSON in one form only: fields sorted; what was not given left out, so that an option that is
/// added later does not change the digest of an older command.
pub(crate) fn canonical(value: &Value) -> String {
    fn sorted(value: &Value) -> Option<Value> {
        match value {
            Value::Null | Value::Bool(false) => None,
            Value::Array(items) if items.is_empty() => None,
            Value::Array(items) => Some(items.iter().filter_map(sorted).collect()),
            Value::Object(fields) => {
                let mut names: Vec<&String> = fields.keys().collect();
                names.sort();
                let given = names
                    .into_iter()
                    .filter_map(|name| Some((name.clone(), fields.get(name).and_then(sorted)?)));
                Some(Value::Object(given.collect::<Map<_, _>>()))
            }
            other => Some(other.clone()),
        }
    }
    sorted(value).unwrap_or_default().to_string()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::canonical;

    #[test]
    fn what_was_not_given_and_the_order_of_fields_make_no_difference() {
        let one = json!({"name": "primacy", "list": false, "since": null, "platforms": []});
        let two = json!({"name": "primacy"});
        assert_eq!(canonical(&one), canonical(&two));
        assert_eq!(
            canonical(&json!({"b": 1, "a": {"d": 1, "c": 2}})),
            r#"{"a":{"c":2,"d":1},"b":1}"#
        );
        assert_ne!(canonical(&json!({"a": 1})), canonical(&json!({"a": 2})));
    }
}
