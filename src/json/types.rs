//! How plain types are read: numbers within their range, texts, lists, objects by key, and what may be left out.

use super::{Fault, Node, Read};
use std::collections::BTreeMap;

impl Read for Node {
    fn read(node: Node) -> Result<Self, Fault> {
        Ok(node)
    }
}

impl Read for String {
    fn read(node: Node) -> Result<Self, Fault> {
        match node {
            Node::Text(text) => Ok(text),
            other => Err(Fault::expected("a text", &other)),
        }
    }
}

impl Read for bool {
    fn read(node: Node) -> Result<Self, Fault> {
        match node {
            Node::Flag(flag) => Ok(flag),
            other => Err(Fault::expected("true or false", &other)),
        }
    }
}

impl Read for f64 {
    fn read(node: Node) -> Result<Self, Fault> {
        match node {
            Node::Whole(number) => Ok(number as f64),
            Node::Number(number) => Ok(number),
            other => Err(Fault::expected("a number", &other)),
        }
    }
}

impl Read for f32 {
    fn read(node: Node) -> Result<Self, Fault> {
        f64::read(node).map(|number| number as f32)
    }
}

impl Read for u64 {
    fn read(node: Node) -> Result<Self, Fault> {
        match node {
            Node::Whole(number) => Ok(number),
            other => Err(Fault::expected("a whole number", &other)),
        }
    }
}

/// A whole number up to `most`.
#[inline(never)]
fn whole(node: Node, most: u64) -> Result<u64, Fault> {
    match u64::read(node)? {
        number if number > most => {
            Err(Fault::new(format_args!("expected a whole number up to {most}, found {number}")))
        }
        number => Ok(number),
    }
}

macro_rules! narrower {
    ($($type:ident),*) => {
        $(impl Read for $type {
            fn read(node: Node) -> Result<Self, Fault> {
                whole(node, $type::MAX as u64).map(|number| number as $type)
            }
        })*
    };
}
narrower!(u8, u16, u32, usize);

impl<T: Read> Read for Option<T> {
    fn read(node: Node) -> Result<Self, Fault> {
        if node == Node::Null { Ok(None) } else { T::read(node).map(Some) }
    }

    fn absent() -> Option<Self> {
        Some(None)
    }
}

impl<T: Read> Read for Box<T> {
    fn read(node: Node) -> Result<Self, Fault> {
        T::read(node).map(Box::new)
    }
}

impl<T: Read> Read for Vec<T> {
    #[inline(never)]
    fn read(node: Node) -> Result<Self, Fault> {
        let Node::List(list) = node else { return Err(Fault::expected("a list", &node)) };
        let mut read = Vec::with_capacity(list.len());
        for (n, node) in list.into_iter().enumerate() {
            read.push(T::read(node).map_err(|fault| fault.at(n))?);
        }
        Ok(read)
    }
}

impl<T: Read> Read for BTreeMap<String, T> {
    #[inline(never)]
    fn read(node: Node) -> Result<Self, Fault> {
        let Node::Object(list) = node else { return Err(Fault::expected("an object", &node)) };
        let mut read = BTreeMap::new();
        for (key, node) in list {
            let value = T::read(node).map_err(|fault| fault.within(&key))?;
            read.insert(key, value);
        }
        Ok(read)
    }
}

impl<T: Read, const N: usize> Read for [T; N] {
    fn read(node: Node) -> Result<Self, Fault> {
        let list = Vec::read(node)?;
        let found = list.len();
        list.try_into().map_err(|_| Fault::new(format_args!("expected {N} values, found {found}")))
    }
}

impl<A: Read, B: Read, C: Read> Read for (A, B, C) {
    fn read(node: Node) -> Result<Self, Fault> {
        let [a, b, c] = <[Node; 3]>::read(node)?;
        Ok((A::read(a)?, B::read(b)?, C::read(c)?))
    }
}
