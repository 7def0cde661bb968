//! Flags of countries. Beside a word for a flag stands a name, and some names are words for something else as well: a bird,
//! a pepper, shorts ([`is_country`]). In scripts without spaces name and flag are one run ([`Foreign::flag_of`]). A vocabulary
//! that lacks a country has it said to be unknown, and draws a flag.

use super::foreign::Foreign;
use super::spelling::Token;
use super::words::is_in;

/// Countries, in any language, that are something else where no flag stands beside them.
const TWOFOLD: &str = " turkey chile chili peru bermudas ";
/// Small words between a flag and its country: “bandera de Chile”.
const OF: &str = " of the von der de del do das du di della ";

/// Whether the token at `at` names the country of a flag that it stands beside, “turkey flag” or “flag of turkey”, but not “a
/// turkey with a flag”. `is_flag` tells which tokens mean a flag.
pub(super) fn is_country(tokens: &[Token<'_>], at: usize, is_flag: impl Fn(&Token<'_>) -> bool) -> bool {
    if !is_in(TWOFOLD, &tokens[at].plain) {
        return false;
    }
    let before = tokens[..at].iter().rev().find(|token| !is_in(OF, &token.plain));
    let beside = |token: Option<&Token<'_>>, later: &Token<'_>| token.is_some_and(&is_flag) && !later.after_break;
    beside(before, &tokens[at]) || tokens.get(at + 1).is_some_and(|next| beside(Some(next), next))
}

/// A run of signs that ends in a word for a flag: “中国国旗”.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FlagOf {
    /// Letters of the name before it.
    pub name: usize,
    /// Letters between them that say nothing (“の”).
    pub little: usize,
}

impl Foreign {
    /// How a run of signs parts into a name that is not known and a word for a flag; `flag` tells which meanings are flags,
    /// `turns` which turn away.
    pub(super) fn flag_of(
        &self,
        plain: &str,
        flag: impl Fn(&[usize]) -> bool,
        turns: impl Fn(&[usize]) -> bool,
    ) -> Option<FlagOf> {
        let letters: Vec<char> = plain.chars().collect();
        if letters.iter().any(|letter| !('\u{3040}'..='\u{9fff}').contains(letter)) {
            return None;
        }
        let means = |from: usize, to: usize, what: &dyn Fn(&[usize]) -> bool| {
            self.known(&letters[from..to].iter().collect::<String>()).is_some_and(what)
        };
        let mut at = (0..letters.len()).find(|&at| means(at, letters.len(), &flag)).filter(|&at| at > 0)?;
        // In “中国旗” the second sign is the country's.
        if at == 1 && letters[at] == '国' && means(at + 1, letters.len(), &flag) {
            at += 1;
        }
        let little = usize::from(at > 1 && matches!(letters[at - 1], 'の' | '的'));
        let name = at - little;
        let turned = (0..name).any(|from| (from + 1..=name).any(|to| means(from, to, &turns)));
        (!turned).then_some(FlagOf { name, little })
    }
}

#[cfg(test)]
mod tests {
    use super::super::spelling::tokens;
    use super::*;

    #[test]
    fn a_bird_beside_a_flag_is_a_country_and_a_bird_with_a_flag_a_bird() {
        let country = |text: &str| {
            let tokens = tokens(text);
            (0..tokens.len())
                .any(|at| is_country(&tokens, at, |token| matches!(token.plain.as_str(), "flag" | "bandera")))
        };
        for text in [
            "flag of turkey",
            "the Turkey flag",
            "Turkey's flag",
            "flag of the turkey",
            "bandera del Perú",
            "FLAG TURKEY",
        ] {
            assert!(country(text), "{text}");
        }
        for text in
            ["turkey", "a turkey with a flag", "flag, turkey", "turkey, flag", "flag and turkey", "flag of cats"]
        {
            assert!(!country(text), "{text}");
        }
    }

    #[test]
    fn a_run_of_signs_parts_before_its_flag() {
        let words = [("国旗", vec![1]), ("旗", vec![1]), ("没有", vec![7])];
        let known = Foreign::new(words.map(|(word, numbers)| (word.to_string(), numbers)).into(), 9);
        let parted = |text: &str| {
            let FlagOf { name, little } =
                known.flag_of(text, |words| words.contains(&1), |words| words.contains(&7))?;
            Some((name, little))
        };
        assert_eq!(
            (parted("中国国旗"), parted("中国旗"), parted("土耳其国旗")),
            (Some((2, 0)), Some((2, 0)), Some((3, 0)))
        );
        assert_eq!((parted("トルコの国旗"), parted("中国的旗")), (Some((3, 1)), Some((2, 1))));
        assert_eq!([parted("旗"), parted("国旗"), parted("中国"), parted("没有中国旗"), parted("Cuba旗")], [None; 5]);
    }
}
