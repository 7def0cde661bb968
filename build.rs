//! Takes comments and indentation out of the WGSL that goes into the program, so that a visitor of the page need not fetch
//! them: `src/gpu` and `src/ops` include their shaders from here, the latter's as `ops/…`. And names what is in each part of the
//! program, since for browsers it is compiled in four.

use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> io::Result<()> {
    parts();
    let out = env::var_os("OUT_DIR").map(PathBuf::from).ok_or_else(|| io::Error::other("cargo sets OUT_DIR"))?;
    for (from, to) in [("src/gpu/shader", "shader"), ("src/ops", "shader/ops")] {
        println!("cargo::rerun-if-changed={from}");
        strip(Path::new(from), &out.join(to))?;
    }
    Ok(())
}

/// `with_gpu`, `with_networks` and `with_learning` where that code is wanted: in all natively, in browsers' parts by their feature;
/// `web_packs` in the parts for browsers that read packs.
fn parts() {
    let native = env::var("CARGO_CFG_TARGET_ARCH").is_ok_and(|arch| arch != "wasm32");
    let part = |name: &str| env::var_os(format!("CARGO_FEATURE_WEB_{name}")).is_some();
    let packs = part("DRAWING") || part("THEORY");
    let all = [
        ("with_gpu", native || packs || part("LEARN_GPU")),
        ("with_networks", native || part("DRAWING")),
        ("with_learning", native || part("LEARN") || part("LEARN_GPU")),
        ("web_packs", packs),
    ];
    for (name, wanted) in all {
        println!("cargo::rustc-check-cfg=cfg({name})");
        if wanted {
            println!("cargo::rustc-cfg={name}");
        }
    }
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
