//! The wasm-bindgen surface and nothing else: bytes, words and JSON in, typed arrays and typed errors out. The worker
//! of the package (`pkg/worker.js`) calls it: [`Pack::open`], [`Pack::load`], then [`Network::sample`]. [`Cells`] stand beside
//! them, without a pack. Every error is a
//! JavaScript `Error` with a stable `code`.
//!
//! It is compiled four times, so that a first picture waits for no more than it needs: with the feature `web-drawing` (words,
//! networks), with `web-theory` (analytic machines, large pictures, reactions, films), with `web-learn` (training a network) and with
//! `web-learn-gpu` (the same on WebGPU). What none has to itself is in all that need it.

#[cfg(web_packs)]
mod asked;
#[cfg(feature = "web-drawing")]
mod device;
mod error;
#[cfg(web_packs)]
mod fallback;
#[cfg(feature = "web-theory")]
mod film;
#[cfg(feature = "web-theory")]
mod large;
#[cfg(feature = "web-learn")]
mod learning;
#[cfg(feature = "web-learn-gpu")]
mod learning_gpu;
#[cfg(feature = "web-theory")]
mod machine;
#[cfg(feature = "web-theory")]
mod machine_gpu;
#[cfg(web_packs)]
mod network;
#[cfg(feature = "web-drawing")]
mod processor;
#[cfg(feature = "web-theory")]
mod reaction;
#[cfg(feature = "web-theory")]
mod shared;
#[cfg(feature = "web-theory")]
mod sticker;
#[cfg(feature = "web-drawing")]
mod words;

#[cfg(feature = "web-theory")]
pub use large::Large;
#[cfg(feature = "web-learn")]
pub use learning::LearningRun;
#[cfg(feature = "web-learn-gpu")]
pub use learning_gpu::LearningOnGpu;
#[cfg(web_packs)]
pub use network::Network;
#[cfg(feature = "web-drawing")]
pub use processor::NetworkPart;
#[cfg(feature = "web-theory")]
pub use reaction::Cells;

#[cfg(web_packs)]
use crate::pack::Manifest;
#[cfg(feature = "web-drawing")]
use crate::session::ask::Interpreter;
#[cfg(web_packs)]
use error::Failure;
use std::cell::RefCell;
#[cfg(web_packs)]
use std::rc::Rc;
use wasm_bindgen::prelude::*;

thread_local! {
    /// The words of the panic that ended this instance, if one did.
    static PANIC: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Prepares the instance: a panic is printed on the console and kept for [`panic_message`]. Call once, first.
#[wasm_bindgen]
pub fn start() {
    std::panic::set_hook(Box::new(|info| {
        PANIC.with(|panic| *panic.borrow_mut() = Some(info.to_string()));
        console_error_panic_hook::hook(info);
    }));
}

/// What the panic said that ended this instance; undefined after any other trap, such as memory that ran out.
#[wasm_bindgen(js_name = panicMessage)]
pub fn panic_message() -> Option<String> {
    PANIC.with(|panic| panic.borrow().clone())
}

/// A model pack, known by its manifest.
#[cfg(web_packs)]
#[wasm_bindgen]
pub struct Pack {
    manifest: Rc<Manifest>,
    #[cfg(feature = "web-drawing")]
    // A network is loaded while words and captions arrive, so nothing may need the pack to itself.
    interpreter: RefCell<Interpreter>,
}

#[cfg(web_packs)]
#[wasm_bindgen]
impl Pack {
    /// Reads `manifest.json`, checking every field.
    ///
    /// # Errors
    /// `pack-…`.
    pub fn open(manifest: &[u8]) -> Result<Pack, JsValue> {
        let manifest = Rc::new(Manifest::parse(manifest).map_err(Failure::from)?);
        Ok(Pack {
            #[cfg(feature = "web-drawing")]
            interpreter: RefCell::new(Interpreter::new(manifest.clone())),
            manifest,
        })
    }

    /// Checks that `bytes`, as fetched, are the file called `name`.
    ///
    /// # Errors
    /// `pack-…`.
    pub fn verify(&self, name: &str, bytes: &[u8]) -> Result<(), JsValue> {
        Ok(self.manifest.verify(name, bytes).map_err(Failure::from)?)
    }
}
