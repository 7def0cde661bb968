//! Fuzzes `bodies::build`.
#![no_main]
#[allow(dead_code, reason = "each target runs one body")]
mod bodies;

libfuzzer_sys::fuzz_target!(|data: &[u8]| bodies::build(data));
