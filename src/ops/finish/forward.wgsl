// residual + activation(sums·(1 + scale) + shift), a thread a value; the sums stay, for the way back.
#include step
@group(0) @binding(1) var<storage, read> sums: array<f32>;
@group(0) @binding(2) var<storage, read> shifts: array<f32>;
@group(0) @binding(3) var<storage, read> residual: array<f32>;
@group(0) @binding(4) var<storage, read_write> output: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let at = (group.y * groups.x + group.x) * 64u + local;
    if (at >= step.pictures * $(SIZE)u) {
        return;
    }
    let channel = at / $(AREA)u % $(CHANNELS)u;
    let shift = at / $(SIZE)u * $(ROW)u + $(START)u;
    var value = sums[at];
#include finish of=value at=at
    output[at] = value;
}
