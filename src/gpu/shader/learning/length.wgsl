// Squares of the gradient, a sum for each workgroup.
@group(0) @binding(1) var<storage, read> gradient: array<f32>;
@group(0) @binding(2) var<storage, read_write> squares: array<f32>;

#include total threads=64

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    var sum = 0.0;
    for (var i = id.x * 64u + local; i < $(COUNT)u; i += $(64 * GROUPS)u) {
        sum += gradient[i] * gradient[i];
    }
    sum = total(local, sum);
    if (local == 0u) {
        squares[id.x] = sum;
    }
}
