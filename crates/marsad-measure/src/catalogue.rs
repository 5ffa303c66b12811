//! Names of the measures, each with one line.

/// For `measure --list`: name and what it answers.
pub fn catalogue() -> &'static [(&'static str, &'static str)] {
    &[
        ("statements", "the same statement wherever it reappears, with first and last time"),
        ("primacy", "who was first, pair by pair: counts, lags, intervals"),
        ("networks", "channels that stay together through a move: validated ties, communities"),
        ("surge", "new channels a day against the usual rate, and when the rate changed"),
        (
            "migration",
            "attempts to settle on a platform: size, share of statements, how they ended",
        ),
        ("audience", "subscribers as they were seen, never summed"),
        (
            "removals",
            "posts that are gone, and ids under which nothing was ever seen: lower bounds",
        ),
        ("discover", "channels worth a look: what forwards, links and shared statements point to"),
    ]
}
