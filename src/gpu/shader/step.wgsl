// One step of the solver, in place: the network's predictions add up to x̂₀, which is clipped, what stays of finished
// pictures is put back, and x moves on. Where LAST is 1, the network's last convolution is computed on the way.
#include step
// The predictions, or what the last convolution reads.
@group(0) @binding(1) var<storage, read> value: array<f32>;
@group(0) @binding(2) var<storage, read> noise: array<f32>;
@group(0) @binding(3) var<storage, read> masks: array<f32>;
@group(0) @binding(4) var<storage, read> kept: array<f32>;
#if LAST
@group(0) @binding(5) var<storage, read> tensors: array<f32>;
#end
@group(0) @binding($(5 + LAST)) var<storage, read_write> x: array<f32>;
@group(0) @binding($(6 + LAST)) var<storage, read_write> denoised: array<f32>;

// What the network predicts of a picture that passes through it, at a place.
fn prediction(picture: u32, within: u32) -> f32 {
#if LAST
    var sum = 0.0;
#include pixel source=value
    return sum;
#else
    return value[picture * $(SIZE)u + within];
#end
}

fn posterior_mean(noisy: f32, predicted: f32) -> f32 {
#if VELOCITY
    return step.a * noisy - step.s * predicted;
#end
#if NOISE
    return (noisy - step.s * predicted) / step.a;
#end
#if CLEAN
    return predicted;
#end
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = (group.y * groups.x + group.x) * 64u + local;
    let length = step.sampled * $(SIZE)u;
    if (index >= length) {
        return;
    }
    let picture = index / $(SIZE)u;
    let within = index % $(SIZE)u;
    let noisy = x[index];
    // The last guess is the one that the terms lead away from; where there is but one, it is the answer.
    let terms = step.pictures / step.sampled - 1u;
    let against = posterior_mean(noisy, prediction(terms * step.sampled + picture, within));
    var mean = against;
    for (var k = 0u; k < terms; k += 1u) {
        let mask = masks[step.planes[k / 4u][k % 4u] * $(AREA)u + within % $(AREA)u];
        let guess = posterior_mean(noisy, prediction(k * step.sampled + picture, within));
        mean += step.weights[k / 4u][k % 4u] * mask * (guess - against);
    }
    mean = clamp(mean, -step.limit, step.limit);
    // The mask of what stays lies behind those of the terms.
    var share = 0.0;
    if (step.keep != 0u) {
        share = masks[$(KEEP)u * $(AREA)u + within % $(AREA)u];
    }
    if (share == 1.0) {
        mean = kept[index];
    } else if (share != 0.0) {
        mean = share * kept[index] + (1.0 - share) * mean;
    }
    var next = step.x * noisy + step.denoised * mean + step.previous * denoised[index];
    if (step.noise != 0.0) {
        next += step.noise * noise[step.noise_start + index];
    }
    if (share == 1.0 && step.next == 0u) {
        next = kept[index];
    }
    denoised[index] = mean;
    x[index] = next;
    for (var copy = 1u; copy * step.sampled < step.next; copy += 1u) {
        x[copy * length + index] = next;
    }
}
