// finish(norm(value)), in place: group normalisation (Wu & He 2018) with the biased
// variance over a group's channels and pixels. One workgroup a (picture, group).
#include step
// Scale of every channel, then offset of every channel.
@group(0) @binding(1) var<storage, read> affine: array<f32>;
// Rows of shifts, from this stage's place on; its scales lie behind its shifts.
@group(0) @binding(2) var<storage, read> shifts: array<f32>;
@group(0) @binding(3) var<storage, read> residual: array<f32>;
@group(0) @binding(4) var<storage, read_write> value: array<f32>;

#include total threads=64

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
#include group
    let start = (picture * $(GROUPS)u + group) * $(SIZE)u;
#include moments of=value
    // Everybody has read before anybody writes.
    storageBarrier();
    if (!inside) {
        return;
    }
    let shift = (step.row + picture / step.sharing) * $(ROW)u;
    for (var c = 0u; c < $(CHANNELS_PER_GROUP)u; c++) {
        let channel = group * $(CHANNELS_PER_GROUP)u + c;
        let factor = scale * affine[channel];
        let offset = affine[$(CHANNELS)u + channel];
        for (var pixel = local; pixel < $(AREA)u; pixel += 64u) {
            let at = start + c * $(AREA)u + pixel;
            var result = (value[at] - mean) * factor + offset;
#include finish of=result at=at
            value[at] = result;
        }
    }
}
