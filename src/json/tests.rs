use super::*;
use std::collections::BTreeMap;

#[derive(Debug, PartialEq)]
struct Cup {
    size: u8,
    marks: Vec<Option<f64>>,
    handle: Option<String>,
    kind: Kind,
    full: bool,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Plain,
    Tall,
}

names!(Kind { "plain" => Plain, "tall-one" => Tall });
reads!(Cup { size as "howLarge", marks, handle, kind = Kind::Plain, full = false });

#[test]
fn types_are_read_with_what_is_usual() {
    let cup: Cup = parse(br#"{ "howLarge": 7, "marks": [1, null, -0.5], "kind": "tall-one" }"#).unwrap();
    let marks = vec![Some(1.0), None, Some(-0.5)];
    assert_eq!(cup, Cup { size: 7, marks, handle: None, kind: Kind::Tall, full: false });
    let same: Cup = serde_json::from_str(r#"{ "howLarge": 7, "marks": [], "handle": "left" }"#).unwrap();
    assert_eq!((same.handle.as_deref(), same.kind), (Some("left"), Kind::Plain));
}

#[test]
fn what_is_wrong_is_said_with_its_place() {
    let said = |json: &str| parse::<BTreeMap<String, Vec<Cup>>>(json.as_bytes()).unwrap_err();
    for (json, expected) in [
        (r#"{ "a": [{ "marks": [] }] }"#, "a.0: missing field `howLarge`"),
        (
            r#"{ "a": [{ "howLarge": 256, "marks": [] }] }"#,
            "a.0.howLarge: expected a whole number up to 255, found 256",
        ),
        (r#"{ "a": [{ "howLarge": 1.0, "marks": [] }] }"#, "a.0.howLarge: expected a whole number, found 1"),
        (r#"{ "a": [{ "howLarge": 1, "marks": [true] }] }"#, "a.0.marks.0: expected a number, found true"),
        (r#"{ "a": [{ "howLarge": 1, "marks": {}, "kind": "x" }] }"#, "a.0.marks: expected a list, found an object"),
        (
            r#"{ "a": [{ "howLarge": 1, "marks": [], "kind": "x" }] }"#,
            "a.0.kind: unknown variant `x`, expected one of plain, tall-one",
        ),
        (
            r#"{ "a": [{ "size": 1 }] }"#,
            "a.0: unknown field `size`, expected one of howLarge, marks, handle, kind, full",
        ),
        ("7", "expected an object, found 7"),
    ] {
        assert_eq!(said(json), expected);
    }
    assert!(said(r#"{ "a": [], "a": [] }"#).contains("the key “a” comes twice"));
    assert!(said("{").contains("EOF"));
    assert!(said(&"[".repeat(1000)).contains("recursion"));
}
