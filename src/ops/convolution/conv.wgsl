// finish(conv(resample(input) ++ skip) + bias), each part but the convolution optional.
// A thread computes ROWS pixels below each other in four channels; neighbouring threads take neighbouring columns, so
// that reads and writes of pixels are contiguous and weights are the same for a whole group of threads. Where that gives
// too few threads, SPLIT of them share the input channels and add their sums up through workgroup memory.
#include bound

#if SPLIT - 1
var<workgroup> shares: array<vec4f, $(64 * ROWS)>;
#end

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
#include sums begin=vec4f()
    let shift = (step.row + picture / step.sharing) * $(ROW)u;
    let at = picture * $(CHANNELS * HEIGHT * WIDTH)u + top * $(WIDTH)u + column;
#if SPLIT == 1
    if (wanted < $(BLOCKS)u) {
#for p in 0..ROWS
        finish(sum$(p) + affine[block], block, top + $(p)u, at + $(p * WIDTH)u, shift);
#end
    }
#else
#for p in 0..ROWS
    shares[local + $(64 * p)u] = sum$(p);
#end
    workgroupBarrier();
    // Each share finishes its own rows.
    for (var p = share; p < $(ROWS)u && wanted < $(BLOCKS)u; p += $(SPLIT)u) {
        var sum = affine[block];
        for (var other = 0u; other < $(SPLIT)u; other++) {
            sum += shares[p * 64u + other * $(LANES)u + lane];
        }
        finish(sum, block, top + p, at + p * $(WIDTH)u, shift);
    }
#end
}
