//! Which channel a name stands for.

use hashbrown::HashMap;
use hashbrown::hash_map::Entry;

use crate::{Channel, ChannelKey, Status, Timestamp};

/// Names of channels, each with the one channel that ever had it.
///
/// A platform's own id stays with a channel for life; a name can be given up and taken by another.
/// So a name stands for a channel only when exactly one channel was ever observed with it, and when
/// no look says that somebody else had the name before.
#[derive(Debug, Clone, Default)]
pub struct Names {
    /// By the name in lower case.
    holders: HashMap<ChannelKey, Holder>,
}

/// Who had a name.
#[derive(Debug, Clone)]
struct Holder {
    /// `None` when several did.
    channel: Option<ChannelKey>,
    /// The first look that saw the name.
    seen_at: Timestamp,
    /// When the platform says the channel was created.
    created_at: Option<Timestamp>,
}

impl Names {
    /// Learns all names that channels with a platform's own id were observed with, whatever the
    /// order of the observations.
    pub fn of<'a, I>(observations: I) -> Self
    where
        I: IntoIterator<Item = &'a Channel>,
        I::IntoIter: Clone,
    {
        let observations = observations.into_iter();
        let mut holders: HashMap<ChannelKey, Holder> = HashMap::new();
        for seen in observations.clone().filter(|seen| is_own_id(&seen.key)) {
            let Some(handle) = seen.handle.as_deref() else { continue };
            let name = ChannelKey::new(seen.key.platform.clone(), handle.trim_start_matches('@'));
            match holders.entry(in_lower_case(&name)) {
                Entry::Vacant(entry) => {
                    entry.insert(Holder {
                        channel: Some(seen.key.clone()),
                        seen_at: seen.observed_at,
                        created_at: seen.created_at,
                    });
                }
                Entry::Occupied(mut entry) => entry.get_mut().meet(seen),
            }
        }
        let mut names = Self { holders };
        for seen in observations.filter(|seen| !is_own_id(&seen.key)) {
            names.doubt(seen);
        }
        names
    }

    /// The channel that a name stands for; `None` for a platform's own id, a name that nobody was
    /// seen with, and a name that several channels had.
    pub fn channel(&self, name: &ChannelKey) -> Option<&ChannelKey> {
        if self.holders.is_empty() || is_own_id(name) {
            return None;
        }
        self.holders.get(&in_lower_case(name))?.channel.as_ref()
    }

    /// The channel that a key stands for: itself unless it is a name of one.
    pub fn resolve<'a>(&'a self, key: &'a ChannelKey) -> &'a ChannelKey {
        self.channel(key).unwrap_or(key)
    }

    /// A look filed under the name itself: a channel that was gone before its holder was seen, or
    /// there before it was created, is another one.
    fn doubt(&mut self, seen: &Channel) {
        let Some(holder) = self.holders.get_mut(&in_lower_case(&seen.key)) else { return };
        let was_gone = seen.status == Status::Gone && seen.observed_at < holder.seen_at;
        let was_there = seen.status != Status::Gone
            && holder.created_at.is_some_and(|created| seen.observed_at < created);
        if was_gone || was_there {
            holder.channel = None;
        }
    }
}

impl Holder {
    fn meet(&mut self, seen: &Channel) {
        if self.channel.as_ref() != Some(&seen.key) {
            self.channel = None;
        }
        self.seen_at = self.seen_at.min(seen.observed_at);
        self.created_at = match (self.created_at, seen.created_at) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
    }
}

/// Whether an id is the platform's own rather than a name, by its form: a number on Telegram, TamTam
/// and MAX, `!…` on Matrix. Of other platforms no such form is known.
pub fn is_own_id(key: &ChannelKey) -> bool {
    let is_number = |id: &str| !id.is_empty() && id.bytes().all(|b| b.is_ascii_digit());
    match key.platform.as_str() {
        "telegram" => is_number(&key.id),
        "tamtam" | "max" => is_number(key.id.strip_prefix('-').unwrap_or(&key.id)),
        "matrix" => key.id.starts_with('!'),
        _ => false,
    }
}

fn in_lower_case(name: &ChannelKey) -> ChannelKey {
    if name.id.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        return name.clone();
    }
    ChannelKey { platform: name.platform.clone(), id: name.id.to_lowercase() }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn key(written: &str) -> ChannelKey {
        written.parse().unwrap()
    }

    fn seen(channel: &str, handle: &str, at: i64) -> Channel {
        let handle = Some(handle.to_owned());
        Channel { handle, ..Channel::seen(key(channel), Timestamp(at)) }
    }

    fn resolved(names: &Names, name: &str) -> String {
        names.resolve(&key(name)).to_string()
    }

    #[test]
    fn a_renamed_channel_is_found_by_both_names_in_any_case() {
        let names = Names::of(&[
            seen("telegram:1900000001", "CoastWeather", 1),
            seen("telegram:1900000001", "harbour_weather", 9),
        ]);
        for name in ["coastweather", "CoastWeather", "HARBOUR_weather", "1900000001"] {
            assert_eq!(resolved(&names, &format!("telegram:{name}")), "telegram:1900000001");
        }
        assert_eq!(resolved(&names, "tamtam:coastweather"), "tamtam:coastweather");
    }

    #[test]
    fn a_recycled_name_stands_for_nobody() {
        let names = Names::of(&[
            seen("telegram:1900000001", "railnotices", 1),
            seen("telegram:1900000002", "RailNotices", 9),
        ]);
        assert_eq!(resolved(&names, "telegram:railnotices"), "telegram:railnotices");
    }

    #[test]
    fn a_name_that_was_somebody_s_before_stands_for_nobody() {
        let mut gone = seen("telegram:railnotices", "railnotices", 5);
        gone.status = Status::Gone;
        let mut later = seen("telegram:1900000002", "railnotices", 9);
        assert_eq!(Names::of(&[gone, later.clone()]).channel(&key("telegram:railnotices")), None);
        later.created_at = Some(Timestamp(7));
        let before = seen("telegram:railnotices", "railnotices", 6);
        assert_eq!(Names::of(&[before, later.clone()]).channel(&key("telegram:railnotices")), None);
        let after = seen("telegram:railnotices", "railnotices", 8);
        assert_eq!(
            resolved(&Names::of(&[after, later]), "telegram:railnotices"),
            "telegram:1900000002"
        );
    }

    #[test]
    fn ids_are_told_from_names_by_their_form() {
        for own in
            ["telegram:1900000001", "tamtam:-70000000000001", "max:7", "matrix:!abc:example.org"]
        {
            assert!(is_own_id(&key(own)), "{own}");
        }
        for name in [
            "telegram:desk1",
            "tamtam:-",
            "matrix:#rail:example.org",
            "rocketchat:a.org/rail",
            "other:7",
        ] {
            assert!(!is_own_id(&key(name)), "{name}");
        }
    }

    fn looks() -> impl Strategy<Value = Vec<Channel>> {
        let look = (
            "(1|2|3|desk|Rail)",
            "(desk|DESK|rail)",
            0..9i64,
            prop::option::of(0..9i64),
            any::<bool>(),
        );
        prop::collection::vec(look, 0..8).prop_map(|looks| {
            let look =
                |(id, handle, at, created, gone): (String, String, i64, Option<i64>, bool)| {
                    let mut look = seen(&format!("telegram:{id}"), &handle, at);
                    look.created_at = created.map(Timestamp);
                    look.status = if gone { Status::Gone } else { Status::Alive };
                    look
                };
            looks.into_iter().map(look).collect()
        })
    }

    proptest! {
        #[test]
        fn names_do_not_depend_on_the_order_of_looks_and_never_join_two_channels(looks in looks(), turn in 0..8usize) {
            let mut turned = looks.clone();
            turned.reverse();
            turned.rotate_left(turn.min(looks.len()));
            let (one, other) = (Names::of(&looks), Names::of(&turned));
            for handle in ["desk", "rail"] {
                let name = &format!("telegram:{handle}");
                prop_assert_eq!(one.channel(&key(name)), other.channel(&key(name)));
                let mut holders: Vec<&ChannelKey> = looks.iter()
                    .filter(|l| is_own_id(&l.key) && l.handle.as_ref().unwrap().eq_ignore_ascii_case(handle))
                    .map(|l| &l.key).collect();
                holders.sort();
                holders.dedup();
                if let Some(found) = one.channel(&key(name)) {
                    prop_assert_eq!(holders, vec![found]);
                }
            }
        }
    }
}
