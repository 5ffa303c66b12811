//! What the desk says of its Telegram account.

use crate::Limit;

/// A Telegram account that channels are read by, in place of the web preview.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Account {
    /// Public groups are read too, not channels alone.
    pub may_read_groups: bool,
    /// Questions a second, where settings say otherwise.
    pub per_second: Option<u32>,
}

impl Account {
    /// How often an account asks, unless settings say otherwise: Telegram names no limit, and its own
    /// programs ask about so much while somebody scrolls.
    pub fn limit(&self) -> Limit {
        self.per_second.map_or(Limit::per_second(1), Limit::per_second)
    }
}
