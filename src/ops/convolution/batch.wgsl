// As conv.wgsl, for many pictures: fed from the workgroup's memory. Columns stand in one row over all bands of all pictures, so that
// workgroups are full whatever the width; PARTS of them beside each other have all channels of their columns.
#include fed

@compute @workgroup_size($(THREADS))
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = id.y * ids.x + id.x;
    let start = index / $(PARTS)u * $(LANES)u;
    let part = index % $(PARTS)u * $(TEAMS * VECTORS)u;
#include fed_sums
    let picture = (start + lane) / $(WIDTH * BANDS)u;
    let shift = (step.row + picture / step.sharing) * $(ROW)u;
    let at = picture * $(CHANNELS * HEIGHT * WIDTH)u + top * $(WIDTH)u + column;
#for v in 0..VECTORS
#for p in 0..ROWS
    // Each share finishes its own rows.
    if (picture < step.pictures && block$(v) < $(BLOCKS)u && share == $(p)u % $(SPLIT)u) {
        finish(sum$(v)_$(p) + affine[block$(v)], block$(v), top + $(p)u, at + $(p * WIDTH)u, shift);
    }
#end
#end
}
