// Group normalisation (Wu & He 2018) with the biased variance over a group's channels and pixels, its input left as it is. One
// workgroup a (picture, group).
#include step
@group(0) @binding(1) var<storage, read> input: array<f32>;
// All weights of the network; this layer's scales begin at TENSORS, its offsets lie behind them.
@group(0) @binding(2) var<storage, read> weights: array<f32>;
@group(0) @binding(3) var<storage, read_write> output: array<f32>;

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
    for (var i = local; i < $(SIZE)u; i += 64u) {
        let channel = group * $(CHANNELS_PER_GROUP)u + i / $(AREA)u;
        let factor = scale * weights[$(TENSORS)u + channel];
        output[start + i] = (input[start + i] - mean) * factor + weights[$(TENSORS + CHANNELS)u + channel];
    }
}
