// Merges the posteriors of all workgroups into one, in the flat form of `theory::Partial`: for each pixel
// max, Σw, Σw·log, best, image, place and Σw·y per channel. One thread a pixel.
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

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let q = id.x;
    if (q >= $(AREA)u) {
        return;
    }
    var reference = LOWEST;
    for (var group = 0u; group < question.groups; group++) {
        reference = max(reference, state[group * $(FIELDS * AREA)u + q]);
    }
    var sum = 0.0;
    var log = 0.0;
    var best = 0xffffffffu;
#for c in 0..CHANNELS
    var value$(c) = 0.0;
#end
    for (var group = 0u; group < question.groups; group++) {
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
