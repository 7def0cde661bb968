// `mean` of a group of `of` from `start` on, and `scale`, one over its deviation (the biased one, epsilon 1e-5); for all threads of a
// workgroup, with total.wgsl.
var sum = 0.0;
for (var i = local; i < $(SIZE)u; i += 64u) {
    sum += $(of)[start + i];
}
let mean = total(local, sum) / $(SIZE).0;
var squares = 0.0;
for (var i = local; i < $(SIZE)u; i += 64u) {
    let difference = $(of)[start + i] - mean;
    squares += difference * difference;
}
let scale = inverseSqrt(total(local, squares) / $(SIZE).0 + 1e-5);
