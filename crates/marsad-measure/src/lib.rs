//! The analyses: columns in, findings out.
//!
//! **What.** Who was first, what belongs together, where a network goes. A measure is a kernel over
//! compact columns; a finding is rows with their method, window, coverage and archive.
//!
//! **Main path.** [`Study::new`] groups posts into statements and prepares what all share; then
//! [`statements`], [`primacy`], [`networks`], [`surge`], [`migration`], [`audience`], [`removals`],
//! [`discover`]
//! each answer a [`Scope`] with a [`Finding`], whose JSON is the contract's.
//!
//! **Invariants.** Pure: no I/O, no clock, chance only from fixed seeds. Equal archives give equal
//! findings. A finding is made only here and never without method, window and coverage; every row
//! that infers carries `p`, `q` and one of five wordings. Order comes from published times, never
//! from when we looked. Nothing here says "coordinated", "same operator" or "caused".
//!
//! **Not here.** Reading, storing, matching texts, the statistics themselves, pages.

mod audience;
mod catalogue;
mod discover;
mod finding;
mod migration;
mod networks;
mod primacy;
mod removals;
mod scope;
mod statements;
mod study;
mod surge;
#[cfg(test)]
mod testing;

pub use audience::{AudienceRow, audience};
pub use catalogue::catalogue;
pub use discover::{
    DiscoverOptions, DiscoverRow, Draw, Factors, Reach, ReachEstimate, Reason, ReasonKind, discover,
};
pub use finding::{ArchiveRef, Extent, Finding, Nothing, WatchedPart, Wording};
pub use migration::{AttemptEnd, AttemptRow, DailyRow, MigrationOptions, MigrationRow, migration};
pub use networks::{NetworkRow, networks};
pub use primacy::{By, Lags, PrimacyOptions, PrimacyRow, ResolutionRule, lags_of_pairs, primacy};
pub use removals::{
    IsErased, RemovalsOptions, RemovalsRow, RemovalsSum, RemovalsTotal, removals,
    rows as removal_rows, sum as removal_sum,
};
pub use scope::{Scope, Window};
pub use statements::{MemberRow, StatementRow, StatementsOptions, statements};
pub use study::{Study, statement_name};
pub use surge::{Basis, ChangePoint, ChangePoints, SurgeRow, surge};
