// The convolution of `source` at one place of its output, for one thread; zeros or the opposite side lie beyond the border.
// Names: source (the binding), and conv.wgsl's sizes. `tensors` holds the weights [CHANNELS, INPUTS, KERNEL, KERNEL], then the
// biases; `sum` takes what is at place `within` of the output's `picture`.
{
    let channel = within / $(HEIGHT * WIDTH)u;
    let row = i32(within / $(WIDTH)u % $(HEIGHT)u) - $(PAD);
    let column = i32(within % $(WIDTH)u) - $(PAD);
    sum = tensors[$(CHANNELS * INPUTS * KERNEL * KERNEL)u + channel];
    for (var k = 0; k < $(KERNEL * KERNEL); k++) {
        let y = row + k / $(KERNEL);
        let x = column + k % $(KERNEL);
#if CIRCULAR
        let place = u32((y + $(HEIGHT * 8)) % $(HEIGHT) * $(WIDTH) + (x + $(WIDTH * 8)) % $(WIDTH));
#else
        if (y < 0 || y >= $(HEIGHT) || x < 0 || x >= $(WIDTH)) {
            continue;
        }
        let place = u32(y * $(WIDTH) + x);
#end
        var at = picture * $(INPUTS * HEIGHT * WIDTH)u + place;
        var tap = channel * $(INPUTS * KERNEL * KERNEL)u + u32(k);
        for (var input = 0u; input < $(INPUTS)u; input++) {
            sum = fma(tensors[tap], $(source)[at], sum);
            at += $(HEIGHT * WIDTH)u;
            tap += $(KERNEL * KERNEL)u;
        }
    }
}
