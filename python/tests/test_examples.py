"""The example notebooks: the cells that train run as they stand, for a moment; in JupyterLab `tests/hosts/` runs them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from conftest import ROOT

from morphogen.exporting import check
from morphogen.packs import names

EXAMPLES = ROOT / "python" / "examples"
pytest.importorskip("anywidget")


def cells(name: str) -> list[str]:
    notebook = json.loads((EXAMPLES / name).read_text(encoding="utf-8"))
    assert all(not cell.get("outputs") for cell in notebook["cells"]), "notebooks are kept without their outputs"
    return ["".join(cell["source"]) for cell in notebook["cells"] if cell["cell_type"] == "code"]


def test_a_minute_of_training_becomes_a_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if not (ROOT / "pkg" / "generated" / "widget.mjs").is_file():
        monkeypatch.setattr("morphogen.packs.widget_code", lambda: "export default {}")
    code = cells("train.ipynb")
    assert sum("SECONDS = 60\n" in cell for cell in code) == 1
    scope: dict[str, Any] = {}
    for cell in code:
        exec(cell.replace("SECONDS = 60\n", "SECONDS = 1\n"), scope)
    check("shapes")
    assert scope["network_draws"].address == scope["theory_draws"].address != ""
    # As a browser asks for them.
    assert scope["network_draws"]._pack.file("training/ring.safetensors.zz")


def test_the_figure_asks_for_what_the_wheel_brings() -> None:
    first, *_ = cells("prediction.ipynb")
    assert "fashion" in names() and 'network="resnet"' in first
