//! The packages joined: [`Emoji::read`] finds each emoji of `emojibase-data` in the three icon sets of Iconify by its
//! code points, and keeps those that every set draws. Skin tones are left out.

use super::{Source, TrainError};
use morphogen::files;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// The styles: the name here, and the package's.
pub const STYLES: [(&str, &str); 3] = [("noto", "noto"), ("fluent", "fluent-emoji-flat"), ("twemoji", "twemoji")];

/// An emoji that every style draws.
#[derive(Debug, Clone, PartialEq)]
pub struct Emoji {
    /// Code points, as [`code`] writes them.
    pub code: String,
    /// English name.
    pub label: String,
    /// English keywords.
    pub tags: Vec<String>,
    /// Group of Unicode.
    pub group: String,
    /// Subgroup of Unicode.
    pub subgroup: String,
    /// One per style.
    pub icons: [Icon; 3],
}

/// A drawing.
#[derive(Debug, Clone, PartialEq)]
pub struct Icon {
    /// What stands inside `<svg>`.
    pub body: String,
    /// Width of the drawing in its own units.
    pub width: f32,
    /// Height of the drawing in its own units.
    pub height: f32,
    /// Whether left and right are swapped.
    pub flipped: bool,
}

/// Code points as both sides are compared: lower case, no variation selector `fe0f`, no leading zeros.
pub fn code(hexadecimal: &str) -> String {
    let lower = hexadecimal.to_ascii_lowercase();
    let points = lower.split('-').filter(|&point| point != "fe0f").map(|point| point.trim_start_matches('0'));
    points.collect::<Vec<_>>().join("-")
}

/// An icon set of Iconify.
#[derive(Debug, Deserialize)]
struct IconSet {
    icons: HashMap<String, RawIcon>,
    #[serde(default)]
    aliases: HashMap<String, Alias>,
    width: f32,
    height: f32,
}

#[derive(Debug, Deserialize)]
struct RawIcon {
    body: String,
    width: Option<f32>,
    height: Option<f32>,
}

/// Another name for an icon, perhaps mirrored. Any other change would be drawn wrongly, so it is refused.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Alias {
    parent: String,
    #[serde(default)]
    h_flip: bool,
}

impl IconSet {
    /// The icon of a name, through its aliases.
    fn icon(&self, name: &str) -> Option<Icon> {
        let (mut name, mut flipped) = (name, false);
        // An alias of an alias is allowed; a circle of them is not an icon.
        for _ in 0..8 {
            if let Some(icon) = self.icons.get(name) {
                let (width, height) = (icon.width.unwrap_or(self.width), icon.height.unwrap_or(self.height));
                return Some(Icon { body: icon.body.clone(), width, height, flipped });
            }
            let alias = self.aliases.get(name)?;
            (name, flipped) = (alias.parent.as_str(), flipped ^ alias.h_flip);
        }
        None
    }
}

/// The name that Iconify gives to an emoji: its English name with dashes.
fn slug(label: &str) -> String {
    let letters = label.to_lowercase().replace(['’', '\''], "");
    letters
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("-")
}

#[derive(Debug, Deserialize)]
struct RawEmoji {
    label: String,
    hexcode: String,
    #[serde(default)]
    tags: Vec<String>,
    order: Option<u32>,
    group: Option<u32>,
    subgroup: Option<u32>,
}

/// An emoji in another language.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Local {
    /// Code points, as the package writes them.
    pub hexcode: String,
    /// Its name.
    pub label: String,
    /// Its keywords.
    #[serde(default)]
    pub tags: Vec<String>,
}

impl Local {
    /// Every emoji that a language has words for.
    ///
    /// # Errors
    /// [`TrainError`] where the package does not have the language.
    pub fn read(packages: &Path, language: &str) -> Result<Vec<Local>, TrainError> {
        json(&packages.join("emojibase-data").join(language).join("data.json"))
    }
}

#[derive(Debug, Deserialize)]
struct Groups {
    groups: HashMap<u32, String>,
    subgroups: HashMap<u32, String>,
}

#[derive(Debug, Deserialize)]
struct Info {
    name: String,
    author: Author,
    license: License,
}

#[derive(Debug, Deserialize)]
struct Author {
    name: String,
    url: String,
}

#[derive(Debug, Deserialize)]
struct License {
    spdx: String,
}

impl Emoji {
    /// Every emoji that all styles draw, in Unicode's order, and the terms of each style and of the words.
    ///
    /// # Errors
    /// [`TrainError`] where a package is missing or not as expected.
    pub fn read(packages: &Path) -> Result<(Vec<Emoji>, BTreeMap<String, Source>), TrainError> {
        let mut licences = BTreeMap::new();
        let mut sets = Vec::new();
        for (style, package) in STYLES {
            let folder = packages.join("@iconify-json").join(package);
            let set: IconSet = json(&folder.join("icons.json"))?;
            let names: HashMap<String, String> = json(&folder.join("chars.json"))?;
            let names: HashMap<String, String> = names.into_iter().map(|(hex, name)| (code(&hex), name)).collect();
            let Info { name, author, license } = json(&folder.join("info.json"))?;
            let attribution = format!("{name} by {}", author.name);
            licences.insert(style.to_string(), Source { licence: license.spdx, attribution, url: author.url });
            sets.push((set, names));
        }
        let words = Source {
            licence: "MIT".into(),
            attribution: "emojibase-data by Miles Johnson".into(),
            url: "https://github.com/milesj/emojibase".into(),
        };
        licences.insert("words".into(), words);

        let base = packages.join("emojibase-data");
        let groups: Groups = json(&base.join("meta/groups.json"))?;
        let mut raw: Vec<RawEmoji> = json(&base.join("en/data.json"))?;
        raw.sort_by_key(|emoji| emoji.order);
        let find = |emoji: &RawEmoji, style: usize| {
            let (set, names) = &sets[style];
            let known = names.get(&code(&emoji.hexcode)).and_then(|name| set.icon(name));
            // A mirrored icon is known by its name alone.
            known.or_else(|| set.icon(&slug(&emoji.label)))
        };
        let join = |emoji: RawEmoji| {
            let icons = [find(&emoji, 0)?, find(&emoji, 1)?, find(&emoji, 2)?];
            let group = groups.groups.get(&emoji.group?)?.clone();
            let subgroup = groups.subgroups.get(&emoji.subgroup?)?.clone();
            Some(Emoji { code: code(&emoji.hexcode), label: emoji.label, tags: emoji.tags, group, subgroup, icons })
        };
        let emoji: Vec<Emoji> = raw.into_iter().filter_map(join).collect();
        if emoji.is_empty() {
            return Err(TrainError::data(packages, "no emoji is in all three icon sets; run npm ci in tools/emoji"));
        }
        Ok((emoji, licences))
    }
}

fn json<T: DeserializeOwned>(path: &Path) -> Result<T, TrainError> {
    let bytes = files::read(path).map_err(TrainError::file(path))?;
    serde_json::from_slice(&bytes).map_err(|error| TrainError::data(path, error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_compared_without_selectors_and_zeros() {
        assert_eq!(code("0023-FE0F-20E3"), "23-20e3");
        assert_eq!(code("2764-FE0F-200D-1F525"), "2764-200d-1f525");
        assert_eq!(code("1F600"), "1f600");
    }

    #[test]
    fn aliases_are_followed_and_mirrored() {
        let json = r#"{ "width": 32, "height": 36,
            "icons": { "left": { "body": "<path/>", "height": 40 } },
            "aliases": { "right": { "parent": "left", "hFlip": true }, "there": { "parent": "right" },
                         "back": { "parent": "right", "hFlip": true }, "a": { "parent": "b" }, "b": { "parent": "a" } } }"#;
        let set: IconSet = serde_json::from_str(json).unwrap();
        let icon = set.icon("there").unwrap();
        assert_eq!((icon.width, icon.height, icon.flipped), (32.0, 40.0, true));
        assert!(!set.icon("back").unwrap().flipped);
        assert!(set.icon("a").is_none() && set.icon("nothing").is_none());
        assert!(serde_json::from_str::<Alias>(r#"{ "parent": "left", "rotate": 1 }"#).is_err());
    }

    #[test]
    fn names_are_written_as_iconify_does() {
        assert_eq!(slug("one o’clock"), "one-oclock");
        assert_eq!(slug("A button (blood type)"), "a-button-blood-type");
    }
}
