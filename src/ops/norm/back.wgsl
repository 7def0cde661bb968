// The way back through group normalisation, one workgroup a (picture, group): with x̂ the normalised value, γ its scale and N
// the values of the group, the gradient of the input is (γ·g − mean(γ·g) − x̂·mean(γ·g·x̂)) / deviation.
#include step
@group(0) @binding(1) var<storage, read> input: array<f32>;
@group(0) @binding(2) var<storage, read> slope: array<f32>;
// All weights of the network; this layer's scales begin at TENSORS.
@group(0) @binding(3) var<storage, read> weights: array<f32>;
@group(0) @binding(4) var<storage, read_write> share: array<f32>;
// What the picture adds to the gradient of the scales, from OWN on.
@group(0) @binding(5) var<storage, read_write> columns: array<f32>;

#include total threads=64

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = id.y * ids.x + id.x;
    if (index >= step.pictures * $(GROUPS)u) {
        return;
    }
    let start = index * $(SIZE)u;
    let group = index % $(GROUPS)u;
#include moments of=input
    // Over the group: γ·g, and γ·g·x̂.
    var first = 0.0;
    var second = 0.0;
    for (var c = 0u; c < $(CHANNELS_PER_GROUP)u; c++) {
        let channel = group * $(CHANNELS_PER_GROUP)u + c;
        var alone = 0.0;
        var product = 0.0;
        for (var pixel = local; pixel < $(AREA)u; pixel += 64u) {
            let at = start + c * $(AREA)u + pixel;
            alone += slope[at];
            product += slope[at] * (input[at] - mean);
        }
        let by_scale = total(local, product) * scale;
        let factor = weights[$(TENSORS)u + channel];
        first += factor * total(local, alone);
        second += factor * by_scale;
        if (local == 0u) {
            columns[index / $(GROUPS)u * $(COLUMNS)u + $(OWN)u + channel] = by_scale;
        }
    }
    first *= scale / $(SIZE).0;
    second *= scale * scale / $(SIZE).0;
    for (var i = local; i < $(SIZE)u; i += 64u) {
        let channel = group * $(CHANNELS_PER_GROUP)u + i / $(AREA)u;
        let own = slope[start + i] * scale * weights[$(TENSORS)u + channel];
        share[start + i] = own - first - (input[start + i] - mean) * second;
    }
}
