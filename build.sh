#!/usr/bin/env bash
# The one door to Morphogen: everything is built, served and tested through here. See --help.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

usage() {
  cat <<'HELP'
usage: ./build.sh COMMAND

  serve [--port N] [--open]   build what is needed and serve the page at http://localhost:8080/
  build                       the browser build: pkg/generated/, and the site ready for any static host in dist/site/
  offline [--only fashion] [--address URL]
                              dist/morphogen-offline.html, all of it as one file of 12 MB that needs no network; only the
                              garments in 4 MB; links lead to the address where the page is hosted
  course                      dist/morphogen-course.zip, the same as a SCORM 1.2 package for learning platforms, with exercises
  wheel                       dist/morphogen-*.whl, the Python package with the widget and both packs
  test [--install] [PART]...  every check, or only some: format clippy rust javascript size browser browsers hosts bundlers
                              python; asks before it installs system packages, with --install or CI=true it does; hosts
                              (JupyterLab, marimo, MyST) and bundlers (Vite, Rollup, esbuild, webpack, Parcel, Next) are set up
                              where they are asked for by name, and else tested where they are
  bench [ARGUMENT]...         speed and size beside onnxruntime-web, in one browser
  bench --cold | --soak       a first visit over a slow link, part by part; what a page holds after 500 samples
  emoji [--size N]            the emoji data set in data/emoji/, 64 × 64 unless told otherwise, from npm packages
  train [ARGUMENT]...         train a network natively (./build.sh train --help)

Needs Rust (rustup), Node 20 or later and, for libtorch only, Python; the rest is fetched on first use.

  CHROMIUM             the browser for the tests and the benchmark (else the system's Chromium)
  FIREFOX              Firefox, for `test browsers` (else the system's)
  PYTHON               Python for `test python`, with PyTorch (else python3, else one of our own in .tools/venv)
  MORPHOGEN_NOTEBOOKS  Python for `test hosts`, with JupyterLab and marimo (else one of our own in .tools/hosts)
  MORPHOGEN_ADDRESS    for `build`: where the site will stand, for the cards that other sites show beside its links
  CARGO_TARGET_DIR     where cargo builds (else target/)
  MORPHOGEN_FEATURES   cargo features for `train`: libtorch (see tools/libtorch.sh) or vulkan
HELP
}

TARGET_DIR=${CARGO_TARGET_DIR:-target}
TOOLS=.tools
WASM_TARGET=wasm32-unknown-unknown
# Named one by one: --all-features makes wasm-opt emit encodings that browsers refuse.
WASM_FEATURES=(--enable-simd --enable-relaxed-simd --enable-bulk-memory --enable-bulk-memory-opt --enable-mutable-globals --enable-sign-ext
  --enable-nontrapping-float-to-int --enable-reference-types --enable-multivalue)

say() { printf '\033[1m── %s\033[0m\n' "$*"; }
fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }
as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo -n "$@"; fi; }

# ── set-up ──────────────────────────────────────────────────────────────────────────────────────────────────────────

need_rust() {
  command -v cargo >/dev/null || fail "cargo is missing: install Rust with rustup (https://rustup.rs)"
}

need_wasm_target() {
  need_rust
  [ -d "$(rustc --print sysroot)/lib/rustlib/$WASM_TARGET" ] && return
  command -v rustup >/dev/null || fail "the Rust target $WASM_TARGET is missing, and there is no rustup to add it"
  say "adding the Rust target $WASM_TARGET"
  rustup target add "$WASM_TARGET"
}

locked_version() { # of package $1 in the lock file $2
  awk -v name="name = \"$1\"" '$0 == name { getline; gsub(/version = |"/, ""); print; exit }' "$2"
}

# wasm-bindgen's glue generator, of the exact version that the crate is locked to.
need_glue() {
  local want have
  want=$(locked_version wasm-bindgen Cargo.lock)
  have=$(locked_version wasm-bindgen-cli-support tools/wasm-bindgen/Cargo.lock)
  [ "$want" = "$have" ] || fail "Cargo.lock has wasm-bindgen $want, but tools/wasm-bindgen builds $have: set its Cargo.toml to =$want"
  GLUE=$TOOLS/wasm-bindgen-$want
  if [ ! -x "$GLUE" ] || [ tools/wasm-bindgen/src/main.rs -nt "$GLUE" ]; then
    need_rust
    say "building wasm-bindgen $want"
    cargo build --locked --manifest-path tools/wasm-bindgen/Cargo.toml --target-dir "$TOOLS/target"
    cp "$TOOLS/target/debug/wasm-bindgen-glue" "$GLUE"
  fi
}

need_node_modules() {
  command -v npm >/dev/null || fail "npm is missing: install Node 20 or later"
  if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
    say "installing the pinned npm packages"
    PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD=1 npm ci --no-audit --no-fund
    touch node_modules/.package-lock.json
  fi
}

# Whether system packages may be installed: yes (--install, CI=true), or asked once where somebody sits at a terminal.
may_install() {
  if [ -z "${INSTALL:-}" ]; then
    if [ "${CI:-}" = true ]; then INSTALL=yes
    elif [ -t 0 ] && read -r -p "build.sh: install $* with apt-get, and what else the tests miss? [y/N] " answer; then
      case $answer in [yY]*) INSTALL=yes ;; *) INSTALL=no ;; esac
    else INSTALL=no; fi
  fi
  [ $INSTALL = yes ]
}

need_packages() { # Debian packages, where this is Debian and we may
  command -v apt-get >/dev/null || return 0
  if ! may_install "$@"; then
    echo "not installing $*: going on without (./build.sh test --install would)"
    return 0
  fi
  say "installing $*"
  as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "$@" >/dev/null ||
    echo "could not install $*: going on without"
}

need_browser() {
  local name
  for name in "${CHROMIUM:-}" chromium chromium-browser google-chrome; do
    if [ -n "$name" ] && CHROMIUM=$(command -v "$name"); then export CHROMIUM; return; fi
  done
  need_packages chromium
  if CHROMIUM=$(command -v chromium); then export CHROMIUM; return; fi
  unset CHROMIUM
  say "installing the browser of Playwright"
  npx playwright install chromium || fail "no Chromium: install one, or name it in CHROMIUM"
}

# A software Vulkan for the native GPU tests, where the machine has no driver at all.
need_vulkan() {
  compgen -G '/usr/share/vulkan/icd.d/*.json' >/dev/null || compgen -G '/etc/vulkan/icd.d/*.json' >/dev/null ||
    [ -n "${VK_ICD_FILENAMES:-}" ] || [ "$(uname)" != Linux ] || need_packages mesa-vulkan-drivers libvulkan1
}

# ── build ───────────────────────────────────────────────────────────────────────────────────────────────────────────

# One part of the wasm surface with its glue, pkg/generated/$1.js: $2 is its feature, $3 where it is built.
build_part() {
  local name=$1 feature=$2 target=$3 out=pkg/generated
  local built=$target/$WASM_TARGET/web/morphogen.wasm named=$target/$name.wasm lint=${EVERYTHING:+linted}
  # The first load is measured as it ships: under clippy the compiler leaves some optimisations out.
  [ "$name" != morphogen ] || lint=
  say "compiling for the browser: $feature"
  # As cdylib alone: a second crate type would turn link-time optimisation off.
  $lint cargo rustc --locked --package morphogen --lib --profile web --target "$WASM_TARGET" --features "$feature" --target-dir "$target" --crate-type cdylib
  if [ "$built" -nt "$out/${name}_bg.wasm" ] || [ build.sh -nt "$out/${name}_bg.wasm" ] || [ "$GLUE" -nt "$out/${name}_bg.wasm" ]; then
    say "generating the glue and optimising"
    cp "$built" "$named"
    "$GLUE" "$named" $out
    node node_modules/binaryen/bin/wasm-opt -O3 --converge "${WASM_FEATURES[@]}" "$out/${name}_bg.wasm" -o "$named"
    mv "$named" "$out/${name}_bg.wasm"
    # The glue is mostly comments; its types stand beside it.
    node_modules/.bin/esbuild "$out/$name.js" --minify --allow-overwrite --outfile="$out/$name.js" --log-level=warning
  fi
}

# Gives a new build folder $1 what was built for the browser already.
borrow_built() {
  [ ! -d "$1/$WASM_TARGET" ] || return 0
  mkdir -p "$1/$WASM_TARGET"
  cp -a "$TARGET_DIR/web" "$1/"
  cp -a "$TARGET_DIR/$WASM_TARGET/web" "$1/$WASM_TARGET/"
}

# All wasms with their glue, in pkg/generated/: what a first picture needs, and what is fetched when it is asked for.
build_wasm() {
  [ -z "${WASM_BUILT:-}" ] || return 0
  if [ -n "${WASM_UNDER_WAY:-}" ]; then
    local built=0
    wait "$WASM_UNDER_WAY" || built=$?
    cat "$TARGET_DIR/wasm.log"
    [ $built = 0 ] || fail "the browser build failed"
  else
    build_all_parts
  fi
  WASM_BUILT=yes
}

# Begins the browser build beside what follows: half of it is linking, which takes one processor alone.
begin_wasm() {
  need_wasm_target
  need_node_modules
  mkdir -p "$TARGET_DIR"
  (build_all_parts) >"$TARGET_DIR/wasm.log" 2>&1 &
  WASM_UNDER_WAY=$!
  trap 'kill "$WASM_UNDER_WAY" 2>/dev/null || true' EXIT
}

build_all_parts() {
  need_wasm_target
  need_glue
  need_node_modules
  build_part morphogen web-drawing "$TARGET_DIR"
  # Cargo names all the same, so each has a folder to itself; what is not ours is the same in all, and compiled once. Linking
  # takes one processor alone, so these are built side by side.
  borrow_built "$TARGET_DIR/theory"
  borrow_built "$TARGET_DIR/learn"
  borrow_built "$TARGET_DIR/learn-gpu"
  build_part theory web-theory "$TARGET_DIR/theory" &
  local theory=$!
  # Both small: one behind the other they take about as long as theory does.
  (build_part learn web-learn "$TARGET_DIR/learn" && build_part learn-gpu web-learn-gpu "$TARGET_DIR/learn-gpu") &
  local learn=$!
  wait $theory
  wait $learn
  node tools/notices.mjs pkg/generated/LICENCES.txt
  # The same, carried inside scripts.
  node tools/bundle.mjs
  cp LICENSE-MIT LICENSE-APACHE pkg/
}

# The layout that is served: www/ at the root, pkg/ beside it.
build_site() {
  rm -rf dist/site && mkdir -p dist/site
  cp -R www/. dist/site/
  cp -R pkg dist/site/pkg
  cp LICENSE-MIT LICENSE-APACHE dist/site/
  # A third of the package's scripts is comments, which visitors need not fetch.
  node_modules/.bin/esbuild dist/site/pkg/*.js --minify --format=esm --outdir=dist/site/pkg --allow-overwrite --log-level=warning
  node tools/wrap.mjs dist/site/models
  node tools/site.mjs dist/site ${MORPHOGEN_ADDRESS:+"$MORPHOGEN_ADDRESS"}
}

# ── test ────────────────────────────────────────────────────────────────────────────────────────────────────────────

test_format() {
  say "format" && cargo fmt --check
}

# Runs a command of cargo with clippy in the compiler's place, so that what it compiles is linted on the way: lints, tests and the
# browser build so share one build of the dependencies, which `cargo clippy` would check besides.
linted() {
  RUSTC_WORKSPACE_WRAPPER=$(rustc --print sysroot)/bin/clippy-driver CLIPPY_ARGS=-D__CLIPPY_HACKERY__warnings__CLIPPY_HACKERY__ "$@"
}

# Builds and runs the Rust tests; where everything is tested, linted.
cargo_test() {
  ${EVERYTHING:+linted} cargo test --locked --workspace "$@"
}

# Where everything is tested, what is compiled for the browser is linted as it is built, but for the first load.
test_clippy() {
  if [ -n "${EVERYTHING:-}" ]; then
    say "clippy, native" && cargo_test --all-targets --no-run
    need_wasm_target
    say "clippy, browser: web-drawing"
    cargo clippy --locked --package morphogen --lib --target "$WASM_TARGET" --features web-drawing -- -D warnings
    return
  fi
  need_wasm_target
  say "clippy, native" && cargo clippy --locked --workspace --all-targets -- -D warnings
  local feature
  for feature in web-drawing web-theory web-learn web-learn-gpu; do
    say "clippy, browser: $feature"
    cargo clippy --locked --package morphogen --lib --target "$WASM_TARGET" --features "$feature" -- -D warnings
  done
}

test_rust() {
  need_vulkan
  [ -z "${EVERYTHING:-}" ] || begin_wasm
  say "Rust tests" && cargo_test
}

test_javascript() {
  build_wasm
  say "types" && npm run --silent check
  say "versions" && node tools/version.mjs --check
  say "the essay's pages" && node tools/essay.mjs --check
  say "the pages on learning" && node tools/learn.mjs --check
  say "the Studio's pages" && node tools/studio.mjs --check
}

test_size() {
  build_wasm
  say "size of the first load" && node tools/size.mjs
}

test_browser() {
  build_wasm
  need_browser
  say "browser tests" && npx playwright test
}

# Firefox and WebKitGTK, where they are or can be had; the tests say which is left out.
test_browsers() {
  build_wasm
  if [ -z "${FIREFOX:-}" ] && ! command -v firefox-esr >/dev/null && ! command -v firefox >/dev/null; then need_packages firefox-esr; fi
  if ! command -v WebKitWebDriver >/dev/null || ! command -v Xvfb >/dev/null; then need_packages webkit2gtk-driver xvfb; fi
  say "Firefox and WebKitGTK" && node --test --test-reporter=spec tests/other-browsers/jobs.test.js
}

# A Python of our own in the folder $1.
need_venv() {
  command -v python3 >/dev/null || fail "python3 is missing: install Python 3.10 or later"
  [ -x "$1/bin/python" ] || python3 -m venv "$1" 2>/dev/null || { need_packages python3-venv && python3 -m venv "$1"; }
}

# Sets PYTHON to one that can build wheels.
need_python() {
  PYTHON=${PYTHON:-python3}
  if ! "$PYTHON" -m pip --version >/dev/null 2>&1; then
    need_venv "$TOOLS/venv"
    PYTHON=$PWD/$TOOLS/venv/bin/python
  fi
}

# Sets PYTHON to one that has all that the Python package's tests need.
need_torch() {
  local name needs='import torch, numpy, safetensors, PIL, pytest, mypy'
  for name in "${PYTHON:-}" python3 "$TOOLS/venv/bin/python"; do
    if [ -n "$name" ] && command -v "$name" >/dev/null && "$name" -c "$needs" 2>/dev/null; then
      PYTHON=$(command -v "$name")
      # Called from another folder, below.
      case $PYTHON in /*) ;; *) PYTHON=$PWD/$PYTHON ;; esac
      return
    fi
  done
  say "installing PyTorch into $TOOLS/venv"
  need_venv "$TOOLS/venv"
  PYTHON=$PWD/$TOOLS/venv/bin/python
  "$PYTHON" python/tools/torch_cpu.py
  "$PYTHON" -m pip install --quiet numpy safetensors Pillow pytest mypy
}

# The Python package, and its run folders in the hands of the command.
test_python() {
  need_rust
  need_torch
  "$PYTHON" -c 'import anywidget' 2>/dev/null || "$PYTHON" -m pip install --quiet 'anywidget>=0.9,<1'
  # As the Rust tests build it, with the features that their own dependencies ask for: else burn would be compiled again.
  cargo_test --no-run --test command
  say "types of the Python package" && (cd python && "$PYTHON" -m mypy)
  say "Python tests"
  (cd python && MORPHOGEN=$(cd .. && cd "$TARGET_DIR/debug" && pwd)/morphogen "$PYTHON" -m pytest --quiet)
}

# The wheel in real hosts of widgets; the tests say which is left out.
test_hosts() {
  build_wasm
  need_browser
  if [ -n "${SET_UP_HOSTS:-}" ]; then
    say "setting up JupyterLab, marimo and MyST in $TOOLS/hosts"
    mkdir -p "$TOOLS/hosts"
    need_venv "$TOOLS/hosts/venv"
    "$TOOLS/hosts/venv/bin/python" -m pip install --quiet -r tests/hosts/requirements.txt
    cp tests/hosts/package.json tests/hosts/package-lock.json "$TOOLS/hosts/"
    npm ci --prefix "$TOOLS/hosts" --no-audit --no-fund --silent
  fi
  say "hosts of widgets" && node --test --test-reporter=spec tests/hosts/hosts.test.js
}

# The packed package in the hands of bundlers; the test says where they are not.
test_bundlers() {
  build_wasm
  need_browser
  if [ -n "${SET_UP_HOSTS:-}" ]; then
    say "setting up the bundlers in $TOOLS/bundlers"
    mkdir -p "$TOOLS/bundlers"
    cp tests/bundlers/package.json tests/bundlers/package-lock.json "$TOOLS/bundlers/"
    npm ci --prefix "$TOOLS/bundlers" --no-audit --no-fund --silent
  fi
  say "bundlers" && node --test --test-reporter=spec tests/bundlers/bundlers.test.js
}

# ── commands ────────────────────────────────────────────────────────────────────────────────────────────────────────

command=${1:---help}
shift || true
case $command in
  build)
    build_wasm
    build_site
    node tools/size.mjs
    ;;
  offline)
    build_wasm
    node tools/offline.mjs "$@"
    ;;
  course)
    build_wasm
    node tools/course.mjs "$@"
    ;;
  wheel)
    build_wasm
    need_python
    "$PYTHON" python/tools/wheel.py
    ;;
  serve)
    build_wasm
    exec node tools/serve.mjs "$@"
    ;;
  test)
    need_rust
    if [ "${1:-}" = --install ]; then INSTALL=yes && shift; fi
    # What else to install and build depends on whether somebody asked for a part, or for everything.
    if [ $# -gt 0 ]; then SET_UP_HOSTS=yes; else EVERYTHING=yes; fi
    for part in "${@:-format clippy rust javascript size browser browsers hosts bundlers python}"; do
      for name in $part; do
        declare -F "test_$name" >/dev/null || fail "no tests called $name (format clippy rust javascript size browser browsers hosts bundlers python)"
        "test_$name"
      done
    done
    say "all passed"
    ;;
  bench)
    build_wasm
    need_browser
    case ${1:-} in
      --cold) shift && exec node tools/bench/cold.mjs "$@" ;;
      --soak) shift && exec node tools/bench/soak.mjs "$@" ;;
    esac
    exec node tools/bench/run.mjs "$@"
    ;;
  emoji)
    need_rust
    command -v npm >/dev/null || fail "npm is missing: install Node 20 or later"
    [ -f tools/emoji/node_modules/.package-lock.json ] || npm ci --prefix tools/emoji --no-audit --no-fund
    exec cargo run --locked --release --package morphogen-native -- emoji --packages tools/emoji/node_modules --output data/emoji "$@"
    ;;
  train)
    need_rust
    exec cargo run --locked --release --package morphogen-native ${MORPHOGEN_FEATURES:+--features "$MORPHOGEN_FEATURES"} -- train "$@"
    ;;
  -h | --help | help)
    usage
    ;;
  *)
    usage >&2
    fail "no command called $command"
    ;;
esac
