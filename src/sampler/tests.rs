//! The loop on denoisers whose answers are known: any split, start and sum of it gives what is due.

use super::*;
use crate::schedule::Time;

/// Pulls towards a constant that depends on the condition.
struct Constant(ImageShape);
impl Denoiser for Constant {
    fn shape(&self) -> ImageShape {
        self.0
    }
    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        crate::denoiser::check_batch(x, self.0, conditions)?;
        let target = |condition: &Condition| if *condition == Condition::Null { 0.1 } else { 0.2 };
        let each = x.chunks(self.0.len()).zip(conditions);
        Ok(each.flat_map(|(x, c)| x.iter().map(move |x| target(c) + 0.01 * time.a as f32 * x)).collect())
    }
}
const SHAPE: ImageShape = ImageShape { channels: 1, height: 3, width: 5 };

fn draw(request: &Request) -> Vec<f32> {
    sample(&mut Constant(SHAPE), request, Schedule::Cosine, |_| true).unwrap()
}

#[test]
fn the_nth_picture_of_a_batch_is_the_single_picture_of_its_seed() {
    for (solver, grid) in Solver::ALL.into_iter().flat_map(|solver| Grid::ALL.map(|grid| (solver, grid))) {
        for guidance in [1.0, 2.5] {
            let single = Request { solver, grid, ..Request::new(Condition::Class(0), 11).guided(guidance) };
            let batch = draw(&Request { seed: 9, count: 4, ..single.clone() });
            assert_eq!(batch[2 * SHAPE.len()..3 * SHAPE.len()], draw(&single)[..]);
        }
    }
}

#[test]
fn pictures_of_a_batch_may_differ_in_what_they_show() {
    let conditions = vec![Condition::Class(0), Condition::Null, Condition::Class(0)];
    for guidance in [1.0, 2.5] {
        let batch = Request { count: 3, ..Request::new(Conditions::Each(conditions.clone()), 9).guided(guidance) };
        let drawn = draw(&batch);
        for (n, condition) in conditions.iter().enumerate() {
            let single = Request::new(condition.clone(), 9 + n as u64).guided(guidance);
            assert_eq!(drawn[n * SHAPE.len()..(n + 1) * SHAPE.len()], draw(&single)[..], "{n}, {guidance}");
        }
        assert_eq!(draw(&batch.slice(1, 2, SHAPE)), drawn[SHAPE.len()..]);
    }
    let few = Request { count: 2, ..Request::new(Conditions::Each(conditions), 9) };
    assert_eq!(few.check(SHAPE), Err(SampleError::Conditions { expected: 2, found: 3 }));
}

#[test]
fn guidance_extrapolates_from_null_through_the_condition() {
    let request = Request { clip: false, ..Request::new(Condition::Class(0), 1) };
    let mean = |v: Vec<f32>| v.iter().sum::<f32>() / v.len() as f32;
    assert!((mean(draw(&request.clone().guided(3.0))) - 0.4).abs() < 0.02);
    assert!((mean(draw(&request)) - 0.2).abs() < 0.02);
}

#[test]
fn cancelling_stops_and_bad_answers_are_refused() {
    let request = Request::new(Condition::Null, 0);
    let stopped = sample(&mut Constant(SHAPE), &request, Schedule::Cosine, |t| t.done() < 3);
    assert_eq!(stopped, Err(SampleError::Cancelled));
    let mut trajectory = Trajectory::new(&request, SHAPE, Schedule::Cosine).unwrap();
    assert_eq!(trajectory.advance(&[f32::NAN; 15]), Err(DenoiseError::NotFinite));
    assert!(trajectory.advance(&[0.0; 14]).is_err());
    assert_eq!(trajectory.done(), 0);
}

#[test]
fn a_sample_begun_where_another_stood_ends_where_it_ends() {
    let whole = Request { seed: 4, count: 3, steps: 10, ..Request::new(Condition::Class(0), 4) };
    let mut way = Trajectory::new(&whole, SHAPE, Schedule::Cosine).unwrap();
    let mut denoiser = Constant(SHAPE);
    for _ in 0..4 {
        let query = way.query().unwrap();
        let answer = denoiser.denoise(query.x, query.time, query.conditions).unwrap();
        way.advance(&answer).unwrap();
    }
    let start = Start { t: 0.6, x: way.pictures().to_vec() };
    let rest = Request { steps: 6, start: Some(start), ..whole.clone() };
    let ends = draw(&whole);
    let close = |a: &[f32], b: &[f32]| a.len() == b.len() && a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-5);
    assert!(close(&draw(&rest), &ends));
    // A part of the request is that part of the pictures.
    assert!(close(&draw(&rest.slice(1, 2, SHAPE)), &ends[SHAPE.len()..]));
}

#[test]
fn steps_from_half_way_share_the_time_that_is_left() {
    for (grid, t) in [(Grid::Uniform, [0.5, 0.375, 0.25, 0.125]), (Grid::Early, [0.5, 0.4375, 0.323_223, 0.175_240])] {
        let start = Some(Start { t: 0.5, x: vec![0.1; SHAPE.len()] });
        let request = Request { grid, steps: 4, start, ..Request::new(Condition::Null, 0) };
        let plan = request.plan(Schedule::Cosine).unwrap();
        assert!(plan.iter().zip(t).all(|(step, t)| (step.time.t - t).abs() < 1e-6), "{grid:?}: {plan:?}");
        assert_eq!(plan[3].next.t, 0.0);
    }
}

#[test]
fn starts_that_do_not_fit_are_refused() {
    let refused = |t: f64, x: Vec<f32>| {
        let request = Request { start: Some(Start { t, x }), ..Request::new(Condition::Null, 0) };
        Trajectory::new(&request, SHAPE, Schedule::Cosine).err()
    };
    let fine = vec![0.5; SHAPE.len()];
    assert_eq!(refused(0.5, fine.clone()), None);
    for t in [0.0, -0.1, 1.1, f64::NAN] {
        assert!(matches!(refused(t, fine.clone()), Some(SampleError::StartTime { .. })));
    }
    assert_eq!(refused(1.0, vec![0.5; 14]), Some(SampleError::Start { expected: 15, found: 14 }));
    assert!(refused(1.0, vec![f32::NAN; 15]).is_some());
}

#[test]
fn requests_out_of_range_are_refused() {
    let fine = Request::new(Condition::Null, 0);
    let refused = |request: Request| Trajectory::new(&request, SHAPE, Schedule::Cosine).is_err();
    assert!(refused(Request { count: 0, ..fine.clone() }));
    assert!(refused(Request { steps: 0, ..fine.clone() }));
    assert!(refused(fine.guided(f64::NAN)));
}
