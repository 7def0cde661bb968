// Multiply-adds in registers: eight chains of four lanes that do not wait for each other.
@group(0) @binding(0) var<uniform> turns: u32;
@group(0) @binding(1) var<storage, read_write> sums: array<f32>;

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u) {
    let x = vec4f(f32(id.x) * 1e-6);
    let y = vec4f(0.999, 0.998, 0.997, 0.996);
#for i in 0..8
    var sum$(i) = vec4f($(i).0);
#end
    for (var turn = 0u; turn < turns; turn++) {
#for i in 0..8
        sum$(i) = fma(sum$(i), y, x);
#end
    }
    var all = vec4f();
#for i in 0..8
    all += sum$(i);
#end
    sums[id.x] = dot(all, vec4f(1.0));
}
