// Finds out what the item is, and sums E down the columns of the windows of a band of rows, into `map`, of either run of columns.
// A thread takes PIXELS windows below each other.
        let down = 2u * (item / question.columns % question.rows);
        let across = 2u * (question.rows + item % question.columns);
        let group = item / (question.columns * question.rows);
        let image = i32(group) * $(CHANNELS * AREA);

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
#if CIRCULAR
                    let context = Column(here, image + there, below.displacement);
#else
                    let context = Column(here, image + there + below.displacement * $(WIDTH), 0);
#end
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

        // Lanes beyond the last image weigh nothing.
        var bias = Lanes();
#if LANES - 1
#for l in 0..LANES
        bias[$(l)] = select(0.0, MISSING, group * $(LANES)u + $(l)u >= question.images);
#end
#end
