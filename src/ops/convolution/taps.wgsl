// Adds the convolution of one source to the sums: this thread's share of the channels of `source`, every tap.
// Names: source (the binding), channels, first (its first channel in the weights), high and wide (its stored size),
// double (1 if it is read at twice its size), holes (then 1 if there are zeros beside every pixel, 0 if it is repeated), and
// conv.wgsl's own.
// Rows are unrolled, since neighbouring rows share what they read; columns are a loop, since they share nothing, and
// short programs compile faster.
{
    // A tap beyond the border, or on a hole, reads some pixel that exists, and then counts as zero.
#for j in 0..SPAN
    let y$(j) = i32(top) * $(STRIDE) + $(j) - $(PAD);
#if CIRCULAR
    let row$(j) = ((u32(y$(j) + $(HEIGHT * STRIDE * 8)) % $(HEIGHT * STRIDE)u) >> $(double)u) * $(wide)u;
    let row_in$(j) = (y$(j) & $(holes)) == 0;
#else
    let row$(j) = (u32(clamp(y$(j), 0, $(HEIGHT * STRIDE - 1))) >> $(double)u) * $(wide)u;
    let row_in$(j) = y$(j) >= 0 && y$(j) < $(HEIGHT * STRIDE) && (y$(j) & $(holes)) == 0;
#end
#end
    for (var k = 0u; k < $(KERNEL)u; k++) {
        let x = i32(column * $(STRIDE)u + k) - $(PAD);
#if CIRCULAR
        let col = (u32(x + $(WIDTH * STRIDE * 8)) % $(WIDTH * STRIDE)u) >> $(double)u;
        let col_in = (x & $(holes)) == 0;
#else
        let col = u32(clamp(x, 0, $(WIDTH * STRIDE - 1))) >> $(double)u;
        let col_in = x >= 0 && x < $(WIDTH * STRIDE) && (x & $(holes)) == 0;
#end
#for j in 0..SPAN
        let in$(j) = row_in$(j) && col_in;
#end
        var at = (picture * $(channels)u + share) * $(high * wide)u + col;
        var tap = (block * $(INPUTS)u + $(first)u + share) * $(KERNEL * KERNEL)u + k;
        for (var channel = share; channel < $(channels)u; channel += $(SPLIT)u) {
#for j in 0..SPAN
#if CIRCULAR - CIRCULAR * holes
            let v$(j) = $(source)[at + row$(j)];
#else
            let v$(j) = select(0.0, $(source)[at + row$(j)], in$(j));
#end
#end
#for l in 0..KERNEL
            let w$(l) = weights[tap + $(l * KERNEL)u];
#for p in 0..ROWS
            sum$(p) = fma(w$(l), vec4f(v$(p * STRIDE + l)), sum$(p));
#end
#end
            at += $(SPLIT * high * wide)u;
            tap += $(SPLIT * KERNEL * KERNEL)u;
        }
    }
}
