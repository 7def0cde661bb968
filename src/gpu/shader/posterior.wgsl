// The patch posterior of one noisy picture (Kamb & Ganguli 2025, eq. 8 to 12). A workgroup takes one item at a time:
// LANES training images and one displacement d = p − q. It makes the map of squared differences
// E(q) = Σ_c (x(q) − a y(q+d))² − C s² in workgroup memory, sums it over windows down and then along the rows, and feeds
// every sum to the streaming softmax of its query pixel, whose sums lie in the workgroup's own part of `state`. So the
// work may be cut into dispatches of any length.
//
// Windows are put together from sums of 1, 2, 4, 8… neighbours, which all cells make at once: a handful of steps for any
// window. Nothing is ever taken away from a sum, since at small t the rounding of large sums would drown the small ones.
struct Question {
    a: f32,
    // −log₂e / (2 s²): makes logits of squared distances.
    logit: f32,
    // −C s².
    centre: f32,
    // Number of the first image bound here, and how many there are.
    first: u32,
    images: u32,
    // Runs of pixels that share a displacement, along each axis; every pair of them is a rectangle.
    rows: u32,
    columns: u32,
    // In round i, workgroup w of `groups` takes item i·groups + w.
    items: u32,
    start: u32,
    until: u32,
    groups: u32,
    fresh: u32,
}
@group(0) @binding(0) var<uniform> question: Question;
// [C, H, W].
@group(0) @binding(1) var<storage, read> x: array<f32>;
// (first pixel of x, first of y, cells, windows), (cells that a window sees after its own, before it, offset of the pixel
// that a window belongs to, 0); the rows' runs, then the columns'.
@group(0) @binding(2) var<storage, read> runs: array<vec4u>;
#if LANES == 4
alias Lanes = vec4f;
#end
#if LANES == 2
alias Lanes = vec2f;
#end
#if LANES == 1
alias Lanes = f32;
#end
// [⌈N/LANES⌉, C, H, W].
@group(0) @binding(3) var<storage, read> y: array<Lanes>;
// [groups, FIELDS, H, W].
@group(0) @binding(4) var<storage, read_write> state: array<f32>;

// Weights below 2^CUT of the largest are skipped.
const CUT = -36.0;
// The reference logit moves only when it is passed by this power of two.
const GROW = 20.0;
// Stands for −∞, which a GPU need not know.
const LOWEST = -3.0e38;
const MISSING = -1.0e30;

var<workgroup> map: array<Lanes, $(AREA)>;

// Row and column of a cell. There are too few of them for this division to round wrongly.
fn place_of(index: u32, wide: u32) -> vec2u {
    let row = u32((f32(index) + 0.5) / f32(wide));
    return vec2u(row, index - row * wide);
}

// A pixel of a picture; rows and columns wrap around.
fn pixel(row: u32, column: u32) -> u32 {
    return row % $(HEIGHT)u * $(WIDTH)u + column % $(WIDTH)u;
}

// A cell; beyond the edge of a map of `high` × `wide` there is nothing, or on a ring the other side.
fn cell(place: vec2u, high: u32, wide: u32) -> Lanes {
#if CIRCULAR
    let size = vec2u(high, wide);
    let wrapped = select(place, place - size, place >= size);
    return map[min(wrapped.x * wide + wrapped.y, $(AREA - 1)u)];
#else
    let inside = place.x < high && place.y < wide;
    return select(Lanes(), map[min(place.x * wide + place.y, $(AREA - 1)u)], inside);
#end
}

fn total(v: Lanes) -> f32 {
#if LANES == 1
    return v;
#else
    return dot(v, Lanes(1.0));
#end
}

fn highest(v: Lanes) -> f32 {
#if LANES == 4
    return max(max(v.x, v.y), max(v.z, v.w));
#end
#if LANES == 2
    return max(v.x, v.y);
#end
#if LANES == 1
    return v;
#end
}

// Takes the distances of training pixel p in the images of `group` into the softmax of query pixel q.
fn soften(distance: Lanes, bias: Lanes, group: u32, p: u32, q: u32, workgroup: u32) {
    let at = workgroup * $(FIELDS * AREA)u + q;
    let logits = distance * question.logit + bias;
    var reference = state[at];
    var top = highest(logits - reference);
    if (!(top > CUT)) {
        return;
    }
    var sum = state[at + $(AREA)u];
#for c in 0..CHANNELS
    var value$(c) = state[at + $(VALUES * AREA + c * AREA)u];
#end
#if TRACE
    var log = state[at + $(2 * AREA)u];
#end
    if (top > GROW) {
        let raised = highest(logits);
        let shift = max(reference - raised, -200.0);
        // A factor that vanished takes everything with it.
        let factor = select(0.0, exp2(shift), shift > -120.0);
#if TRACE
        log = factor * (log + sum * shift);
#end
        sum *= factor;
#for c in 0..CHANNELS
        value$(c) *= factor;
#end
        reference = raised;
    }
    let relative = max(logits - reference, Lanes(-150.0));
    let weights = exp2(relative);
    sum += total(weights);
    let pixel = group * $(CHANNELS * AREA)u + p;
#for c in 0..CHANNELS
    value$(c) += total(weights * y[pixel + $(c * AREA)u]);
    state[at + $(VALUES * AREA + c * AREA)u] = value$(c);
#end
    state[at] = reference;
    state[at + $(AREA)u] = sum;
#if TRACE
    state[at + $(2 * AREA)u] = log + total(weights * max(relative, Lanes(2.0 * CUT)));
    let best = state[at + $(3 * AREA)u];
    let candidate = highest(logits);
    if (candidate < best) {
        return;
    }
    var lane = 0u;
#if LANES - 1
    for (var other = $(LANES - 1)u; other > 0u; other--) {
        lane = select(lane, other, logits[other] == candidate);
    }
    lane = select(lane, 0u, logits[0] == candidate);
#end
    let image = f32(question.first + group * $(LANES)u + lane);
    let named = state[at + $(4 * AREA)u];
    // On equal logits the earlier image wins, and in it the earlier place.
    let earlier = image < named || (image == named && f32(p) < state[at + $(5 * AREA)u]);
    if (candidate > best || earlier) {
        state[at + $(3 * AREA)u] = candidate;
        state[at + $(4 * AREA)u] = image;
        state[at + $(5 * AREA)u] = f32(p);
    }
#end
}

@compute @workgroup_size($(THREADS))
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let workgroup = id.x;
    if (question.fresh == 1u) {
        for (var i = local; i < $(FIELDS * AREA)u; i += $(THREADS)u) {
            let lowest = i < $(AREA)u || ($(TRACE)u == 1u && i / $(AREA)u == 3u);
            state[workgroup * $(FIELDS * AREA)u + i] = select(0.0, LOWEST, lowest);
        }
    }
    for (var round = question.start; round < question.until; round++) {
        let item = round * question.groups + workgroup;
        if (item >= question.items) {
            break;
        }
        let down_run = item / question.columns % question.rows;
        let across_run = question.rows + item % question.columns;
        let group = item / (question.columns * question.rows);
        let down = runs[2u * down_run];
        let across = runs[2u * across_run];
        let down_window = runs[2u * down_run + 1u];
        let across_window = runs[2u * across_run + 1u];
        let high = down.z;
        let wide = across.z;
        // Lanes beyond the last image weigh nothing.
        var bias = Lanes();
#if LANES - 1
#for l in 0..LANES
        bias[$(l)] = select(0.0, MISSING, group * $(LANES)u + $(l)u >= question.images);
#end
#end

        // Threads take the same cells throughout, so that each reads what it wrote itself.
        for (var i = local; i < high * wide; i += $(THREADS)u) {
            let place = place_of(i, wide);
            let at_x = pixel(down.x + place.x, across.x + place.y);
            let at_y = group * $(CHANNELS * AREA)u + pixel(down.y + place.x, across.y + place.y);
            var squared = Lanes(question.centre);
#for c in 0..CHANNELS
            let difference$(c) = x[at_x + $(c * AREA)u] - question.a * y[at_y + $(c * AREA)u];
            squared += difference$(c) * difference$(c);
#end
            map[i] = squared;
        }
        // Cells of this thread: their places, and the sums of the windows that begin there.
#for i in 0..CELLS
        let place$(i) = place_of(local + $(i * THREADS)u, wide);
        let exists$(i) = place$(i).x < high;
        var sum$(i) = Lanes();
        if (exists$(i)) {
            sum$(i) = map[local + $(i * THREADS)u];
        }
        var base$(i) = sum$(i);
        var part$(i) = sum$(i);
#end

        // Down, up, right, left.
        let reach = vec4u(down_window.xy, across_window.xy);
        for (var phase = 0u; phase < 4u; phase++) {
            var rest = reach[phase];
            if (phase % 2u == 1u && rest == 0u) {
                continue;
            }
            if (phase > 0u) {
                // Everybody has read what the map held before.
                workgroupBarrier();
#for i in 0..CELLS
                if (phase == 2u) {
                    base$(i) = sum$(i);
                }
                part$(i) = base$(i);
                if (exists$(i)) {
                    map[local + $(i * THREADS)u] = part$(i);
                }
#end
            }
            workgroupBarrier();
            // One cell further, down or up (as a wrapping −1), right or left.
            let one = select(1u, 0xffffffffu, phase % 2u == 1u);
            let step = select(vec2u(0u, one), vec2u(one, 0u), phase < 2u);
            // Parts are sums of `size` cells; the next one to take begins `next` cells away, and `rest` are left.
            var size = 1u;
            var next = 1u;
            while (rest > 0u) {
                for (var few = select(rest % 2u, rest, rest <= 3u); few > 0u; few--) {
#for i in 0..CELLS
                    if (exists$(i)) {
                        sum$(i) += cell(place$(i) + next * step, high, wide);
                    }
#end
                    next += size;
                    rest--;
                }
                if (rest > 0u) {
#for i in 0..CELLS
                    if (exists$(i)) {
                        part$(i) += cell(place$(i) + size * step, high, wide);
                    }
#end
                    workgroupBarrier();
#for i in 0..CELLS
                    if (exists$(i)) {
                        map[local + $(i * THREADS)u] = part$(i);
                    }
#end
                    workgroupBarrier();
                    size *= 2u;
                    rest /= 2u;
                }
            }
        }

        workgroupBarrier();
#for i in 0..CELLS
        if (exists$(i)) {
            map[local + $(i * THREADS)u] = sum$(i);
        }
#end
        // The last item's pixels were other threads'.
        storageBarrier();
        for (var i = local; i < high * wide; i += $(THREADS)u) {
            let place = place_of(i, wide);
            if (place.x < down.w && place.y < across.w) {
                let middle = place + vec2u(down_window.z, across_window.z);
                let p = pixel(down.y + middle.x, across.y + middle.y);
                let q = pixel(down.x + middle.x, across.x + middle.y);
                soften(map[i], bias, group, p, q, workgroup);
            }
        }
    }
}
