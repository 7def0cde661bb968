//! One failure for the whole surface: a stable code for programs, a sentence for people. It becomes a JavaScript
//! `Error` with the properties `code` and `suggestions`.

use crate::denoiser::DenoiseError;
#[cfg(feature = "web-theory")]
use crate::export::ExportError;
#[cfg(with_gpu)]
use crate::gpu::GpuError;
use crate::json::{self, Read};
#[cfg(with_learning)]
use crate::learn::LearnError;
use crate::network::NetworkError;
use crate::pack::PackError;
use crate::prompt::PromptError;
#[cfg(feature = "web-theory")]
use crate::sampler::morph::MorphError;
use crate::sampler::{SampleError, TermError};
#[cfg(feature = "web-drawing")]
use crate::session::DrawError;
#[cfg(web_packs)]
use crate::session::SelfTest;
#[cfg(feature = "web-drawing")]
use crate::session::ask::AskError;
use crate::theory::TheoryError;
use serde::Serialize;
use std::fmt::Display;
use wasm_bindgen::JsValue;

/// A failure on its way to JavaScript.
#[derive(Debug)]
pub struct Failure {
    code: &'static str,
    message: String,
    suggestions: Vec<String>,
}

impl Failure {
    /// A failure without suggestions.
    pub fn new(code: &'static str, message: impl Display) -> Self {
        Failure { code, message: message.to_string(), suggestions: Vec::new() }
    }

    /// What JavaScript sent as JSON.
    ///
    /// # Errors
    /// `range` where it is something else.
    pub fn read<T: Read>(json: &str) -> Result<T, Failure> {
        json::parse(json.as_bytes()).map_err(|message| Failure::new("range", message))
    }

    /// What JavaScript is told as JSON.
    ///
    /// # Errors
    /// `internal` where it cannot be written.
    pub fn written(answer: &impl Serialize) -> Result<String, Failure> {
        serde_json::to_string(answer).map_err(|error| Failure::new("internal", error))
    }
}

impl From<Failure> for JsValue {
    fn from(failure: Failure) -> Self {
        let error = js_sys::Error::new(&failure.message);
        let suggestions: js_sys::Array = failure.suggestions.iter().map(JsValue::from).collect();
        // Setting a property of a fresh error object cannot fail.
        let _ = js_sys::Reflect::set(&error, &"code".into(), &failure.code.into());
        let _ = js_sys::Reflect::set(&error, &"suggestions".into(), &suggestions);
        error.into()
    }
}

impl From<PackError> for Failure {
    fn from(error: PackError) -> Self {
        Failure::new(error.code(), error)
    }
}

impl From<NetworkError> for Failure {
    fn from(error: NetworkError) -> Self {
        match error {
            NetworkError::Denoise(error) => error.into(),
            other => Failure::new("pack-network", other),
        }
    }
}

impl From<DenoiseError> for Failure {
    fn from(error: DenoiseError) -> Self {
        let code = match &error {
            DenoiseError::Shape { .. } => "sample-shape",
            DenoiseError::Condition { .. } => "sample-condition",
            DenoiseError::Device(_) => "sample-device",
            DenoiseError::NotFinite => "sample-not-finite",
        };
        Failure::new(code, error)
    }
}

impl From<SampleError> for Failure {
    fn from(error: SampleError) -> Self {
        let code = match error {
            SampleError::Steps(_) | SampleError::Times { .. } => "sample-steps",
            SampleError::Count { .. } => "sample-count",
            SampleError::Term { fault: TermError::Weight { .. }, .. } => "sample-guidance",
            SampleError::Terms { .. } | SampleError::Term { .. } => "sample-terms",
            SampleError::StartTime { .. } | SampleError::Start { .. } => "sample-start",
            SampleError::Keep(_) => "sample-keep",
            SampleError::Conditions { .. } | SampleError::Share { .. } => "sample-condition",
            SampleError::Cancelled => "aborted",
            SampleError::Denoise(error) => return error.into(),
        };
        Failure::new(code, error)
    }
}

#[cfg(feature = "web-theory")]
impl From<MorphError> for Failure {
    fn from(error: MorphError) -> Self {
        Failure::new("sample-film", error)
    }
}

#[cfg(feature = "web-theory")]
impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        let code = if matches!(error, ExportError::Encode(_)) { "internal" } else { "range" };
        Failure::new(code, error)
    }
}

impl From<PromptError> for Failure {
    fn from(error: PromptError) -> Self {
        Failure { code: error.code(), message: error.to_string(), suggestions: error.suggestions }
    }
}

#[cfg(feature = "web-drawing")]
impl From<AskError> for Failure {
    fn from(error: AskError) -> Self {
        match error {
            AskError::Pack(error) => error.into(),
            AskError::Prompt(error) => error.into(),
            AskError::Caption(error) => Failure::new("range", error),
        }
    }
}

#[cfg(web_packs)]
impl From<SelfTest> for Failure {
    fn from(error: SelfTest) -> Self {
        Failure::new("self-test", error)
    }
}

#[cfg(feature = "web-drawing")]
impl From<DrawError> for Failure {
    fn from(error: DrawError) -> Self {
        match error {
            DrawError::Pack(error) => error.into(),
            DrawError::Network(error) => error.into(),
            DrawError::Gpu(error) => error.into(),
            DrawError::SelfTest(error) => error.into(),
            DrawError::Sample(error) => error.into(),
        }
    }
}

#[cfg(with_gpu)]
impl From<GpuError> for Failure {
    fn from(error: GpuError) -> Self {
        let code = match error {
            GpuError::Unavailable(_) => "no-webgpu",
            GpuError::Lost(_) => "device-lost",
            GpuError::OutOfMemory(_) => "out-of-memory",
            GpuError::Network(error) => return error.into(),
            GpuError::Sample(error) => return error.into(),
            #[cfg(with_learning)]
            GpuError::Learn(error) => return error.into(),
            ref other => other.code(),
        };
        Failure::new(code, error)
    }
}

impl From<TheoryError> for Failure {
    fn from(error: TheoryError) -> Self {
        Failure::new("machine-unavailable", error)
    }
}

#[cfg(with_learning)]
impl From<LearnError> for Failure {
    fn from(error: LearnError) -> Self {
        let code = match error {
            LearnError::NoPicture => "learn-no-picture",
            LearnError::Sizes { .. } | LearnError::Side { .. } => "learn-size",
            LearnError::Batch { .. } => "learn-batch",
            LearnError::LearningRate { .. } => "learn-rate",
            LearnError::Setting(_) => "range",
            LearnError::Memory { .. } => "learn-memory",
            LearnError::Network(error) => return error.into(),
            LearnError::Diverged { .. } => "learn-diverged",
            LearnError::Saved(_) => "learn-saved",
            LearnError::Parts { .. } => "learn-parts",
            LearnError::Sample(error) => return error.into(),
            LearnError::Pack(error) => return error.into(),
        };
        Failure::new(code, error)
    }
}
