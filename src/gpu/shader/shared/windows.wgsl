// Fills `sums` with those of PIXELS windows of `window` cells each, of which the first begins at cell `begin`, the next one
// cell further. `cell`(context, n) gives a cell. Windows go in groups of GROUP, at most one more than `window`: what all of
// a group see is summed first, then what comes before and after. Nothing is ever taken away from a sum, since at small
// t the rounding of large sums would drown the small ones.
#if SOFT
// A soft window counts its cells from 0 at its first to `question.soft` in its middle, and back.
#loop i in 0..PIXELS
    sums[$(i)] = Lanes();
#end
    for (var n = 0; n < window + $(PIXELS - 1); n++) {
        let here = $(cell)(context, begin + n);
#loop i in 0..PIXELS
        sums[$(i)] += f32(clamp(min(n + 1 - $(i), window - n + $(i)), 0, question.soft)) * here;
#end
    }
#else
#loop g in 0..GROUPS
    let start = begin + $(g * GROUP);
    var all = Lanes();
    for (var n = $(GROUP - 1); n < window; n++) {
        all += $(cell)(context, start + n);
    }
    sums[$(g * GROUP + GROUP - 1)] = all;
#loop i in 0..GROUP - 1
    all += $(cell)(context, start + $(GROUP - 2 - i));
    sums[$(g * GROUP + GROUP - 2 - i)] = all;
#end
    var after = Lanes();
#loop i in 0..GROUP - 1
    after += $(cell)(context, start + window + $(i));
    sums[$(g * GROUP + i + 1)] += after;
#end
#end
#end
