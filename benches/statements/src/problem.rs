//! What can go wrong: files.

/// Any error of a tool.
pub(crate) type Problem = Box<dyn std::error::Error>;
