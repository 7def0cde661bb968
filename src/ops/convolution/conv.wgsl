// finish(conv(resample(input) ++ skip) + bias), each part but the convolution optional.
// A thread computes ROWS pixels below each other in four channels; neighbouring threads take neighbouring columns, so
// that reads and writes of pixels are contiguous and weights are the same for a whole group of threads. Where that gives
// too few threads, SPLIT of them share the input channels and add their sums up through workgroup memory.
#include step
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> skip: array<f32>;
// [block of four output channels][input channel][row of the kernel][column].
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
@group(0) @binding(4) var<storage, read> bias: array<vec4f>;
// Rows of shifts, from this stage's place on; its scales lie behind its shifts.
@group(0) @binding(5) var<storage, read> shifts: array<f32>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> output: array<f32>;

#if SPLIT - 1
var<workgroup> shares: array<vec4f, $(64 * ROWS)>;
#end

fn finish(sum: vec4f, block: u32, row: u32, at: u32, shift: u32) {
    if (row >= $(HEIGHT)u) {
        return;
    }
    let biased = sum + bias[block];
    for (var i = 0u; i < 4u && block * 4u + i < $(CHANNELS)u; i++) {
        let channel = block * 4u + i;
        var value = biased[i];
        let place = at + channel * $(HEIGHT * WIDTH)u;
#include finish of=value at=place
        output[place] = value;
    }
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
#if SPLIT == 1
    let share = 0u;
    let index = (group.y * groups.x + group.x) * 64u + local;
#else
    let share = local / $(LANES)u;
    let lane = local % $(LANES)u;
    let index = (group.y * groups.x + group.x) * $(LANES)u + lane;
#end
    let column = index % $(WIDTH)u;
    let top = index / $(WIDTH)u % $(BANDS)u * $(ROWS)u;
    let picture = index / $(WIDTH * BANDS)u % step.pictures;
    // Threads beyond the last block repeat it, and write nothing.
    let wanted = index / $(WIDTH * BANDS)u / step.pictures;
    let block = min(wanted, $(BLOCKS - 1)u);
#for p in 0..ROWS
    var sum$(p) = vec4f();
#end
#include taps source=input channels=IN_CHANNELS first=0 high=IN_HEIGHT wide=IN_WIDTH double=DOUBLE holes=HOLES
#if SKIP_CHANNELS
#include taps source=skip channels=SKIP_CHANNELS first=IN_CHANNELS high=HEIGHT wide=WIDTH double=0 holes=0
#end
    let shift = (step.row + picture / step.sharing) * $(ROW)u;
    let at = picture * $(CHANNELS * HEIGHT * WIDTH)u + top * $(WIDTH)u + column;
#if SPLIT == 1
    if (wanted < $(BLOCKS)u) {
#for p in 0..ROWS
        finish(sum$(p), block, top + $(p)u, at + $(p * WIDTH)u, shift);
#end
    }
#else
#for p in 0..ROWS
    shares[local + $(64 * p)u] = sum$(p);
#end
    workgroupBarrier();
    // Each share finishes its own rows.
    for (var p = share; p < $(ROWS)u && wanted < $(BLOCKS)u; p += $(SPLIT)u) {
        var sum = vec4f();
        for (var other = 0u; other < $(SPLIT)u; other++) {
            sum += shares[p * 64u + other * $(LANES)u + lane];
        }
        finish(sum, block, top + p, at + p * $(WIDTH)u, shift);
    }
#end
}
