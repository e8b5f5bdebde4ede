//! The inputs in `seeds/` through the properties of their targets, with no fuzzer and on any toolchain.
//!
//! `CLEARJWT_FUZZ_CORPUS` names a folder with a folder of inputs for each target, to replay beside them.

use std::{env, fs, path::Path};

use clearjwt_fuzz::{properties, seeds};

#[test]
fn every_input_of_the_seeds_has_the_property_of_its_target() {
    let grown = env::var_os("CLEARJWT_FUZZ_CORPUS");
    for (target, property) in properties::ALL {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("seeds/{target}.txt"));
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let inputs: Vec<_> = text.lines().map(|line| seeds::read(line).expect("a line of a seed file")).collect();
        assert!(inputs.len() > 10, "{target} has {} inputs", inputs.len());
        inputs.iter().for_each(|input| property(input));
        if let Some(folder) = &grown {
            for entry in fs::read_dir(Path::new(folder).join(target)).expect("a folder for each target") {
                property(&fs::read(entry.unwrap().path()).unwrap());
            }
        }
    }
}

#[test]
fn an_input_is_what_its_line_says() {
    let all: Vec<u8> = (0..=255).collect();
    assert_eq!(seeds::read(&seeds::write(&all)), Some(all));
}

#[test]
fn every_property_has_a_target_and_every_target_is_short() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz_targets");
    let mut targets: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    targets.sort();
    assert!(targets.iter().map(|path| path.file_stem().unwrap().to_str().unwrap()).eq(properties::ALL.map(|(name, _)| name)));
    targets.iter().for_each(|path| assert!(fs::read_to_string(path).unwrap().lines().count() <= 20, "{}", path.display()));
}
