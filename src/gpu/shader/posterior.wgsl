// The patch posterior of one noisy picture (Kamb & Ganguli 2025, eq. 8 to 12). A thread keeps the softmaxes of PIXELS
// pixels of a row in registers, a workgroup those of a band of ROWS rows. It takes one item at a time: LANES training
// images and one round of displacements d = p − q. Its threads first sum E(q) = Σ_c (x(q) − a y(q+d))² − C s² down the
// columns of the windows, into workgroup memory; then each sums these along its row, and takes the distances into its
// softmaxes. They lie in `state` between two dispatches, so the work may be cut into dispatches of any length.
struct Question {
    a: f32,
    // −log₂e / (2 s²): makes logits of squared distances.
    logit: f32,
    // −C s².
    centre: f32,
    // Number of the first image bound here, and how many there are.
    first: u32,
    images: u32,
    // Rounds along each axis; every pair of them is a round of displacements.
    rows: u32,
    columns: u32,
    // In turn i, worker w of `groups` takes item i·groups + w.
    items: u32,
    start: u32,
    until: u32,
    groups: u32,
    fresh: u32,
    // Rows and columns of a window, and the rows above its pixel.
    high: i32,
    wide: i32,
    above: i32,
    // Side of the second box of soft windows.
    soft: i32,
}
@group(0) @binding(0) var<uniform> question: Question;
// [C, H, W].
@group(0) @binding(1) var<storage, read> x: array<f32>;
// Pixels of the query along an axis that share a displacement; see `displacement.rs`.
struct Run {
    pixel: i32,
    pixels: i32,
    displacement: i32,
    cell: i32,
    cells: i32,
    window: i32,
    unused: vec2i,
}
// Two a round, the rows' rounds, then the columns'.
@group(0) @binding(2) var<storage, read> runs: array<Run>;
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
// Stands for −∞, which a GPU need not know.
const LOWEST = -3.0e38;
const MISSING = -1.0e30;
// Makes a normal f32 of the bits of a number, since a GPU may take subnormal ones for zero.
const MARK = 0x40000000u;
// A cell that is always zero.
const NOTHING = $(ROWS * PITCH);

// [ROWS, PITCH], the sums down the columns, and zero.
var<workgroup> map: array<Lanes, $(ROWS * PITCH + 1)>;

// A column of the query and the one that answers for it: their first values in `x` and `y`.
struct Column {
    x: i32,
    y: i32,
    displacement: i32,
}

// Place `i` on a ring of `n`, not more than n before its start.
fn around(i: i32, n: u32) -> i32 {
    return i32((u32(i) + n) % n);
}

// E of row `r`.
fn squared(column: Column, r: i32) -> Lanes {
#if CIRCULAR
    let here = column.x + around(r, $(HEIGHT)u) * $(WIDTH);
    let there = column.y + around(r + column.displacement, $(HEIGHT)u) * $(WIDTH);
#else
    if (r < 0 || r >= $(HEIGHT)) {
        return Lanes();
    }
    let here = column.x + r * $(WIDTH);
    let there = column.y + (r + column.displacement) * $(WIDTH);
#end
    var sum = Lanes(question.centre);
#for c in 0..CHANNELS
    let difference$(c) = x[here + $(c * AREA)] - question.a * y[there + $(c * AREA)];
    sum += difference$(c) * difference$(c);
#end
    return sum;
}

// Cells of a row of the map.
struct Line {
    start: i32,
    cells: i32,
}

fn held(line: Line, n: i32) -> Lanes {
    return map[select(NOTHING, line.start + n, n >= 0 && n < line.cells)];
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

// The streaming softmax of a pixel.
struct Softmax {
    // The largest logit, and the sums of weights relative to it.
    top: f32,
    sum: f32,
#if TRACE
    // Σ w·(logit − top), and the number of the pixel whose logit is the largest.
    log: f32,
    best: u32,
#end
#for c in 0..CHANNELS
    value$(c): f32,
#end
}

// What a distance belongs to: where the training pixel lies in `y`, and the numbers of the first image's.
struct Candidate {
    at: i32,
    number: u32,
}

fn soften(before: Softmax, distance: Lanes, bias: Lanes, candidate: Candidate) -> Softmax {
    var soft = before;
    let logits = distance * question.logit + bias;
    let top = highest(logits);
    if (top > soft.top + CUT) {
#if TRACE
        if (top >= soft.top) {
            var number = candidate.number;
#for l in 0..LANES - 1
            number = select(number, candidate.number + $(LANES * AREA - AREA - l * AREA)u, logits[$(LANES - 1 - l)] == top);
#end
#if LANES - 1
            number = select(number, candidate.number, logits[0] == top);
#end
            // On equal logits the earlier image wins, and in it the earlier place.
            soft.best = select(number, min(number, soft.best), top == soft.top);
        }
#end
        if (top > soft.top) {
            let shift = max(soft.top - top, -200.0);
            // A factor that vanished takes everything with it.
            let factor = select(0.0, exp2(shift), shift > -120.0);
#if TRACE
            soft.log = factor * (soft.log + soft.sum * shift);
#end
            soft.sum *= factor;
#for c in 0..CHANNELS
            soft.value$(c) *= factor;
#end
            soft.top = top;
        }
        let relative = max(logits - soft.top, Lanes(-150.0));
        let weights = exp2(relative);
        soft.sum += total(weights);
#if TRACE
        soft.log += total(weights * max(relative, Lanes(2.0 * CUT)));
#end
#for c in 0..CHANNELS
        soft.value$(c) += total(weights * y[candidate.at + $(c * AREA)]);
#end
    }
    return soft;
}

@compute @workgroup_size($(THREADS))
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let worker = id.x / $(BANDS)u;
    let band = i32(id.x % $(BANDS)u) * $(ROWS);
    let row = band + i32(local % $(ROWS)u);
    let column = i32(local / $(ROWS)u) * $(PIXELS);
    let place = i32(worker) * $(FIELDS * AREA) + row * $(WIDTH) + column;
    var softs: array<Softmax, $(PIXELS)>;
#loop i in 0..PIXELS
    var soft = Softmax();
    soft.top = LOWEST;
    if (question.fresh == 0u && row < $(HEIGHT) && column + $(i) < $(WIDTH)) {
        soft.top = state[place + $(i)];
        soft.sum = state[place + $(AREA + i)];
#if TRACE
        soft.log = state[place + $(2 * AREA + i)];
        soft.best = bitcast<u32>(state[place + $(3 * AREA + i)]) - MARK;
#end
#for c in 0..CHANNELS
        soft.value$(c) = state[place + $(VALUES * AREA + c * AREA + i)];
#end
    }
    softs[$(i)] = soft;
#end
    var sums: array<Lanes, $(PIXELS)>;
    if (local == 0u) {
        map[NOTHING] = Lanes();
    }

    for (var turn = question.start; turn < question.until; turn++) {
        let item = turn * question.groups + worker;
        if (item >= question.items) {
            break;
        }
        let down = 2u * (item / question.columns % question.rows);
        let across = 2u * (question.rows + item % question.columns);
        let group = item / (question.columns * question.rows);
        let image = i32(group) * $(CHANNELS * AREA);

        // Down the columns: a thread takes PIXELS windows below each other, of either run.
        let left = runs[across].cells;
        let cells = left + runs[across + 1u].cells;
        for (var task = i32(local); task < cells * $(ROWS_OF_WINDOWS); task += $(THREADS)) {
            let segment = task / cells;
            let j = task - segment * cells;
            let to = segment * $(PIXELS * PITCH) + j;
            let run = runs[across + select(0u, 1u, j >= left)];
            let cell = run.cell + select(j, j - left, j >= left);
#if CIRCULAR
            let here = around(cell, $(WIDTH)u);
            let there = around(cell + run.displacement, $(WIDTH)u);
#else
            let here = cell;
            let there = cell + run.displacement;
#end
            for (var side = 0u; side < 2u; side++) {
                let below = runs[down + side];
                let top = band + segment * $(PIXELS);
                if (max(top, below.pixel) < min(top + $(PIXELS), below.pixel + below.pixels)) {
                    let context = Column(here, image + there, below.displacement);
                    let window = question.high;
                    let begin = top - question.above;
#include windows cell=squared
#loop i in 0..PIXELS
                    if (u32(top + $(i) - below.pixel) < u32(below.pixels)) {
                        map[to + $(i * PITCH)] = sums[$(i)];
                    }
#end
                }
            }
        }
        workgroupBarrier();

        // Along the row.
        // Lanes beyond the last image weigh nothing.
        var bias = Lanes();
#if LANES - 1
#for l in 0..LANES
        bias[$(l)] = select(0.0, MISSING, group * $(LANES)u + $(l)u >= question.images);
#end
#end
        let number = (question.first + group * $(LANES)u) * $(AREA)u;
        for (var pair = 0u; pair < 4u; pair++) {
            let below = runs[down + pair / 2u];
            let run = runs[across + pair % 2u];
            let meets = max(column, run.pixel) < min(column + $(PIXELS), run.pixel + run.pixels);
            if (meets && u32(row - below.pixel) < u32(below.pixels)) {
                let context = Line((row - band) * $(PITCH) + select(0, left, pair % 2u == 1u), run.cells);
                let window = question.wide;
                let begin = column - run.pixel + run.window;
#if CIRCULAR
                let across_row = around(row + below.displacement, $(HEIGHT)u) * $(WIDTH);
#else
                let across_row = (row + below.displacement) * $(WIDTH);
#end
#include windows cell=held
#loop i in 0..PIXELS
                if (u32(column + $(i) - run.pixel) < u32(run.pixels)) {
#if CIRCULAR
                    let p = across_row + around(column + $(i) + run.displacement, $(WIDTH)u);
#else
                    let p = across_row + column + $(i) + run.displacement;
#end
                    softs[$(i)] = soften(softs[$(i)], sums[$(i)], bias, Candidate(image + p, number + u32(p)));
                }
#end
            }
        }
        workgroupBarrier();
    }

#loop i in 0..PIXELS
    if (row < $(HEIGHT) && column + $(i) < $(WIDTH)) {
        state[place + $(i)] = softs[$(i)].top;
        state[place + $(AREA + i)] = softs[$(i)].sum;
#if TRACE
        state[place + $(2 * AREA + i)] = softs[$(i)].log;
        state[place + $(3 * AREA + i)] = bitcast<f32>(softs[$(i)].best + MARK);
#end
#for c in 0..CHANNELS
        state[place + $(VALUES * AREA + c * AREA + i)] = softs[$(i)].value$(c);
#end
    }
#end
}
