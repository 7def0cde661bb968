// Sums of a thread of both sources of a convolution: `sum0_0` to the last block's and row's, SPLIT threads each having some of the
// channels. Names: fed.wgsl's. `start` is the first column of the workgroup, of all bands of all pictures in one row, and `part`
// its first block.
let share = local / $(LANES * TEAMS)u;
let team = local / $(LANES)u % $(TEAMS)u * $(VECTORS)u;
let lane = local % $(LANES)u;
let column = (start + lane) % $(WIDTH)u;
let top = (start + lane) / $(WIDTH)u % $(BANDS)u * $(ROWS)u;
for (var row = local; row < $(CHUNK * SPAN)u; row += $(THREADS)u) {
    pixels[row * $(ACROSS + 1)u + $(ACROSS)u] = Real();
}
#for v in 0..VECTORS
#for p in 0..ROWS
var sum$(v)_$(p) = vec4f();
#end
#end
#include staged source=input channels=IN_CHANNELS first=0 high=IN_HEIGHT wide=IN_WIDTH double=DOUBLE
#if SKIP_CHANNELS
#include staged source=skip channels=SKIP_CHANNELS first=IN_CHANNELS high=HEIGHT wide=WIDTH double=0
#end
#for v in 0..VECTORS
let block$(v) = part + team + $(v)u;
#if SPLIT - 1
#for p in 0..ROWS
workgroupBarrier();
shares[local] = sum$(v)_$(p);
workgroupBarrier();
sum$(v)_$(p) = vec4f();
for (var other = local % $(LANES * TEAMS)u; other < $(THREADS)u; other += $(LANES * TEAMS)u) {
    sum$(v)_$(p) += shares[other];
}
#end
#end
#end
