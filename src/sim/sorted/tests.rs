//! Against the standard library's maps and sets, on random steps.

use super::{SortedMap, SortedSet};
use crate::sim::Rng;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

#[test]
fn a_map_does_what_std_does() {
    let mut rng = Rng::new(3, "maps");
    for spread in [5, 100, 3_000] {
        let (mut ours, mut theirs) = (SortedMap::new(), BTreeMap::new());
        for step in 0..4_000 {
            let (key, what) = (rng.below(spread), rng.below(20));
            match what {
                0..9 => assert_eq!(ours.insert(key, step), theirs.insert(key, step)),
                9..13 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
                13 => {
                    *ours.entry(key).or_insert(1) += step;
                    *theirs.entry(key).or_insert(1) += step;
                }
                14 => assert_eq!(ours.pop_first(), theirs.pop_first()),
                15 => assert_eq!(ours.pop_last(), theirs.pop_last()),
                16 if step % 97 == 0 => {
                    ours.retain(|k, _| k % 3 != 0);
                    theirs.retain(|k, _| k % 3 != 0);
                }
                _ => assert_eq!(ours.get(&key), theirs.get(&key)),
            }
            assert_eq!(ours.contains_key(&key), theirs.contains_key(&key));
            assert_eq!(ours.first_key_value(), theirs.first_key_value());
            assert_eq!(ours.last_key_value(), theirs.last_key_value());
        }
        assert_eq!(ours.len(), theirs.len());
        assert!(ours.iter().eq(theirs.iter()), "forwards");
        assert!(ours.iter().rev().eq(theirs.iter().rev()), "backwards");
        assert!(ours.keys().eq(theirs.keys()) && ours.values().eq(theirs.values()));
        assert!(ours.values_mut().eq(theirs.values_mut()) && ours.iter_mut().eq(theirs.iter_mut()));
        for _ in 0..200 {
            let (a, b) = (rng.below(spread), rng.below(spread));
            let (low, high) = (a.min(b), a.max(b) + 1);
            assert!(ours.range(low..high).eq(theirs.range(low..high)));
            assert!(ours.range(low..).rev().eq(theirs.range(low..).rev()));
            assert!(ours.range(..=high).eq(theirs.range(..=high)));
            let behind = (Bound::Excluded(low), Bound::Unbounded);
            assert!(ours.range(behind).eq(theirs.range(behind)));
        }
        assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
        assert_eq!(ours, ours.clone().into_iter().collect(), "however the pieces are cut");
        assert!(ours.clone().into_iter().eq(theirs.clone()) && ours.into_values().eq(theirs.into_values()));
    }
}

#[test]
fn a_set_does_what_std_does() {
    let mut rng = Rng::new(4, "sets");
    let (mut ours, mut theirs) = (SortedSet::new(), BTreeSet::new());
    for step in 0..6_000 {
        let key = rng.below(900).to_string();
        match rng.below(10) {
            0..5 => assert_eq!(ours.insert(key.clone()), theirs.insert(key.clone())),
            5..7 => assert_eq!(ours.remove(&key), theirs.remove(&key)),
            7 if step % 31 == 0 => {
                ours.retain(|key| !key.ends_with('7'));
                theirs.retain(|key| !key.ends_with('7'));
            }
            8 => assert_eq!(ours.pop_first(), theirs.pop_first()),
            _ => assert_eq!(ours.contains(key.as_str()), theirs.contains(key.as_str())),
        }
        assert_eq!((ours.first(), ours.last()), (theirs.first(), theirs.last()));
        assert_eq!(ours.is_empty(), theirs.is_empty());
    }
    assert_eq!(ours.len(), theirs.len());
    assert!(ours.iter().eq(&theirs) && ours.iter().rev().eq(theirs.iter().rev()));
    let range = "3".to_string().."6".to_string();
    assert!(ours.range(range.clone()).eq(theirs.range(range)));
    assert_eq!(format!("{ours:?}"), format!("{theirs:?}"));
    assert!(ours.into_iter().eq(theirs));
}

#[test]
fn what_is_appended_fills_the_pieces() {
    let map: SortedMap<_, _> = (0..1_000).map(|n| (n, n)).collect();
    assert_eq!(map.keys.0.len(), 1_000usize.div_ceil(super::list::PIECE));
}
