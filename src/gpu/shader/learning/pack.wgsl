// Weights in the order in which other stages read them: every number is the sum of up to four.
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read> sources: array<vec4u>;
@group(0) @binding(3) var<storage, read_write> packed: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let at = (group.y * groups.x + group.x) * 64u + local;
    if (at >= $(COUNT)u) {
        return;
    }
    let source = sources[at];
    var sum = 0.0;
    for (var i = 0u; i < 4u; i++) {
        if (source[i] != 0xffffffffu) {
            sum += weights[source[i]];
        }
    }
    packed[at] = sum;
}
