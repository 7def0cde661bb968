//! A pack that draws from free text: words, languages and shelves.

use super::*;
use crate::pack::text::{Pick, Thing};

#[test]
fn words_and_shelves_come_back_and_images_are_found_by_words() {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = PackWriter::create(folder.path(), PackDraft { prompts: vec![], ..draft() }).unwrap();
    let words = ["flat", "round", "red", "cat", "sad"].map(String::from);
    writer.words(&words, 2).unwrap();
    writer.language("de", br#"{"katze":[3]}"#).unwrap();
    let thing = |label: &str, words: &[usize], styles: &[usize]| Thing {
        label: label.into(),
        words: words.to_vec(),
        styles: styles.to_vec(),
    };
    let cats = (vec![thing("cat", &[3], &[0, 1]), thing("red cat", &[2, 3], &[0])], images(3));
    let faces = (vec![thing("sad face", &[4], &[0, 1])], images(2));
    writer.shelves([("cats".to_string(), cats), ("faces".to_string(), faces)].into()).unwrap();
    let pack = writer.finish().unwrap();
    assert!(pack.check().is_good(), "{}", pack.check());
    let manifest = pack.manifest();
    let file = |name: &str| std::fs::read(folder.path().join(name)).unwrap();
    assert_eq!(manifest.words(&file(&manifest.text().unwrap().words)).unwrap(), words);
    let index = manifest.index(&file(manifest.text().unwrap().index.as_ref().unwrap())).unwrap();
    let found = |words: &[usize]| index.matching(words, 2);
    let pick = |shelf: &str, images: &[usize]| Pick { shelf: shelf.into(), images: images.to_vec() };
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
    writer.shelves([("dogs".to_string(), (vec![thing("dog", &[2], &[0])], images(1)))].into()).unwrap();
    let training = |pack: &Pack| -> Vec<String> {
        pack.manifest().files.keys().filter(|file| file.starts_with("training/")).cloned().collect()
    };
    let replaced = writer.finish().unwrap();
    assert_eq!(
        training(&replaced),
        ["training/dogs.safetensors.zz", "training/index.json"],
        "the old shelves are gone"
    );
}
