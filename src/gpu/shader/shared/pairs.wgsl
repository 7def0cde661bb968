// What every pass over pairs of windows and training patches has: the question, what is bound, and the cells of `map`. An item is LANES
// training images at one round of displacements.
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
    // All bands of all workers.
    parts: u32,
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
// Weights below 2^CUT of the largest are skipped.
const CUT = -36.0;
const MISSING = -1.0e30;

// A cell that is always zero.
const NOTHING = $(ROWS * PITCH);

// [ROWS, PITCH], the sums down the columns, and zero.
var<workgroup> map: array<Lanes, $(ROWS * PITCH + 1)>;

// A column of the query and the one that answers for it: where row 0 of it lies in `x` and of its answer in `y`, which may be outside
// where there is no ring; on a ring, how many rows below the answer is. And the first and the last row that windows of the run see.
struct Column {
    x: i32,
    y: i32,
    displacement: i32,
    first: i32,
    last: i32,
}

// Windows of a run of rows from row `top` of a band on, in the band.
fn windows_below(run: Run, band: i32, top: i32) -> i32 {
    return min(run.pixel + run.pixels, band + $(ROWS)) - top;
}

// Strips of PIXELS windows that a run of rows has in a band.
fn strips_in(run: Run, band: i32) -> i32 {
    return max(windows_below(run, band, max(run.pixel, band)) + $(PIXELS - 1), 0) / $(PIXELS);
}

// Place `i` on a ring of `n`, not more than n before its start.
fn around(i: i32, n: u32) -> i32 {
    return i32((u32(i) + n) % n);
}

// Which of a round's two runs, which begin at `first` in the table, has a pixel; its pixels lie apart. The first where none has it.
fn side_of(first: u32, pixel: i32) -> u32 {
    let second = runs[first + 1u];
    return select(0u, 1u, u32(pixel - second.pixel) < u32(second.pixels));
}

// E of row `r`, and nothing outside. There the nearest row is read in vain: a branch would have every read wait for the one before it.
fn squared(column: Column, r: i32) -> Lanes {
    let row = clamp(r, column.first, column.last);
#if CIRCULAR
    let here = column.x + around(row, $(HEIGHT)u) * $(WIDTH);
    let there = column.y + around(row + column.displacement, $(HEIGHT)u) * $(WIDTH);
#else
    let here = column.x + row * $(WIDTH);
    let there = column.y + row * $(WIDTH);
#end
    var sum = Lanes(question.centre);
#for c in 0..CHANNELS
    let difference$(c) = x[here + $(c * AREA)] - question.a * y[there + $(c * AREA)];
    sum += difference$(c) * difference$(c);
#end
    return select(Lanes(), sum, row == r);
}

// Cells of a row of the map.
struct Line {
    start: i32,
    cells: i32,
}

fn held(line: Line, n: i32) -> Lanes {
    return map[select(NOTHING, line.start + n, u32(n) < u32(line.cells))];
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
