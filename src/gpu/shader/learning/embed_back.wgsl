// From the gradient of a picture's row to those of the embedding and of the hidden layer, one workgroup a picture.
@group(0) @binding(1) var<storage, read> weights: array<f32>;
@group(0) @binding(2) var<storage, read> columns: array<f32>;
@group(0) @binding(3) var<storage, read> places: array<u32>;
// As in embed.wgsl; behind the values their gradients: of the embedding, then of the hidden layer.
@group(0) @binding(4) var<storage, read_write> trace: array<f32>;

var<workgroup> below: array<f32, $(WIDTH)>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let start = id.x * $(4 * WIDTH)u;
    let row = id.x * $(COLUMNS)u;
    for (var i = local; i < $(WIDTH)u; i += 64u) {
        var sum = 0.0;
        for (var j = 0u; j < $(SHIFTS)u; j++) {
            sum += weights[$(SHIFT)u + i * $(SHIFTS)u + j] * columns[row + places[j]];
#if SCALES
            sum += weights[$(SCALE)u + i * $(SHIFTS)u + j] * columns[row + places[$(SHIFTS)u + j]];
#end
        }
        below[i] = select(0.0, sum, trace[start + $(WIDTH)u + i] > 0.0);
        trace[start + $(2 * WIDTH)u + i] = below[i];
    }
    workgroupBarrier();
    for (var i = local; i < $(WIDTH)u; i += 64u) {
        var sum = 0.0;
        for (var j = 0u; j < $(WIDTH)u; j++) {
            sum += weights[$(TIME_OUT)u + i * $(WIDTH)u + j] * below[j];
        }
        trace[start + $(3 * WIDTH)u + i] = select(0.0, sum, trace[start + i] > 0.0);
    }
}
