//! A network on the device that JavaScript names, `"webgpu"`, `"cpu"` or `"auto"`.

use super::error::Failure;
use super::network::{Engine, Network};
use super::processor::OnProcessor;
use crate::network::Weights;
use crate::pack::{Manifest, NetworkEntry};
use crate::session::device::{Candidate, Device, OnDevice, Ready};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = performance)]
    fn now() -> f64;
}

/// The network on a device; it has answered the test vector.
pub(super) async fn ready(
    manifest: &Manifest,
    entry: &NetworkEntry,
    weights: &Weights,
    device: &str,
) -> Result<Network, JsValue> {
    let device = match device {
        "cpu" => Device::Cpu,
        "webgpu" => Device::Gpu,
        "auto" => Device::Auto(|| now() / 1000.0),
        other => {
            let message = format_args!("expected the device auto, webgpu or cpu, found {other}");
            return Err(Failure::new("range", message).into());
        }
    };
    let candidate = Candidate { manifest, entry, weights };
    let Ready { network, notice } = candidate.on(device).await.map_err(Failure::from)?;
    let engine = match network {
        OnDevice::Cpu(network) => Engine::Cpu(OnProcessor::new(*network, manifest.schedule)),
        OnDevice::Gpu(network) => Engine::Gpu(network),
    };
    Ok(Network::new(engine, manifest.image, manifest.schedule).with_notice(notice))
}
