//! The mocks, held against the notes on their platforms.

#[cfg(test)]
mod serve;
#[cfg(test)]
mod telegram;
