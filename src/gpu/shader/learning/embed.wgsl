// Rows of shifts (then scales): relu(relu(time·W₁ + b₁)·W₂ + b₂ + condition·W₃)·W₄, one workgroup a picture. Linear maps are
// [in, out]; where each begins among the weights is a name.
@group(0) @binding(1) var<storage, read> weights: array<f32>;
// Of each picture: its time's sinusoids, then its condition.
@group(0) @binding(2) var<storage, read> inputs: array<f32>;
// Where each shift (then scale) lies in a row.
@group(0) @binding(3) var<storage, read> places: array<u32>;
// Of each picture: the hidden layer, the embedding, and behind them room for their gradients.
@group(0) @binding(4) var<storage, read_write> trace: array<f32>;
@group(0) @binding(5) var<storage, read_write> rows: array<f32>;

var<workgroup> hidden: array<f32, $(WIDTH)>;
var<workgroup> embedding: array<f32, $(WIDTH)>;

@compute @workgroup_size(64)
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let input = id.x * $(WIDTH + CONDITIONS)u;
    for (var j = local; j < $(WIDTH)u; j += 64u) {
        var sum = weights[$(TIME_IN + WIDTH * WIDTH)u + j];
        for (var i = 0u; i < $(WIDTH)u; i++) {
            sum += inputs[input + i] * weights[$(TIME_IN)u + i * $(WIDTH)u + j];
        }
        hidden[j] = max(sum, 0.0);
        trace[id.x * $(4 * WIDTH)u + j] = max(sum, 0.0);
    }
    workgroupBarrier();
    for (var j = local; j < $(WIDTH)u; j += 64u) {
        var sum = weights[$(TIME_OUT + WIDTH * WIDTH)u + j];
        for (var i = 0u; i < $(WIDTH)u; i++) {
            sum += hidden[i] * weights[$(TIME_OUT)u + i * $(WIDTH)u + j];
        }
        for (var i = 0u; i < $(CONDITIONS)u; i++) {
            sum += inputs[input + $(WIDTH)u + i] * weights[$(CONDITION)u + i * $(WIDTH)u + j];
        }
        embedding[j] = max(sum, 0.0);
        trace[id.x * $(4 * WIDTH)u + $(WIDTH)u + j] = max(sum, 0.0);
    }
    workgroupBarrier();
    for (var j = local; j < $(SHIFTS)u; j += 64u) {
        var shift = 0.0;
        for (var i = 0u; i < $(WIDTH)u; i++) {
            shift += embedding[i] * weights[$(SHIFT)u + i * $(SHIFTS)u + j];
        }
        rows[id.x * $(ROW)u + places[j]] = shift;
#if SCALES
        var scale = 0.0;
        for (var i = 0u; i < $(WIDTH)u; i++) {
            scale += embedding[i] * weights[$(SCALE)u + i * $(SHIFTS)u + j];
        }
        rows[id.x * $(ROW)u + places[$(SHIFTS)u + j]] = scale;
#end
    }
}
