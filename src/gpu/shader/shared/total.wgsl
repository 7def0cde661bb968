// The sum over the `threads` of a workgroup; every thread gets it.
var<workgroup> parts: array<f32, $(threads)>;

fn total(local: u32, own: f32) -> f32 {
    parts[local] = own;
    workgroupBarrier();
    for (var left = $(threads)u; left > 1u;) {
        let half = (left + 1u) / 2u;
        if (local < left - half) {
            parts[local] += parts[local + half];
        }
        left = half;
        workgroupBarrier();
    }
    let sum = parts[0];
    workgroupBarrier();
    return sum;
}
