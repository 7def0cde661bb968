//! `wasm-bindgen-glue IN.wasm OUT_DIR`: writes the JavaScript module, the types and the wasm of a
//! browser build (`--target web`). It does what `wasm-bindgen --target web --out-dir` does.

use std::{env, path::PathBuf, process::ExitCode};

use wasm_bindgen_cli_support::Bindgen;

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
        .and_then(|bindgen| bindgen.typescript(true).remove_name_section(true).remove_producers_section(true).generate(out));
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("wasm-bindgen-glue: {}: {error:#}", input.display());
            ExitCode::FAILURE
        }
    }
}
