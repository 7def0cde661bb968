// Adds up what all workgroups found, in the flat form of `theory::Composite`, [C, H, W]. A workgroup takes NEAR values beside each other;
// for each of them SLICES threads share out what is to be added.
struct Question {
    unused: array<vec4u, 4>,
    // All bands of all workers.
    parts: u32,
}
@group(0) @binding(0) var<uniform> question: Question;
// [parts, C, H, W].
@group(0) @binding(1) var<storage, read> sums_of_bands: array<f32>;
@group(0) @binding(2) var<storage, read_write> merged: array<f32>;

var<workgroup> sums: array<f32, $(SLICES * NEAR)>;

@compute @workgroup_size($(SLICES * NEAR))
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let n = id.x * $(NEAR)u + local % $(NEAR)u;
    var sum = 0.0;
    if (n < $(CHANNELS * AREA)u) {
        for (var part = local / $(NEAR)u; part < question.parts; part += $(SLICES)u) {
            sum += sums_of_bands[part * $(CHANNELS * AREA)u + n];
        }
    }
    sums[local] = sum;
    workgroupBarrier();
    if (local >= $(NEAR)u || n >= $(CHANNELS * AREA)u) {
        return;
    }
    for (var other = local + $(NEAR)u; other < $(SLICES * NEAR)u; other += $(NEAR)u) {
        sum += sums[other];
    }
    merged[n] = sum;
}
