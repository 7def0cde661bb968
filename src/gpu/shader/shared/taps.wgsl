// Adds the convolution of one source to the sums: every channel of `source`, every tap of the kernel.
// Names: source (the binding), channels, first (its first channel in the weights), high and wide (its stored size),
// double (1 if it is read as if every pixel were repeated), and conv.wgsl's own.
{
#for j in 0..SPAN
    let y$(j) = i32(top) * $(STRIDE) + $(j) - $(PAD);
#end
#for k in 0..KERNEL
    let x$(k) = i32(column) * $(STRIDE) + $(k) - $(PAD);
#end
#if CIRCULAR
#for j in 0..SPAN
    let row$(j) = ((u32(y$(j) + $(HEIGHT * STRIDE * 8)) % $(HEIGHT * STRIDE)u) >> $(double)u) * $(wide)u;
#end
#for k in 0..KERNEL
    let col$(k) = (u32(x$(k) + $(WIDTH * STRIDE * 8)) % $(WIDTH * STRIDE)u) >> $(double)u;
#end
#else
    // A tap beyond the border reads some pixel that exists, and then counts as zero.
#for j in 0..SPAN
    let row_in$(j) = y$(j) >= 0 && y$(j) < $(HEIGHT * STRIDE);
    let row$(j) = (u32(clamp(y$(j), 0, $(HEIGHT * STRIDE - 1))) >> $(double)u) * $(wide)u;
#end
#for k in 0..KERNEL
    let col_in$(k) = x$(k) >= 0 && x$(k) < $(WIDTH * STRIDE);
    let col$(k) = u32(clamp(x$(k), 0, $(WIDTH * STRIDE - 1))) >> $(double)u;
#end
#end
    var at = picture * $(channels * high * wide)u;
    var tap = (block * $(INPUTS)u + $(first)u) * $(KERNEL * KERNEL * VECTORS)u;
    for (var channel = 0u; channel < $(channels)u; channel++) {
#for k in 0..KERNEL
#for j in 0..SPAN
#if CIRCULAR
        let v$(k)_$(j) = $(source)[at + row$(j) + col$(k)];
#else
        let v$(k)_$(j) = select(0.0, $(source)[at + row$(j) + col$(k)], row_in$(j) && col_in$(k));
#end
#end
#for l in 0..KERNEL
#for v in 0..VECTORS
        let w$(k)_$(l)_$(v) = weights[tap + $(l * KERNEL * VECTORS + k * VECTORS + v)u];
#for p in 0..ROWS
        sum$(p)_$(v) = fma(w$(k)_$(l)_$(v), vec4f(v$(k)_$(p * STRIDE + l)), sum$(p)_$(v));
#end
#end
#end
#end
        at += $(high * wide)u;
        tap += $(KERNEL * KERNEL * VECTORS)u;
    }
}
