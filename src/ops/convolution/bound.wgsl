// What a convolution of a network has bound, and how its sums end. `finish` takes four channels of a pixel: a value that is complete but
// for what follows.
#include step
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> skip: array<f32>;
// [block of four output channels][input channel][row of the kernel][column].
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
// Biases of all blocks; for a normalisation its scales behind them, then its offsets.
@group(0) @binding(4) var<storage, read> affine: array<vec4f>;
// Rows of shifts, from this stage's place on; its scales lie behind its shifts.
@group(0) @binding(5) var<storage, read> shifts: array<f32>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> output: array<f32>;

fn finish(sums: vec4f, block: u32, row: u32, at: u32, shift: u32) {
    if (row >= $(HEIGHT)u) {
        return;
    }
    for (var i = 0u; i < 4u && block * 4u + i < $(CHANNELS)u; i++) {
        let channel = block * 4u + i;
        var value = sums[i];
        let place = at + channel * $(HEIGHT * WIDTH)u;
#include finish of=value at=place
        output[place] = value;
    }
}
