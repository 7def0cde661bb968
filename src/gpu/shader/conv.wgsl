// residual + relu(conv(resample(input) ++ skip) + bias + shift), each part but the convolution optional.
// A thread computes ROWS pixels below each other in VECTORS·4 channels; neighbouring threads take neighbouring columns,
// so that reads and writes of pixels are contiguous and weights are the same for a whole group of threads.
#include step
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> skip: array<f32>;
// [block of channels][input channel][row of the kernel][column][VECTORS] of four output channels.
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
@group(0) @binding(5) var<storage, read> shifts: array<f32>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> output: array<f32>;

fn finish(sum: f32, channel: u32, at: u32, shift: u32) {
    if (channel >= $(CHANNELS)u) {
        return;
    }
    var value = sum;
#if SHIFTED
    value += shifts[shift + channel];
#end
#if RELU
    value = max(value, 0.0);
#end
#if RESIDUAL
    value += residual[at + channel * $(HEIGHT * WIDTH)u];
#end
    output[at + channel * $(HEIGHT * WIDTH)u] = value;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = (group.y * groups.x + group.x) * 64u + local;
    let column = index % $(WIDTH)u;
    let top = index / $(WIDTH)u % $(BANDS)u * $(ROWS)u;
    let picture = index / $(WIDTH * BANDS)u % step.pictures;
    let block = index / $(WIDTH * BANDS)u / step.pictures;
    if (block >= $(BLOCKS)u) {
        return;
    }
#for v in 0..VECTORS
#for p in 0..ROWS
    var sum$(p)_$(v) = bias[block * $(VECTORS)u + $(v)u];
#end
#end
#include taps source=input channels=IN_CHANNELS first=0 high=IN_HEIGHT wide=IN_WIDTH double=DOUBLE
#if SKIP_CHANNELS
#include taps source=skip channels=SKIP_CHANNELS first=IN_CHANNELS high=HEIGHT wide=WIDTH double=0
#end
    let shift = (step.row + picture / step.sharing) * $(SHIFTS)u + $(SHIFT)u;
#for p in 0..ROWS
    if (top + $(p)u < $(HEIGHT)u) {
        let at = picture * $(CHANNELS * HEIGHT * WIDTH)u + (top + $(p)u) * $(WIDTH)u + column;
        let channel = block * $(VECTORS * 4)u;
#for v in 0..VECTORS
        finish(sum$(p)_$(v).x, channel + $(v * 4)u, at, shift);
        finish(sum$(p)_$(v).y, channel + $(v * 4 + 1)u, at, shift);
        finish(sum$(p)_$(v).z, channel + $(v * 4 + 2)u, at, shift);
        finish(sum$(p)_$(v).w, channel + $(v * 4 + 3)u, at, shift);
#end
    }
#end
}
