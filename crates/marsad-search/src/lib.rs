//! x
mod error; mod query; mod script; mod token;
pub use error::Error; pub use query::{Query, QueryError}; pub use script::Script;
