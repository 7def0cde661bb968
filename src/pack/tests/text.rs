//! A pack that draws from free text: words, languages and shelves.

use super::*;
use crate::pack::captions::{Captions, Pick, Shelf, Thing};

fn thing(label: &str, words: &[usize], styles: &[usize]) -> Thing {
    let (words, styles) = (words.to_vec(), styles.to_vec());
    Thing { label: label.into(), colours: vec![vec![]; styles.len()], words, styles, ..Thing::default() }
}

fn shelf(things: Vec<Thing>) -> Shelf {
    Shelf { group: "things".into(), things }
}

#[test]
fn words_and_shelves_come_back_and_images_are_found_by_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = PackWriter::create(folder.path(), PackDraft { prompts: vec![], ..draft() }).unwrap();
    let words = ["flat", "round", "red", "cat", "sad"].map(String::from);
    writer.words(&words, 2).unwrap();
    writer.language("de", br#"{"katze":[3]}"#).unwrap();
    let cats = (shelf(vec![thing("cat", &[3], &[0, 1]), thing("red cat", &[2, 3], &[0])]), images(3));
    let faces = (shelf(vec![thing("sad face", &[4], &[0, 1])]), images(2));
    writer.shelves([("cats".to_string(), cats), ("faces".to_string(), faces)].into()).unwrap();
    let pack = writer.finish().unwrap();
    assert!(pack.check().is_good(), "{}", pack.check());
    let manifest = pack.manifest();
    let file = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(manifest.words(&file(&manifest.text().unwrap().words)).unwrap(), words);
    let captions = pack.captions().unwrap();
    assert_eq!(captions.shelves["cats"], shelf(vec![thing("cat", &[3], &[0, 1]), thing("red cat", &[2, 3], &[0])]));
    let found = |words: &[usize]| captions.matching(words, 2);
    // Three captions of cats stand before those of faces.
    let pick = |shelf: &str, images: &[usize]| {
        let before = if shelf == "cats" { 0 } else { 3 };
        let captions = images.iter().map(|image| before + image).collect();
        Pick { shelf: shelf.into(), images: images.to_vec(), captions }
    };
    assert_eq!(found(&[3]), [pick("cats", &[0, 1, 2])]);
    assert_eq!(found(&[3, 2]), [pick("cats", &[2])], "both words, where one thing has both");
    assert_eq!(found(&[3, 4, 1]), [pick("cats", &[1]), pick("faces", &[1])], "one word each, in one style");
    assert_eq!(found(&[1]), [pick("cats", &[1]), pick("faces", &[1])], "a style alone");

    let spoil = |change: &dyn Fn(&mut Manifest)| {
        let mut manifest = manifest.clone();
        change(&mut manifest);
        manifest.check()
    };
    assert!(spoil(&|manifest| manifest.text.as_mut().unwrap().styles = 6).is_err());
    assert!(spoil(&|manifest| manifest.text.as_mut().unwrap().words = "none.json".into()).is_err());
    assert!(spoil(&|manifest| manifest.text = None).is_err(), "shelves without words");
    let mut fewer = manifest.clone();
    fewer.text.as_mut().unwrap().count = 4;
    assert!(fewer.words(&file("words.json")).is_err(), "one word too many");

    let mut writer = PackWriter::update(folder.path()).unwrap();
    writer.shelves([("dogs".to_string(), (shelf(vec![thing("dog", &[2], &[0])]), images(1)))].into()).unwrap();
    let training = |pack: &Pack| -> Vec<String> {
        let kept = |file: &&String| file.starts_with("training/") || file.starts_with("captions");
        pack.manifest().files.keys().filter(kept).cloned().collect()
    };
    let replaced = writer.finish().unwrap();
    assert_eq!(training(&replaced), ["captions.json.zz", "training/dogs.safetensors.zz"], "the old shelves are gone");
}

/// A pack with one shelf of one thing in two styles, and three words.
pub(super) fn small() -> (tempfile::TempDir, Pack) {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = PackWriter::create(folder.path(), PackDraft { prompts: vec![], ..draft() }).unwrap();
    writer.words(&["flat", "round", "cat"].map(String::from), 2).unwrap();
    writer.shelves([("cats".to_string(), (shelf(vec![thing("cat", &[2], &[0, 1])]), images(2)))].into()).unwrap();
    let pack = writer.finish().unwrap();
    (folder, pack)
}

#[test]
fn captions_that_do_not_fit_the_pack_are_refused_in_a_sentence() {
    let (_folder, pack) = small();
    let refused = |change: &dyn Fn(&mut Captions)| {
        let mut captions = pack.captions().unwrap();
        change(&mut captions);
        pack.manifest().captions(&serde_json::to_vec(&captions).unwrap()).unwrap_err().to_string()
    };
    let cat = |captions: &mut Captions, change: &dyn Fn(&mut Thing)| {
        change(&mut captions.shelves.get_mut("cats").unwrap().things[0]);
    };
    let word = refused(&|captions| cat(captions, &|thing| thing.words.push(3)));
    assert!(word.contains("captions.json.zz: cats: there is no word 3"), "{word}");
    assert!(refused(&|captions| cat(captions, &|thing| thing.tags.push(9))).contains("no word 9"));
    assert!(refused(&|captions| cat(captions, &|thing| thing.colours[1].push(7))).contains("no word 7"));
    assert!(refused(&|captions| cat(captions, &|thing| thing.styles[0] = 2)).contains("no style 2"));
    assert!(refused(&|captions| cat(captions, &|thing| thing.main = Some(1))).contains("main word"));
    assert!(refused(&|captions| cat(captions, &|thing| thing.known = vec![1])).contains("a byte for each of 2 images"));
    assert!(refused(&|captions| cat(captions, &|thing| thing.label = "\n".into())).contains("plain text"));
    let many = refused(&|captions| {
        let cats = captions.shelves.get_mut("cats").unwrap();
        cats.things.push(cats.things[0].clone());
    });
    assert!(many.contains("expected 2 images, found 4"), "{many}");
    let unknown = refused(&|captions| drop(captions.shelves.insert("dogs".into(), Shelf::default())));
    assert!(unknown.contains("no shelf “dogs”"), "{unknown}");
    let json = String::from_utf8(serde_json::to_vec(&pack.captions().unwrap()).unwrap()).unwrap();
    let columns = |from: &str, to: &str| {
        assert!(json.contains(from), "{json}");
        pack.manifest().captions(json.replace(from, to).as_bytes()).unwrap_err().to_string()
    };
    assert!(columns(r#""labels":["cat"]"#, r#""labels":[]"#).contains("in each column"));
    assert!(columns(r#""things",1"#, r#""things",18446744073709551615"#).contains("in each column"));
    let twice = columns(r#"["cats","things",1]"#, r#"["cats","things",1],["cats","things",0]"#);
    assert!(twice.contains("comes twice"), "{twice}");
    assert_eq!(pack.manifest().captions(b"{}").unwrap_err().code(), "pack-text");
}

#[test]
fn captions_that_are_too_large_are_refused_before_they_are_read() {
    let (folder, pack) = small();
    let mut vast = pack.manifest().clone();
    vast.files.get_mut("captions.json.zz").unwrap().bytes = 100 << 20;
    assert_eq!(vast.check().unwrap_err().code(), "pack-too-large");
    // A small file that inflates to 100 MB.
    let mut bomb = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(b' '), 100 << 20), &mut bomb).unwrap();
    let bomb = bomb.finish().unwrap();
    std::fs::write(folder.path().join("captions.json.zz"), &bomb).unwrap();
    let mut manifest = pack.manifest().clone();
    manifest.files.insert("captions.json.zz".into(), FileEntry::of(&bomb));
    std::fs::write(folder.path().join(MANIFEST), serde_json::to_vec(&manifest).unwrap()).unwrap();
    let error = Pack::open(folder.path()).unwrap().captions().unwrap_err();
    assert!(error.code() == "pack-too-large" && error.to_string().contains("captions.json.zz"), "{error}");
}

#[test]
fn captions_can_be_measured_later() {
    let (folder, pack) = small();
    let mut captions = pack.captions().unwrap();
    let before = pack.manifest().training.clone();
    captions.shelves.get_mut("cats").unwrap().things[0].known = vec![7, 255];
    let mut writer = PackWriter::update(folder.path()).unwrap();
    writer.captions(&captions).unwrap();
    let pack = writer.finish().unwrap();
    assert_eq!((pack.captions().unwrap(), &pack.manifest().training), (captions.clone(), &before));
    captions.shelves.get_mut("cats").unwrap().things[0].words = vec![3];
    assert!(PackWriter::update(folder.path()).unwrap().captions(&captions).is_err(), "nothing wrong is written");
}

#[test]
fn the_same_words_keep_their_shelves() {
    let (folder, pack) = small();
    let words = ["flat", "round", "cat"].map(String::from);
    let mut writer = PackWriter::update(folder.path()).unwrap();
    writer.language("de", br#"{"katze":[2]}"#).unwrap();
    writer.words(&words, 2).unwrap();
    let again = writer.finish().unwrap();
    assert_eq!(again.manifest(), pack.manifest(), "only the languages are to be written anew");
    let mut writer = PackWriter::update(folder.path()).unwrap();
    writer.words(&words, 1).unwrap();
    let other = writer.finish().unwrap();
    assert!(other.manifest().training.is_empty() && other.captions().is_err(), "another style is another numbering");
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let (_folder, pack) = small();
        prop_assert!(pack.manifest().captions(&bytes).is_err());
    }
}
