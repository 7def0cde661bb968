//! Every limit of the budget at its edge: what it allows is kept, one more is refused by name before it is read.

use super::*;

/// Raises a limit from nothing until the manifest is accepted; the least that will do.
fn least(json: &[u8], limit: Limit, set: fn(&mut Budget) -> &mut u64) -> u64 {
    let within = |most: u64| {
        let mut budget = Budget::NATIVE;
        *set(&mut budget) = most;
        Manifest::parse_within(json, budget)
    };
    let mut most = 0;
    while let Err(error) = within(most) {
        let PackError::TooLarge { limit: which, most: told, found, .. } = &error else { panic!("{error}") };
        assert_eq!((*which, *told), (limit, most), "{error}");
        let says = error.to_string();
        assert!(says.contains(&format!("“{limit}” is {most}")) && says.contains(limit.advice()), "{says}");
        assert!(*found > most && says.contains(&found.to_string()), "{says}");
        most = *found;
    }
    let error = within(most - 1).unwrap_err();
    assert_eq!(error.code(), "pack-too-large", "{error}");
    most
}

fn json(folder: &TempDir) -> Vec<u8> {
    std::fs::read(folder.path().join(MANIFEST)).unwrap()
}

#[test]
fn a_manifest_is_kept_at_each_limit_and_refused_above() {
    let (folder, pack) = full_pack();
    let json = json(&folder);
    let bytes: Vec<u64> = pack.manifest().files.values().map(|file| file.bytes).collect();
    let least = |limit, set| least(&json, limit, set);
    assert_eq!(least(Limit::File, |budget| &mut budget.file), *bytes.iter().max().unwrap());
    assert_eq!(least(Limit::Total, |budget| &mut budget.total), bytes.iter().sum::<u64>());
    let weights: usize = expected().iter().map(|(_, shape)| shape.iter().product::<usize>()).sum();
    assert_eq!(least(Limit::Weights, |budget| &mut budget.weights), 4 * weights as u64);
    // The picture and two channels from it.
    assert_eq!(least(Limit::Values, |budget| &mut budget.values), 4 * 3 * SHAPE.len() as u64);
    let layers = Layers::new(&config()).unwrap();
    let footprint = crate::cpu::footprint(&config(), &layers, SHAPE);
    assert_eq!(least(Limit::Memory, |budget| &mut budget.memory), footprint);
    assert_eq!(least(Limit::Images, |budget| &mut budget.images), 3 * SHAPE.len() as u64);
}

#[test]
fn the_pixels_of_an_attention_are_counted() {
    let architecture = Architecture::UNet { widths: vec![2], attention_heads: 1, attention_level: None };
    let config = NetworkConfig { architecture, ..config() };
    let layers = Layers::new(&config).unwrap();
    let within = |tokens, shape| Budget { tokens, ..Budget::NATIVE }.network("it", &config, &layers, shape);
    assert_eq!(within(16, SHAPE), Ok(()));
    let error = within(15, SHAPE).unwrap_err().to_string();
    assert!(error.contains("it: found 16 pixels that look at each other, the limit “tokens” is 15"), "{error}");
    // Beyond what any engine takes, no budget helps: the number of pairs would wrap where a usize has 32 bits.
    let square = |side| ImageShape { height: side, width: side, ..SHAPE };
    assert_eq!((layers.check_shape(square(64)), layers.check_shape(square(256)).is_err()), (Ok(()), true));
    assert_eq!(Budget::BROWSER.tokens, crate::gpu::stage::MAX_TOKENS as u64, "what is accepted draws on every device");
}

#[test]
fn networks_that_stay_ready_fit_into_the_memory_of_a_wasm() {
    let Budget { ready, memory, .. } = Budget::BROWSER;
    assert!(ready > 0 && ready as u64 * memory < 1 << 32, "{ready} networks of {memory} bytes each");
}

#[test]
fn the_network_of_a_small_file_that_asks_for_gigabytes_is_refused() {
    let (folder, _) = full_pack();
    let mut json: serde_json::Value = serde_json::from_slice(&json(&folder)).unwrap();
    json["networks"]["tiny"]["config"]["architecture"] =
        serde_json::json!({ "kind": "resnet", "width": 2048, "layers": 64 });
    let error = Manifest::parse(json.to_string().as_bytes()).unwrap_err();
    assert!(error.to_string().starts_with("network tiny: found ") && error.code() == "pack-too-large", "{error}");
    json["image"] = serde_json::json!({ "channels": 1, "height": 256, "width": 256 });
    json["networks"]["tiny"]["config"]["kernel"] = 1.into();
    json["training"] = serde_json::json!({});
    json["networks"]["tiny"]["test"]["expected"] = base64::encode(&vec![0; 2 * 256 * 256]).into();
    // Its values share memory, so that a native machine has room for it, and a browser has not.
    let budget = Budget { weights: Budget::NATIVE.weights, ..Budget::BROWSER };
    let error = Manifest::parse_within(json.to_string().as_bytes(), budget).unwrap_err();
    assert!(matches!(error, PackError::TooLarge { limit: Limit::Memory | Limit::Values, .. }), "{error}");
}

#[test]
fn words_are_kept_at_each_limit_and_refused_above() {
    let (folder, pack) = text::small();
    let mut writer = PackWriter::update(folder.path()).unwrap();
    writer.language("de", br#"{"katze":[1]}"#).unwrap();
    writer.finish().unwrap();
    let json = json(&folder);
    let file = |name: &str| FileEntry::of(&std::fs::read(folder.path().join(name)).unwrap()).bytes;
    let text = pack.manifest().text().unwrap();
    assert_eq!(least(&json, Limit::Words, |budget| &mut budget.words), text.count as u64);
    assert_eq!(least(&json, Limit::Text, |budget| &mut budget.text), file("words.json") + file("words.de.json"));
    assert_eq!(least(&json, Limit::Captions, |budget| &mut budget.captions), file("captions.json.zz"));
}

#[test]
fn captions_are_kept_up_to_the_limit_inflated_too() {
    let (folder, pack) = text::small();
    let stored = pack.file("captions.json.zz").unwrap();
    let inflated = inflate("x", &stored, 1 << 20).unwrap().len() as u64;
    let most = inflated.max(stored.len() as u64);
    let within = |captions| Pack::open_within(folder.path(), Budget { captions, ..Budget::NATIVE })?.captions();
    assert!(within(most).is_ok());
    let error = within(most - 1).unwrap_err();
    assert!(error.code() == "pack-too-large" && error.to_string().contains("captions.json.zz"), "{error}");
}

#[test]
fn a_manifest_of_exactly_its_limit_is_read() {
    let (folder, _) = full_pack();
    let mut json = json(&folder);
    json.resize(limits::MANIFEST as usize, b' ');
    assert!(Manifest::parse(&json).is_ok());
    json.push(b' ');
    let error = Manifest::parse(&json).unwrap_err();
    assert!(matches!(error, PackError::TooLarge { limit: Limit::Manifest, .. }), "{error}");
}

#[test]
fn what_a_small_file_inflates_to_is_bounded_by_the_network() {
    // Twenty megabytes like these came from twenty kilobytes; the network takes 244 bytes.
    let mut bomb = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::best());
    std::io::copy(&mut std::io::Read::take(std::io::repeat(0), 20 << 20), &mut bomb).unwrap();
    let bomb = bomb.finish().unwrap();
    let (folder, pack) = full_pack();
    let mut manifest = pack.manifest().clone();
    manifest.networks.get_mut("tiny").unwrap().file = "bomb.safetensors.zz".into();
    manifest.files.insert("bomb.safetensors.zz".into(), FileEntry::of(&bomb));
    std::fs::write(folder.path().join("bomb.safetensors.zz"), &bomb).unwrap();
    std::fs::write(folder.path().join(MANIFEST), serde_json::to_vec(&manifest).unwrap()).unwrap();
    let pack = Pack::open(folder.path()).unwrap();
    let limit = pack.manifest().weights_limit("tiny").unwrap().unwrap();
    assert_eq!(limit, 244 + 8 + limits::HEADER);
    let error = pack.weights("tiny").unwrap_err();
    assert!(matches!(error, PackError::TooLarge { limit: Limit::Inflated, most, .. } if most == limit), "{error}");
}

#[test]
fn one_prompt_fetches_no_more_files_than_the_budget() {
    let (_, pack) = full_pack();
    let mut manifest = pack.manifest().clone();
    let entry = manifest.training["left"].clone();
    manifest.training.insert("more".into(), entry);
    let bytes = manifest.files["training/left.safetensors.zz"].bytes;
    let pick = |shelf: &str| captions::Pick { shelf: shelf.into(), images: vec![0], captions: vec![0] };
    for (fetched, count) in [(0, 1), (2 * bytes - 1, 1), (2 * bytes, 2)] {
        manifest.budget.fetched = fetched;
        assert_eq!(manifest.within(vec![pick("left"), pick("more")]).len(), count);
    }
}
