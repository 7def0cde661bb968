// One step of a reaction on a torus: the twin of src/reaction/grid.rs. A thread is a cell; every cell follows the same
// rule and sees only its eight neighbours.
struct Rule {
    // Feed and kill, or the saturation and nothing.
    first: f32,
    second: f32,
    // Diffusion of both substances in a step.
    diffusion: vec2f,
    // Time of a step.
    dt: f32,
}
@group(0) @binding(0) var<uniform> rule: Rule;
@group(0) @binding(1) var<storage, read> state: array<f32>;
@group(0) @binding(2) var<storage, read_write> next: array<f32>;

fn at(row: u32, column: u32) -> vec2f {
    let cell = row * $(WIDTH)u + column;
    return vec2f(state[cell], state[$(AREA)u + cell]);
}

@compute @workgroup_size(64)
fn main(
    @builtin(workgroup_id) group: vec3u,
    @builtin(num_workgroups) groups: vec3u,
    @builtin(local_invocation_index) local: u32,
) {
    let cell = (group.y * groups.x + group.x) * 64u + local;
    if (cell >= $(AREA)u) {
        return;
    }
    let row = cell / $(WIDTH)u;
    let column = cell % $(WIDTH)u;
    let above = (row + $(HEIGHT - 1)u) % $(HEIGHT)u;
    let below = (row + 1u) % $(HEIGHT)u;
    let left = (column + $(WIDTH - 1)u) % $(WIDTH)u;
    let right = (column + 1u) % $(WIDTH)u;
    let here = at(row, column);
    let sides = at(row, left) + at(row, right) + at(above, column) + at(below, column);
    let corners = at(above, left) + at(above, right) + at(below, left) + at(below, right);
    let spread = rule.diffusion * (4.0 * sides + corners - 20.0 * here) / 6.0;
#if GRAY_SCOTT
    let eaten = here.x * here.y * here.y;
    let change = vec2f(rule.first * (1.0 - here.x) - eaten, eaten - (rule.first + rule.second) * here.y);
    let then = here + spread + rule.dt * change;
#else
    let squared = here.x * here.x;
    let made = squared / (max(here.y, 1e-6) * (1.0 + rule.first * squared));
    // Rate 0.01, decay 1.2 and basal 0.01, as in src/reaction/system.rs.
    let then = here + spread + rule.dt * 0.01 * vec2f(made - here.x + 0.01, squared - 1.2 * here.y);
#end
    next[cell] = then.x;
    next[$(AREA)u + cell] = then.y;
}
