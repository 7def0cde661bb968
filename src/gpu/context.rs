//! The GPU as the rest of the room sees it: one device with WebGPU's default limits (so that a big GPU here does not
//! hide a phone's failure), errors caught in scopes and turned into [`GpuError`], and the one place where waiting
//! differs between native (poll the device) and the browser (let its event loop turn).

use super::error::GpuError;
pub use crate::ops::program::Tuning;
use std::collections::VecDeque;
use std::future::Future;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll, Waker};

/// A device and its queue. Clones share both.
#[derive(Clone)]
pub struct Gpu {
    pub(super) device: wgpu::Device,
    pub(super) queue: wgpu::Queue,
    adapter: String,
    tuning: Tuning,
    /// Whether batches are multiplied in 16 bits.
    #[cfg(not(target_arch = "wasm32"))]
    halves: bool,
    reports: Arc<Mutex<Reports>>,
}

/// What the device said outside of any scope.
#[derive(Default)]
struct Reports {
    /// Why it was lost, unless we let it go.
    lost: Option<String>,
    errors: VecDeque<GpuError>,
}

impl Gpu {
    /// Opens the best adapter that there is.
    ///
    /// # Errors
    /// [`GpuError::Unavailable`] where there is none, or it cannot give WebGPU's default limits.
    pub async fn new() -> Result<Self, GpuError> {
        let instance = wgpu::Instance::new(wgpu::InstanceDescriptor::new_without_display_handle());
        let wish = wgpu::PowerPreference::HighPerformance;
        let options = wgpu::RequestAdapterOptions { power_preference: wish, ..Default::default() };
        let adapter =
            instance.request_adapter(&options).await.map_err(|error| GpuError::Unavailable(error.to_string()))?;
        let limits = wgpu::Limits::default();
        if !limits.check_limits(&adapter.limits()) {
            return Err(GpuError::Unavailable("its limits are below WebGPU's defaults".into()));
        }
        let descriptor = wgpu::DeviceDescriptor {
            label: Some("morphogen"),
            required_limits: limits,
            #[cfg(not(target_arch = "wasm32"))]
            required_features: adapter.features() & wgpu::Features::SHADER_F16,
            ..Default::default()
        };
        let (device, queue) =
            adapter.request_device(&descriptor).await.map_err(|error| GpuError::Unavailable(error.to_string()))?;
        let info = adapter.get_info();
        let reports = Arc::new(Mutex::new(Reports::default()));
        let to = reports.clone();
        device.set_device_lost_callback(move |reason, message| {
            // "Destroyed" is our own doing.
            if reason != wgpu::DeviceLostReason::Destroyed {
                lock(&to).lost = Some(message);
            }
        });
        let to = reports.clone();
        device.on_uncaptured_error(Arc::new(move |error| {
            lock(&to).errors.push_back(typed("running", error));
        }));
        let tuning = if is_software(&info) { Tuning::FewCores } else { Tuning::ManyThreads };
        Ok(Gpu {
            device,
            queue,
            adapter: describe(&info),
            tuning,
            #[cfg(not(target_arch = "wasm32"))]
            halves: false,
            reports,
        })
    }

    /// Name, kind, driver and backend of the adapter, for people.
    pub fn adapter(&self) -> &str {
        &self.adapter
    }

    /// What the work of networks built on it is cut for; found from the adapter.
    pub fn tuning(&self) -> Tuning {
        self.tuning
    }

    /// The same device, with work cut for something else. Results differ by rounding only.
    pub fn tuned_for(self, tuning: Tuning) -> Self {
        Gpu { tuning, ..self }
    }

    /// The same device, with weights and values of batches brought to 16 bits before they are multiplied, and added up in 32; nothing
    /// where it has none of 16. Results differ by their rounding, so nobody is given it who does not ask.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn halved(self) -> Option<Self> {
        self.device.features().contains(wgpu::Features::SHADER_F16).then(|| Gpu { halves: true, ..self })
    }

    /// Whether batches are multiplied in 16 bits.
    pub(super) fn halves(&self) -> bool {
        #[cfg(target_arch = "wasm32")]
        return false;
        #[cfg(not(target_arch = "wasm32"))]
        self.halves
    }

    /// Fails if the device was lost or has reported an error since the last call.
    ///
    /// # Errors
    /// [`GpuError::Lost`], or the oldest error that no scope caught.
    pub fn check(&self) -> Result<(), GpuError> {
        let mut reports = lock(&self.reports);
        if let Some(message) = &reports.lost {
            return Err(GpuError::Lost(message.clone()));
        }
        reports.errors.pop_front().map_or(Ok(()), Err)
    }

    /// Runs `work` within error scopes; `what` it does is named in the error.
    pub(super) async fn guard<T>(&self, what: &str, work: impl FnOnce() -> T) -> Result<T, GpuError> {
        let (result, verdict) = self.watched(what, work);
        verdict.await?;
        Ok(result)
    }

    /// As [`Self::guard`], but the verdict may be waited for beside something else: in a browser each wait that begins only
    /// after another is a round trip.
    pub(super) fn watched<'a, T>(&'a self, what: &'a str, work: impl FnOnce() -> T) -> (T, Verdict<'a>) {
        use wgpu::ErrorFilter::{Internal, OutOfMemory, Validation};
        let scopes = [OutOfMemory, Internal, Validation].map(|filter| self.device.push_error_scope(filter));
        let result = work();
        (result, self.verdict(what, scopes))
    }

    /// What was caught in these scopes, of which the last was opened last.
    fn verdict<'a>(&'a self, what: &'a str, scopes: [wgpu::ErrorScopeGuard; 3]) -> Verdict<'a> {
        // All are closed before the first wait: they are this thread's, and the wait may interleave other work.
        let [memory, internal, validation] = scopes;
        let (validation, internal, memory) = (validation.pop(), internal.pop(), memory.pop());
        Box::pin(async move {
            let errors = [validation.await, internal.await, memory.await];
            // A lost device explains whatever else went wrong.
            self.check()?;
            errors.into_iter().flatten().next().map_or(Ok(()), |error| Err(typed(what, error)))
        })
    }

    /// A buffer of `values` f32 (at least one).
    pub(super) fn buffer(&self, label: &str, values: usize, usage: wgpu::BufferUsages) -> Buffer {
        Buffer(self.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: values.max(1) as u64 * 4,
            usage,
            mapped_at_creation: false,
        }))
    }

    /// A read-only buffer that holds `values`.
    pub(super) fn upload(&self, label: &str, values: &[f32]) -> Buffer {
        let usage = wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST;
        let buffer = self.buffer(label, values.len(), usage);
        self.queue.write_buffer(&buffer, 0, bytemuck::cast_slice(values));
        buffer
    }

    /// Submits commands; the answer is ready when the GPU has run them.
    pub(super) fn submit(&self, commands: wgpu::CommandBuffer) -> Submission {
        let index = self.queue.submit([commands]);
        let signal = Signal::default();
        let done = signal.clone();
        self.queue.on_submitted_work_done(move || done.set(true));
        Submission { index, signal }
    }

    /// Waits until a submission has run.
    pub(super) async fn finish(&self, submission: Submission) -> Result<(), GpuError> {
        self.wait(&submission.signal, submission.index).await?;
        self.check()
    }

    /// Reads the first `values` f32 of a mappable buffer that a submission fills.
    pub(super) async fn read(
        &self,
        buffer: &wgpu::Buffer,
        values: usize,
        submission: Submission,
    ) -> Result<Vec<f32>, GpuError> {
        let asked = self.ask(buffer, values, submission);
        self.answer(buffer, asked).await
    }

    /// Asks for what [`Self::read`] reads; [`Self::answer`] waits for it.
    pub(super) fn ask(&self, buffer: &wgpu::Buffer, values: usize, submission: Submission) -> Asked {
        let signal = Signal::default();
        let done = signal.clone();
        buffer.slice(..values as u64 * 4).map_async(wgpu::MapMode::Read, move |result| done.set(result.is_ok()));
        Asked { values, filled: Submission { signal, ..submission } }
    }

    /// What was asked for of a buffer, which then may be filled again.
    pub(super) async fn answer(&self, buffer: &wgpu::Buffer, asked: Asked) -> Result<Vec<f32>, GpuError> {
        let mapped = self.wait(&asked.filled.signal, asked.filled.index).await;
        self.check()?;
        if !mapped? {
            return Err(GpuError::Lost("its memory could not be read".into()));
        }
        let slice = buffer.slice(..asked.values as u64 * 4);
        let view = slice.get_mapped_range().map_err(|error| GpuError::Device(error.to_string()))?;
        let read = bytemuck::pod_collect_to_vec(&view[..]);
        drop(view);
        buffer.unmap();
        Ok(read)
    }

    /// The native/browser split: natively somebody must turn the crank, in the browser the event loop does.
    async fn wait(&self, signal: &Signal, index: wgpu::SubmissionIndex) -> Result<bool, GpuError> {
        #[cfg(not(target_arch = "wasm32"))]
        {
            let until = wgpu::PollType::Wait { submission_index: Some(index), timeout: None };
            while !signal.is_set() {
                self.device.poll(until.clone()).map_err(|error| GpuError::Device(error.to_string()))?;
            }
        }
        #[cfg(target_arch = "wasm32")]
        let _ = index;
        Ok(signal.clone().await)
    }
}

/// Memory on the GPU that is given back when this is dropped: in the browser, dropping a handle alone would leave it to
/// the garbage collector. Work that was submitted before still runs to its end.
pub(super) struct Buffer(wgpu::Buffer);

impl Deref for Buffer {
    type Target = wgpu::Buffer;

    fn deref(&self) -> &wgpu::Buffer {
        &self.0
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        self.0.destroy();
    }
}

/// Work that was handed to the GPU.
pub(super) struct Submission {
    index: wgpu::SubmissionIndex,
    signal: Signal,
}

/// Whether what was watched went well, once it is known.
pub(super) type Verdict<'a> = Pin<Box<dyn Future<Output = Result<(), GpuError>> + 'a>>;

/// Values that were asked for.
pub(super) struct Asked {
    values: usize,
    filled: Submission,
}

/// A yes or no that a callback gives once and a future waits for.
#[derive(Clone, Default)]
struct Signal(Arc<Mutex<(Option<bool>, Option<Waker>)>>);

impl Signal {
    fn set(&self, value: bool) {
        let mut state = lock(&self.0);
        state.0 = Some(value);
        if let Some(waker) = state.1.take() {
            waker.wake();
        }
    }

    #[cfg(not(target_arch = "wasm32"))]
    fn is_set(&self) -> bool {
        lock(&self.0).0.is_some()
    }
}

impl Future for Signal {
    type Output = bool;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<bool> {
        let mut state = lock(&self.0);
        match state.0 {
            Some(value) => Poll::Ready(value),
            None => {
                state.1 = Some(context.waker().clone());
                Poll::Pending
            }
        }
    }
}

/// A panic elsewhere leaves these few fields as good as they were.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn typed(what: &str, error: wgpu::Error) -> GpuError {
    match error {
        wgpu::Error::OutOfMemory { .. } => GpuError::OutOfMemory(what.into()),
        wgpu::Error::Validation { description, .. } => GpuError::Shader { stage: what.into(), message: description },
        wgpu::Error::Internal { description, .. } => GpuError::Device(description),
    }
}

fn describe(info: &wgpu::AdapterInfo) -> String {
    let parts = [info.name.as_str(), info.driver.as_str(), info.driver_info.as_str(), info.backend.to_str()];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn is_software(info: &wgpu::AdapterInfo) -> bool {
    let text = describe(info).to_ascii_lowercase();
    info.device_type == wgpu::DeviceType::Cpu
        || ["swiftshader", "llvmpipe", "basic render"].iter().any(|name| text.contains(name))
}

/// Seconds since some fixed moment.
pub(super) fn seconds() -> f64 {
    #[cfg(target_arch = "wasm32")]
    return js_sys::Date::now() / 1000.0;
    #[cfg(not(target_arch = "wasm32"))]
    {
        static START: std::sync::OnceLock<std::time::Instant> = std::sync::OnceLock::new();
        START.get_or_init(std::time::Instant::now).elapsed().as_secs_f64()
    }
}
