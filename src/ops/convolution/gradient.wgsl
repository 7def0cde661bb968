// The gradient of a convolution's weights on one source: for every tap the products of what it reads with the gradient of the
// sums, summed over pixels and pictures. One workgroup for four output channels and an input channel; its threads share
// the pixels, and each keeps the sums of all taps.
#include step
@group(0) @binding(1) var<storage, read> source: array<f32>;
@group(0) @binding(2) var<storage, read> slope: array<f32>;
// Of all weights of the network; this layer's begin at START.
@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;

// Sums of the taps in one row of the kernel.
var<workgroup> parts: array<vec4f, $(64 * KERNEL)>;

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) id: vec3u,
    @builtin(num_workgroups) ids: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let index = id.y * ids.x + id.x;
    if (index >= $(BLOCKS * IN_CHANNELS)u) {
        return;
    }
    let block = index / $(IN_CHANNELS)u;
    let channel = index % $(IN_CHANNELS)u;
#for i in 0..4
    // Channels beyond the last repeat it, and are not written.
    let output$(i) = min(block * 4u + $(i)u, $(CHANNELS - 1)u) * $(HEIGHT * WIDTH)u;
#end
#for l in 0..KERNEL
#for k in 0..KERNEL
    var sum$(l)_$(k) = vec4f();
#end
#end
    for (var item = local; item < step.pictures * $(HEIGHT * WIDTH)u; item += 64u) {
        let picture = item / $(HEIGHT * WIDTH)u;
        let pixel = item % $(HEIGHT * WIDTH)u;
        let row = i32(pixel / $(WIDTH)u) * $(STRIDE) - $(PAD);
        let column = i32(pixel % $(WIDTH)u) * $(STRIDE) - $(PAD);
        let at = picture * $(CHANNELS * HEIGHT * WIDTH)u + pixel;
        let g = vec4f(slope[at + output0], slope[at + output1], slope[at + output2], slope[at + output3]);
        let start = (picture * $(IN_CHANNELS)u + channel) * $(IN_HEIGHT * IN_WIDTH)u;
#for k in 0..KERNEL
        let x$(k) = column + $(k);
#if CIRCULAR
        let col$(k) = (u32(x$(k) + $(WIDTH * STRIDE * 8)) % $(WIDTH * STRIDE)u) >> $(DOUBLE)u;
#else
        let col$(k) = u32(clamp(x$(k), 0, $(WIDTH * STRIDE - 1))) >> $(DOUBLE)u;
        let col_in$(k) = x$(k) >= 0 && x$(k) < $(WIDTH * STRIDE);
#end
#end
#for l in 0..KERNEL
        {
            let y = row + $(l);
#if CIRCULAR
            let line = start + ((u32(y + $(HEIGHT * STRIDE * 8)) % $(HEIGHT * STRIDE)u) >> $(DOUBLE)u) * $(IN_WIDTH)u;
#for k in 0..KERNEL
            sum$(l)_$(k) += g * source[line + col$(k)];
#end
#else
            let line = start + (u32(clamp(y, 0, $(HEIGHT * STRIDE - 1))) >> $(DOUBLE)u) * $(IN_WIDTH)u;
            let row_in = y >= 0 && y < $(HEIGHT * STRIDE);
#for k in 0..KERNEL
            sum$(l)_$(k) += g * select(0.0, source[line + col$(k)], row_in && col_in$(k));
#end
#end
        }
#end
    }
#for l in 0..KERNEL
#for k in 0..KERNEL
    parts[local * $(KERNEL)u + $(k)u] = sum$(l)_$(k);
#end
    workgroupBarrier();
    // A thread for each tap of the row and each output channel.
    for (var own = local; own < $(4 * KERNEL)u; own += 64u) {
        let k = own % $(KERNEL)u;
        let i = own / $(KERNEL)u;
        let output = block * 4u + i;
        var sum = 0.0;
        for (var other = 0u; other < 64u; other++) {
            sum += parts[other * $(KERNEL)u + k][i];
        }
        if (output < $(CHANNELS)u) {
            let weight = ((output * $(INPUTS)u + $(FIRST)u + channel) * $(KERNEL)u + $(l)u) * $(KERNEL)u + k;
            gradient[$(START)u + weight] = sum;
        }
    }
    workgroupBarrier();
#end
}
