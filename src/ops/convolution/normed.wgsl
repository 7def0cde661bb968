// finish(norm(conv(resample(input) ++ skip) + bias)): group normalisation (Wu & He 2018, epsilon 1e-5) right behind the sums, while
// they are in registers. One workgroup a (picture, group), which so knows the moments of its group; a thread computes ROWS
// pixels below each other in four channels of it, as in conv.wgsl.
#include step
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> skip: array<f32>;
// [block of four output channels][input channel][row of the kernel][column].
@group(0) @binding(3) var<storage, read> weights: array<vec4f>;
// Biases of all blocks, then the normalisation's scales, then its offsets.
@group(0) @binding(4) var<storage, read> affine: array<vec4f>;
// Rows of shifts, from this stage's place on; its scales lie behind its shifts.
@group(0) @binding(5) var<storage, read> shifts: array<f32>;
@group(0) @binding(6) var<storage, read> residual: array<f32>;
@group(0) @binding(7) var<storage, read_write> output: array<f32>;

#include total threads=LANES

fn finish(normed: vec4f, block: u32, at: u32, shift: u32) {
    for (var i = 0u; i < 4u; i++) {
        let channel = block * 4u + i;
        var value = normed[i];
        let place = at + channel * $(HEIGHT * WIDTH)u;
#include finish of=value at=place
        output[place] = value;
    }
}

@compute @workgroup_size($(LANES))
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = id.y * ids.x + id.x;
    // The last workgroups of a split grid may stand beyond the batch; they compute picture 0 and write nothing.
    let inside = index < step.pictures * $(GROUPS)u;
    let picture = select(0u, index / $(GROUPS)u, inside);
    let share = 0u;
    let column = local % $(WIDTH)u;
    let top = local / $(WIDTH)u % $(BANDS)u * $(ROWS)u;
    let block = index % $(GROUPS)u * $(GROUP_BLOCKS)u + local / $(WIDTH * BANDS)u;
#for p in 0..ROWS
    var sum$(p) = affine[block];
#end
#include taps source=input channels=IN_CHANNELS first=0 high=IN_HEIGHT wide=IN_WIDTH double=DOUBLE holes=HOLES
#if SKIP_CHANNELS
#include taps source=skip channels=SKIP_CHANNELS first=IN_CHANNELS high=HEIGHT wide=WIDTH double=0 holes=0
#end
    var own = vec4f();
#for p in 0..ROWS
    own += select(vec4f(), sum$(p), top + $(p)u < $(HEIGHT)u);
#end
    let mean = total(local, dot(own, vec4f(1.0))) / $(GROUP_BLOCKS * 4 * HEIGHT * WIDTH).0;
    var squares = 0.0;
#for p in 0..ROWS
    sum$(p) -= mean;
    squares += select(0.0, dot(sum$(p), sum$(p)), top + $(p)u < $(HEIGHT)u);
#end
    let variance = total(local, squares) / $(GROUP_BLOCKS * 4 * HEIGHT * WIDTH).0;
    if (!inside) {
        return;
    }
    let factor = affine[$(BLOCKS)u + block] * inverseSqrt(variance + 1e-5);
    let offset = affine[$(2 * BLOCKS)u + block];
    let shift = (step.row + picture / step.sharing) * $(ROW)u;
    let at = picture * $(CHANNELS * HEIGHT * WIDTH)u + top * $(WIDTH)u + column;
#for p in 0..ROWS
    if (top + $(p)u < $(HEIGHT)u) {
        finish(sum$(p) * factor + offset, block, at + $(p * WIDTH)u, shift);
    }
#end
}
