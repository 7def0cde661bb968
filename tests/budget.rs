//! No manifest that is accepted can make the reader or the network's constructor allocate more than its budget: counted by
//! an allocator of our own, over any config.

use morphogen::cpu::{CpuNetwork, footprint};
use morphogen::denoiser::{Condition, Denoiser, ImageShape};
use morphogen::network::Layers;
use morphogen::network::config::{Architecture, ConditionKind, Modulation, NetworkConfig, Normalisation, Padding};
use morphogen::network::weights::{Array, Weights};
use morphogen::pack::{Budget, Manifest, TestVector, read_weights};
use morphogen::schedule::Schedule;
use proptest::prelude::*;
use safetensors::tensor::{Dtype, TensorView, serialize};
use serde_json::{Value, json};
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

thread_local! {
    /// Bytes that this thread holds, and the most that it held.
    static HELD: Cell<(isize, isize)> = const { Cell::new((0, 0)) };
}

/// The system's allocator, counting.
struct Counting;

fn count(change: isize) {
    // While a thread ends, there is nothing to count in.
    let _ = HELD.try_with(|held| {
        let (now, most) = held.get();
        held.set((now + change, most.max(now + change)));
    });
}

// SAFETY: every call is handed on unchanged to the system's allocator.
#[allow(unsafe_code, reason = "an allocator cannot be written without")]
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// The most bytes that `work` held beyond what was held before it.
fn most_held<T>(work: impl FnOnce() -> T) -> (T, u64) {
    let before = HELD.get().0;
    HELD.set((before, before));
    let result = work();
    (result, (HELD.get().1 - before) as u64)
}

/// Names, headers and the like, whatever the size of the network.
const SMALL: u64 = 1 << 17;

fn configs() -> impl Strategy<Value = (NetworkConfig, ImageShape)> {
    let unet = (prop::collection::vec(1usize..7, 1..4), 0usize..3, 0usize..4).prop_map(|(widths, heads, level)| {
        let widths: Vec<usize> = widths.iter().map(|width| 12 * width).collect();
        let attention_level = (level < widths.len()).then_some(level);
        Architecture::UNet { widths, attention_heads: heads * 2, attention_level }
    });
    let resnet = (1usize..100, 2usize..9).prop_map(|(width, layers)| Architecture::ResNet { width, layers });
    let condition = prop_oneof![
        (1usize..40).prop_map(|count| ConditionKind::Class { count }),
        (1usize..40).prop_map(|size| ConditionKind::Vector { size }),
        (1usize..300, 1usize..40).prop_map(|(count, width)| ConditionKind::Words { count, width }),
    ];
    let options = (0usize..4, 1usize..32, any::<[bool; 4]>(), 1usize..9, 1usize..9);
    (prop_oneof![unet, resnet], condition, options).prop_map(|(architecture, condition, options)| {
        let (kernel, embedding, [grey, circular, grouped, scaled], height, width) = options;
        let grouped = grouped && matches!(architecture, Architecture::UNet { .. });
        let channels = if grey { 1 } else { 3 };
        let config = NetworkConfig {
            channels,
            kernel: 2 * kernel + 1,
            padding: if circular { Padding::Circular } else { Padding::Zeros },
            normalisation: if grouped { Normalisation::Group { groups: 4 } } else { Normalisation::None },
            embedding: 2 * embedding,
            modulation: if scaled { Modulation::ScaleShift } else { Modulation::Shift },
            ..NetworkConfig::new(architecture, condition)
        };
        (config, ImageShape { channels, height: 4 * height, width: 4 * width })
    })
}

/// A manifest of this network and nothing else.
fn manifest(config: &NetworkConfig, image: ImageShape) -> Value {
    let terms = json!({ "licence": "MIT", "attribution": "us" });
    let test = TestVector::new(1, 0.5, None, &vec![0.0; image.len()]);
    let network = json!({ "title": "It", "config": config, "file": "it.safetensors", "guidance": 1.0, "test": test });
    let words = match config.condition {
        ConditionKind::Words { count, .. } => json!({ "words": "words.json", "count": count, "styles": 0 }),
        _ => Value::Null,
    };
    let file = json!({ "bytes": 1, "sha256": "0".repeat(64) });
    json!({
        "format": { "name": "morphogen-pack", "version": 1 }, "name": "it", "title": "It", "version": "1",
        "image": image, "schedule": Schedule::Cosine, "licence": { "data": terms, "weights": terms },
        "networks": { "it": network }, "text": words, "files": { "it.safetensors": file, "words.json": file },
    })
}

/// The file of these weights, whole numbers with scales: the smallest that says as much.
fn file(tensors: &[(String, Vec<usize>)]) -> Vec<u8> {
    let zeros = vec![0; 4 * tensors.iter().map(|(_, shape)| shape.iter().product::<usize>()).max().unwrap_or(0)];
    let mut views = Vec::new();
    for (name, shape) in tensors {
        let (values, rows) = (shape.iter().product::<usize>(), shape[0]);
        if shape.len() > 1 {
            views.push((name.clone(), TensorView::new(Dtype::I8, shape.clone(), &zeros[..values]).unwrap()));
            let scales = TensorView::new(Dtype::F32, vec![rows], &zeros[..4 * rows]).unwrap();
            views.push((format!("{name}.scale"), scales));
        } else {
            views.push((name.clone(), TensorView::new(Dtype::F16, shape.clone(), &zeros[..2 * values]).unwrap()));
        }
    }
    serialize(views, None).unwrap()
}

const BUDGET: Budget = Budget { weights: 1 << 20, values: 1 << 18, memory: 6 << 20, tokens: 400, ..Budget::BROWSER };

proptest! {
    #![proptest_config(ProptestConfig { cases: 150, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn nothing_that_is_accepted_takes_more_than_the_budget((config, image) in configs()) {
        let json = manifest(&config, image).to_string();
        let (parsed, held) = most_held(|| Manifest::parse_within(json.as_bytes(), BUDGET));
        prop_assert!(held <= 32 * json.len() as u64 + SMALL, "reading {} bytes took {held}", json.len());
        let Ok(manifest) = parsed else {
            return Ok(());
        };
        let layers = Layers::new(&config).unwrap();
        let tensors = layers.tensors(&config);
        let bytes = file(&tensors);
        prop_assert!(bytes.len() as u64 <= layers.weight_bytes(&config) + SMALL);
        let (weights, held) = most_held(|| read_weights("it", &bytes, &tensors).unwrap());
        prop_assert!(held <= BUDGET.weights + SMALL, "reading the weights took {held}");
        let x = vec![0.0; image.len()];
        let run = || {
            let mut network = CpuNetwork::new(&config, &weights, manifest.image).unwrap();
            network.denoise(&x, Schedule::Cosine.at(0.5), &[Condition::Null]).unwrap()
        };
        let (_, held) = most_held(run);
        let most = footprint(&config, &layers, image);
        prop_assert!(held <= most + SMALL && most <= BUDGET.memory, "building took {held}, foreseen were {most}");
    }
}

#[test]
fn both_answers_are_met() {
    let zeros = |layers: &Layers, config: &NetworkConfig| -> Weights {
        let tensors = layers.tensors(config).into_iter();
        tensors.map(|(name, shape)| (name, Array { data: vec![0.0; shape.iter().product()], shape })).collect()
    };
    let shape = ImageShape { channels: 1, height: 32, width: 32 };
    for (width, accepted) in [(8, true), (16, true), (2048, false)] {
        let config = NetworkConfig {
            embedding: 4,
            ..NetworkConfig::new(Architecture::ResNet { width, layers: 4 }, ConditionKind::Class { count: 2 })
        };
        let json = manifest(&config, shape).to_string();
        assert_eq!(Manifest::parse_within(json.as_bytes(), BUDGET).is_ok(), accepted, "width {width}");
        if accepted {
            // The count is no guess from far above, either: what is taken is a good part of it.
            let layers = Layers::new(&config).unwrap();
            let weights = zeros(&layers, &config);
            let (_network, held) = most_held(|| CpuNetwork::new(&config, &weights, shape).unwrap());
            assert!(4 * held > footprint(&config, &layers, shape), "width {width}: {held}");
        }
    }
}
