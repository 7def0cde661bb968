// As normed.wgsl, for many pictures: fed from the workgroup's memory. Its columns are all of a picture, its pieces all of a group.
#include fed
#include total threads=THREADS

@compute @workgroup_size($(THREADS))
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
#include group
    let start = picture * $(LANES)u;
    let part = group * $(GROUP_BLOCKS)u;
#include fed_sums
    // Each share has its own rows.
    var own = vec4f();
#for v in 0..VECTORS
#for p in 0..ROWS
    let mine$(v)_$(p) = share == $(p)u % $(SPLIT)u && top + $(p)u < $(HEIGHT)u;
    sum$(v)_$(p) += affine[block$(v)];
    own += select(vec4f(), sum$(v)_$(p), mine$(v)_$(p));
#end
#end
    let mean = total(local, dot(own, vec4f(1.0))) / $(GROUP_BLOCKS * 4 * HEIGHT * WIDTH).0;
    var squares = 0.0;
#for v in 0..VECTORS
#for p in 0..ROWS
    sum$(v)_$(p) -= mean;
    squares += select(0.0, dot(sum$(v)_$(p), sum$(v)_$(p)), mine$(v)_$(p));
#end
#end
    let variance = total(local, squares) / $(GROUP_BLOCKS * 4 * HEIGHT * WIDTH).0;
    let shift = (step.row + picture / step.sharing) * $(ROW)u;
    let at = picture * $(CHANNELS * HEIGHT * WIDTH)u + top * $(WIDTH)u + column;
#for v in 0..VECTORS
    let factor$(v) = affine[$(BLOCKS)u + block$(v)] * inverseSqrt(variance + 1e-5);
    let offset$(v) = affine[$(2 * BLOCKS)u + block$(v)];
#for p in 0..ROWS
    if (inside && mine$(v)_$(p)) {
        finish(sum$(v)_$(p) * factor$(v) + offset$(v), block$(v), top + $(p)u, at + $(p * WIDTH)u, shift);
    }
#end
#end
}
