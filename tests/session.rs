//! Asking and drawing as a pack's users do: prompts of both kinds of packs, what several of them turn away, captions, and a drawing
//! that is the sampler's own, whoever draws.

use morphogen::cpu::CpuNetwork;
use morphogen::denoiser::{Condition, Conditions, Denoiser};
use morphogen::gpu::GpuError;
use morphogen::pack::{NetworkEntry, Pack};
use morphogen::prompt::prior::NoCaption;
use morphogen::sampler::{self, Request, SampleError};
use morphogen::session::ask::{Ask, AskError, Asked, Interpreter, Languages, Thing};
use morphogen::session::device::{Candidate, Device, OnDevice};
use morphogen::session::draw::{State, Wanted, draw};
use morphogen::session::{DrawError, SelfTest};
use pollster::block_on;
use std::rc::Rc;

fn emoji() -> Pack {
    Pack::open("www/models/emoji").unwrap()
}

fn fashion() -> Pack {
    Pack::open("www/models/fashion").unwrap()
}

/// Numbers of words in the emoji pack, rising.
fn numbers(words: &[&str]) -> Condition {
    let known = emoji().words().unwrap();
    let number = |word: &&str| known.iter().position(|other| other == word).expect(word);
    let mut numbers: Vec<usize> = words.iter().map(number).collect();
    numbers.sort_unstable();
    Condition::Words(numbers)
}

fn plain(things: &[&str], negative: Option<&str>) -> Asked {
    let things = things.iter().map(|thing| Thing::of(*thing)).collect();
    let ask = Ask { things, negative: negative.map(String::from), prior: false, seed: 0, count: 2 };
    emoji().ask(&ask, &[]).unwrap()
}

#[test]
fn what_is_turned_away_adds_up() {
    let asked = plain(&["cat, no hat"], Some("dog"));
    assert_eq!(asked.parts[0].condition, numbers(&["cat"]).into());
    assert_eq!(asked.against, numbers(&["hat", "dog"]));
    // Of several things, from the whole picture.
    let asked = plain(&["cat, no hat", "rocket"], None);
    assert_eq!(asked.parts.iter().map(|part| part.name()).collect::<Vec<_>>(), ["cat", "rocket"]);
    assert_eq!(asked.against, numbers(&["hat"]));
    assert_eq!(plain(&["cat", "rocket"], None).against, Condition::Null);
    assert_eq!(plain(&[], Some("dog")).against, numbers(&["dog"]));
}

#[test]
fn the_seed_chooses_captions_unless_one_is_named() {
    let pack = emoji();
    let ask = |thing: Thing, prior| {
        let ask = Ask { prior, count: 3, seed: 5, things: vec![thing], negative: None };
        pack.ask(&ask, &[])
    };
    let asked = ask(Thing::of("cat"), true).unwrap();
    let captions = asked.parts[0].captions.clone().unwrap();
    let chosen: Vec<_> = captions.iter().flatten().collect();
    assert_eq!(chosen.len(), 3);
    assert!(chosen[0].index != chosen[1].index);
    let each = chosen.iter().map(|choice| Condition::Words(choice.words.clone())).collect();
    assert_eq!(asked.parts[0].condition, Conditions::Each(each));
    assert_eq!(ask(Thing::of("cat"), true).unwrap(), asked, "the same seed chooses the same");

    let named = ask(Thing { caption: Some(chosen[1].index), ..Thing::of("cat") }, true).unwrap();
    let indices: Vec<_> = named.parts[0].captions.iter().flatten().flatten().map(|choice| choice.index).collect();
    assert_eq!(indices, [chosen[1].index; 3]);
    let refused = ask(Thing { caption: Some(1 << 30), ..Thing::of("cat") }, true);
    assert!(matches!(refused, Err(AskError::Caption(NoCaption { .. }))), "{refused:?}");
    assert_eq!(ask(Thing::of("cat"), false).unwrap().parts[0].captions, None);
}

#[test]
fn classes_are_asked_for_by_the_same_door() {
    let pack = fashion();
    let ask = Ask { negative: Some("coat".into()), ..Ask::of("a pair of trainers") };
    let asked = pack.ask(&ask, &[]).unwrap();
    let class = |name| Condition::Class(pack.manifest().prompts.iter().position(|entry| entry.name == name).unwrap());
    assert_eq!((asked.parts[0].name(), asked.parts[0].label()), ("sneaker", "Sneaker"));
    assert_eq!(asked.parts[0].condition, class("sneaker").into());
    assert_eq!((asked.parts[0].captions.as_ref(), asked.against), (None, class("coat")));
    assert!(matches!(pack.ask(&Ask::of("submarine"), &[]), Err(AskError::Prompt(_))));
}

#[test]
fn a_language_is_learnt_when_a_prompt_needs_it() {
    let pack = emoji();
    let asked = pack.ask(&Ask { prior: false, ..Ask::of("Katze") }, &["de"]).unwrap();
    assert_eq!(asked.parts[0].condition, numbers(&["cat"]).into());
    // As a page does, which has to fetch it.
    let mut interpreter = Interpreter::new(Rc::new(pack.manifest().clone()));
    interpreter.learn(pack.words().unwrap());
    let languages = Languages { reads: &["de"], missing: &[] };
    assert_eq!(interpreter.wants("Katze", languages).as_deref(), Some("de"));
    assert_ne!(interpreter.wants("Katze", Languages { missing: &["de"], ..languages }).as_deref(), Some("de"));
    interpreter.learn_language("de", pack.language("de").unwrap());
    assert_eq!(interpreter.wants("Katze", languages), None);
    let found = interpreter.ask(&Ask { prior: false, ..Ask::of("Katze") }, languages).unwrap();
    assert_eq!(found.parts[0].condition, asked.parts[0].condition);
}

/// The smallest network of the garments, on the processor.
fn network(pack: &Pack) -> CpuNetwork {
    let entry = pack.manifest().network("unet").unwrap();
    CpuNetwork::new(&entry.config, &pack.weights("unet").unwrap(), pack.manifest().image).unwrap()
}

#[test]
fn a_drawing_is_the_samplers_own_and_tells_of_every_state() {
    let pack = fashion();
    let (manifest, schedule) = (pack.manifest(), pack.manifest().schedule);
    let request = Request { steps: 3, count: 2, ..Request::new(Condition::Class(7), 4).guided(2.0) };
    let mut states = Vec::new();
    let expected = sampler::sample(&mut network(&pack), &request, schedule, |now| {
        states.push(now.pictures().to_vec());
        true
    });
    let mut artist: Box<dyn Denoiser> = Box::new(network(&pack));
    let mut told = Vec::new();
    let tell = |now: State<'_>| {
        assert_eq!((now.step, now.steps), (told.len(), 3));
        told.push(now.x.to_vec());
        true
    };
    let wanted = Wanted { frames: true, influence: true };
    let drawn = block_on(draw(&mut artist, &request, schedule, wanted, tell)).unwrap();
    assert_eq!(drawn.pictures, expected.unwrap());
    assert_eq!(told[0], request.initial(manifest.image));
    assert_eq!(told[1..], states);
    let plane = manifest.image.height * manifest.image.width;
    assert_eq!(drawn.influence.map(|influence| influence.len()), Some(2 * plane));

    let stopped = block_on(draw(&mut artist, &request, schedule, wanted, |now| now.step < 2));
    assert!(matches!(stopped, Err(DrawError::Sample(SampleError::Cancelled))));
    let wrong = Request { steps: 0, ..request };
    assert!(matches!(block_on(draw(&mut artist, &wrong, schedule, wanted, |_| true)), Err(DrawError::Sample(_))));
}

#[test]
fn a_network_that_computes_wrongly_is_not_trusted() {
    let pack = fashion();
    let (manifest, weights) = (pack.manifest(), &pack.weights("unet").unwrap());
    let mut entry = manifest.network("unet").unwrap().clone();
    let ready = |entry: &NetworkEntry| block_on(Candidate { manifest, entry, weights }.on(Device::Cpu));
    assert!(matches!(ready(&entry).unwrap().network, OnDevice::Cpu(_)));
    // Another question than the one that the pack has the answer to.
    entry.test.seed += 1;
    assert!(matches!(ready(&entry), Err(DrawError::SelfTest(SelfTest { difference })) if difference > 0.01));

    assert!(SelfTest::passed(&[0.5, 1.0], &[0.505, 1.0]).is_ok());
    for wrong in [&[0.5, f32::NAN][..], &[0.5], &[0.5, 1.1]] {
        assert!(SelfTest::passed(&[0.5, 1.0], wrong).is_err(), "{wrong:?}");
    }
}

#[test]
fn whatever_the_device_pictures_are_alike_and_whoever_is_slower_is_told() {
    let pack = fashion();
    let (manifest, entry) = (pack.manifest(), pack.manifest().network("unet").unwrap());
    let weights = &pack.weights("unet").unwrap();
    let candidate = Candidate { manifest, entry, weights };
    let request = Request { steps: 3, count: 2, ..Request::new(Condition::Class(7), 4).guided(2.0) };
    let drawn = |network: &mut OnDevice| {
        let mut steps = Vec::new();
        let tell = |now: State<'_>| {
            steps.push(now.step);
            true
        };
        let drawn = block_on(draw(network, &request, manifest.schedule, Wanted::default(), tell)).unwrap();
        assert!(steps.is_sorted() && (steps[0], steps[steps.len() - 1]) == (0, 3), "{steps:?}");
        drawn.pictures
    };
    let expected = drawn(&mut block_on(candidate.on(Device::Cpu)).unwrap().network);
    let auto = block_on(candidate.on(Device::Auto(|| 0.0))).unwrap();
    // Of two that take no time, the graphics device has it; software for one never has.
    assert_eq!(matches!(auto.network, OnDevice::Cpu(_)), !auto.notice.is_empty(), "{}", auto.notice);
    match block_on(candidate.on(Device::Gpu)) {
        Ok(mut ready) => {
            let found = drawn(&mut ready.network);
            let apart = expected.iter().zip(&found).fold(0.0, |most: f32, (e, f)| most.max((e - f).abs()));
            assert!(apart < 1e-3, "{apart}");
        }
        Err(error) => assert!(matches!(error, DrawError::Gpu(GpuError::Unavailable(_))), "{error}"),
    }
}
