// One row of the solver's table, and how the batch lies in memory; one struct per step, chosen by a dynamic offset.
struct Step {
    // x_next = x·x_t + denoised·x̂₀ + previous·x̂₀(step before) + noise·z
    x: f32,
    denoised: f32,
    previous: f32,
    noise: f32,
    // a_t and s_t: the noisy picture is a·x₀ + s·ε.
    a: f32,
    s: f32,
    // x̂₀ is kept within ±limit.
    limit: f32,
    // Pictures that pass through the network: as often the sampled ones as there are guesses to add up.
    pictures: u32,
    // Pictures that are sampled.
    sampled: u32,
    // Picture n reads row `row + n / sharing` of the shifts.
    row: u32,
    sharing: u32,
    // Where this step's noise begins, in values.
    noise_start: u32,
    // Pictures that pass through the network in the next step.
    next: u32,
    // Whether parts of finished pictures stay.
    keep: u32,
    // Of each term that acts: its weight, and which plane of the masks is its own.
    weights: array<vec4f, 2>,
    planes: array<vec4u, 2>,
}
@group(0) @binding(0) var<uniform> step: Step;
