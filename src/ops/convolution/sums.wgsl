// Sums of both sources of a convolution, from `begin` on: `sum0` to the last row's. Names: conv.wgsl's own, and taps.wgsl's variables.
#for p in 0..ROWS
    var sum$(p) = $(begin);
#end
#include taps source=input channels=IN_CHANNELS first=0 high=IN_HEIGHT wide=IN_WIDTH double=DOUBLE holes=HOLES
#if SKIP_CHANNELS
#include taps source=skip channels=SKIP_CHANNELS first=IN_CHANNELS high=HEIGHT wide=WIDTH double=0 holes=0
#end
