//! The mocks, held against the notes on their platforms.

#[cfg(test)]
mod botapi;
#[cfg(test)]
mod hooks;
#[cfg(test)]
mod matrix;
#[cfg(test)]
mod rocketchat;
#[cfg(test)]
mod serve;
#[cfg(test)]
mod telegram;
#[cfg(test)]
mod total;
