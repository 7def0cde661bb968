"""The widget's Python side: what may be asked for, files for the browser, pictures from it. What the browser does is held by
`tests/browser/widget.spec.js`."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT, environment
from PIL import Image
from traitlets import TraitError

import morphogen
from morphogen import names as options
from morphogen import packs
from morphogen.error import MorphogenError
from morphogen.packs import Pack

pytest.importorskip("anywidget")
CODE = ROOT / "pkg" / "generated" / "widget.mjs"
SHAPES = ROOT / "tests" / "browser" / "pages" / "shapes"


@pytest.fixture
def sampler_class(monkeypatch: pytest.MonkeyPatch) -> Any:
    if not CODE.is_file():
        # The code is the build's; all else is the same without.
        monkeypatch.setattr(packs, "widget_code", lambda: "export default {}")
    from morphogen.widget import Sampler

    return Sampler


def sent(sampler: Any, file: str) -> tuple[dict[str, Any], list[bytes]]:
    """What the kernel answers where the browser asks for a file."""
    answers: list[tuple[dict[str, Any], list[bytes]]] = []
    sampler.send = lambda content, buffers=(): answers.append((content, list(buffers)))
    sampler._asked(sampler, {"type": "file", "ask": 3, "file": file}, [])
    (answer,) = answers
    return answer


def test_the_package_needs_neither_torch_nor_numpy_nor_a_browser() -> None:
    blocked = "import sys; sys.modules.update(torch=None, numpy=None, safetensors=None, PIL=None)"
    for line in ("import morphogen; morphogen.NetworkConfig", "from morphogen.packs import names; assert 'fashion' in names()"):
        subprocess.run([sys.executable, "-c", f"{blocked}; {line}"], env=environment(), check=True)
    with pytest.raises(AttributeError):
        _ = morphogen.Sampeler


def test_options_have_the_names_that_the_browser_knows() -> None:
    source = (ROOT / "pkg" / "names.js").read_text(encoding="utf-8")
    for name in ("MACHINES", "SOLVERS", "GRIDS"):
        (found,) = re.findall(rf"const {name} = .*?(\[.*?\])", source)
        assert list(getattr(options, name)) == json.loads(found)


def test_what_makes_no_sense_is_refused_at_once(sampler_class: Any) -> None:
    for traits in ({"machine": "magic"}, {"seed": -1}, {"seed": 2**53}, {"count": 0}, {"steps": 0}, {"solver": "euler"}, {"tell": ["all"]}):
        with pytest.raises(TraitError):
            sampler_class(**traits)
    with pytest.raises(MorphogenError, match="no 'sed'; it has model, prompt"):
        sampler_class(sed=7)
    with pytest.raises(MorphogenError, match="nowhere"):
        sampler_class(model="nowhere")


def test_files_go_to_the_browser_as_they_are_and_no_others(sampler_class: Any) -> None:
    sampler = sampler_class("sneaker", seed=7, machine="bbels")
    manifest = (ROOT / "www/models/fashion/manifest.json").read_bytes()
    assert sent(sampler, "manifest.json") == ({"type": "file", "ask": 3}, [manifest])
    for name in ("../emoji/manifest.json", "MODEL_CARD.md", "/etc/passwd"):
        answer, buffers = sent(sampler, name)
        assert "knows no file" in answer["error"] and not buffers
    far = sampler_class(model="https://example.org/morphogen/models/fashion/")
    assert far.address == ""
    assert "at an address" in sent(far, "manifest.json")[0]["error"]


@pytest.mark.parametrize("content", [b"", b"a", b"ab", b"abc", bytes(range(255))])
def test_what_the_wheel_holds_apart_comes_back_as_it_was(content: bytes, tmp_path: Path) -> None:
    assert packs.joined(packs.apart(content)) == content
    (tmp_path / "net.safetensors.planes").write_bytes(packs.apart(content))
    (tmp_path / "manifest.json").write_text('{"files": {"net.safetensors": {}}}')
    assert Pack.folder(tmp_path).file("net.safetensors") == content


def test_another_pack_is_another_address(sampler_class: Any, tmp_path: Path) -> None:
    sampler = sampler_class(model="emoji")
    before = sampler.address
    sampler.model = str(SHAPES)
    assert re.fullmatch(r"morphogen:/pack/[0-9a-f]{16}/", sampler.address) and sampler.address != before
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        for path in SHAPES.rglob("*"):
            file.write(path, f"shapes/{path.relative_to(SHAPES)}")
    (tmp_path / "shapes.zip").write_bytes(archive.getvalue())
    for model in (archive.getvalue(), tmp_path / "shapes.zip"):
        zipped = sampler_class(model=model)
        assert zipped.address == sampler.address
        assert sent(zipped, "words.json")[1] == [(SHAPES / "words.json").read_bytes()]


@pytest.mark.parametrize("content", [b"", b"PK", b"not a zip"])
def test_what_is_no_pack_is_refused(content: bytes, tmp_path: Path) -> None:
    with pytest.raises(MorphogenError, match="expected a model pack"):
        Pack.zipped(content)
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(MorphogenError, match="expected a model pack"):
        Pack.folder(tmp_path)


def test_pixels_come_back_as_an_array_and_as_a_file(sampler_class: Any) -> None:
    sampler = sampler_class("bag", count=2)
    with pytest.raises(MorphogenError, match="next cell"):
        sampler.array()
    # As a message from the browser brings it.
    sampler.set_state({"image": memoryview(bytes(range(36))), "shape": [2, 2, 3, 3], "nearest": [{"image": 3, "second": None}]})
    assert sampler.array().shape == (2, 2, 3, 3)
    assert sampler.array(1).flatten().tolist() == list(range(18, 36))
    picture = Image.open(io.BytesIO(sampler.png(1, scale=2)))
    assert picture.size == (6, 4) and picture.getpixel((5, 3)) == (33, 34, 35)
    with pytest.raises(MorphogenError, match="below 2"):
        sampler.png(2)
    assert "image/png" in sampler._repr_mimebundle_()[0]
    with pytest.raises(MorphogenError, match="tell="):
        sampler.frames_array()
