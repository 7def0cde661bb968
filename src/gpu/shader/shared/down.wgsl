// Finds out what the item is, and sums E down the columns of the windows of a band of rows, into `map`, of either run of columns.
// A thread takes a strip of PIXELS windows below each other, of which those count that the run of rows has in the band.
        let down = 2u * (item / question.columns % question.rows);
        let across = 2u * (question.rows + item % question.columns);
        let group = item / (question.columns * question.rows);
        let image = i32(group) * $(CHANNELS * AREA);

        let left = runs[across].cells;
        let cells = left + runs[across + 1u].cells;
        let upper = strips_in(runs[down], band);
        let strips = upper + strips_in(runs[down + 1u], band);
        for (var task = i32(local); task < cells * strips; task += $(THREADS)) {
            let strip = task / cells;
            let j = task - strip * cells;
            let run = runs[across + select(0u, 1u, j >= left)];
            let cell = run.cell + select(j, j - left, j >= left);
            let below = runs[down + select(0u, 1u, strip >= upper)];
            let top = max(below.pixel, band) + select(strip, strip - upper, strip >= upper) * $(PIXELS);
#if CIRCULAR
            let here = around(cell, $(WIDTH)u);
            let there = image + around(cell + run.displacement, $(WIDTH)u);
#else
            let here = cell;
            let there = image + cell + run.displacement + below.displacement * $(WIDTH);
#end
            let window = question.high;
            let begin = top - question.above;
            let count = windows_below(below, band, top);
            let context = Column(here, there, below.displacement, below.cell, below.cell + below.cells - 1);
#include windows cell=squared
            let to = (top - band) * $(PITCH) + j;
#loop i in 0..PIXELS
            if ($(i) < count) {
                map[to + $(i * PITCH)] = sums[$(i)];
            }
#end
        }
        workgroupBarrier();

        // Lanes beyond the last image weigh nothing.
        var bias = Lanes();
#if LANES - 1
#for l in 0..LANES
        bias[$(l)] = select(0.0, MISSING, group * $(LANES)u + $(l)u >= question.images);
#end
#end
