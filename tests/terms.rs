//! Guidance as a sum of terms: against its definition in plain f64, against the loop that there was before, at the edges of
//! masks and windows, and with the theory's machines in the place of a network.

use morphogen::denoiser::{Condition, Conditions, DenoiseError, Denoiser, ImageShape, check_batch};
use morphogen::sampler::terms::SOFT;
use morphogen::sampler::{Calls, MAX_TERMS, Region, Side, Term, TermError, Way};
use morphogen::sampler::{Request, SampleError, Solver, Trajectory, fill_batch, plan, sample};
use morphogen::schedule::{Schedule, Time};
use morphogen::theory::{Calibration, Company, Machine, Training, Wiener};
use proptest::prelude::*;

const SHAPE: ImageShape = ImageShape { channels: 3, height: 5, width: 4 };

/// A guess that differs from pixel to pixel and condition to condition; notes how many pictures each call had.
#[derive(Default)]
struct Guesser(Vec<usize>);

/// The guess at one value.
fn guess(x: f64, a: f64, condition: &Condition, pixel: usize) -> f64 {
    let number = if let Condition::Class(class) = condition { *class as f64 + 1.0 } else { 0.0 };
    0.4 * (number * 1.7 + pixel as f64 * 0.31).sin() + 0.1 * a * x
}

impl Denoiser for Guesser {
    fn shape(&self) -> ImageShape {
        SHAPE
    }
    fn denoise(&mut self, x: &[f32], time: Time, conditions: &[Condition]) -> Result<Vec<f32>, DenoiseError> {
        check_batch(x, SHAPE, conditions)?;
        self.0.push(conditions.len());
        let each = x.chunks(SHAPE.len()).zip(conditions);
        let one = |(x, condition): (&[f32], &Condition)| -> Vec<f32> {
            let at = |(pixel, &x): (usize, &f32)| guess(f64::from(x), time.a, condition, pixel) as f32;
            x.iter().enumerate().map(at).collect()
        };
        Ok(each.flat_map(one).collect())
    }
}

fn draw(request: &Request) -> Vec<f32> {
    sample(&mut Guesser::default(), request, Schedule::Cosine, |_| true).unwrap()
}

/// The definition, in f64, picture by picture, without leaving anything out: the pictures, and how far each term moved each
/// pixel, `[B, K, H, W]`.
fn plainly(request: &Request) -> (Vec<f64>, Vec<f64>) {
    let plan = plan(Schedule::Cosine, request.sampling()).unwrap();
    let (area, terms) = (SHAPE.height * SHAPE.width, request.terms.len());
    let mut drawn = Vec::new();
    let mut moved = vec![0.0; request.count * terms * area];
    for n in 0..request.count {
        let one = request.slice(n, 1, SHAPE);
        let mut x: Vec<f64> = one.initial(SHAPE).into_iter().map(f64::from).collect();
        let mut before = vec![0.0; x.len()];
        for (number, step) in plan.iter().enumerate() {
            let mut noise = vec![0.0f32; x.len()];
            fill_batch(&one, number as u64 + 1, SHAPE, &mut noise);
            for i in 0..x.len() {
                let u = guess(x[i], step.time.a, &one.against, i);
                let mut mean = u;
                for (k, term) in one.terms.iter().enumerate() {
                    let window = f64::from(u8::from(term.from >= step.time.t && step.time.t > term.to));
                    let pixel = i % (SHAPE.height * SHAPE.width);
                    let mask = term.region.mask(SHAPE).map_or(1.0, |mask| f64::from(mask[pixel]));
                    let c = guess(x[i], step.time.a, &term.condition.spread(1)[0], i);
                    let step = term.weight * mask * window * (c - u);
                    mean += step;
                    moved[(n * terms + k) * area + pixel] += step.abs() / SHAPE.channels as f64;
                }
                let mean = mean.clamp(-1.0, 1.0);
                x[i] = step.x * x[i] + step.denoised * mean + step.previous * before[i];
                x[i] += step.noise * f64::from(noise[i]);
                before[i] = mean;
            }
        }
        drawn.extend(x);
    }
    (drawn, moved)
}

/// The same pictures, and what the sampler says of its terms.
fn told(request: &Request) -> (Vec<f32>, Vec<f32>) {
    let mut guesser = Guesser::default();
    let mut trajectory = Trajectory::new(request, SHAPE, Schedule::Cosine).unwrap().with_influence();
    while let Some(query) = trajectory.query() {
        let answer = guesser.denoise(query.x, query.time, query.conditions).unwrap();
        trajectory.advance(&answer).unwrap();
    }
    (trajectory.pictures().to_vec(), trajectory.influence().unwrap().to_vec())
}

fn any_region() -> impl Strategy<Value = Region> {
    let pixels = SHAPE.height * SHAPE.width;
    prop_oneof![
        Just(Region::Everywhere),
        (0..6usize, 0.0..=1.0, 0.0..=1.0).prop_map(|(side, edge, soft)| Region::Part {
            side: Side::ALL[side],
            edge,
            soft
        }),
        prop::collection::vec(0.0..=1.0f32, pixels).prop_map(Region::Mask),
    ]
}

fn any_term() -> impl Strategy<Value = Term> {
    let weight = prop_oneof![Just(0.0), Just(1.0), -2.0..3.0];
    let condition = prop_oneof![
        (0..4usize).prop_map(|class| Conditions::All(Condition::Class(class))),
        Just(Conditions::All(Condition::Null)),
        (0..4usize).prop_map(|class| Conditions::Each(vec![Condition::Class(class), Condition::Null])),
    ];
    (condition, weight, any_region(), 0.3..=1.0, 0.0..0.3).prop_map(|(condition, weight, region, from, to)| Term {
        condition,
        weight,
        region,
        from,
        to,
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(60) })]

    #[test]
    fn sums_are_what_their_definition_says(
        terms in prop::collection::vec(any_term(), 0..=MAX_TERMS),
        solver in prop::sample::select(&Solver::ALL[..]),
        against in prop_oneof![Just(Condition::Null), Just(Condition::Class(2))],
        seed in 0..1000u64,
    ) {
        let request = Request { terms, against, solver, count: 2, steps: 6, ..Request::new(Condition::Null, seed) };
        let (found, (expected, moved)) = (draw(&request), plainly(&request));
        for (found, expected) in found.iter().zip(&expected) {
            prop_assert!((f64::from(*found) - expected).abs() < 1e-4, "{} is not {}", found, expected);
        }
        // Who asks what the terms did gets the same pictures to the bit, and what the definition says of each term.
        let (same, influence) = told(&request);
        prop_assert_eq!(&same, &found);
        prop_assert_eq!(influence.len(), moved.len());
        for (influence, moved) in influence.iter().zip(&moved) {
            prop_assert!((f64::from(*influence) - moved).abs() < 1e-4, "{} is not {}", influence, moved);
        }
        // Cut anywhere, the pictures are the same to the bit.
        prop_assert_eq!(&draw(&request.slice(1, 1, SHAPE)), &found[SHAPE.len()..]);
    }
}

/// The loop of the sampler before there were terms: one guidance, of one condition, away from another.
fn as_before(condition: &Condition, against: &Condition, guidance: f64, solver: Solver) -> Vec<f32> {
    let request = Request { solver, steps: 6, ..Request::new(condition.clone(), 5) };
    let mut guesser = Guesser::default();
    let mut x = request.initial(SHAPE);
    let mut before = vec![0.0f32; x.len()];
    for (number, step) in plan(Schedule::Cosine, request.sampling()).unwrap().iter().enumerate() {
        let mut noise = vec![0.0f32; x.len()];
        fill_batch(&request, number as u64 + 1, SHAPE, &mut noise);
        let mut ask = |condition: &Condition| guesser.denoise(&x, step.time, std::slice::from_ref(condition)).unwrap();
        let (named, other) = (ask(condition), ask(against));
        for i in 0..x.len() {
            let guided = guidance != 1.0 && condition != against;
            let mean = if guided { other[i] + guidance as f32 * (named[i] - other[i]) } else { named[i] };
            let mean = mean.clamp(-1.0, 1.0);
            let next = step.x as f32 * x[i] + step.denoised as f32 * mean + step.previous as f32 * before[i];
            x[i] = next + if step.noise == 0.0 { 0.0 } else { step.noise as f32 * noise[i] };
            before[i] = mean;
        }
    }
    x
}

#[test]
fn guidance_and_what_it_leads_away_from_give_the_pictures_that_they_gave() {
    let (one, two) = (Condition::Class(0), Condition::Class(3));
    for solver in Solver::ALL {
        for (condition, against) in [(&one, &Condition::Null), (&one, &two), (&two, &two)] {
            for guidance in [1.0, 2.7, -0.5] {
                let request =
                    Request { against: against.clone(), solver, steps: 6, ..Request::new(condition.clone(), 5) };
                let expected = as_before(condition, against, guidance, solver);
                assert_eq!(draw(&request.guided(guidance)), expected, "{solver:?}, {guidance}");
            }
        }
    }
}

#[test]
fn terms_that_add_nothing_are_not_asked_for() {
    let class = |class| Term::new(Condition::Class(class));
    let calls = |terms: Vec<Term>, t| Calls::at(t, &terms, &Condition::Null);
    let windows = || vec![Term { to: 0.75, ..class(0).weighing(2.0) }, Term { from: 0.75, ..class(1).weighing(2.0) }];
    // The moment itself belongs to the second.
    assert_eq!(calls(windows(), 0.76), Calls { terms: vec![0], against: true });
    assert_eq!(calls(windows(), 0.75), Calls { terms: vec![1], against: true });
    assert_eq!(calls(vec![class(0)], 1.0), Calls { terms: vec![0], against: false });
    assert_eq!(calls(vec![class(0).weighing(0.0), class(1)], 0.1), Calls { terms: vec![1], against: false });
    assert_eq!(calls(vec![Term::new(Condition::Null)], 0.5), Calls { terms: vec![], against: true });
    assert_eq!(calls(vec![class(0), class(1)], 0.5), Calls { terms: vec![0, 1], against: true });
    let part = Term { region: Region::on(Side::Above), ..class(0) };
    assert!(calls(vec![part], 0.5).against, "elsewhere it is the guess without words");
    let mut guesser = Guesser::default();
    let request = Request { terms: windows(), steps: 4, ..Request::new(Condition::Null, 1) };
    sample(&mut guesser, &request, Schedule::Cosine, |_| true).unwrap();
    assert_eq!(guesser.0, [2; 4], "all calls of a step are one");
}

#[test]
fn masks_are_sigmoids_about_their_edge() {
    let shape = ImageShape { channels: 3, height: 64, width: 32 };
    let at = |side: Side, row: usize, column: usize| Region::on(side).mask(shape).unwrap()[row * 32 + column];
    let sigmoid = |x: f64| (1.0 / (1.0 + (-x).exp())) as f32;
    for row in [0, 25, 26, 30, 63] {
        assert!((at(Side::Above, row, 7) - (1.0 - sigmoid((row as f64 - 26.0) / 4.0))).abs() < 1e-6);
        assert!((at(Side::Below, row, 7) - sigmoid((row as f64 - 38.0) / 4.0)).abs() < 1e-6);
    }
    for column in [0, 15, 16, 31] {
        assert!((at(Side::Right, 3, column) - sigmoid((column as f64 - 16.0) / 2.0)).abs() < 1e-6);
    }
    assert!(at(Side::Inside, 31, 15) > 0.9 && at(Side::Inside, 0, 0) < 0.01 && at(Side::Outside, 0, 0) > 0.99);
    assert_eq!(Region::Everywhere.mask(shape), None);
    for side in Side::ALL {
        assert_eq!((side.other().other(), Side::named(side.name())), (side, Some(side)));
        for (edge, soft) in [(0.3, SOFT), (0.5, 0.0), (0.0, 0.0), (1.0, 1.0)] {
            let mask = |side| Region::Part { side, edge, soft }.mask(shape).unwrap();
            let both = mask(side).into_iter().zip(mask(side.other()));
            assert!(
                both.into_iter().all(|(one, other)| (one + other - 1.0).abs() < 1e-6),
                "{side:?} and its other side"
            );
        }
    }
    let hard = Region::Part { side: Side::Above, edge: 0.5, soft: 0.0 }.mask(shape).unwrap();
    assert!(hard[..32 * 32].iter().all(|&share| share == 1.0) && hard[32 * 32..].iter().all(|&share| share == 0.0));
}

#[test]
fn mixes_are_the_sums_that_they_are_called() {
    let [first, second] = [0, 1].map(|class| Conditions::All(Condition::Class(class)));
    let mix = |way: Way| way.terms(first.clone(), second.clone(), way.usual_weight(2.0));
    let and = mix(Way::And);
    assert!(and.iter().all(|term| (term.weight, &term.region) == (1.5, &Region::Everywhere)));
    let over = mix(Way::Over { side: Side::Left, edge: 0.3 });
    let part = |side| Region::Part { side, edge: 0.3, soft: SOFT };
    assert_eq!((&over[0].region, &over[1].region, over[1].weight), (&part(Side::Right), &part(Side::Left), 2.0));
    assert_eq!((&over[0].condition, &over[1].condition), (&first, &second));
    let into = mix(Way::Into { at: 0.75 });
    assert_eq!([into[0].from, into[0].to, into[1].from, into[1].to], [1.0, 0.75, 0.75, 0.0]);
    for (at, only) in [(0.0, &first), (1.0, &second)] {
        let alone = mix(Way::Into { at });
        assert_eq!((alone.len(), &alone[0].condition, alone[0].from, alone[0].to), (1, only, 1.0, 0.0));
    }
}

#[test]
fn terms_out_of_range_are_refused_one_by_one() {
    let fine = Term::new(Condition::Class(1));
    let refused = |terms: Vec<Term>| {
        let request = Request { terms, ..Request::new(Condition::Null, 0) };
        Trajectory::new(&request, SHAPE, Schedule::Cosine).err()
    };
    let second = |term: Term| match refused(vec![fine.clone(), term]) {
        Some(SampleError::Term { number: 2, fault }) => Some(fault),
        None => None,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(vec![fine.clone(); 8]), None);
    assert_eq!(refused(vec![fine.clone(); 9]), Some(SampleError::Terms { found: 9 }));
    for weight in [f64::NAN, f64::INFINITY, 100.5, -101.0] {
        assert!(matches!(second(fine.clone().weighing(weight)), Some(TermError::Weight { .. })), "{weight}");
    }
    for (from, to) in [(0.3, 0.7), (0.5, 0.5), (1.2, 0.0), (1.0, -0.1), (f64::NAN, 0.0), (1.0, f64::NAN)] {
        assert!(matches!(second(Term { from, to, ..fine.clone() }), Some(TermError::Window { .. })), "{from} {to}");
    }
    let within = |region: Region| second(Term { region, ..fine.clone() });
    for (edge, soft) in [(-0.1, 0.1), (1.1, 0.1), (0.5, -0.1), (f64::NAN, 0.1), (0.5, f64::NAN)] {
        let side = Side::Inside;
        assert!(matches!(within(Region::Part { side, edge, soft }), Some(TermError::Edge { .. })), "{edge} {soft}");
    }
    assert_eq!(within(Region::Mask(vec![1.0; 20])), None);
    let expected = TermError::MaskSize { rows: 5, columns: 4, found: 60 };
    assert_eq!(within(Region::Mask(vec![1.0; 60])), Some(expected));
    for value in [-0.1, 1.1, f32::NAN] {
        let mask = Region::Mask(vec![value; 20]);
        assert!(matches!(within(mask), Some(TermError::MaskValue { .. })), "{value}");
    }
    let few = Term::new(Conditions::Each(vec![Condition::Null; 3]));
    assert_eq!(refused(vec![fine.clone(), few]), Some(SampleError::Conditions { expected: 1, found: 3 }));
}

#[test]
fn machines_of_each_conditions_own_images_mix_as_networks_do() {
    // Dark images of the first class, light ones of the second, a little different each.
    let images = |level: f32| -> Vec<f32> { (0..6 * SHAPE.len()).map(|i| level + 0.1 * (i as f32).sin()).collect() };
    let machine = |images: Vec<f32>| Wiener::new(&Training::new(&images, SHAPE).unwrap());
    let (dark, light) = ((Condition::Class(1), images(-0.6)), (Condition::Class(2), images(0.6)));
    let mut machines =
        Company::new(Machine::Wiener, &Calibration::default(), SHAPE, vec![dark.clone(), light, dark]).unwrap();
    let over = Way::Over { side: Side::Above, edge: 0.5 };
    let terms = over.terms(Condition::Class(1).into(), Condition::Class(2).into(), 1.0);
    let request = Request { terms, ..Request::new(Condition::Null, 3) };
    let drawn = sample(&mut machines, &request, Schedule::Cosine, |_| true).unwrap();
    let row = |row: usize| drawn[row * SHAPE.width..(row + 1) * SHAPE.width].iter().sum::<f32>() / SHAPE.width as f32;
    assert!(row(0) > 0.4 && row(4) < -0.4, "light above, dark below: {} and {}", row(0), row(4));
    // Each answers for its own condition as it does alone, and for any other one answers that knows all images once.
    let time = Schedule::Cosine.at(0.4);
    let x: Vec<f32> = (0..SHAPE.len()).map(|i| (i as f32 * 0.7).cos()).collect();
    let conditions = [Condition::Class(2), Condition::Null, Condition::Class(1), Condition::Class(7)];
    let all = [images(-0.6), images(0.6)].concat();
    let alone = [images(0.6), all.clone(), images(-0.6), all];
    let expected: Vec<f32> =
        alone.into_iter().flat_map(|images| machine(images).denoise(&x, time, &[Condition::Null]).unwrap()).collect();
    assert_eq!(machines.denoise(&x.repeat(4), time, &conditions).unwrap(), expected);
    // One machine answers every condition alike: then a sum is its guess.
    let mut one = machine(images(0.6));
    let plain = sample(&mut one, &Request::new(Condition::Null, 3), Schedule::Cosine, |_| true).unwrap();
    assert_eq!(sample(&mut one, &request, Schedule::Cosine, |_| true).unwrap(), plain);
}
