//! Takes comments and indentation out of the WGSL that goes into the program, so that a visitor of the page need not fetch
//! them: `src/gpu` includes its shaders from here.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    println!("cargo::rerun-if-changed=src/gpu/shader");
    for folder in ["shader", "shader/shared"] {
        fs::create_dir_all(out.join(folder))?;
        for entry in fs::read_dir(Path::new("src/gpu").join(folder))? {
            let path = entry?.path();
            if let Some(name) = path.file_name().filter(|_| path.extension().is_some_and(|end| end == "wgsl")) {
                let text = fs::read_to_string(&path)?;
                let lines = text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
                fs::write(out.join(folder).join(name), lines.map(|line| format!("{line}\n")).collect::<String>())?;
            }
        }
    }
    Ok(())
}
