// The gradients of the embedding's tensors, a thread a weight: products of what went in with the gradient of what came out, summed
// over the batch. A bias is a row more, behind its weights.
#include step
@group(0) @binding(1) var<storage, read> inputs: array<f32>;
@group(0) @binding(2) var<storage, read> trace: array<f32>;
@group(0) @binding(3) var<storage, read> columns: array<f32>;
@group(0) @binding(4) var<storage, read> places: array<u32>;
@group(0) @binding(5) var<storage, read_write> gradient: array<f32>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    var at = (group.y * groups.x + group.x) * 64u + local;
    var sum = 0.0;
    if (at < $(WIDTH * WIDTH + WIDTH)u) {
        for (var b = 0u; b < step.pictures; b++) {
            let below = trace[b * $(4 * WIDTH)u + $(3 * WIDTH)u + at % $(WIDTH)u];
            let bias = at / $(WIDTH)u == $(WIDTH)u;
            sum += below * select(inputs[b * $(WIDTH + CONDITIONS)u + at / $(WIDTH)u], 1.0, bias);
        }
        gradient[$(TIME_IN)u + at] = sum;
        return;
    }
    at -= $(WIDTH * WIDTH + WIDTH)u;
    if (at < $(WIDTH * WIDTH + WIDTH)u) {
        for (var b = 0u; b < step.pictures; b++) {
            let below = trace[b * $(4 * WIDTH)u + $(2 * WIDTH)u + at % $(WIDTH)u];
            let bias = at / $(WIDTH)u == $(WIDTH)u;
            sum += below * select(trace[b * $(4 * WIDTH)u + at / $(WIDTH)u], 1.0, bias);
        }
        gradient[$(TIME_OUT)u + at] = sum;
        return;
    }
    at -= $(WIDTH * WIDTH + WIDTH)u;
    if (at < $(CONDITIONS * WIDTH)u) {
        for (var b = 0u; b < step.pictures; b++) {
            let below = trace[b * $(4 * WIDTH)u + $(2 * WIDTH)u + at % $(WIDTH)u];
            sum += below * inputs[b * $(WIDTH + CONDITIONS)u + $(WIDTH)u + at / $(WIDTH)u];
        }
        gradient[$(CONDITION)u + at] = sum;
        return;
    }
    at -= $(CONDITIONS * WIDTH)u;
    if (at >= $(WIDTH * SHIFTS + WIDTH * SHIFTS * SCALES)u) {
        return;
    }
    // Shifts, then scales.
    let part = at / $(WIDTH * SHIFTS)u;
    at %= $(WIDTH * SHIFTS)u;
    let place = places[part * $(SHIFTS)u + at % $(SHIFTS)u];
    for (var b = 0u; b < step.pictures; b++) {
        sum += trace[b * $(4 * WIDTH)u + $(WIDTH)u + at / $(SHIFTS)u] * columns[b * $(COLUMNS)u + place];
    }
    gradient[select($(SHIFT)u, $(SCALE)u, part == 1u) + at] = sum;
}
