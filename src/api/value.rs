//! JSON-like trees with cheap copies.
//!
//! Every Kubernetes object is one [`Value`]: what the schema table knows is checked at run time, so no typed
//! struct per kind has to be compiled into the page. Lists and maps are shared and copied on write, therefore
//! cloning an object costs one reference count and a snapshot of the whole cluster shares what did not change.
//! Map keys are always in byte order, which is the order of `kubectl -o yaml` and of Go's JSON.

use std::borrow::Borrow;
use std::cmp::Ordering;
use std::fmt;
use std::ops::Deref;
use std::rc::Rc;

/// A string that is either part of the program or shared.
#[derive(Clone)]
pub enum Text {
    /// A literal; costs nothing to make.
    Static(&'static str),
    /// Anything else; cloning shares it.
    Shared(Rc<str>),
}

impl Text {
    /// Reads the text.
    pub fn as_str(&self) -> &str {
        match self {
            Text::Static(s) => s,
            Text::Shared(s) => s,
        }
    }
}

impl Deref for Text {
    type Target = str;
    fn deref(&self) -> &str {
        self.as_str()
    }
}
impl Borrow<str> for Text {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}
impl AsRef<str> for Text {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        let (a, b) = (self.as_str(), other.as_str());
        std::ptr::eq(a, b) || a == b
    }
}
impl Eq for Text {}
impl PartialEq<str> for Text {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}
impl PartialEq<&str> for Text {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}
impl PartialOrd for Text {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}
impl Ord for Text {
    fn cmp(&self, other: &Self) -> Ordering {
        // Shared texts are compared with themselves all the time: a namespace, a uid.
        let (a, b) = (self.as_str(), other.as_str());
        if std::ptr::eq(a, b) { Ordering::Equal } else { a.cmp(b) }
    }
}
impl std::hash::Hash for Text {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}
impl From<&'static str> for Text {
    fn from(s: &'static str) -> Self {
        Text::Static(s)
    }
}
impl From<String> for Text {
    fn from(s: String) -> Self {
        Text::Shared(s.into())
    }
}
impl From<&String> for Text {
    fn from(s: &String) -> Self {
        Text::Shared(s.as_str().into())
    }
}
impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.as_str(), f)
    }
}
impl Default for Text {
    fn default() -> Self {
        Text::Static("")
    }
}

/// A JSON value. Integers keep 64 bits; a quantity such as `500m` is a string.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// `null`, and what reading a missing member answers.
    #[default]
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number.
    Float(f64),
    /// A string.
    Str(Text),
    /// An array.
    List(Rc<Vec<Value>>),
    /// An object.
    Map(Map),
}

impl PartialEq for Value {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Value::Null, Value::Null) => true,
            (Value::Bool(a), Value::Bool(b)) => a == b,
            (Value::Int(a), Value::Int(b)) => a == b,
            (Value::Float(a), Value::Float(b)) => a == b,
            (Value::Str(a), Value::Str(b)) => a == b,
            // What two trees share need not be walked through.
            (Value::List(a), Value::List(b)) => Rc::ptr_eq(a, b) || a == b,
            (Value::Map(a), Value::Map(b)) => a == b,
            _ => false,
        }
    }
}

thread_local! {
    static EMPTY_MAP: &'static Map = Box::leak(Box::new(Map::default()));
}

/// What reading a missing member answers.
pub const fn null() -> &'static Value {
    &Value::Null
}

impl Value {
    /// An empty object.
    pub fn map() -> Value {
        Value::Map(Map::default())
    }

    /// An array of the given items.
    pub fn list(items: Vec<Value>) -> Value {
        Value::List(Rc::new(items))
    }

    /// The member `key`, or null when this is no object or has none.
    #[inline]
    pub fn get(&self, key: &str) -> &Value {
        match self {
            Value::Map(map) => map.get(key).unwrap_or(null()),
            _ => null(),
        }
    }

    /// The value at `path`, walking object members only: `at(&["spec", "replicas"])`.
    pub fn at(&self, path: &[&str]) -> &Value {
        path.iter().fold(self, |value, key| value.get(key))
    }

    /// The text, if this is a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Value::Str(s) => Some(s),
            _ => None,
        }
    }

    /// The text, or `""`.
    pub fn str(&self) -> &str {
        self.as_str().unwrap_or("")
    }

    /// The shared text, or an empty one.
    pub fn text(&self) -> Text {
        match self {
            Value::Str(s) => s.clone(),
            _ => Text::default(),
        }
    }

    /// The whole number, if this is one.
    pub fn as_int(&self) -> Option<i64> {
        match self {
            Value::Int(n) => Some(*n),
            _ => None,
        }
    }

    /// The truth value, if this is one.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Value::Bool(b) => Some(*b),
            _ => None,
        }
    }

    /// True only for `true`.
    pub fn is_true(&self) -> bool {
        matches!(self, Value::Bool(true))
    }

    /// True for null, which is also what a missing member reads as.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// The items, or none when this is no array.
    pub fn items(&self) -> &[Value] {
        match self {
            Value::List(items) => items,
            _ => &[],
        }
    }

    /// The object, if this is one.
    pub fn as_map(&self) -> Option<&Map> {
        match self {
            Value::Map(map) => Some(map),
            _ => None,
        }
    }

    /// The members, or none when this is no object.
    pub fn entries(&self) -> &[(Text, Value)] {
        match self {
            Value::Map(map) => map.entries(),
            _ => &[],
        }
    }

    /// The object for writing; anything else becomes an empty object first.
    pub fn map_mut(&mut self) -> &mut Map {
        if !matches!(self, Value::Map(_)) {
            *self = Value::map();
        }
        match self {
            Value::Map(map) => map,
            _ => unreachable!("made a map just above"),
        }
    }

    /// The array for writing; anything else becomes an empty array first.
    pub fn list_mut(&mut self) -> &mut Vec<Value> {
        if !matches!(self, Value::List(_)) {
            *self = Value::list(Vec::new());
        }
        match self {
            Value::List(items) => Rc::make_mut(items),
            _ => unreachable!("made a list just above"),
        }
    }

    /// The member at `path` for writing; objects on the way are made.
    pub fn at_mut(&mut self, path: &[&'static str]) -> &mut Value {
        path.iter().fold(self, |value, key| value.map_mut().entry(Text::Static(key)))
    }

    /// Keeps what it has in common with another value only once, the other's; true if that is everything. Says the
    /// same before and after.
    pub fn share(&mut self, other: &Value) -> bool {
        let all = match (&mut *self, other) {
            (Value::List(a), Value::List(b)) if !Rc::ptr_eq(a, b) => {
                let as_many = a.len() == b.len();
                match Rc::get_mut(a) {
                    Some(items) => items.iter_mut().zip(&**b).fold(as_many, |all, (a, b)| a.share(b) && all),
                    None => a == b,
                }
            }
            (Value::Map(a), Value::Map(b)) => {
                let as_many = a.len() == b.len();
                match Rc::get_mut(&mut a.0) {
                    Some(entries) => entries.iter_mut().fold(as_many, |all, (key, value)| {
                        b.get(key).is_some_and(|other| value.share(other)) && all
                    }),
                    None => a == b,
                }
            }
            (a, b) => *a == *b,
        };
        if all {
            *self = other.clone();
        }
        all
    }

    /// Sets the member at `path`; objects on the way are made.
    pub fn set(&mut self, path: &[&'static str], value: impl Into<Value>) {
        *self.at_mut(path) = value.into();
    }

    /// Removes the member at `path`, answering whether there was one.
    pub fn remove(&mut self, path: &[&str]) -> bool {
        let Some((last, parents)) = path.split_last() else { return false };
        if self.at(path).is_null() && self.at(parents).as_map().is_none_or(|m| m.get(last).is_none()) {
            return false;
        }
        let mut value = self;
        for key in parents {
            match value {
                Value::Map(map) => match map.get_mut(key) {
                    Some(next) => value = next,
                    None => return false,
                },
                _ => return false,
            }
        }
        match value {
            Value::Map(map) => map.remove(last).is_some(),
            _ => false,
        }
    }
}

// Whether a key is that text. Most keys differ in length, and most that do not are the same literal.
#[inline]
fn is_key(key: &Text, text: &str) -> bool {
    let len = match key {
        Text::Static(s) => s.len(),
        Text::Shared(s) => s.len(),
    };
    len == text.len() && {
        let (key, text) = (key.as_str().as_bytes(), text.as_bytes());
        std::ptr::eq(key, text) || key.first() == text.first() && key.last() == text.last() && key == text
    }
}

/// An object: members in byte order of their keys, shared until written.
#[derive(Clone, Default)]
pub struct Map(Rc<Vec<(Text, Value)>>);

impl PartialEq for Map {
    fn eq(&self, other: &Self) -> bool {
        self.same(other) || self.0 == other.0
    }
}

impl Map {
    /// An empty object.
    pub fn new() -> Map {
        Map::default()
    }

    // Not part of the generic constructor, so that one copy serves every literal. The last of equal keys wins.
    fn of(entries: Vec<(Text, Value)>) -> Map {
        if entries.is_sorted_by(|a, b| a.0 < b.0) {
            return Map(Rc::new(entries));
        }
        let mut map = Map::new();
        for (key, value) in entries {
            map.insert(key, value);
        }
        map
    }

    /// The shared empty object.
    pub fn empty() -> &'static Map {
        EMPTY_MAP.with(|m| *m)
    }

    fn find(&self, key: &str) -> Result<usize, usize> {
        // Most objects are small.
        if self.0.len() <= 16 {
            if let Some(i) = self.0.iter().position(|(k, _)| is_key(k, key)) {
                return Ok(i);
            }
            // Most are filled in order.
            if self.0.last().is_none_or(|(last, _)| last.as_str() < key) {
                return Err(self.0.len());
            }
            return Err(self.0.partition_point(|(k, _)| k.as_str() < key));
        }
        self.0.binary_search_by(|(k, _)| k.as_str().cmp(key))
    }

    /// The member `key`.
    #[inline]
    pub fn get(&self, key: &str) -> Option<&Value> {
        if self.0.len() <= 16 {
            return self.0.iter().find(|(k, _)| is_key(k, key)).map(|(_, value)| value);
        }
        self.find(key).ok().map(|i| &self.0[i].1)
    }

    /// The member `key` for writing, if there is one.
    pub fn get_mut(&mut self, key: &str) -> Option<&mut Value> {
        let i = self.find(key).ok()?;
        Some(&mut Rc::make_mut(&mut self.0)[i].1)
    }

    /// The member `key` for writing, null if it is new.
    pub fn entry(&mut self, key: impl Into<Text>) -> &mut Value {
        let key = key.into();
        let found = self.find(&key);
        let entries = Rc::make_mut(&mut self.0);
        let i = match found {
            Ok(i) => i,
            Err(i) => {
                // By a few at a time: most members that are added are the last ones, and every version is kept.
                if entries.len() == entries.capacity() {
                    entries.reserve_exact(2);
                }
                entries.insert(i, (key, Value::Null));
                i
            }
        };
        &mut entries[i].1
    }

    /// Sets the member `key`.
    pub fn insert(&mut self, key: impl Into<Text>, value: impl Into<Value>) {
        *self.entry(key) = value.into();
    }

    /// Removes the member `key`, answering what it was.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let i = self.find(key).ok()?;
        Some(Rc::make_mut(&mut self.0).remove(i).1)
    }

    /// True if there is a member `key`.
    pub fn contains_key(&self, key: &str) -> bool {
        self.find(key).is_ok()
    }

    /// All members in byte order of their keys.
    pub fn entries(&self) -> &[(Text, Value)] {
        &self.0
    }

    /// All members for writing values; keys stay.
    pub fn values_mut(&mut self) -> impl Iterator<Item = (&Text, &mut Value)> {
        Rc::make_mut(&mut self.0).iter_mut().map(|(k, v)| (&*k, v))
    }

    /// All members in byte order of their keys.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Text, &Value)> + ExactSizeIterator {
        self.0.iter().map(|(k, v)| (k, v))
    }

    /// The number of members.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// True if there is no member.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// True if both share one allocation; a quick way to see that nothing changed.
    pub fn same(&self, other: &Map) -> bool {
        Rc::ptr_eq(&self.0, &other.0)
    }
}

impl fmt::Debug for Map {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Into<Text>, V: Into<Value>> FromIterator<(K, V)> for Map {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(items: I) -> Self {
        Map::of(items.into_iter().map(|(k, v)| (k.into(), v.into())).collect())
    }
}

impl<'a> IntoIterator for &'a Map {
    type Item = &'a (Text, Value);
    type IntoIter = std::slice::Iter<'a, (Text, Value)>;
    fn into_iter(self) -> Self::IntoIter {
        self.0.iter()
    }
}

impl From<bool> for Value {
    fn from(b: bool) -> Self {
        Value::Bool(b)
    }
}
impl From<i64> for Value {
    fn from(n: i64) -> Self {
        Value::Int(n)
    }
}
impl From<i32> for Value {
    fn from(n: i32) -> Self {
        Value::Int(n.into())
    }
}
impl From<u64> for Value {
    fn from(n: u64) -> Self {
        Value::Int(n as i64)
    }
}
impl From<usize> for Value {
    fn from(n: usize) -> Self {
        Value::Int(n as i64)
    }
}
impl From<&'static str> for Value {
    fn from(s: &'static str) -> Self {
        Value::Str(Text::Static(s))
    }
}
impl From<String> for Value {
    fn from(s: String) -> Self {
        Value::Str(s.into())
    }
}
impl From<Text> for Value {
    fn from(s: Text) -> Self {
        Value::Str(s)
    }
}
impl From<&Text> for Value {
    fn from(s: &Text) -> Self {
        Value::Str(s.clone())
    }
}
impl From<Map> for Value {
    fn from(m: Map) -> Self {
        Value::Map(m)
    }
}
impl From<Vec<Value>> for Value {
    fn from(items: Vec<Value>) -> Self {
        Value::list(items)
    }
}

/// Makes a [`Value`] object: `object! { "name" => "web", "replicas" => 3 }`. Values convert with `into`.
#[macro_export]
macro_rules! object {
    () => { $crate::api::value::Value::map() };
    ($($key:expr => $value:expr),+ $(,)?) => {
        $crate::api::value::Value::Map(
            [$(($crate::api::value::Text::from($key), $crate::api::value::Value::from($value))),+]
                .into_iter()
                .collect(),
        )
    };
}
