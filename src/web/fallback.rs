//! What follows when a graphics device fails under JavaScript's hands ([`crate::session::fallback`]).

use crate::session::fallback::{Failure, Next};
use wasm_bindgen::prelude::*;

/// What follows a failure: `"again"` on a new device, `"fail"` and do without it, `"other"` where it is not the device's; or anything
/// else, which is what the processor says as it goes on, if anything. `silent` where the device does not answer, `insisted` where
/// nothing but WebGPU will do, and `again` where this was the second try.
#[wasm_bindgen(js_name = afterFailure)]
pub fn after_failure(code: &str, message: &str, silent: bool, insisted: bool, again: bool) -> String {
    let next = match (Failure { code, message, silent }).next(insisted, again) {
        Next::Again => "again",
        Next::Fail => "fail",
        Next::Other => "other",
        Next::Processor(notice) => return notice,
    };
    next.into()
}
