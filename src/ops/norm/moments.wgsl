// Mean of a group of `input` from `start` on, and `scale`, one over its deviation; for all threads of a workgroup, with total.wgsl.
var sum = 0.0;
for (var i = local; i < $(SIZE)u; i += 64u) {
    sum += input[start + i];
}
let mean = total(local, sum) / $(SIZE).0;
var squares = 0.0;
for (var i = local; i < $(SIZE)u; i += 64u) {
    let difference = input[start + i] - mean;
    squares += difference * difference;
}
let scale = inverseSqrt(total(local, squares) / $(SIZE).0 + 1e-5);
