//! A stable sort that is compiled once.
//!
//! The standard library's sorts are compiled anew for every type and every closure, several kilobytes each; a page that
//! is downloaded notices two dozen of them. Here one function puts places into order, and what differs from type to
//! type is a comparison and a swap.

use std::cmp::Ordering;

/// Sorting as the standard library's `sort`, `sort_by` and `sort_by_key` do, with the same results.
pub trait Arrange<T> {
    /// Sorts by the items' own order; equal ones stay as they were.
    fn arrange(&mut self)
    where
        T: Ord;

    /// Sorts by a comparison; equal ones stay as they were.
    fn arrange_by(&mut self, compare: impl FnMut(&T, &T) -> Ordering);

    /// Sorts by a key, which is made for every comparison; equal ones stay as they were.
    fn arrange_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K);
}

impl<T> Arrange<T> for [T] {
    fn arrange(&mut self)
    where
        T: Ord,
    {
        self.arrange_by(T::cmp);
    }

    fn arrange_by(&mut self, mut compare: impl FnMut(&T, &T) -> Ordering) {
        let mut places = order(self.len(), &mut |a, b| compare(&self[a], &self[b]));
        settle(&mut places, &mut |a, b| self.swap(a, b));
    }

    fn arrange_by_key<K: Ord>(&mut self, key: impl Fn(&T) -> K) {
        self.arrange_by(|a, b| key(a).cmp(&key(b)));
    }
}

/// For every place of the sorted list, where its item stands now: a merge sort from short runs to long ones.
fn order(len: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..len).collect();
    let mut run = 1;
    while run < len {
        for start in (0..len - run).step_by(2 * run) {
            let (middle, end) = (start + run, (start + 2 * run).min(len));
            // Most lists are nearly in order.
            if compare(places[middle - 1], places[middle]).is_gt() {
                merge(&mut places[start..end], run, compare);
            }
        }
        run *= 2;
    }
    places
}

/// Merges two sorted runs, the first of which is so long; of equal items that of the first run comes first.
fn merge(places: &mut [usize], run: usize, compare: &mut dyn FnMut(usize, usize) -> Ordering) {
    let first = places[..run].to_vec();
    let (mut left, mut right) = (0, run);
    // The write place never overtakes `right`, which is behind it by what is left of the first run.
    while left < run {
        let from_right = right < places.len() && compare(first[left], places[right]).is_gt();
        places[left + right - run] = if from_right { places[right] } else { first[left] };
        right += usize::from(from_right);
        left += usize::from(!from_right);
    }
}

/// Brings every item to its place, cycle by cycle.
fn settle(places: &mut [usize], swap: &mut dyn FnMut(usize, usize)) {
    for start in 0..places.len() {
        let mut at = start;
        while places[at] != start {
            let from = places[at];
            swap(at, from);
            places[at] = at;
            at = from;
        }
        places[at] = at;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sim::Rng;

    #[test]
    fn sorts_as_std_does() {
        let mut rng = Rng::new(7, "sorts");
        for round in 0..400 {
            let (len, spread) = (round % 67, [2, 10, 1_000][round % 3]);
            // The number tells equal items apart.
            let list: Vec<(usize, usize)> = (0..len).map(|n| (rng.below(spread), n)).collect();
            let (mut ours, mut theirs) = (list.clone(), list);
            ours.arrange_by_key(|item| item.0);
            theirs.sort_by_key(|item| item.0);
            assert_eq!(ours, theirs, "stable");
            ours.arrange_by(|a, b| b.cmp(a));
            theirs.sort_by(|a, b| b.cmp(a));
            assert_eq!(ours, theirs, "downwards");
            ours.arrange();
            theirs.sort();
            assert_eq!(ours, theirs, "upwards");
        }
    }

    #[test]
    fn a_sorted_list_is_compared_once_through() {
        let (mut list, mut compared) = ((0..1_024).collect::<Vec<_>>(), 0);
        list.arrange_by(|a, b| {
            compared += 1;
            a.cmp(b)
        });
        assert_eq!(compared, 1_023);
    }
}
