//! The statistics that the measures stand on.
//!
//! **What.** Exact tests and intervals, rank methods, multiplicity, quantiles, bootstrap, survival,
//! change points, communities, regression with autocorrelated errors. Numbers in, numbers out.
//!
//! **Main path.** [`sign_test`], [`wilcoxon`] and [`hodges_lehmann`] answer "who was first";
//! [`hypergeometric_upper`] and [`benjamini_yekutieli`] validate ties; [`leiden`] groups them;
//! [`poisson_upper`] and [`pelt`] see surges; [`KaplanMeier`] follows lives.
//!
//! **Invariants.** Every function is pure; chance comes from a seed that the caller gives. A tail
//! probability whose truth is above zero is never returned as zero: it stops at the smallest normal
//! number. What cannot be estimated is `None`, never a guess. Undefined input (NaN) never panics.
//!
//! **Not here.** Domain words, columns, files, wording levels.

mod bootstrap;
mod change;
mod communities;
mod multiple;
mod normal;
mod partition;
mod proportion;
mod quantile;
mod random;
mod rank;
mod regression;
mod survival;
mod tail;

pub use bootstrap::{Bootstrap, bca_interval, percentile_interval};
pub use change::{Cost, pelt};
pub use communities::{Graph, leiden, leiden_best};
pub use multiple::{benjamini_hochberg, benjamini_yekutieli, benjamini_yekutieli_of, holm};
pub use normal::{normal_quantile, normal_upper};
pub use partition::{components, modularity, normalised_mutual_information};
pub use proportion::{Interval, clopper_pearson, wilson};
pub use quantile::{median, quantile, quantile_sorted};
pub use random::Random;
pub use rank::{HodgesLehmann, Wilcoxon, hodges_lehmann, wilcoxon};
pub use regression::{Fit, least_squares, prais_winsten};
pub use survival::{KaplanMeier, Life, LogRank, Step, log_rank};
pub use tail::{
    Population, binomial_upper, gamma_poisson_upper, hypergeometric_upper, poisson_binomial_upper,
    poisson_upper, sign_test,
};
