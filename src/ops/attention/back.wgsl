// The way back through self-attention, one workgroup a (picture, head), query after query. With P the shares of the softmax and g
// the gradient of what it mixed: S = P ∘ (g·V − Σ P ∘ (g·V)), and values gain P·g, keys S·q, the query Σ S·K, the last two scaled
// as the scores are. P is found again: it is larger than what it is made of.
#include step
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> slope: array<f32>;
@group(0) @binding(3) var<storage, read_write> share: array<f32>;

var<workgroup> shares: array<f32, $(TOKENS)>;
var<workgroup> slopes: array<f32, $(TOKENS)>;

#include total threads=64

var<workgroup> peaks: array<f32, 64>;

// The highest over all threads; every thread gets it.
fn highest(local: u32, own: f32) -> f32 {
    peaks[local] = own;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (local < half) {
            peaks[local] = max(peaks[local], peaks[local + half]);
        }
        workgroupBarrier();
    }
    let peak = peaks[0];
    workgroupBarrier();
    return peak;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = id.y * ids.x + id.x;
    if (index >= step.pictures * $(HEADS)u) {
        return;
    }
    let head = index % $(HEADS)u;
    let picture = index / $(HEADS)u;
    let queries = (picture * $(3 * CHANNELS)u + head * $(DEPTH)u) * $(TOKENS)u;
    let keys = queries + $(CHANNELS * TOKENS)u;
    let values = keys + $(CHANNELS * TOKENS)u;
    let above = (picture * $(CHANNELS)u + head * $(DEPTH)u) * $(TOKENS)u;
    let scale = inverseSqrt($(DEPTH).0);
    // A thread has keys of its own, which it alone writes.
    for (var key = local; key < $(TOKENS)u; key += 64u) {
        for (var c = 0u; c < $(DEPTH)u; c++) {
            share[keys + c * $(TOKENS)u + key] = 0.0;
            share[values + c * $(TOKENS)u + key] = 0.0;
        }
    }
    for (var token = 0u; token < $(TOKENS)u; token++) {
        var peak = -3.0e38;
        for (var key = local; key < $(TOKENS)u; key += 64u) {
            var score = 0.0;
            var product = 0.0;
            for (var c = 0u; c < $(DEPTH)u; c++) {
                let at = c * $(TOKENS)u;
                score += input[queries + at + token] * input[keys + at + key];
                product += slope[above + at + token] * input[values + at + key];
            }
            shares[key] = score * scale;
            slopes[key] = product;
            peak = max(peak, score * scale);
        }
        peak = highest(local, peak);
        var sum = 0.0;
        for (var key = local; key < $(TOKENS)u; key += 64u) {
            shares[key] = exp(shares[key] - peak);
            sum += shares[key];
        }
        sum = total(local, sum);
        var mean = 0.0;
        for (var key = local; key < $(TOKENS)u; key += 64u) {
            shares[key] /= sum;
            mean += shares[key] * slopes[key];
        }
        mean = total(local, mean);
        for (var key = local; key < $(TOKENS)u; key += 64u) {
            let own = scale * shares[key] * (slopes[key] - mean);
            for (var c = 0u; c < $(DEPTH)u; c++) {
                let at = c * $(TOKENS)u;
                share[values + at + key] += shares[key] * slope[above + at + token];
                share[keys + at + key] += own * input[queries + at + token];
            }
            slopes[key] = own;
        }
        workgroupBarrier();
        for (var c = local; c < $(DEPTH)u; c += 64u) {
            var query = 0.0;
            for (var key = 0u; key < $(TOKENS)u; key++) {
                query += slopes[key] * input[keys + c * $(TOKENS)u + key];
            }
            share[queries + c * $(TOKENS)u + token] = query;
        }
        workgroupBarrier();
    }
}
