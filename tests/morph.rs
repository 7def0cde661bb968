//! What lies between two conditions, against its definition in plain f64 loops, and films made of it: their ends to the bit,
//! their frames in any split, their course.

use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, Conditions, DenoiseError, Denoiser, ImageShape};
use morphogen::network::config::{Architecture, ConditionKind, Modulation, NetworkConfig};
use morphogen::network::embedding::{shifts, time_row};
use morphogen::network::layers::Layers;
use morphogen::network::weights::initial;
use morphogen::network::{NetworkError, Weights};
use morphogen::sampler::morph::{Morph, MorphError};
use morphogen::sampler::{Request, SampleError, Solver, Term, TermError, Trajectory, Way, noise, sample};
use morphogen::schedule::Schedule;
use proptest::prelude::*;

const SHAPE: ImageShape = ImageShape { channels: 1, height: 8, width: 8 };

fn config(condition: ConditionKind) -> NetworkConfig {
    let architecture = Architecture::UNet { widths: vec![6, 8], attention_heads: 0, attention_level: None };
    NetworkConfig { modulation: Modulation::ScaleShift, ..NetworkConfig::new(architecture, condition) }
}

/// Weights in which every tensor is random.
fn random(config: &NetworkConfig) -> Weights {
    let mut weights = initial(config, 3).unwrap();
    for (stream, array) in (0..).zip(weights.values_mut()) {
        let mut extra = vec![0.0; array.data.len()];
        noise::fill(4, stream, &mut extra);
        array.data.iter_mut().zip(extra).for_each(|(value, extra)| *value += 0.1 * extra);
    }
    weights
}

/// The three kinds of conditions, with two of each.
fn kinds() -> Vec<(ConditionKind, [Condition; 2])> {
    let words = |words: &[usize]| Condition::Words(words.to_vec());
    vec![
        (ConditionKind::Class { count: 5 }, [Condition::Class(1), Condition::Class(4)]),
        (ConditionKind::Vector { size: 3 }, [vec![0.5, -1.0, 2.0], vec![1.0, 0.0, -0.5]].map(Condition::Vector)),
        (ConditionKind::Words { count: 9, width: 5 }, [words(&[1, 7]), words(&[0, 2, 8])]),
        (ConditionKind::Class { count: 5 }, [Condition::Null, Condition::Class(2)]),
    ]
}

/// `row · matrix` in f64, with a matrix of the weights by name.
fn product(row: &[f64], weights: &Weights, name: &str) -> Vec<f64> {
    let array = &weights[name];
    let columns = array.data.len() / row.len();
    let column = |c: usize| (0..row.len()).map(|r| row[r] * f64::from(array.data[r * columns + c])).sum();
    (0..columns).map(column).collect()
}

fn relu(row: Vec<f64>) -> Vec<f64> {
    row.into_iter().map(|value| value.max(0.0)).collect()
}

/// What a plain condition adds to the embedding of the time.
fn embedded(kind: ConditionKind, weights: &Weights, condition: &Condition) -> Vec<f64> {
    let size = kind.size();
    let mut row = vec![0.0; size + 1];
    match condition {
        Condition::Class(class) => row[*class] = 1.0,
        Condition::Vector(values) => row.iter_mut().zip(values).for_each(|(place, &value)| *place = f64::from(value)),
        Condition::Words(words) => words.iter().for_each(|&word| row[word] = 1.0 / (words.len() as f64).sqrt()),
        _ => row[size] = 1.0,
    }
    if let ConditionKind::Words { .. } = kind {
        let null = row.pop().unwrap_or_default();
        row = relu(product(&row, weights, "words.weight"));
        row.push(null);
    }
    product(&row, weights, "condition.weight")
}

#[test]
fn the_embedding_between_two_is_the_mix_of_theirs() {
    for (kind, [first, second]) in kinds() {
        let config = config(kind);
        let (weights, layers) = (random(&config), Layers::for_pictures(&config, SHAPE).unwrap());
        let [one, other] = [&first, &second].map(|condition| embedded(kind, &weights, condition));
        let bias = |name: &str, row: Vec<f64>| -> Vec<f64> {
            row.iter().zip(&weights[name].data).map(|(value, &bias)| value + f64::from(bias)).collect()
        };
        let time: Vec<f64> = time_row(config.embedding, 0.4).into_iter().map(f64::from).collect();
        let hidden = relu(bias("time.in.bias", product(&time, &weights, "time.in.weight")));
        let time = bias("time.out.bias", product(&hidden, &weights, "time.out.weight"));
        for share in [0.0, 0.125, 0.3, 0.5, 0.99, 1.0] {
            let mixed = |i: usize| (1.0 - share) * one[i] + share * other[i];
            let embedding = relu((0..time.len()).map(|i| time[i] + mixed(i)).collect());
            let names = ["shift.weight", "scale.weight"];
            let expected = names.map(|name| product(&embedding, &weights, name)).concat();
            let between = Condition::between(first.clone(), second.clone(), share);
            let found = shifts(&config, &layers, &weights, 0.4, &between).unwrap();
            let worst = found.iter().zip(&expected).map(|(&f, e)| (f64::from(f) - e).abs()).fold(0.0, f64::max);
            assert_eq!(found.len(), expected.len());
            assert!(worst < 1e-5, "{kind:?} at {share}: {worst}");
        }
    }
}

#[test]
fn at_either_end_it_is_the_plain_thing_to_the_bit() {
    for (kind, [first, second]) in kinds() {
        let config = config(kind);
        let mut network = CpuNetwork::new(&config, &random(&config), SHAPE).unwrap();
        let mut draw = |condition: Conditions| {
            let request = Request { steps: 3, ..Request::new(condition, 5) }.guided(2.0);
            sample(&mut network, &request, Schedule::Cosine, |_| true).unwrap()
        };
        let at =
            |share| Way::Between { share }.terms(first.clone().into(), second.clone().into(), 2.0).remove(0).condition;
        let [start, half, end] = [0.0, 0.5, 1.0].map(|share| draw(at(share)));
        assert_eq!(start, draw(first.clone().into()), "{kind:?}");
        assert_eq!(end, draw(second.clone().into()), "{kind:?}");
        assert!(half != start && half != end, "{kind:?}");
    }
}

#[test]
fn frames_are_the_same_in_any_split_and_have_one_noise() {
    let (kind, ends) = kinds().remove(2);
    let config = config(kind);
    let mut network = CpuNetwork::new(&config, &random(&config), SHAPE).unwrap();
    let film = Morph::new(2, 12, true).unwrap();
    for solver in [Solver::Ddim, Solver::Ddpm, Solver::DpmSolver] {
        let plain = Request { steps: 3, solver, ..Request::new(Condition::Null, 11) }.guided(2.0);
        let request = film.request(&ends, plain.clone()).unwrap();
        let mut draw = |request: &Request| sample(&mut network, request, Schedule::Cosine, |_| true).unwrap();
        let whole = draw(&request);
        for parts in [1, 2, 3, 5] {
            let starts: Vec<usize> = (0..request.count).step_by(parts).collect();
            let part = |&first: &usize| request.slice(first, parts.min(request.count - first), SHAPE);
            let pieces: Vec<f32> = starts.iter().map(part).flat_map(|request| draw(&request)).collect();
            assert_eq!(pieces, whole, "{solver:?} in parts of {parts}");
        }
        // The plain pictures of one seed stand at its ends, whichever place they have in the batch.
        let frames = film.frames(&whole, SHAPE.len());
        let frame = |n: usize| &frames[n * SHAPE.len()..(n + 1) * SHAPE.len()];
        let [first, second] = ends.clone().map(|end| draw(&plain.clone().of(end)));
        assert_eq!((frame(0), frame(6)), (&first[..], &second[..]), "{solver:?}");
        assert_eq!(frame(2), frame(10), "{solver:?}");
        let initial = request.initial(SHAPE);
        assert!(initial.chunks(SHAPE.len()).all(|noise| noise == &initial[..SHAPE.len()]));
    }
}

proptest! {
    /// A film visits its stops in order, evenly, and goes on from each to the next without a step back.
    #[test]
    fn a_film_visits_all_its_stops(stops in 2usize..=4, frames in 12usize..=48, looped: bool) {
        let film = Morph::new(stops, frames, looped).unwrap();
        let (places, order) = (film.places(), film.order());
        prop_assert_eq!((order.len(), places.len()), (frames, film.pictures()));
        let legs = if looped { stops } else { stops - 1 };
        let along: Vec<f64> = order.iter().map(|&n| places[n].from as f64 + places[n].share).collect();
        prop_assert_eq!(along[0], 0.0);
        let there = if film.pictures() < frames { frames / 2 + 1 } else { frames };
        prop_assert!(along[..there].windows(2).all(|pair| pair[0] < pair[1]));
        for stop in 0..stops {
            let shown = order.iter().any(|&n| {
                let place = places[n];
                (place.from == stop && place.share == 0.0) || (place.to == stop && place.share == 1.0)
            });
            prop_assert!(shown, "stop {} of {:?}", stop, film);
        }
        prop_assert!(places.iter().all(|place| place.to == (place.from + 1) % stops && place.from < legs));
        // No picture comes twice in a row: the end of a loop is its beginning.
        if looped {
            prop_assert!(places.iter().all(|place| place.share < 1.0 || film.pictures() < frames));
            prop_assert_ne!(order[0], order[frames - 1]);
        } else {
            prop_assert_eq!(along[frames - 1], (stops - 1) as f64);
        }
    }
}

#[test]
fn what_is_no_film_or_no_share_is_refused() {
    assert_eq!(Morph::new(1, 24, true), Err(MorphError::Stops { found: 1 }));
    assert_eq!(Morph::new(5, 24, true), Err(MorphError::Stops { found: 5 }));
    for found in [0, 1, 11, 49, usize::MAX] {
        assert_eq!(Morph::new(2, found, true), Err(MorphError::Frames { found }));
    }
    let film = Morph::new(2, 24, true).unwrap();
    assert_eq!(film.conditions(&[Condition::Null]), Err(MorphError::Stops { found: 1 }));
    assert!(film.frames(&[0.0; 3], SHAPE.len()).is_empty());
    for share in [f64::NAN, f64::INFINITY, 2.0, -0.1] {
        let between = Condition::between(Condition::Class(0), Condition::Class(1), share);
        let terms = Way::Between { share }.terms(Condition::Class(0).into(), Condition::Class(1).into(), 1.0);
        let refused = |request: Request| Trajectory::new(&request, SHAPE, Schedule::Cosine).err();
        let asked = refused(Request { terms, ..Request::new(Condition::Null, 0) });
        assert!(matches!(asked, Some(SampleError::Term { number: 1, fault: TermError::Share { .. } })), "{asked:?}");
        let asked = refused(Request { against: between.clone(), ..Request::new(Condition::Null, 0) });
        assert!(matches!(asked, Some(SampleError::Share { .. })), "{asked:?}");
        let config = config(ConditionKind::Class { count: 2 });
        let mut network = CpuNetwork::new(&config, &random(&config), SHAPE).unwrap();
        let answer = network.denoise(&[0.0; 64], Schedule::Cosine.at(0.5), &[between]);
        assert!(matches!(answer, Err(DenoiseError::Condition { .. })), "{answer:?}");
    }
    // Between what lies between: shares do not nest.
    let inner = Condition::between(Condition::Class(0), Condition::Class(1), 0.5);
    let config = config(ConditionKind::Class { count: 2 });
    let (weights, layers) = (random(&config), Layers::for_pictures(&config, SHAPE).unwrap());
    let nested = Condition::between(inner, Condition::Class(0), 0.5);
    let refused = shifts(&config, &layers, &weights, 0.5, &nested);
    assert!(matches!(refused, Err(NetworkError::Denoise(DenoiseError::Condition { .. }))));
    let each = |count| Conditions::Each(vec![Condition::Null; count]);
    assert_eq!(each(3).between(each(2), 0.5).count(), Some(2));
    let few = Term::new(each(3).between(Condition::Class(0).into(), 0.5));
    let request = Request { terms: vec![few], ..Request::new(Condition::Null, 0) };
    let refused = Trajectory::new(&request, SHAPE, Schedule::Cosine).err();
    assert_eq!(refused, Some(SampleError::Conditions { expected: 1, found: 3 }));
}
