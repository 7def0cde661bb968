// Multi-head self-attention over all pixels (Vaswani et al. 2017, eq. 1). The input holds queries, keys and values
// behind each other in its channels. One workgroup a (picture, head, query).
#include step
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

var<workgroup> scores: array<f32, $(TOKENS)>;
var<workgroup> parts: array<f32, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = id.y * ids.x + id.x;
    let inside = index < step.pictures * $(HEADS * TOKENS)u;
    let token = index % $(TOKENS)u;
    let head = index / $(TOKENS)u % $(HEADS)u;
    let picture = select(0u, index / $(TOKENS * HEADS)u, inside);
    let queries = (picture * $(3 * CHANNELS)u + head * $(DEPTH)u) * $(TOKENS)u;
    let keys = queries + $(CHANNELS * TOKENS)u;
    let values = keys + $(CHANNELS * TOKENS)u;

    // Scores of this thread's keys, and the highest of them.
    var highest = -3.0e38;
    for (var key = local; key < $(TOKENS)u; key += 64u) {
        var score = 0.0;
        for (var c = 0u; c < $(DEPTH)u; c++) {
            score += input[queries + c * $(TOKENS)u + token] * input[keys + c * $(TOKENS)u + key];
        }
        score *= inverseSqrt($(DEPTH).0);
        scores[key] = score;
        highest = max(highest, score);
    }
    parts[local] = highest;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (local < half) {
            parts[local] = max(parts[local], parts[local + half]);
        }
        workgroupBarrier();
    }
    highest = parts[0];
    for (var key = local; key < $(TOKENS)u; key += 64u) {
        scores[key] = exp(scores[key] - highest);
    }
    workgroupBarrier();
    if (!inside) {
        return;
    }
    // Each thread mixes its own channels.
    for (var c = local; c < $(DEPTH)u; c += 64u) {
        var sum = 0.0;
        var mixed = 0.0;
        for (var key = 0u; key < $(TOKENS)u; key++) {
            sum += scores[key];
            mixed += scores[key] * input[values + c * $(TOKENS)u + key];
        }
        output[(picture * $(CHANNELS)u + head * $(DEPTH)u + c) * $(TOKENS)u + token] = mixed / sum;
    }
}
