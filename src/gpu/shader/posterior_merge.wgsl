// Merges the posteriors of all workers into one, in the flat form of `theory::Partial`: for each pixel
// max, Σw, Σw·log, best, image, place and Σw·y per channel. A workgroup takes NEAR pixels beside each other; for each of them SLICES
// threads share out the workers, and the first one adds up what they found.
struct Question {
    unused: array<vec4u, 2>,
    unused_too: vec2u,
    groups: u32,
    fresh: u32,
}
@group(0) @binding(0) var<uniform> question: Question;
// [groups, FIELDS, H, W].
@group(0) @binding(1) var<storage, read> state: array<f32>;
// [H·W, 6 + C].
@group(0) @binding(2) var<storage, read_write> merged: array<f32>;

const LOWEST = -3.0e38;
// As in posterior.wgsl.
const MARK = 0x40000000u;

var<workgroup> highest: array<f32, $(SLICES * NEAR)>;
// Per slice: Σw, Σw per channel, and with a trace Σw·log; and the best.
var<workgroup> sums: array<f32, $(SLICES * NEAR * 2 + SLICES * NEAR * CHANNELS)>;
var<workgroup> bests: array<u32, $(SLICES * NEAR)>;

@compute @workgroup_size($(SLICES * NEAR))
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    // Beyond the last pixel the last one is taken again.
    let q = min(id.x * $(NEAR)u + local % $(NEAR)u, $(AREA - 1)u);
    let slice = local / $(NEAR)u;
    var reference = LOWEST;
    for (var group = slice; group < question.groups; group += $(SLICES)u) {
        reference = max(reference, state[group * $(FIELDS * AREA)u + q]);
    }
    highest[local] = reference;
    workgroupBarrier();
    for (var other = local % $(NEAR)u; other < $(SLICES * NEAR)u; other += $(NEAR)u) {
        reference = max(reference, highest[other]);
    }

    var sum = 0.0;
    var log = 0.0;
    var best = 0xffffffffu;
#for c in 0..CHANNELS
    var value$(c) = 0.0;
#end
    for (var group = slice; group < question.groups; group += $(SLICES)u) {
        let at = group * $(FIELDS * AREA)u + q;
        let part = state[at + $(AREA)u];
        let shift = max(state[at] - reference, -200.0);
        let factor = select(0.0, exp2(shift), shift > -120.0);
        sum += factor * part;
#for c in 0..CHANNELS
        value$(c) += factor * state[at + $(VALUES * AREA + c * AREA)u];
#end
#if TRACE
        log += factor * (state[at + $(2 * AREA)u] + part * shift);
        let number = bitcast<u32>(state[at + $(3 * AREA)u]) - MARK;
        // On equal logits the earlier image wins, and in it the earlier place.
        if (part > 0.0 && state[at] == reference) {
            best = min(best, number);
        }
#end
    }
    let own = local * $(2 + CHANNELS)u;
    sums[own] = sum;
    sums[own + 1u] = log;
#for c in 0..CHANNELS
    sums[own + $(2 + c)u] = value$(c);
#end
    bests[local] = best;
    workgroupBarrier();
    if (slice != 0u || id.x * $(NEAR)u + local >= $(AREA)u) {
        return;
    }
    for (var other = local + $(NEAR)u; other < $(SLICES * NEAR)u; other += $(NEAR)u) {
        let at = other * $(2 + CHANNELS)u;
        sum += sums[at];
        log += sums[at + 1u];
#for c in 0..CHANNELS
        value$(c) += sums[at + $(2 + c)u];
#end
        best = min(best, bests[other]);
    }
    let to = q * $(6 + CHANNELS)u;
    merged[to] = reference;
    merged[to + 1u] = sum;
    merged[to + 2u] = log;
    merged[to + 3u] = reference;
    merged[to + 4u] = f32(best / $(AREA)u);
    merged[to + 5u] = f32(best % $(AREA)u);
#for c in 0..CHANNELS
    merged[to + $(6 + c)u] = value$(c);
#end
}
