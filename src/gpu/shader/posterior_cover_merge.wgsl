// Adds up what all workgroups found, in the flat form of `theory::Composite`, [C, H, W]. One thread a value.
struct Question {
    unused: array<vec4u, 2>,
    unused_too: vec2u,
    groups: u32,
    fresh: u32,
}
@group(0) @binding(0) var<uniform> question: Question;
// [groups, BANDS, C, H, W].
@group(0) @binding(1) var<storage, read> sums_of_bands: array<f32>;
@group(0) @binding(2) var<storage, read_write> merged: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let n = id.x;
    if (n >= $(CHANNELS * AREA)u) {
        return;
    }
    var sum = 0.0;
    for (var part = 0u; part < question.groups * $(BANDS)u; part++) {
        sum += sums_of_bands[part * $(CHANNELS * AREA)u + n];
    }
    merged[n] = sum;
}
