//! `seeds unpack` makes a file in `corpus/TARGET/` of each line of `seeds/TARGET.txt`; `seeds pack FOLDER` makes `seeds/TARGET.txt` of `FOLDER/TARGET/`.

use std::{fs, path::Path};

use clearjwt_fuzz::{properties, seeds};

/// The lines that are there stay; of the folder the shortest inputs are added, until the file has this many bytes.
const BYTES: usize = 40_000;

fn main() -> std::io::Result<()> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    for (target, _) in properties::ALL {
        let file = root.join(format!("seeds/{target}.txt"));
        match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
            ["unpack"] => unpack(&file, &root.join("corpus").join(target))?,
            ["pack", folder] => pack(&Path::new(folder).join(target), &file)?,
            _ => panic!("seeds unpack, or seeds pack FOLDER"),
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
    let mut lines: Vec<String> = fs::read_to_string(file)?.lines().map(str::to_owned).collect();
    let mut new: Vec<String> = inputs.iter().map(|input| seeds::write(input)).filter(|line| !lines.contains(line)).collect();
    new.sort_by_key(|line| (line.len(), line.clone()));
    let mut bytes: usize = lines.iter().map(|line| line.len() + 1).sum();
    lines.extend(new.into_iter().take_while(|line| {
        bytes += line.len() + 1;
        bytes <= BYTES
    }));
    fs::write(file, lines.join("\n") + "\n")
}
