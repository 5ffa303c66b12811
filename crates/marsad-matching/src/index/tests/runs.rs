//! Runs hold what was pushed.

use std::collections::BTreeMap;

use proptest::prelude::*;

use super::super::runs::Runs;
use super::super::space::Space;

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn the_values_of_a_key_are_those_pushed_and_a_crowded_key_has_its_first_and_last(
        pushes in prop::collection::vec((0usize..Space::COUNT, 0u128..12, 1usize..60), 1..120),
        flush_every in 1usize..40,
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut runs = Runs::open(folder.path(), Vec::new()).unwrap();
        let mut model: BTreeMap<(usize, u128), Vec<u32>> = BTreeMap::new();
        let spaces: Vec<Space> = Space::all().collect();
        let mut next = 0;
        for (nth, (place, key, times)) in pushes.iter().enumerate() {
            let space = spaces[*place];
            // Spread over all fences, with neighbours in the low and in the high bits.
            let wide = key.wrapping_mul(0x1555_5555_5555_5555_5555_5555_5555_5555);
            let key = if space.is_wide() { wide } else { u128::from(wide as u32) };
            for _ in 0..*times {
                runs.push(space, key, next);
                model.entry((*place, key)).or_default().push(next);
                next += 1;
            }
            if nth % flush_every == 0 {
                runs.flush().unwrap();
                runs.remove_merged().unwrap();
            }
            if nth % (flush_every * 3) == 0 {
                runs.flush().unwrap();
                runs = Runs::open(folder.path(), runs.numbers().to_vec()).unwrap();
            }
        }
        let mut found = Vec::new();
        for ((place, key), values) in &model {
            let space = spaces[*place];
            runs.find(space, *key, &mut found).unwrap();
            let found: Vec<u32> = space.wanted().of(&found).collect();
            prop_assert_eq!(found, space.wanted().of(values).collect::<Vec<_>>());
        }
    }
}

#[test]
fn runs_grow_geometrically() {
    let folder = tempfile::tempdir().unwrap();
    let mut runs = Runs::open(folder.path(), Vec::new()).unwrap();
    for nth in 0..300u32 {
        runs.push(Space::GRAM, u128::from(nth.wrapping_mul(0x9E37_79B9)), nth);
        runs.flush().unwrap();
        runs.remove_merged().unwrap();
        assert!(runs.numbers().len() <= 4, "after {nth}: {:?}", runs.numbers());
    }
    let files = std::fs::read_dir(folder.path()).unwrap().count();
    assert_eq!(files, runs.numbers().len());
    let mut found = Vec::new();
    for nth in 0..300u32 {
        let key = u128::from(nth.wrapping_mul(0x9E37_79B9));
        runs.find(Space::GRAM, key, &mut found).unwrap();
        assert_eq!(found, [nth]);
    }
}
