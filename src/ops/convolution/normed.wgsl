// finish(norm(conv(resample(input) ++ skip) + bias)): group normalisation (Wu & He 2018, epsilon 1e-5) right behind the sums, while
// they are in registers. One workgroup a (picture, group), which so knows the moments of its group; a thread computes ROWS
// pixels below each other in four channels of it, as in conv.wgsl.
#include bound
#include total threads=LANES

@compute @workgroup_size($(LANES))
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
#include group
    let share = 0u;
    let column = local % $(WIDTH)u;
    let top = local / $(WIDTH)u % $(BANDS)u * $(ROWS)u;
    let block = group * $(GROUP_BLOCKS)u + local / $(WIDTH * BANDS)u;
#include sums begin=affine[block]
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
    finish(sum$(p) * factor + offset, block, top + $(p)u, at + $(p * WIDTH)u, shift);
#end
}
