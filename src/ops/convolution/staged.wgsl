// Adds the convolution of one source to the sums, by way of the workgroup's memory.
// Names: source (the binding), channels, first (its first channel in the weights), high and wide (its stored size),
// double (1 if it is read at twice its size), and fed.wgsl's own.
{
    // Which pixels this thread brings: those of the first chunk, and in each further one the same of its channels.
#for n in 0..BRINGS
    let item$(n) = local + $(n * THREADS)u;
    let x$(n) = i32(start * $(STRIDE)u + item$(n) % $(ACROSS)u) - $(PAD);
    let band$(n) = u32(x$(n)) / $(WIDTH * STRIDE)u;
    let y$(n) = i32(band$(n) % $(BANDS)u * $(ROWS * STRIDE)u + item$(n) / $(ACROSS)u % $(SPAN)u) - $(PAD);
    let channel$(n) = item$(n) / $(ACROSS * SPAN)u;
    let exists$(n) = item$(n) < $(CHUNK * SPAN * ACROSS)u;
    let in$(n) = x$(n) >= 0 && band$(n) < step.pictures * $(BANDS)u && y$(n) >= 0 && y$(n) < $(HEIGHT * STRIDE);
    let line$(n) = (band$(n) / $(BANDS)u * $(channels)u + channel$(n)) * $(high)u + (u32(y$(n)) >> $(double)u);
    let at$(n) = select(0u, line$(n) * $(wide)u + ((u32(x$(n)) % $(WIDTH * STRIDE)u) >> $(double)u), in$(n));
#end
    for (var chunk = 0u; chunk < $(channels)u; chunk += $(CHUNK)u) {
        workgroupBarrier();
#for n in 0..BRINGS
        if (exists$(n)) {
            let value = select(0.0, $(source)[at$(n) + chunk * $(high * wide)u], in$(n) && chunk + channel$(n) < $(channels)u);
            pixels[item$(n) + item$(n) / $(ACROSS)u] = Real(value);
        }
#end
        for (var item = local; item < $(TEAMS * VECTORS * CHUNK * TAPS)u; item += $(THREADS)u) {
            let block = min(part + item / $(CHUNK * TAPS)u, $(BLOCKS - 1)u);
            let tap = (block * $(INPUTS)u + $(first)u + chunk) * $(TAPS)u + item % $(CHUNK * TAPS)u;
            kernels[item] = Four(weights[tap]);
        }
        workgroupBarrier();
        for (var channel = share; channel < $(CHUNK)u; channel += $(SPLIT)u) {
            for (var k = 0u; k < $(KERNEL)u; k++) {
                let x = i32(column * $(STRIDE)u + k) - $(PAD);
                let near = select($(ACROSS)u, lane * $(STRIDE)u + k, x >= 0 && x < $(WIDTH * STRIDE));
                let begin = channel * $(SPAN * ACROSS + SPAN)u + near;
#for j in 0..SPAN
                let v$(j) = f32(pixels[begin + $(j * ACROSS + j)u]);
#end
#for v in 0..VECTORS
                let tap$(v) = ((team + $(v)u) * $(CHUNK)u + channel) * $(TAPS)u + k;
#for l in 0..KERNEL
                let w$(v)_$(l) = vec4f(kernels[tap$(v) + $(l * KERNEL)u]);
#for p in 0..ROWS
                sum$(v)_$(p) = fma(w$(v)_$(l), vec4f(v$(p * STRIDE + l)), sum$(v)_$(p));
#end
#end
#end
            }
        }
    }
}
