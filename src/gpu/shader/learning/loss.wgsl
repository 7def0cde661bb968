// Squared errors, weighed by picture, and how the loss changes with what the network says; one workgroup a picture.
#include step
@group(0) @binding(1) var<storage, read> found: array<f32>;
@group(0) @binding(2) var<storage, read> targets: array<f32>;
// What each picture's error counts, over the values of the whole batch.
@group(0) @binding(3) var<storage, read> factors: array<f32>;
@group(0) @binding(4) var<storage, read_write> share: array<f32>;
@group(0) @binding(5) var<storage, read_write> columns: array<f32>;

#include total threads=64

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let picture = id.x;
    var sum = 0.0;
    for (var i = local; i < $(SIZE)u; i += 64u) {
        let at = picture * $(SIZE)u + i;
        let error = found[at] - targets[at];
        sum += error * error;
        share[at] = 2.0 * factors[picture] * error;
    }
    sum = total(local, sum);
    if (local == 0u) {
        columns[picture * $(COLUMNS)u + $(LOSS)u] = factors[picture] * sum;
    }
}
