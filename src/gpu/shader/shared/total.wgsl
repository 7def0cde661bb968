// The sum over the `threads` of a workgroup; every thread gets it. In two rounds, sixteen sums and theirs, so three barriers whatever
// the threads; halving took one for each doubling of them.
var<workgroup> parts: array<f32, $(threads)>;

fn total(local: u32, own: f32) -> f32 {
    parts[local] = own;
    workgroupBarrier();
    if (local < 16u) {
        for (var at = local + 16u; at < $(threads)u; at += 16u) {
            parts[local] += parts[at];
        }
    }
    workgroupBarrier();
    var sum = 0.0;
    for (var at = 0u; at < min(16u, $(threads)u); at++) {
        sum += parts[at];
    }
    workgroupBarrier();
    return sum;
}
