//! `wasm-bindgen-glue IN.wasm OUT_DIR`: writes the JavaScript module, the types and the wasm of a
//! browser build (`--target web`). It does what `wasm-bindgen --target web --out-dir` does, and shortens the names of what the
//! wasm imports.

use std::{env, path::Path, path::PathBuf, process::ExitCode};

use wasm_bindgen_cli_support::{Bindgen, Output};

fn main() -> ExitCode {
    let arguments: Vec<PathBuf> = env::args_os().skip(1).map(PathBuf::from).collect();
    let [input, out] = arguments.as_slice() else {
        eprintln!("usage: wasm-bindgen-glue IN.wasm OUT_DIR");
        return ExitCode::from(2);
    };
    let mut bindgen = Bindgen::new();
    let done = bindgen
        .input_path(input)
        .web(true)
        .and_then(|bindgen| {
            bindgen.typescript(true).remove_name_section(true).remove_producers_section(true).generate_output()
        })
        .map_err(|error| format!("{error:#}"))
        .and_then(|mut output| {
            let names = shorten_imports(&mut output);
            output.emit(out).map_err(|error| format!("{error:#}"))?;
            let script = out.join(input.file_name().unwrap_or_default()).with_extension("js");
            rename(&script, &names).map_err(|error| format!("{}: {error}", script.display()))
        });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm-bindgen-glue: {}: {error}", input.display());
            ExitCode::FAILURE
        }
    }
}

/// Gives each import that ends in a hash a name of a few letters, and returns the old names beside the new. A hash does not
/// compress, and each stands in both files: for 180 imports that is 4 kB of a first visit.
fn shorten_imports(output: &mut Output) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for import in output.wasm_mut().imports.iter_mut() {
        if ends_in_hash(&import.name) {
            let short = format!("i{}", names.len());
            names.push((std::mem::replace(&mut import.name, short.clone()), short));
        }
    }
    names
}

/// Whether a name ends in `_` and 16 digits of a hash, as wasm-bindgen's do: so none of them is the beginning of another.
fn ends_in_hash(name: &str) -> bool {
    name.rsplit_once('_').is_some_and(|(_, hash)| hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

/// Puts the short names into the script. One that it lacks would be missed only when the wasm is loaded: an error here.
fn rename(script: &Path, names: &[(String, String)]) -> std::io::Result<()> {
    let mut text = std::fs::read_to_string(script)?;
    for (long, short) in names {
        if !text.contains(long.as_str()) {
            return Err(std::io::Error::other(format!(
                "expected the import {long}, found none: has wasm-bindgen changed its glue?"
            )));
        }
        text = text.replace(long.as_str(), short);
    }
    std::fs::write(script, text)
}
