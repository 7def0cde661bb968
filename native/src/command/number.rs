//! Options that are numbers: each says from where to where, so that what makes no sense is refused in a sentence before
//! anything is made room for.

use std::fmt::Display;
use std::str::FromStr;

/// The most of what may be counted without an end, such as steps of a run.
pub const MANY: usize = 1_000_000_000;
/// The most seeds, pictures or passes that anybody waits for.
pub const LONG: usize = 1_000_000;

/// What an option may be; a bare literal is none of it, so that no option is read as another number than it holds.
pub trait Number: FromStr + PartialOrd + Display + Copy + Send + Sync + 'static {}

impl Number for usize {}
impl Number for u64 {}
impl Number for u16 {}
impl Number for f64 {}

/// A parser of numbers from `low` to `high`; not a number is none of them.
pub fn number<T: Number>(low: T, high: T) -> impl Fn(&str) -> Result<T, String> + Clone + Send + Sync + 'static {
    move |text| match text.parse() {
        Ok(value) if low <= value && value <= high => Ok(value),
        _ => Err(format!("expected {low} to {high}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_out_of_range_or_no_number_is_refused() {
        let (whole, real) = (number::<usize>(1, 10), number(-0.5, 0.5));
        assert_eq!((whole("1"), whole("10"), real("-.5")), (Ok(1), Ok(10), Ok(-0.5)));
        for wrong in ["0", "11", "-1", "1.5", "", "99999999999999999999"] {
            assert_eq!(whole(wrong), Err("expected 1 to 10".into()), "{wrong}");
        }
        for wrong in ["NaN", "inf", "0.6"] {
            assert!(real(wrong).is_err(), "{wrong}");
        }
    }
}
