// The way back through residual + activation(sums·(1 + scale) + shift), one workgroup a (picture, channel): the shares of the
// value's gradient become that of the sums, and summed over pixels those of shift, scale and bias.
#include step
#for i in 0..SHARES
@group(0) @binding($(i + 1)) var<storage, read> share$(i): array<f32>;
#end
#if PLAIN
#else
@group(0) @binding($(AT_SUMS)) var<storage, read> sums: array<f32>;
// Rows of shifts, from the first layer's on.
@group(0) @binding($(AT_ROWS)) var<storage, read> shifts: array<f32>;
#end
#if RESIDUAL
// The gradient of the value, which is that of the residual, too.
@group(0) @binding($(AT_TOTAL)) var<storage, read_write> total: array<f32>;
#end
@group(0) @binding($(AT_SLOPE)) var<storage, read_write> slope: array<f32>;
@group(0) @binding($(AT_COLUMNS)) var<storage, read_write> columns: array<f32>;

// Of shift, scale and bias.
var<workgroup> parts: array<vec3f, 64>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = id.y * ids.x + id.x;
    if (index >= step.pictures * $(CHANNELS)u) {
        return;
    }
    let picture = index / $(CHANNELS)u;
    let channel = index % $(CHANNELS)u;
    var own = vec3f();
#if SHIFTED
    let shift = shifts[picture * $(ROW)u + $(START)u + channel];
#end
#if SCALED
    let scale = 1.0 + shifts[picture * $(ROW)u + $(START + CHANNELS)u + channel];
#end
    for (var pixel = local; pixel < $(AREA)u; pixel += 64u) {
        let at = index * $(AREA)u + pixel;
        var gradient = 0.0;
#for i in 0..SHARES
        gradient += share$(i)[at];
#end
#if RESIDUAL
        total[at] = gradient;
#end
#if PLAIN
#else
        let sum = sums[at];
        var before = sum;
#if SCALED
        before *= scale;
#end
#if SHIFTED
        before += shift;
#end
#if ACTIVATION == 1
        gradient = select(0.0, gradient, before > 0.0);
#end
        own.x += gradient;
        own.y += gradient * sum;
#if SCALED
        gradient *= scale;
#end
#end
        own.z += gradient;
        slope[at] = gradient;
    }
    parts[local] = own;
    workgroupBarrier();
    for (var half = 32u; half > 0u; half /= 2u) {
        if (local < half) {
            parts[local] += parts[local + half];
        }
        workgroupBarrier();
    }
    if (local == 0u) {
        let start = picture * $(COLUMNS)u + channel;
#if SHIFTED
        columns[start + $(START)u] = parts[0].x;
#end
#if SCALED
        columns[start + $(START + CHANNELS)u] = parts[0].y;
#end
        columns[start + $(OWN)u] = parts[0].z;
    }
}
