//! Takes comments and indentation out of the WGSL that goes into the program, so that a visitor of the page need not fetch
//! them: `src/gpu` and `src/ops` include their shaders from here, the latter's as `ops/…`.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    for (from, to) in [("src/gpu/shader", "shader"), ("src/ops", "shader/ops")] {
        println!("cargo::rerun-if-changed={from}");
        strip(Path::new(from), &out.join(to))?;
    }
    Ok(())
}

/// Every WGSL file in a folder and those below it, into a folder of the same order.
fn strip(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let (path, place) = (entry.path(), to.join(entry.file_name()));
        if path.is_dir() {
            strip(&path, &place)?;
        } else if path.extension().is_some_and(|end| end == "wgsl") {
            let text = fs::read_to_string(&path)?;
            let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
            fs::write(place, lines.map(|line| format!("{line}\n")).collect::<String>())?;
        }
    }
    Ok(())
}
