// What is done with a gradient (learn::adam): clipped to a total norm, it moves the weights by Adam, and their running average
// follows. Where loss or norm are no longer numbers, all stays as it was. What happened is reported.
struct Rates {
    // The step's own learning rate, the average's decay, and what the two moments are multiplied by, since they began at 0.
    rate: f32,
    decay: f32,
    first: f32,
    second: f32,
    // The longest that a gradient may be.
    clip: f32,
    pictures: u32,
    // Where the report goes.
    slot: u32,
}
@group(0) @binding(0) var<uniform> rates: Rates;
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read> lengths: array<f32>;
@group(0) @binding(3) var<storage, read> columns: array<f32>;
@group(0) @binding(4) var<storage, read_write> weights: array<f32>;
@group(0) @binding(5) var<storage, read_write> average: array<f32>;
@group(0) @binding(6) var<storage, read_write> means: array<f32>;
@group(0) @binding(7) var<storage, read_write> squares: array<f32>;
@group(0) @binding(8) var<storage, read_write> reports: array<vec2f>;

// Whether it is neither infinite nor no number; by its bits, since compilers may take either for granted.
fn finite(value: f32) -> bool {
    return (bitcast<u32>(value) & 0x7f800000u) != 0x7f800000u;
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let at = (group.y * groups.x + group.x) * 64u + local;
    var length = 0.0;
    for (var i = 0u; i < $(GROUPS)u; i++) {
        length += lengths[i];
    }
    length = sqrt(length);
    var loss = 0.0;
    for (var picture = 0u; picture < rates.pictures; picture++) {
        loss += columns[picture * $(COLUMNS)u + $(LOSS)u];
    }
    if (at == 0u) {
        reports[rates.slot] = vec2f(loss, length);
    }
    if (at >= $(COUNT)u || !finite(length) || !finite(loss)) {
        return;
    }
    let own = gradient[at] * min(1.0, rates.clip / max(length, 1e-30));
    means[at] = 0.9 * means[at] + 0.1 * own;
    squares[at] = 0.99 * squares[at] + 0.01 * own * own;
    weights[at] -= rates.rate * (means[at] * rates.first) / (sqrt(squares[at] * rates.second) + 1e-8);
    average[at] = rates.decay * average[at] + (1.0 - rates.decay) * weights[at];
}
