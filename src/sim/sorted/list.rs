//! A long list in short pieces, so that an insertion moves little; kept in order, it is searched by halves.

use std::borrow::Borrow;
use std::cell::Cell;
use std::ops::{Bound, RangeBounds};
use std::slice;

/// The most items in one piece.
pub(super) const PIECE: usize = 64;

/// A long list in pieces, none of which is empty, but for the only one of an empty list. What is appended fills the
/// pieces.
#[derive(Clone)]
pub(super) struct List<T>(pub(super) Vec<Vec<T>>, Cell<At>);

/// A place in a list.
#[derive(Clone, Copy)]
pub(super) struct At {
    piece: usize,
    item: usize,
}

const START: At = At { piece: 0, item: 0 };

impl<T> List<T> {
    pub(super) const fn new() -> Self {
        // What was found last is asked for again more often than not, so the search begins there.
        List(Vec::new(), Cell::new(START))
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.first().is_none_or(Vec::is_empty)
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    pub(super) fn get(&self, at: At) -> &T {
        &self.0[at.piece][at.item]
    }

    pub(super) fn get_mut(&mut self, at: At) -> &mut T {
        &mut self.0[at.piece][at.item]
    }

    pub(super) fn insert(&mut self, mut at: At, item: T) -> &mut T {
        if self.0.is_empty() {
            // Most lists have one piece for ever: room for one.
            self.0 = vec![Vec::new()];
        } else if self.0[at.piece].len() == PIECE {
            let cut = if at.item == PIECE { PIECE } else { PIECE / 2 };
            let rest = self.0[at.piece].split_off(cut);
            self.0.insert(at.piece + 1, rest);
            if at.item >= cut {
                at = At { piece: at.piece + 1, item: at.item - cut };
            }
        }
        self.1.set(at);
        let piece = &mut self.0[at.piece];
        piece.insert(at.item, item);
        &mut piece[at.item]
    }

    pub(super) fn remove(&mut self, at: At) -> T {
        let item = self.0[at.piece].remove(at.item);
        // The only piece stays: many lists are filled and emptied all the time.
        if self.0[at.piece].is_empty() && self.0.len() > 1 {
            self.0.remove(at.piece);
        }
        item
    }

    pub(super) fn last(&self) -> Option<At> {
        let piece = self.0.len().checked_sub(1)?;
        Some(At { piece, item: self.0[piece].len().checked_sub(1)? })
    }

    pub(super) fn first(&self) -> Option<At> {
        (!self.is_empty()).then_some(START)
    }

    pub(super) fn len(&self) -> usize {
        self.0.iter().map(Vec::len).sum()
    }

    pub(super) fn iter(&self) -> Items<'_, T> {
        Items { front: [].iter(), pieces: self.0.iter(), back: [].iter() }
    }

    pub(super) fn between(&self, from: At, to: At) -> Items<'_, T> {
        let piece = |piece: usize| self.0.get(piece).map_or(&[][..], Vec::as_slice);
        if from.piece == to.piece {
            return Items {
                front: piece(from.piece)[from.item..to.item].iter(),
                pieces: [].iter(),
                back: [].iter(),
            };
        }
        Items {
            front: piece(from.piece)[from.item..].iter(),
            pieces: self.0[from.piece + 1..to.piece].iter(),
            back: piece(to.piece)[..to.item].iter(),
        }
    }

    // Where a key is, or where it belongs.
    pub(super) fn find<Q: Ord + ?Sized>(&self, key: &Q) -> Result<At, At>
    where
        T: Borrow<Q>,
    {
        let last = self.1.get();
        if let Some(known) = self.0.get(last.piece).and_then(|piece| piece.get(last.item)).map(T::borrow)
            && (std::ptr::eq(known, key) || known == key)
        {
            return Ok(last);
        }
        // Only the last piece is searched for a key behind all others.
        let before_last = self.0.len().saturating_sub(1);
        let piece = self.0[..before_last].partition_point(|piece| piece[piece.len() - 1].borrow() < key);
        let Some(items) = self.0.get(piece) else { return Err(START) };
        match items.binary_search_by(|item| item.borrow().cmp(key)) {
            Ok(item) => {
                self.1.set(At { piece, item });
                Ok(At { piece, item })
            }
            Err(item) => Err(At { piece, item }),
        }
    }

    pub(super) fn bounds<Q: Ord + ?Sized>(&self, range: &impl RangeBounds<Q>) -> (At, At)
    where
        T: Borrow<Q>,
    {
        let place = |key: &Q, behind: bool| match self.find(key) {
            Ok(At { piece, item }) => At { piece, item: item + usize::from(behind) },
            Err(at) => at,
        };
        let from = match range.start_bound() {
            Bound::Included(key) => place(key, false),
            Bound::Excluded(key) => place(key, true),
            Bound::Unbounded => START,
        };
        let to = match range.end_bound() {
            Bound::Included(key) => place(key, true),
            Bound::Excluded(key) => place(key, false),
            Bound::Unbounded => At { piece: self.0.len(), item: 0 },
        };
        (from, to)
    }
}

/// The items of a list, from either end.
pub struct Items<'a, T> {
    front: slice::Iter<'a, T>,
    pieces: slice::Iter<'a, Vec<T>>,
    back: slice::Iter<'a, T>,
}

impl<T> Clone for Items<'_, T> {
    fn clone(&self) -> Self {
        Items { front: self.front.clone(), pieces: self.pieces.clone(), back: self.back.clone() }
    }
}

impl<'a, T> Iterator for Items<'a, T> {
    type Item = &'a T;

    fn next(&mut self) -> Option<&'a T> {
        loop {
            match self.front.next() {
                None => match self.pieces.next() {
                    None => return self.back.next(),
                    Some(piece) => self.front = piece.iter(),
                },
                item => return item,
            }
        }
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        let len = self.front.len() + self.pieces.clone().map(Vec::len).sum::<usize>() + self.back.len();
        (len, Some(len))
    }
}

impl<T> ExactSizeIterator for Items<'_, T> {}

impl<T> DoubleEndedIterator for Items<'_, T> {
    fn next_back(&mut self) -> Option<Self::Item> {
        loop {
            match self.back.next_back() {
                None => match self.pieces.next_back() {
                    None => return self.front.next_back(),
                    Some(piece) => self.back = piece.iter(),
                },
                item => return item,
            }
        }
    }
}
