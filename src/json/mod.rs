//! JSON from outside, read as untrusted input: text becomes a tree of [`Node`]s by `serde_json`, and the tree becomes types by
//! [`Read`], whose implementations [`reads!`] and [`names!`] write. What is wrong is said with the place where it is: `networks.unet.steps:
//! expected a whole number, found "many"`.
//!
//! A reader that serde derives is compiled once more for each type, with all that a format could bring; by way of a tree a type costs
//! little more than the names of its fields, and a first visit a tenth less; nothing of it is hot, so nothing is inlined. The same types are [`serde::Deserialize`], for whoever
//! reads them out of files of his own.

#[cfg(test)]
mod tests;
mod types;

use serde::de::{Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::collections::BTreeSet;
use std::fmt;

/// A piece of JSON.
#[derive(Debug, Clone, PartialEq)]
pub enum Node {
    /// `null`.
    Null,
    /// `true` or `false`.
    Flag(bool),
    /// A whole number from 0 on.
    Whole(u64),
    /// Any other number.
    Number(f64),
    /// A text.
    Text(String),
    /// A list.
    List(Vec<Node>),
    /// An object, in its own order; no key comes twice.
    Object(Vec<(String, Node)>),
}

/// What cannot be read, and where it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Keys and numbers on the way there, the innermost first.
    path: Vec<String>,
    what: String,
}

impl Fault {
    /// A fault where one stands.
    #[cold]
    pub fn new(what: impl fmt::Display) -> Fault {
        Fault { path: Vec::new(), what: what.to_string() }
    }

    /// Something else was expected.
    #[cold]
    pub fn expected(what: &str, found: &Node) -> Fault {
        Fault::new(format_args!("expected {what}, found {found}"))
    }

    /// The same, at a place of a list.
    #[cold]
    fn at(self, place: usize) -> Fault {
        self.within(&place.to_string())
    }

    /// The same, within what is called `name`.
    #[cold]
    fn within(mut self, name: &str) -> Fault {
        self.path.push(name.into());
        self
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (n, name) in self.path.iter().rev().enumerate() {
            formatter.write_str(if n > 0 { "." } else { "" })?;
            formatter.write_str(name)?;
        }
        formatter.write_str(if self.path.is_empty() { "" } else { ": " })?;
        formatter.write_str(&self.what)
    }
}

impl fmt::Display for Node {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Node::Null => formatter.write_str("null"),
            Node::Flag(flag) => fmt::Display::fmt(flag, formatter),
            Node::Whole(number) => fmt::Display::fmt(number, formatter),
            Node::Number(number) => fmt::Display::fmt(number, formatter),
            Node::Text(text) => {
                let short: String = text.chars().take(40).collect();
                fmt::Debug::fmt(&short, formatter)
            }
            Node::List(_) => formatter.write_str("a list"),
            Node::Object(_) => formatter.write_str("an object"),
        }
    }
}

/// A type that can be read.
pub trait Read: Sized {
    /// Reads it.
    ///
    /// # Errors
    /// [`Fault`] with the first thing that is wrong.
    fn read(node: Node) -> Result<Self, Fault>;

    /// What it is where nothing is said of it; nothing where something has to be said.
    fn absent() -> Option<Self> {
        None
    }
}

/// Reads a type from JSON.
///
/// # Errors
/// A sentence on what is wrong, and where.
pub fn parse<T: Read>(bytes: &[u8]) -> Result<T, String> {
    T::read(tree(bytes)?).map_err(|fault| fault.to_string())
}

/// The tree of a JSON text.
#[inline(never)]
fn tree(bytes: &[u8]) -> Result<Node, String> {
    serde_json::from_slice(bytes).map_err(|error| error.to_string())
}

impl<'de> serde::Deserialize<'de> for Node {
    fn deserialize<D: Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
        input.deserialize_any(Tree)
    }
}

/// Makes the tree.
struct Tree;

impl<'de> Visitor<'de> for Tree {
    type Value = Node;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Node, E> {
        Ok(Node::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Node, E> {
        Ok(Node::Flag(flag))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Node, E> {
        Ok(Node::Whole(number))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Node, E> {
        Ok(u64::try_from(number).map_or(Node::Number(number as f64), Node::Whole))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Node, E> {
        Ok(Node::Number(number))
    }

    fn visit_str<E>(self, text: &str) -> Result<Node, E> {
        Ok(Node::Text(text.into()))
    }

    fn visit_string<E>(self, text: String) -> Result<Node, E> {
        Ok(Node::Text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(node) = access.next_element()? {
            list.push(node);
        }
        Ok(Node::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut access: A) -> Result<Node, A::Error> {
        let mut list = Vec::new();
        while let Some(key) = access.next_key::<String>()? {
            list.push((key, access.next_value()?));
        }
        // Of two, readers may take either: two would see two packs.
        let mut keys = BTreeSet::new();
        match list.iter().find(|(key, _)| !keys.insert(key)) {
            Some((key, _)) => Err(A::Error::custom(format_args!("the key “{key}” comes twice"))),
            None => Ok(Node::Object(list)),
        }
    }
}

/// The fields of an object, taken one by one.
pub struct Fields(Vec<(String, Node)>);

impl Fields {
    /// Those of `node`, an object that has no others than these.
    ///
    /// # Errors
    /// [`Fault`] where it is no object, or has another field.
    #[inline(never)]
    pub fn of(node: Node, known: &[&str]) -> Result<Fields, Fault> {
        let Node::Object(list) = node else { return Err(Fault::expected("an object", &node)) };
        match list.iter().find(|(key, _)| !known.contains(&key.as_str())) {
            None => Ok(Fields(list)),
            Some((key, _)) => {
                let key: String = key.chars().take(40).collect();
                Err(Fault::new(format_args!("unknown field `{key}`, expected one of {}", known.join(", "))))
            }
        }
    }

    /// A field by its name.
    #[inline(never)]
    fn find(&mut self, name: &str) -> Option<Node> {
        let at = self.0.iter().position(|(key, _)| key == name)?;
        Some(self.0.swap_remove(at).1)
    }

    /// A field; the usual where there is none.
    ///
    /// # Errors
    /// [`Fault`] where it cannot be read.
    #[inline(never)]
    pub fn maybe<T: Read>(&mut self, name: &str, usual: impl FnOnce() -> T) -> Result<T, Fault> {
        match self.find(name) {
            Some(node) => T::read(node).map_err(|fault| fault.within(name)),
            None => Ok(usual()),
        }
    }

    /// A field that has to be there, unless its type says what it is without.
    ///
    /// # Errors
    /// [`Fault`] where it is missing, or cannot be read.
    #[inline(never)]
    pub fn take<T: Read>(&mut self, name: &str) -> Result<T, Fault> {
        match self.find(name) {
            Some(node) => T::read(node).map_err(|fault| fault.within(name)),
            None => T::absent().ok_or_else(|| Fault::new(format_args!("missing field `{name}`"))),
        }
    }

    /// Which of some kinds it is, by the field `kind`, and the other fields; each kind has fields of its own.
    ///
    /// # Errors
    /// [`Fault`] where it is none of them, or has fields that its kind has not.
    #[inline(never)]
    pub fn kind(node: Node, kinds: &[(&str, &[&str])]) -> Result<(usize, Fields), Fault> {
        let Node::Object(list) = node else { return Err(Fault::expected("an object", &node)) };
        let mut fields = Fields(list);
        let kind: String = fields.take("kind")?;
        let names: Vec<&str> = kinds.iter().map(|(name, _)| *name).collect();
        let place = place_of(&kind, &names).map_err(|fault| fault.within("kind"))?;
        Ok((place, Fields::of(Node::Object(fields.0), kinds[place].1)?))
    }
}

/// The place of a name among those that are known.
///
/// # Errors
/// [`Fault`] where it is none of them.
#[inline(never)]
pub fn place_of(name: &str, known: &[&str]) -> Result<usize, Fault> {
    known.iter().position(|other| *other == name).ok_or_else(|| {
        let name: String = name.chars().take(40).collect();
        Fault::new(format_args!("unknown variant `{name}`, expected one of {}", known.join(", ")))
    })
}

/// Writes [`Read`], and serde's, for a struct: `reads!(Type { field, other = usual, third as "itsName" })`.
macro_rules! reads {
    ($type:ident { $($field:ident $(as $name:literal)? $(= $usual:expr)?),* $(,)? } $(, $($rest:ident = $value:expr),*)?) => {
        impl $crate::json::Read for $type {
            fn read(node: $crate::json::Node) -> Result<Self, $crate::json::Fault> {
                let known = &[$($crate::json::reads!(@name $field $(as $name)?)),*];
                let mut fields = $crate::json::Fields::of(node, known)?;
                Ok($type {
                    $($field: $crate::json::reads!(@take fields, $crate::json::reads!(@name $field $(as $name)?) $(, $usual)?),)*
                    $($($rest: $value,)*)?
                })
            }
        }
        $crate::json::reads!(@serde $type);
    };
    (@name $field:ident) => { stringify!($field) };
    (@name $field:ident as $name:literal) => { $name };
    (@take $fields:ident, $name:expr) => { $fields.take($name)? };
    (@take $fields:ident, $name:expr, $usual:expr) => { $fields.maybe($name, || $usual)? };
    (@serde $type:ident) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(input: D) -> Result<Self, D::Error> {
                let node = <$crate::json::Node as serde::Deserialize>::deserialize(input)?;
                <Self as $crate::json::Read>::read(node).map_err(<D::Error as serde::de::Error>::custom)
            }
        }
    };
}
pub(crate) use reads;

/// The same for an enum of plain names: `names!(Type { "a" => A, "b" => B })`, or `names!(Type)` where it has `ALL` and `name`.
macro_rules! names {
    ($type:ident) => {
        impl $crate::json::Read for $type {
            fn read(node: $crate::json::Node) -> Result<Self, $crate::json::Fault> {
                let known = $type::ALL.map($type::name);
                let place = $crate::json::place_of(&<String as $crate::json::Read>::read(node)?, &known)?;
                Ok($type::ALL[place])
            }
        }
        $crate::json::reads!(@serde $type);
    };
    ($type:ident { $($name:literal => $variant:ident),* $(,)? }) => {
        impl $crate::json::Read for $type {
            fn read(node: $crate::json::Node) -> Result<Self, $crate::json::Fault> {
                let place = $crate::json::place_of(&<String as $crate::json::Read>::read(node)?, &[$($name),*])?;
                Ok([$($type::$variant),*][place])
            }
        }
        $crate::json::reads!(@serde $type);
    };
}
pub(crate) use names;
