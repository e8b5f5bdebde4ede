//! `seeds/TARGET.txt` and `corpus/TARGET/`, each made from the other: `seeds unpack`, `seeds pack`.

use std::{fs, path::Path};

use clearjwt_fuzz::{properties, seeds};

/// Of a target's corpus the shortest are taken, and no more of it than this.
const INPUTS: usize = 200;
const BYTES: usize = 60_000;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let command = std::env::args().nth(1);
    for (target, _) in properties::ALL {
        let (file, folder) = (root.join(format!("seeds/{target}.txt")), root.join("corpus").join(target));
        match command.as_deref() {
            Some("unpack") => unpack(&file, &folder)?,
            Some("pack") => pack(&folder, &file)?,
            _ => panic!("seeds unpack, or seeds pack"),
        }
    }
    Ok(())
}

fn unpack(file: &Path, folder: &Path) -> std::io::Result<()> {
    fs::create_dir_all(folder)?;
    for (number, line) in fs::read_to_string(file)?.lines().enumerate() {
        fs::write(folder.join(format!("seed-{number:03}")), seeds::read(line).expect("a line of a seed file"))?;
    }
    Ok(())
}

fn pack(folder: &Path, file: &Path) -> std::io::Result<()> {
    let inputs = fs::read_dir(folder)?.map(|entry| fs::read(entry?.path())).collect::<Result<Vec<_>, _>>()?;
    let mut lines: Vec<String> = inputs.iter().map(|input| seeds::write(input)).collect();
    lines.sort_by_key(|line| (line.len(), line.clone()));
    lines.dedup();
    let mut bytes = 0;
    lines.retain(|line| {
        bytes += line.len() + 1;
        bytes <= BYTES
    });
    lines.truncate(INPUTS);
    fs::write(file, lines.join("\n") + "\n")
}
