// What a workgroup has in its memory of a convolution's sources and weights, CHUNK channels at a time: LANES columns of what ROWS pixels
// below each other read, and what TEAMS pieces of VECTORS blocks of channels take of them.
#if HALF
enable f16;
alias Real = f16;
alias Four = vec4<f16>;
#else
alias Real = f32;
alias Four = vec4f;
#end
#include bound
// [channel][row][column]; the last column is zeros, for taps beyond the border.
var<workgroup> pixels: array<Real, $(CHUNK * SPAN * ACROSS + CHUNK * SPAN)>;
// [block of four output channels][input channel][row of the kernel][column].
var<workgroup> kernels: array<Four, $(TEAMS * VECTORS * CHUNK * TAPS)>;
#if SPLIT - 1
var<workgroup> shares: array<vec4f, $(THREADS)>;
#end
