//! One file a verb.

pub(crate) mod alerts;
pub(crate) mod bundle;
pub(crate) mod completions;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod evidence;
pub(crate) mod explain;
pub(crate) mod export;
pub(crate) mod import;
pub(crate) mod init;
pub(crate) mod measure;
pub(crate) mod rebuild;
pub(crate) mod report;
pub(crate) mod search;
pub(crate) mod simulate;
pub(crate) mod sources;
pub(crate) mod watch;
