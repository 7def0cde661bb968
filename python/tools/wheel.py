"""Builds the wheel in `dist/`: the package with the widget's code and both packs, so that notebooks need nothing else.

    python python/tools/wheel.py

So that it stays below the limit, packs are shortened to what `KEPT` says; their manifests say only what is there."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "python" / "src"))

from morphogen.packs import PLANES, apart  # noqa: E402

LIMIT = 9_000_000
KEPT: dict[str, dict[str, Any]] = {
    # The network that draws unless another is named, and the one that the theory predicts best.
    "fashion": {"networks": ["attention", "resnet"], "training": True},
    # Its training pictures are larger than all the rest. The languages are the page's.
    "emoji": {"networks": ["unet"], "training": False, "languages": ["de", "emoji"]},
}


def shortened(manifest: dict[str, Any], networks: list[str], training: bool, languages: list[str] | None = None) -> dict[str, Any]:
    """A pack's manifest without what is left out."""
    files = {"MODEL_CARD.md": None, **manifest["files"]}
    kept = {**manifest, "networks": {name: manifest["networks"][name] for name in networks}}
    names = {entry["file"] for entry in kept["networks"].values()}
    if "text" in manifest:
        known = manifest["text"].get("languages", {})
        text = {**manifest["text"], "languages": {name: known[name] for name in languages or known}}
        kept["text"] = text
        names |= {text["words"], *text["languages"].values()} | ({text["captions"]} if "captions" in text else set())
    if training:
        names |= {entry["file"] for entry in manifest["training"].values()}
        kept["files"] = {name: entry for name, entry in manifest["files"].items() if name in names}
    else:
        # Where they are is still said: whoever asks for them is told that they are not here.
        shelves = {entry["file"] for entry in manifest["training"].values()}
        kept["files"] = {name: entry for name, entry in manifest["files"].items() if name in names | shelves}
    missing = names - files.keys()
    if missing:
        raise SystemExit(f"wheel.py: the manifest has no check sum of {', '.join(sorted(missing))}")
    return kept


def carry(carried: Path) -> None:
    """Writes what the package brings along."""
    (carried / "models").mkdir(parents=True)
    code = ROOT / "pkg" / "generated" / "widget.mjs"
    if not code.is_file():
        raise SystemExit("wheel.py: the widget's code is missing: ./build.sh build")
    shutil.copy(code, carried)
    shutil.copy(ROOT / "pkg" / "generated" / "LICENCES.txt", carried)
    for name, wish in KEPT.items():
        source, target = ROOT / "www" / "models" / name, carried / "models" / name
        target.mkdir()
        manifest = shortened(json.loads((source / "manifest.json").read_bytes()), **wish)
        (target / "manifest.json").write_text(json.dumps(manifest, ensure_ascii=False, separators=(",", ":")), encoding="utf-8")
        training = {entry["file"] for entry in manifest["training"].values()}
        for file in ["MODEL_CARD.md", *(name for name in manifest["files"] if wish["training"] or name not in training)]:
            (target / file).parent.mkdir(exist_ok=True)
            if file.endswith(".safetensors"):
                (target / (file + PLANES)).write_bytes(apart((source / file).read_bytes()))
            else:
                shutil.copy(source / file, target / file)


def main() -> None:
    """Builds it from a copy, so that nothing is left beside the sources, and refuses one that is too large."""
    out = ROOT / "dist"
    for old in out.glob("morphogen-*.whl"):
        old.unlink()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "python"
        shutil.copytree(ROOT / "python", copy, ignore=shutil.ignore_patterns("tests", "widget", "build", "dist", "*.egg-info", "__pycache__", ".*"))
        for name in ("LICENSE-MIT", "LICENSE-APACHE"):
            shutil.copy(ROOT / name, copy)
        carry(copy / "src" / "morphogen" / "carried")
        subprocess.run([sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", out, copy], check=True)
    (wheel,) = out.glob("morphogen-*.whl")
    size = wheel.stat().st_size
    print(f"{wheel}: {size} bytes of {LIMIT}")
    if size > LIMIT:
        raise SystemExit(f"wheel.py: that is {size - LIMIT} bytes too many: shorten what it carries, in KEPT")


if __name__ == "__main__":
    main()
