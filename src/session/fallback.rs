//! What follows when a graphics device fails while it works. It is lost now and then, by a driver that starts anew or a tab that
//! sleeps, so a first loss is followed by another try on a new device; after a second, or where it does not answer at all, the
//! processor goes on and says so, unless nothing but the graphics device will do ([`Failure::next`]). A run that learns is not
//! tried again: its state is at hand, and the processor takes it up ([`moved`]).
//!
//! Failures are known by their stable codes, since they come by way of JavaScript, which alone knows of a device that is silent.

use std::fmt::Display;

/// A failure of what worked on a graphics device.
#[derive(Debug, Clone, Copy)]
pub struct Failure<'a> {
    /// Its stable code.
    pub code: &'a str,
    /// Its message.
    pub message: &'a str,
    /// Whether an answer of the device was waited for in vain.
    pub silent: bool,
}

/// What to do after a failure.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Next {
    /// The same again on a new device.
    Again,
    /// The same on the processor, now and later, and say why; empty where there never was a device that is worth a word.
    Processor(String),
    /// Give up the device and tell of the failure: nothing else will do.
    Fail,
    /// Keep the device and tell of the failure: it is not the device's.
    Other,
}

/// Codes of a device that cannot, beside all that begin with `gpu-`.
static CODES: [&str; 4] = ["no-webgpu", "self-test", "device-lost", "out-of-memory"];
const ABSENT: usize = 0;
/// From here on a new device may do better.
const LOST: usize = 2;

impl Failure<'_> {
    /// What follows. `insisted` where nothing but the graphics device will do, `again` where this is the second try.
    pub fn next(self, insisted: bool, again: bool) -> Next {
        let cause = CODES.iter().position(|code| *code == self.code).unwrap_or(CODES.len());
        if cause == CODES.len() && !self.code.starts_with("gpu-") {
            return Next::Other;
        }
        if cause >= LOST && !again && !self.silent {
            return Next::Again;
        }
        if insisted {
            return Next::Fail;
        }
        Next::Processor(match cause {
            ABSENT => String::new(),
            _ if self.silent => instead(&"The graphics device stopped answering", " now"),
            LOST => instead(&"The graphics device was lost twice", " now"),
            _ if self.code == "gpu-silent" => instead(&"The graphics device does not answer", ""),
            _ => unusable(&self.message),
        })
    }
}

/// That the processor draws since the graphics device could not be used.
pub fn unusable(message: &dyn Display) -> String {
    instead(&format_args!("The graphics device could not be used ({message})"), "")
}

/// That the processor draws `now` or from the start, for a reason.
pub(super) fn instead(reason: &dyn Display, now: &str) -> String {
    format!("{reason}, so the processor draws{now}: the same pictures, more slowly.")
}

/// What is said where a run that learns cannot begin on the graphics device. That there is none is no news unless it was insisted on;
/// that it computes wrongly or breaks is.
pub fn grounded(insisted: bool, code: &str, message: &str) -> String {
    let broke = code.starts_with("gpu-") || CODES[LOST..].contains(&code);
    if insisted || broke { format!("Learning runs on the processor. {message}") } else { String::new() }
}

/// What is said where the processor takes over a run that learns, from `step`; nothing where it would fail there, too.
pub fn moved(code: &str, message: &str, step: usize) -> Option<String> {
    (code != "learn-diverged").then(|| format!("{message} Learning went on on the processor from step {step}."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_that_fails_is_tried_again_once_and_then_done_without() {
        let [twice, silent] = ["was lost twice", "stopped answering"].map(|what| {
            format!("The graphics device {what}, so the processor draws now: the same pictures, more slowly.")
        });
        let [broke, mute] = ["could not be used (it broke)", "does not answer"]
            .map(|what| format!("The graphics device {what}, so the processor draws: the same pictures, more slowly."));
        // By code: whether a new device is worth a try, and what is said in the end; then the same of a device that is silent.
        let table = [
            ("device-lost", true, &twice, &silent),
            ("out-of-memory", true, &broke, &silent),
            ("gpu-failed", true, &broke, &silent),
            ("gpu-shader", true, &broke, &silent),
            ("gpu-silent", true, &mute, &silent),
            ("self-test", false, &broke, &silent),
            ("no-webgpu", false, &String::new(), &String::new()),
        ];
        for (code, worth, said, said_of_silent) in table {
            let [failure, silent] = [false, true].map(|silent| Failure { code, message: "it broke", silent });
            let [processor, from_silent] = [said, said_of_silent].map(|said| Next::Processor(said.clone()));
            let [first, first_insisted] =
                if worth { [Next::Again, Next::Again] } else { [processor.clone(), Next::Fail] };
            // Whether WebGPU is insisted on, whether it is the second try.
            let tries = [(false, false), (false, true), (true, false), (true, true)];
            let expected = [first, processor, first_insisted, Next::Fail];
            assert_eq!(tries.map(|(insisted, again)| failure.next(insisted, again)), expected, "{code}");
            let expected = [from_silent.clone(), from_silent, Next::Fail, Next::Fail];
            assert_eq!(tries.map(|(insisted, again)| silent.next(insisted, again)), expected, "{code}, silent");
        }
        for code in ["aborted", "network", "sample-steps", "sample-not-finite", "pack-tampered", "internal", ""] {
            for bits in 0..8 {
                let [silent, insisted, again] = [1, 2, 4].map(|bit| bits & bit > 0);
                assert_eq!(Failure { code, message: "", silent }.next(insisted, again), Next::Other, "{code}");
            }
        }
    }

    #[test]
    fn a_run_that_learns_goes_on_unless_it_went_wild() {
        assert_eq!(moved("learn-diverged", "The loss is no number.", 7), None);
        for code in ["device-lost", "gpu-failed", "internal"] {
            let notice = moved(code, "It broke.", 7);
            assert_eq!(notice.as_deref(), Some("It broke. Learning went on on the processor from step 7."));
        }
        for (insisted, code, said) in [
            (true, "no-webgpu", true),
            (false, "no-webgpu", false),
            (false, "network", false),
            (false, "gpu-failed", true),
            (false, "out-of-memory", true),
            (false, "device-lost", true),
        ] {
            let expected = if said { "Learning runs on the processor. It broke." } else { "" };
            assert_eq!(grounded(insisted, code, "It broke."), expected, "{code}");
        }
    }
}
