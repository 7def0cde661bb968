//! What a network takes in memory here, before any of it is allocated.

use super::convolution::WIDE;
use super::plane::LANES;
use crate::denoiser::ImageShape;
use crate::network::NetworkConfig;
use crate::network::layers::{Conv, Layers, Op, Resample};
use crate::network::memory::product;

/// Bytes that [`super::CpuNetwork`] takes at most for pictures of `shape`, built and at work, beside the weights that it is
/// built from: its weights packed, every value (they are kept between calls, none is let go), and what is on the way
/// within a layer. `layers` are those of `config`.
pub fn footprint(config: &NetworkConfig, layers: &Layers, shape: ImageShape) -> u64 {
    let border = config.kernel / 2 * 2;
    let shapes = layers.shapes(shape);
    let plane = |s: &ImageShape| product(&[4, lanes(s.channels), s.height + border, s.width + border]);
    let planes = shapes.iter().map(plane).fold(0, u64::saturating_add);
    let (mut packed, mut way) = (0u64, 0u64);
    for (layer, shape) in layers.list.iter().zip(&shapes[1..]) {
        match &layer.op {
            Op::Conv(conv) => {
                packed = packed.saturating_add(weights(conv));
                way = way.max(packing(conv)).max(products(conv));
            }
            Op::Attention(_) => way = way.max(scores(shape)),
        }
    }
    // The embedding's tensors are copied.
    [layers.weight_bytes(config), planes, packed, way].into_iter().fold(0, u64::saturating_add)
}

/// Channels filled up to whole vectors.
fn lanes(channels: usize) -> usize {
    channels.next_multiple_of(LANES)
}

/// Bytes of a convolution's weights, packed: tap by tap, where a doubled input has a smaller kernel for each of four
/// parities, or as the 36 products of Winograd's larger tile.
fn weights(conv: &Conv) -> u64 {
    let side = match (conv.kernel, conv.resample) {
        (3, Resample::Keep | Resample::Double) => 6,
        (kernel, Resample::Double) => 2 * kernel,
        (kernel, _) => kernel,
    };
    let inputs = lanes(conv.input_channels) + lanes(conv.skip_channels);
    product(&[4, conv.channels.next_multiple_of(WIDE * LANES), inputs, side, side])
}

/// Bytes while it is packed: a list that has grown to at most twice its length, beside the result.
fn packing(conv: &Conv) -> u64 {
    weights(conv).saturating_mul(2)
}

/// Bytes of Winograd's inputs and products, 36 for a tile: of 24 tiles at once, with room to grow.
fn products(conv: &Conv) -> u64 {
    let inputs = lanes(conv.input_channels) + lanes(conv.skip_channels) + WIDE * LANES;
    product(&[2, 4, 36, 25, inputs])
}

/// Bytes of an attention over values of `shape`: scores and their copy, queries, blocks of keys and values, results.
fn scores(shape: &ImageShape) -> u64 {
    let tokens = shape.height * shape.width;
    product(&[3, 4, tokens, tokens]).saturating_add(product(&[8, 4, tokens, lanes(shape.channels) + WIDE * LANES]))
}
