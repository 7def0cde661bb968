//! Writes a pack's network as an ONNX model, with all that another runtime needs to draw the same sample, for the
//! benchmark (`./build.sh bench`) and for anyone who wants to run our weights elsewhere:
//!
//! ```sh
//! cargo run --example onnx -- www/models/fashion unet OUT [PROMPT]
//! ```
//!
//! `OUT/model.onnx` maps `x` `[B, C, H, W]` and `shifts` `[1, S, 1, 1]` to `predicted`. `OUT/sample.json` tells how to
//! take the DDIM steps of the prompt (the first one unless it is given), and `OUT/sample.f32` holds, behind each other, the shifts of every step
//! `[steps, S]`, the noise of 16 seeds `[16, C, H, W]` and burn's answer: the finished pictures `[2, C, H, W]` of the
//! first two.

mod graph;
mod proto;

use morphogen::denoiser::Condition;
use morphogen::network::{Layers, embedding};
use morphogen::pack::Pack;
use morphogen::prompt::text::Vocabulary;
use morphogen::prompt::understand;
use morphogen::sampler::{Request, noise, sample};
use morphogen_native::network::BurnDenoiser;
use std::{env, error::Error, fs, path::Path, process::ExitCode};

const BATCH: usize = 16;
const CHECKED: usize = 2;

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let (named, prompt) = arguments.split_at(arguments.len().min(3));
    let ([pack, network, out], [] | [_]) = (named, prompt) else {
        eprintln!("usage: onnx PACK NETWORK OUT [PROMPT]");
        return ExitCode::from(2);
    };
    match export(pack, network, Path::new(out), prompt.first().map(String::as_str)) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("onnx: {error}");
            ExitCode::FAILURE
        }
    }
}

fn export(pack: &str, network: &str, out: &Path, prompt: Option<&str>) -> Result<(), Box<dyn Error>> {
    let pack = Pack::open(pack)?;
    let manifest = pack.manifest();
    let (config, shape, schedule) = (&manifest.network(network)?.config, manifest.image, manifest.schedule);
    let weights = pack.weights(network)?;
    let layers = Layers::new(config)?;

    let (prompt, condition) = meant(&pack, prompt)?;
    let request = Request { count: CHECKED, ..Request::new(condition.clone(), 0) };
    let steps = request.plan(schedule)?;
    let mut numbers = Vec::new();
    for step in &steps {
        numbers.extend(embedding::shifts(config, &layers, &weights, step.time.t, &condition)?);
    }
    for seed in 0..BATCH as u64 {
        let mut picture = vec![0.0; shape.len()];
        noise::fill(seed, 0, &mut picture);
        numbers.extend(picture);
    }
    let mut burn = BurnDenoiser::new(config, &weights, shape)?;
    numbers.extend(sample(&mut burn, &request, schedule, |_| true)?);

    let facts = serde_json::json!({
        "network": network,
        "prompt": prompt,
        "image": shape,
        "prediction": config.prediction,
        "shifts": layers.row(),
        "batch": BATCH,
        "checked": CHECKED,
        "steps": steps.iter().map(|step| [step.time.a, step.time.s, step.x, step.denoised]).collect::<Vec<_>>(),
    });
    fs::create_dir_all(out)?;
    fs::write(out.join("model.onnx"), graph::export(&layers, &weights, shape))?;
    fs::write(out.join("sample.json"), serde_json::to_vec(&facts)?)?;
    fs::write(out.join("sample.f32"), bytemuck::cast_slice(&numbers))?;
    Ok(())
}

/// A prompt, or the first that the pack names, with what it asks for.
fn meant(pack: &Pack, prompt: Option<&str>) -> Result<(String, Condition), Box<dyn Error>> {
    let manifest = pack.manifest();
    let Some(text) = &manifest.text else {
        let first = manifest.prompts.first().map(|prompt| prompt.name.as_str());
        let prompt = prompt.or(first).ok_or("the pack has no prompts")?;
        return Ok((prompt.into(), Condition::Class(understand(&manifest.prompts, prompt)?.index)));
    };
    let prompt = prompt.or(text.examples.first().map(String::as_str)).ok_or("name a prompt")?;
    let vocabulary = Vocabulary::new(pack.words()?, text.styles, text.aliases.clone());
    Ok((prompt.into(), Condition::Words(vocabulary.understand(prompt)?.words)))
}
