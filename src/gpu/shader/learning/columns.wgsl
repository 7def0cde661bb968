// Gradients that are sums over the pictures of a batch, of columns from FIRST on.
#include step
@group(0) @binding(1) var<storage, read> columns: array<f32>;
// Which weight each column is of.
@group(0) @binding(2) var<storage, read> weights: array<u32>;
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    if (id.x >= $(COUNT)u || weights[id.x] == 0xffffffffu) {
        return;
    }
    var sum = 0.0;
    for (var picture = 0u; picture < step.pictures; picture++) {
        sum += columns[picture * $(COLUMNS)u + $(FIRST)u + id.x];
    }
    gradient[weights[id.x]] = sum;
}
