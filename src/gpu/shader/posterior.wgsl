// The patch posterior of one noisy picture (Kamb & Ganguli 2025, eq. 8 to 12). A thread keeps the softmaxes of PIXELS
// pixels of a row in registers, a workgroup those of a band of ROWS rows. It takes one item at a time: LANES training
// images and one round of displacements d = p − q. Its threads first sum E(q) = Σ_c (x(q) − a y(q+d))² − C s² down the
// columns of the windows, into workgroup memory; then each sums these along its row, and takes the distances into its
// softmaxes. They lie in `state` between two dispatches, so the work may be cut into dispatches of any length.
#include pairs
// [groups, FIELDS, H, W].
@group(0) @binding(4) var<storage, read_write> state: array<f32>;

// Stands for −∞, which a GPU need not know.
const LOWEST = -3.0e38;
// Makes a normal f32 of the bits of a number, since a GPU may take subnormal ones for zero.
const MARK = 0x40000000u;

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
#include down
        // Along the row.
        let number = (question.first + group * $(LANES)u) * $(AREA)u;
        let rows = runs[down + side_of(down, row)];
        let answered = u32(row - rows.pixel) < u32(rows.pixels);
        for (var side = 0u; side < 2u; side++) {
            let run = runs[across + side];
            let meets = max(column, run.pixel) < min(column + $(PIXELS), run.pixel + run.pixels);
            if (meets && answered) {
                let context = Line((row - band) * $(PITCH) + select(0, left, side == 1u), run.cells);
                let window = question.wide;
                let begin = column - run.pixel + run.window;
#if CIRCULAR
                let across_row = around(row + rows.displacement, $(HEIGHT)u) * $(WIDTH);
#else
                let across_row = (row + rows.displacement) * $(WIDTH);
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
