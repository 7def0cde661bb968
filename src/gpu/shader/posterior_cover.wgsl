// Windows that answer for all they cover (`theory/composite.rs`), second round: the largest logit and the sum of every window's weights are
// known. Bands, items and turns are those of posterior.wgsl. A thread finds the weights of its PIXELS windows, and keeps them while the
// workgroup takes one displacement of the round after the other: the weights go into `map`, are summed over the windows that cover a
// pixel, along the rows and then down the columns, and times y(q + d) added to the sums of the band, which reach beyond it.
#include pairs
// [H, W, 2]: the logit that weights count from, and the logarithm of their sum, both in powers of two.
@group(0) @binding(4) var<storage, read> levels: array<vec2f>;
// [groups, BANDS, C, H, W].
@group(0) @binding(5) var<storage, read_write> sums_of_bands: array<f32>;

// Which of the round's displacements have a weight that counts, bit by bit.
var<workgroup> counted: atomic<u32>;
var<workgroup> found: u32;

// Weights of a row of windows.
fn along(line: Line, n: i32) -> Lanes {
#if CIRCULAR
    return map[line.start + around(n, $(WIDTH)u)];
#else
    return held(line, n);
#end
}

// A column of `map`, and the first row of the band.
struct Below {
    column: i32,
    band: i32,
}

fn below(at: Below, n: i32) -> Lanes {
#if CIRCULAR
    let row = around(n, $(HEIGHT)u) - at.band;
#else
    let row = n - at.band;
#end
    return map[select(NOTHING, row * $(PITCH) + at.column, row >= 0 && row < $(ROWS))];
}

@compute @workgroup_size($(THREADS))
fn main(@builtin(workgroup_id) id: vec3u, @builtin(local_invocation_index) local: u32) {
    let worker = id.x / $(BANDS)u;
    let band = i32(id.x % $(BANDS)u) * $(ROWS);
    let row = band + i32(local % $(ROWS)u);
    let column = i32(local / $(ROWS)u) * $(PIXELS);
    let home = i32(id.x) * $(CHANNELS * AREA);
    if (question.fresh != 0u) {
        for (var n = i32(local); n < $(CHANNELS * AREA); n += $(THREADS)) {
            sums_of_bands[home + n] = 0.0;
        }
    }
    storageBarrier();
    var level: array<vec2f, $(PIXELS)>;
#loop i in 0..PIXELS
    if (row < $(HEIGHT) && column + $(i) < $(WIDTH)) {
        level[$(i)] = levels[row * $(WIDTH) + column + $(i)];
    }
#end
    var sums: array<Lanes, $(PIXELS)>;
    var weights: array<Lanes, $(PIXELS)>;
    var pairs: array<u32, $(PIXELS)>;
    if (local == 0u) {
        map[NOTHING] = Lanes();
        atomicStore(&counted, 0u);
    }

    for (var turn = question.start; turn < question.until; turn++) {
        let item = turn * question.groups + worker;
        if (item >= question.items) {
            break;
        }
#include down
#loop i in 0..PIXELS
        pairs[$(i)] = 4u;
#end
        let lower = side_of(down, row);
        let rows = runs[down + lower];
        let answered = row < $(HEIGHT) && u32(row - rows.pixel) < u32(rows.pixels);
        for (var side = 0u; side < 2u; side++) {
            let run = runs[across + side];
            let pair = 2u * lower + side;
            let meets = max(column, run.pixel) < min(column + $(PIXELS), run.pixel + run.pixels);
            if (meets && answered) {
                let context = Line((row - band) * $(PITCH) + select(0, left, side == 1u), run.cells);
                let window = question.wide;
                let begin = column - run.pixel + run.window;
#include windows cell=held
#loop i in 0..PIXELS
                if (u32(column + $(i) - run.pixel) < u32(run.pixels)) {
                    let logits = sums[$(i)] * question.logit + bias - level[$(i)].x - level[$(i)].y;
                    if (highest(logits) > CUT) {
                        weights[$(i)] = exp2(max(logits, Lanes(-150.0)));
                        pairs[$(i)] = pair;
                        atomicOr(&counted, 1u << pair);
                    }
                }
#end
            }
        }
        workgroupBarrier();
        if (local == 0u) {
            found = atomicLoad(&counted);
            atomicStore(&counted, 0u);
        }
        let some = workgroupUniformLoad(&found);

        for (var pair = 0u; pair < 4u; pair++) {
            if ((some & (1u << pair)) == 0u) {
                continue;
            }
            let line = Line((row - band) * $(PITCH), $(WIDTH));
#loop i in 0..PIXELS
            if (column + $(i) < $(WIDTH)) {
                map[line.start + column + $(i)] = select(Lanes(), weights[$(i)], pairs[$(i)] == pair);
            }
#end
            workgroupBarrier();
            {
                let context = line;
                let window = question.wide;
                let begin = column - question.wide / 2;
#include windows cell=along
            }
            workgroupBarrier();
#loop i in 0..PIXELS
            if (column + $(i) < $(WIDTH)) {
                map[line.start + column + $(i)] = sums[$(i)];
            }
#end
            workgroupBarrier();
            let down_by = runs[down + pair / 2u].displacement;
            let across_by = runs[across + pair % 2u].displacement;
            for (var task = i32(local); task < $(SEGMENTS * WIDTH); task += $(THREADS)) {
                let top = task / $(WIDTH) * $(PIXELS);
                let j = task % $(WIDTH);
                let context = Below(j, band);
                let window = question.high;
                let begin = top - question.above;
#if CIRCULAR
                let there = around(j + across_by, $(WIDTH)u);
#else
                let there = j + across_by;
                if (there < 0 || there >= $(WIDTH)) {
                    continue;
                }
                if (begin >= band + $(ROWS) || begin + window + $(PIXELS - 1) <= band) {
                    continue;
                }
#end
#include windows cell=below
#loop i in 0..PIXELS
                let q = top + $(i);
#if CIRCULAR
                let p = around(q + down_by, $(HEIGHT)u);
#else
                let p = q + down_by;
#end
                if (q < $(HEIGHT) && p >= 0 && p < $(HEIGHT)) {
#for c in 0..CHANNELS
                    sums_of_bands[home + $(c * AREA) + q * $(WIDTH) + j] += total(sums[$(i)] * y[image + $(c * AREA) + p * $(WIDTH) + there]);
#end
                }
#end
            }
            workgroupBarrier();
        }
        workgroupBarrier();
    }
}
