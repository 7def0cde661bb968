//! How few steps are enough: a network draws from the same noise in many steps and in few, placed and taken in several
//! ways, and each way is told by how like the pictures are ([`measure`], then [`Table`]).

use super::follow;
use morphogen::denoiser::Denoiser;
use morphogen::metrics::{Agreement, Summary};
use morphogen::sampler::{Request, SampleError, Sampling, Solver};
use morphogen::schedule::{Grid, Schedule};
use serde::Serialize;
use std::fmt::Write;

/// What few steps are held against: so many that more change nothing to the eye.
pub const REFERENCE: Sampling = Sampling { steps: 60, grid: Grid::Uniform, solver: Solver::Ddim };

/// What one way to draw is worth.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Row {
    /// The way.
    #[serde(flatten)]
    pub sampling: Sampling,
    /// Median of Pearson's r with the pictures of [`REFERENCE`], over all seeds.
    pub median: f64,
    /// The least r of any seed.
    pub worst: f64,
}

/// What was found of one network.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    /// Name of the network.
    pub network: String,
    /// Guidance of every picture.
    pub guidance: f64,
    /// Number of seeds.
    pub seeds: usize,
    /// One for each way to draw.
    pub rows: Vec<Row>,
}

/// Pearson's r of the pictures that `requests` ask for, drawn in each of `ways` and in [`REFERENCE`], by way and picture.
/// Requests ask for one picture each; how they are to be taken does not matter. `on_steps` hears of steps of all
/// pictures together.
///
/// # Errors
/// [`SampleError`] where a request is out of range or the denoiser fails.
pub fn measure(
    denoiser: &mut dyn Denoiser,
    schedule: Schedule,
    requests: &[Request],
    ways: &[Sampling],
    mut on_steps: impl FnMut(usize),
) -> Result<Vec<Vec<f64>>, SampleError> {
    let size = denoiser.shape().len();
    let mut draw = |way: Sampling| -> Result<Vec<f32>, SampleError> {
        let requests: Vec<Request> = requests.iter().map(|request| request.clone().taking(way)).collect();
        let pictures = follow(denoiser, schedule, &requests, |_, _| ())?;
        on_steps(way.steps);
        Ok(pictures)
    };
    let many = draw(REFERENCE)?;
    let alike = |few: Vec<f32>| -> Vec<f64> {
        few.chunks_exact(size).zip(many.chunks_exact(size)).map(|(few, many)| Agreement::of(few, many).r).collect()
    };
    ways.iter().map(|&way| Ok(alike(draw(way)?))).collect()
}

/// Every combination of `steps`, `grids` and `solvers`: grid by grid, solver by solver, steps as given.
pub fn ways(steps: &[usize], grids: &[Grid], solvers: &[Solver]) -> Vec<Sampling> {
    let mut all = Vec::new();
    for (&grid, &solver) in grids.iter().flat_map(|grid| solvers.iter().map(move |solver| (grid, solver))) {
        all.extend(steps.iter().map(|&steps| Sampling { steps, grid, solver }));
    }
    all
}

impl Table {
    /// Sums up `found`, r by way and seed.
    pub fn new(network: &str, guidance: f64, ways: &[Sampling], found: &[Vec<f64>]) -> Table {
        let row = |(&sampling, r): (&Sampling, &Vec<f64>)| Row {
            sampling,
            median: Summary::of(r.iter().copied()).map_or(f64::NAN, |summary| summary.median),
            worst: r.iter().copied().fold(f64::INFINITY, f64::min),
        };
        let seeds = found.first().map_or(0, Vec::len);
        Table { network: network.into(), guidance, seeds, rows: ways.iter().zip(found).map(row).collect() }
    }

    /// The way with the fewest steps whose median r reaches `enough`, the best of those with as few.
    pub fn fewest(&self, enough: f64) -> Option<Row> {
        let good = self.rows.iter().copied().filter(|row| row.median >= enough);
        good.min_by(|a, b| a.sampling.steps.cmp(&b.sampling.steps).then(b.median.total_cmp(&a.median)))
    }

    /// The table in Markdown: a line for each grid and solver, a column for each number of steps, in each cell the median
    /// r and, in brackets, that of the worst seed.
    pub fn markdown(&self) -> String {
        let mut steps: Vec<usize> = self.rows.iter().map(|row| row.sampling.steps).collect();
        steps.sort_unstable();
        steps.dedup();
        let columns: String = steps.iter().map(|steps| format!(" {steps} |")).collect();
        let mut out = format!("| `{}` | solver |{columns}\n|---|---|{}\n", self.network, "---|".repeat(steps.len()));
        for line in self.rows.chunk_by(|a, b| way(a) == way(b)) {
            let (grid, solver) = way(&line[0]);
            let _ = write!(out, "| {} | {} |", grid.name(), solver.name());
            for steps in &steps {
                let _ = match line.iter().find(|row| row.sampling.steps == *steps) {
                    Some(row) => write!(out, " {} ({}) |", decimal(row.median, 4), decimal(row.worst, 2)),
                    None => write!(out, " |"),
                };
            }
            out.push('\n');
        }
        out
    }
}

fn way(row: &Row) -> (Grid, Solver) {
    (row.sampling.grid, row.sampling.solver)
}

/// A share as this project prints it, without the nought: `.995`.
fn decimal(value: f64, digits: usize) -> String {
    format!("{value:.digits$}").replacen("0.", ".", 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use morphogen::denoiser::{Condition, DenoiseError, ImageShape, check_batch};
    use morphogen::sampler;
    use morphogen::schedule::Time;

    const SHAPE: ImageShape = ImageShape { channels: 1, height: 4, width: 5 };

    /// Draws one of two patterns, whichever the noise is nearer to; a condition bends it.
    struct Either;
    impl Denoiser for Either {
        fn shape(&self) -> ImageShape {
            SHAPE
        }
        fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
            check_batch(x, SHAPE, conditions)?;
            let pattern = |i: usize, class: usize| ((i * (class + 1)) as f32 * 0.7).sin() * 0.8;
            let one = |x: &[f32], condition: &Condition| {
                let class = if let Condition::Class(class) = condition { *class } else { 0 };
                let dot: f32 = x.iter().enumerate().map(|(i, x)| x * pattern(i, class)).sum();
                let weight = (dot * time.a as f32 / (time.s * time.s) as f32).tanh();
                (0..SHAPE.len())
                    .map(move |i| weight * pattern(i, class) + 0.1 * time.a as f32 * x[i])
                    .collect::<Vec<_>>()
            };
            Ok(x.chunks(SHAPE.len()).zip(conditions).flat_map(|(x, c)| one(x, c)).collect())
        }
    }

    fn requests(guidance: f64) -> Vec<Request> {
        let one = |seed: u64| Request::new(Condition::Class(seed as usize % 3), seed).guided(guidance);
        (0..7).map(one).collect()
    }

    #[test]
    fn what_is_measured_is_what_is_sampled() {
        let ways = ways(&[3, 60], &Grid::ALL, &[Solver::Ddim, Solver::DpmSolver]);
        for guidance in [1.0, 2.0] {
            let requests = requests(guidance);
            let mut steps = 0;
            let found = measure(&mut Either, Schedule::Cosine, &requests, &ways, |more| steps += more).unwrap();
            assert_eq!((found.len(), steps), (8, 60 + 4 * 63));
            for (way, r) in ways.iter().zip(&found) {
                assert_eq!(r.len(), requests.len());
                for (request, r) in requests.iter().zip(r) {
                    let alone = |way: Sampling| {
                        let request = request.clone().taking(way);
                        sampler::sample(&mut Either, &request, Schedule::Cosine, |_| true).unwrap()
                    };
                    assert_eq!(*r, Agreement::of(&alone(*way), &alone(REFERENCE)).r, "{way}, guidance {guidance}");
                }
            }
            assert!(found[1].iter().all(|r| *r > 1.0 - 1e-12), "the reference is like itself");
            assert!(found[0].iter().any(|r| *r < 0.9999), "three steps are not sixty: {:?}", found[0]);
        }
    }

    fn table() -> Table {
        let ways = ways(&[4, 8], &Grid::ALL, &[Solver::Ddim]);
        let found = [vec![0.5, 0.9, 0.8], vec![0.996, 0.1, 0.999], vec![0.9, 0.9, 0.8], vec![1.0, 0.998, 0.2]];
        Table::new("unet", 1.5, &ways, &found)
    }

    #[test]
    fn medians_worst_seeds_and_the_fewest_steps_are_found() {
        let table = table();
        assert_eq!((table.rows[0].median, table.rows[0].worst, table.seeds), (0.8, 0.5, 3));
        let fewest = table.fewest(0.99).unwrap();
        assert_eq!(fewest.sampling, Sampling { steps: 8, grid: Grid::Early, solver: Solver::Ddim });
        assert_eq!(table.fewest(0.85).unwrap().sampling.steps, 4);
        assert_eq!(table.fewest(0.9999), None);
    }

    #[test]
    fn the_table_has_a_line_for_each_way_and_a_column_for_each_number_of_steps() {
        let expected = "| `unet` | solver | 4 | 8 |\n|---|---|---|---|\n\
                        | uniform | ddim | .8000 (.50) | .9960 (.10) |\n| early | ddim | .9000 (.80) | .9980 (.20) |\n";
        assert_eq!(table().markdown(), expected);
        let json = serde_json::to_value(table()).unwrap();
        assert_eq!((&json["rows"][3]["grid"], &json["rows"][3]["steps"]), (&"early".into(), &8.into()));
    }
}
