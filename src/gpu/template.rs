//! The smallest preprocessor that lets a WGSL file be written once for all shapes: loops are unrolled and sizes are
//! filled in before the GPU's compiler sees the text, so registers have names and no local array is indexed.
//!
//! Lines that begin with `#` steer, everything else is copied:
//!
//! ```text
//! #for i in 0..ROWS      repeats the lines up to its #end with i = 0, 1, …
//! #loop i in 0..ROWS     the same; but where the name ROLLED is set, it becomes a loop of WGSL over an i32
//! #if STRIDE == 2        keeps them only if the number is not 0, or equal; #else is known
//! #include taps source=input channels=INPUTS
//!                        inserts the piece of this name, of those that are shared, with further names set
//! $(i * STRIDE + 1)      is replaced by the number, or by the text of a name
//! ```
//!
//! Expressions know `+ - *` (and `*` first), integers and names. A software adapter compiles loops much faster than
//! what they unroll to, and has no use for registers: `ROLLED` is for those.

use crate::gather::gather;
use crate::ops::program::{Names, shader};
use std::collections::BTreeMap;

/// The pieces that stages share.
const SHARED: &[(&str, &str)] = &[
    #[cfg(any(not(target_arch = "wasm32"), feature = "web-theory"))]
    ("down", shader!("shared/down.wgsl")),
    ("bound", shader!("ops/convolution/bound.wgsl")),
    ("fed", shader!("ops/convolution/fed.wgsl")),
    ("fed_sums", shader!("ops/convolution/fed_sums.wgsl")),
    ("finish", shader!("ops/finish/finish.wgsl")),
    ("group", shader!("ops/norm/group.wgsl")),
    ("moments", shader!("ops/norm/moments.wgsl")),
    #[cfg(any(not(target_arch = "wasm32"), feature = "web-theory"))]
    ("pairs", shader!("shared/pairs.wgsl")),
    ("pixel", shader!("ops/convolution/pixel.wgsl")),
    ("staged", shader!("ops/convolution/staged.wgsl")),
    ("step", shader!("shared/step.wgsl")),
    ("sums", shader!("ops/convolution/sums.wgsl")),
    ("taps", shader!("ops/convolution/taps.wgsl")),
    ("total", shader!("shared/total.wgsl")),
    #[cfg(any(not(target_arch = "wasm32"), feature = "web-theory"))]
    ("windows", shader!("shared/windows.wgsl")),
];

/// What a name stands for while expanding.
#[derive(Clone)]
enum Value {
    Number(i64),
    Text(String),
}

type Scope = BTreeMap<String, Value>;

/// Expands `text` with `names`.
///
/// # Errors
/// A sentence naming the line that could not be understood.
pub fn expand(text: &str, names: &Names) -> Result<String, String> {
    let scope = gather(names.iter().map(|(name, number)| (name.to_string(), Value::Number(*number))));
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::new();
    block(&lines, &scope, &mut out)?;
    Ok(out)
}

/// Expands lines that are balanced in their `#for`, `#if` and `#end`.
fn block(lines: &[&str], scope: &Scope, out: &mut String) -> Result<(), String> {
    let mut at = 0;
    while at < lines.len() {
        let line = lines[at].trim();
        at += 1;
        if let Some(header) = line.strip_prefix("#for ") {
            let (end, _) = matching(lines, at)?;
            let (name, from, to) = for_header(header, scope).ok_or_else(|| bad(line))?;
            for i in from..to {
                let mut inner = scope.clone();
                inner.insert(name.into(), Value::Number(i));
                block(&lines[at..end], &inner, out)?;
            }
            at = end + 1;
        } else if let Some(header) = line.strip_prefix("#loop ") {
            let (end, _) = matching(lines, at)?;
            let (name, from, to) = for_header(header, scope).ok_or_else(|| bad(line))?;
            let mut inner = scope.clone();
            if matches!(scope.get("ROLLED"), Some(Value::Number(rolled)) if *rolled != 0) {
                inner.insert(name.into(), Value::Text(name.into()));
                out.push_str(&format!("for (var {name} = {from}; {name} < {to}; {name}++) {{\n"));
                block(&lines[at..end], &inner, out)?;
                out.push_str("}\n");
            } else {
                for i in from..to {
                    inner.insert(name.into(), Value::Number(i));
                    out.push_str("{\n");
                    block(&lines[at..end], &inner, out)?;
                    out.push_str("}\n");
                }
            }
            at = end + 1;
        } else if let Some(condition) = line.strip_prefix("#if ") {
            let (end, middle) = matching(lines, at)?;
            let holds = match condition.split_once("==") {
                Some((left, right)) => number(left, scope).zip(number(right, scope)).map(|(l, r)| l == r),
                None => number(condition, scope).map(|n| n != 0),
            };
            let kept = match (holds.ok_or_else(|| bad(line))?, middle) {
                (true, middle) => &lines[at..middle.unwrap_or(end)],
                (false, Some(middle)) => &lines[middle + 1..end],
                (false, None) => &[],
            };
            block(kept, scope, out)?;
            at = end + 1;
        } else if let Some(header) = line.strip_prefix("#include ") {
            include(header, scope, out).ok_or_else(|| bad(line))??;
        } else if line.starts_with('#') {
            return Err(bad(line));
        } else if !line.is_empty() && !line.starts_with("//") {
            substitute(line, scope, out).ok_or_else(|| bad(line))?;
            out.push('\n');
        }
    }
    Ok(())
}

fn bad(line: &str) -> String {
    format!("cannot expand the line \"{line}\"")
}

/// Where the `#end` of a block is that was opened just before line `from`, and its `#else`.
fn matching(lines: &[&str], from: usize) -> Result<(usize, Option<usize>), String> {
    let (mut depth, mut middle) = (0, None);
    for (at, line) in lines.iter().enumerate().skip(from) {
        let line = line.trim();
        if ["#for ", "#loop ", "#if "].iter().any(|opening| line.starts_with(opening)) {
            depth += 1;
        } else if line == "#else" && depth == 0 {
            middle = Some(at);
        } else if line == "#end" {
            if depth == 0 {
                return Ok((at, middle));
            }
            depth -= 1;
        }
    }
    Err("a block has no #end".into())
}

/// `name in from..to`.
fn for_header<'a>(header: &'a str, scope: &Scope) -> Option<(&'a str, i64, i64)> {
    let (name, range) = header.split_once(" in ")?;
    let (from, to) = range.split_once("..")?;
    Some((name.trim(), number(from, scope)?, number(to, scope)?))
}

/// `file name=value …`; `None` where that does not parse.
fn include(header: &str, scope: &Scope, out: &mut String) -> Option<Result<(), String>> {
    let mut words = header.split_whitespace();
    let file = words.next()?;
    let (_, text) = SHARED.iter().find(|(name, _)| *name == file)?;
    let mut inner = scope.clone();
    for word in words {
        let (name, value) = word.split_once('=')?;
        let value = number(value, scope).map_or_else(|| Value::Text(value.into()), Value::Number);
        inner.insert(name.into(), value);
    }
    let lines: Vec<&str> = text.lines().collect();
    Some(block(&lines, &inner, out))
}

/// Copies `line` with every `$(…)` filled in.
fn substitute(mut line: &str, scope: &Scope, out: &mut String) -> Option<()> {
    while let Some(start) = line.find("$(") {
        let end = start + line[start..].find(')')?;
        out.push_str(&line[..start]);
        let expression = line[start + 2..end].trim();
        match scope.get(expression) {
            Some(Value::Text(text)) => out.push_str(text),
            _ => match number(expression, scope) {
                Some(number) => out.push_str(&number.to_string()),
                None => written_out(expression, scope, out)?,
            },
        }
        line = &line[end + 1..];
    }
    out.push_str(line);
    Some(())
}

/// An expression in which a name stands for text, to be worked out by the GPU; names that stand for numbers become these.
fn written_out(expression: &str, scope: &Scope, out: &mut String) -> Option<()> {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    out.push('(');
    let mut rest = expression;
    while let Some(first) = rest.chars().next() {
        let len = if part(first) { rest.find(|c| !part(c)).unwrap_or(rest.len()) } else { first.len_utf8() };
        let (word, after) = rest.split_at(len);
        match scope.get(word) {
            Some(Value::Text(text)) => out.push_str(text),
            Some(Value::Number(number)) => out.push_str(&number.to_string()),
            None if word.parse::<u32>().is_ok() || "+-* ".contains(word) => out.push_str(word),
            None => return None,
        }
        rest = after;
    }
    out.push(')');
    Some(())
}

/// A sum of products of integers and names.
fn number(expression: &str, scope: &Scope) -> Option<i64> {
    let expression = expression.trim();
    if let Some(at) = expression.rfind(['+', '-']) {
        let (left, right) = (number(&expression[..at], scope)?, number(&expression[at + 1..], scope)?);
        return if expression.as_bytes()[at] == b'+' { left.checked_add(right) } else { left.checked_sub(right) };
    }
    if let Some((left, right)) = expression.rsplit_once('*') {
        return number(left, scope)?.checked_mul(number(right, scope)?);
    }
    match scope.get(expression) {
        Some(Value::Number(number)) => Some(*number),
        Some(Value::Text(_)) => None,
        None => expression.parse().ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_are_unrolled_and_names_filled_in() {
        let names = Names::from([("ROWS", 2), ("STRIDE", 2)]);
        let text = "#for i in 0..ROWS\nlet v$(i) = $(i * STRIDE + 1)u;\n#end\nlet done = $(ROWS-1)u;";
        assert_eq!(expand(text, &names).unwrap(), "let v0 = 1u;\nlet v1 = 3u;\nlet done = 1u;\n");
    }

    #[test]
    fn loops_are_unrolled_or_written_out() {
        let text = "#loop i in 0..ROWS\nsum[$(i + 1 + ROWS)] = $(i);\n#end";
        let expand = |rolled| expand(text, &Names::from([("ROWS", 2), ("ROLLED", rolled)])).unwrap();
        assert_eq!(expand(0), "{\nsum[3] = 0;\n}\n{\nsum[4] = 1;\n}\n");
        assert_eq!(expand(1), "for (var i = 0; i < 2; i++) {\nsum[(i + 1 + 2)] = i;\n}\n");
    }

    #[test]
    fn conditions_nest() {
        let text = "#if A\n#if B == 2\nx\n#else\ny\n#end\n#else\nz\n#end";
        let expand = |a, b| expand(text, &Names::from([("A", a), ("B", b)])).unwrap();
        assert_eq!((expand(1, 2), expand(1, 3), expand(0, 2)), ("x\n".into(), "y\n".into(), "z\n".into()));
    }

    #[test]
    fn mistakes_are_named() {
        for text in ["#for i in 0..MISSING\n#end", "#if 1\n", "$(what)", "#strange", "#include nothing"] {
            assert!(expand(text, &Names::new()).is_err(), "{text}");
        }
    }
}
