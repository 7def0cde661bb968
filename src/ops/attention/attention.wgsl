// Multi-head self-attention over all pixels (Vaswani et al. 2017, eq. 1). The input holds queries, keys and values
// behind each other in its channels. One workgroup for four queries of a (picture, head), which share what they read.
#include step
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read_write> output: array<f32>;

// A lane a query.
var<workgroup> scores: array<vec4f, $(TOKENS)>;
var<workgroup> parts: array<vec4f, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = id.y * ids.x + id.x;
    // The last workgroups of a split grid may stand beyond the batch; they read picture 0 and write nothing.
    let inside = index < step.pictures * $(HEADS * QUADS)u;
    let first = index % $(QUADS)u * 4u;
    let head = index / $(QUADS)u % $(HEADS)u;
    let picture = select(0u, index / $(QUADS * HEADS)u, inside);
    let queries = (picture * $(3 * CHANNELS)u + head * $(DEPTH)u) * $(TOKENS)u;
    let keys = queries + $(CHANNELS * TOKENS)u;
    let values = keys + $(CHANNELS * TOKENS)u;
#for i in 0..4
    // Queries beyond the last repeat it.
    let token$(i) = min(first + $(i)u, $(TOKENS - 1)u);
#end

    // Scores of this thread's keys, and the highest of them.
    var highest = vec4f(-3.0e38);
    for (var key = local; key < $(TOKENS)u; key += 64u) {
        var score = vec4f();
        for (var c = 0u; c < $(DEPTH)u; c++) {
            let at = queries + c * $(TOKENS)u;
            let query = vec4f(input[at + token0], input[at + token1], input[at + token2], input[at + token3]);
            score += query * input[keys + c * $(TOKENS)u + key];
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
        var sum = vec4f();
        var mixed = vec4f();
        for (var key = 0u; key < $(TOKENS)u; key++) {
            sum += scores[key];
            mixed += scores[key] * input[values + c * $(TOKENS)u + key];
        }
        mixed /= sum;
        let at = (picture * $(CHANNELS)u + head * $(DEPTH)u + c) * $(TOKENS)u + first;
#for i in 0..4
        if (first + $(i)u < $(TOKENS)u) {
            output[at + $(i)u] = mixed[$(i)];
        }
#end
    }
}
