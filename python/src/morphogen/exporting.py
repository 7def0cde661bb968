"""A network that was trained in PyTorch as a model pack that browsers draw from: `export(module, folder, …)`.

The pack is made whole in a folder beside, read back and checked, and only then put in its place: what cannot be read, or answers
otherwise than the module, is never there."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import shutil
import tempfile
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import torch
from numpy.typing import NDArray
from safetensors.torch import load, save
from torch import Tensor, nn

from . import noise, released
from .checkpoint import result
from .config import Class, NetworkConfig, Padding
from .error import MorphogenError
from .layers import Layers, tensors
from .names import GRIDS, SOLVERS
from .network import Network, Weights, check_weights, null_rows
from .packs import MANIFEST, Pack

Source: TypeAlias = nn.Module | Mapping[str, Tensor] | Path | str
"""A module, tensors by name, or the folder of a run."""

TOLERANCE = 1e-4
"""How far one denoising in the browser's layers may be from the module's own."""
TEST_SEED, TEST_TIME = 7, 0.5
"""Of the answer that every device has to give before it is trusted."""
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")
_WRAPPED = ("module.", "_orig_mod.", "model.")
"""What wrappers put before the names of tensors: data parallel, compiled, a trainer's own."""


def export(
    source: Source,
    folder: Path | str,
    *,
    prompts: Sequence[str | Mapping[str, Any]],
    config: NetworkConfig | None = None,
    padding: Padding | None = None,
    size: int | tuple[int, int] | None = None,
    name: str = "network",
    title: str = "My network",
    training: Mapping[str, NDArray[np.uint8]] | None = None,
    licence: str = "unstated",
    attribution: str = "unstated",
    guidance: float = 1.0,
    steps: int = 20,
    grid: str = "uniform",
    solver: str = "ddim",
) -> Path:
    """Writes the pack `folder` and gives its path: `Sampler(model=folder)` draws from it.

    `source` is a `morphogen.network.Network`, any module whose tensors have its names and shapes (a linear layer's weight may be
    `nn.Linear`'s), such tensors by name, or the folder of a run; all but the first and the last need `config`. A ResNet that Kamb &
    Ganguli released is known by the names of its tensors, and needs `padding` instead. `prompts` says what
    each class is called, in their order; `size` the side of a picture, or its height and width; `training`, by prompt, `[N, C, H, W]`
    bytes for the machines of the theory.

    Raises `MorphogenError` with what cannot come over. An old pack in `folder` is replaced."""
    folder = Path(folder)
    taken = _taken(source, config, padding)
    config, weights = taken.config, taken.weights
    if not isinstance(config.condition, Class):
        message = f"expected a network that draws classes, found one of {type(config.condition).__name__.lower()}"
        raise MorphogenError(f"{message}; words are packed with their captions by `morphogen pack words` and `pack network`")
    entries = _prompts(prompts, config.condition.count)
    height, width = (size, size) if isinstance(size, int) else size or _size(training, source)
    config.check_shape(config.channels, height, width)
    _checked(name=name, guidance=guidance, steps=steps, grid=grid, solver=solver)
    # What cancels in a network that was put together anew cancels only in 32 bits.
    stored = torch.float32 if taken.paper else torch.float16
    rounded = {part: tensor.to(stored).float() for part, tensor in weights.items()}
    for part, tensor in rounded.items():
        if not torch.isfinite(tensor).all():
            raise MorphogenError(f"the tensor “{part}” holds values that are not finite as 16-bit numbers")
    shape = (config.channels, height, width)
    _alike(taken, shape)
    terms = {"licence": licence, "attribution": attribution}
    content = save({part: tensor.to(stored).contiguous() for part, tensor in weights.items()})
    # Most of such a network is zeros.
    file = f"{name}.safetensors.zz" if taken.paper else f"{name}.safetensors"
    files: dict[str, bytes] = {file: zlib.compress(content, 9) if taken.paper else content}
    shelves = {}
    for prompt, images in (training or {}).items():
        shelf = f"training/{prompt}.safetensors.zz"
        files[shelf] = _shelf(prompt, images, shape, entries)
        shelves[prompt] = {"file": shelf, "count": len(images)}
    manifest = {
        "format": {"name": "morphogen-pack", "version": 1},
        "name": re.sub(r"[^a-z0-9._-]+", "-", folder.name.lower()).strip("-.") or "pack",
        "title": title,
        "version": "1.0.0",
        "image": {"channels": config.channels, "height": height, "width": width},
        "schedule": "cosine",
        "licence": {"data": terms, "weights": terms},
        "prompts": entries,
        "networks": {
            name: {
                "title": title,
                "config": config.to_json(),
                "file": file,
                "guidance": guidance,
                "steps": steps,
                "grid": grid,
                "solver": solver,
                "test": {"seed": TEST_SEED, "t": TEST_TIME, "condition": None, "expected": _expected(config, rounded, shape)},
            }
        },
        "training": shelves,
        "files": {file: {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest()} for file, content in files.items()},
    }
    _written(folder, manifest, files)
    return folder


@dataclass(frozen=True)
class Taken:
    """A network as it came."""

    config: NetworkConfig
    weights: Weights
    module: nn.Module | None = None
    """To compare with, where there is one that can be asked."""
    paper: bool = False
    """Whether it is one that Kamb & Ganguli released, put together anew."""


def _taken(source: Source, config: NetworkConfig | None, padding: Padding | None) -> Taken:
    if isinstance(source, (str, Path)):
        config, weights, _ = result(Path(source))
        return Taken(config, weights)
    if isinstance(source, Network):
        return Taken(source.config, source.weights())
    found = source.state_dict() if isinstance(source, nn.Module) else source
    if released.recognised(found):
        return Taken(*released.converted(released.found(found), padding), source if isinstance(source, nn.Module) else None, True)
    if padding is not None:
        raise MorphogenError("padding= is for networks that Kamb & Ganguli released; of others config= says it")
    if config is None:
        message = f"expected the config of the network beside {type(source).__name__}, found none"
        raise MorphogenError(f"{message}: tensors do not say how they are put together; give config=NetworkConfig(…)")
    config.check()
    module = source if isinstance(source, nn.Module) else None
    tensors_found = {_plain(part): value.detach().float().cpu() for part, value in found.items() if isinstance(value, Tensor)}
    wanted = tensors(config, Layers.of(config))
    linear = {f"{_plain(path)}.weight" for path, part in module.named_modules() if isinstance(part, nn.Linear)} if module else set()
    weights = {part: value.T.contiguous() if part in linear and part in wanted else value for part, value in tensors_found.items()}
    try:
        check_weights(config, weights)
    except MorphogenError as error:
        raise MorphogenError(f"{error}; python/README.md has a table of what can come over") from error
    return Taken(config, weights, module)


def _plain(part: str) -> str:
    for wrapper in _WRAPPED:
        part = part.removeprefix(wrapper)
    return part


def _alike(taken: Taken, shape: tuple[int, int, int]) -> None:
    """Asks the module and our layers the same. Tensors of the right names may be put together otherwise."""
    config, module = taken.config, taken.module
    if module is None:
        return
    x = torch.from_numpy(noise.pictures(TEST_SEED, 2, shape))
    times = torch.tensor([TEST_TIME, 0.9], dtype=torch.float64)
    rows = null_rows(config, 2)
    training = module.training
    module.eval()
    try:
        with torch.no_grad():
            # Theirs has other arguments, and draws its first class where ours is asked for nothing.
            theirs = module(times.float(), x, label=torch.zeros(2, dtype=torch.int64)) if taken.paper else module(x, times.float(), rows)
    except (TypeError, RuntimeError, ValueError) as error:
        called = "times [B], pictures [B, C, H, W] and label=" if taken.paper else "pictures [B, C, H, W], times [B] and condition rows [B, n + 1]"
        message = f"expected a module that is called with {called}"
        raise MorphogenError(f"{message}, but it fails: {error}; give its state_dict() to do without this check") from error
    finally:
        module.train(training)
    with torch.no_grad():
        ours = Network(config, taken.weights)(x, times, rows)
    if not isinstance(theirs, Tensor) or theirs.shape != ours.shape:
        raise MorphogenError(f"expected predictions {list(ours.shape)}, found {list(getattr(theirs, 'shape', []))}")
    apart = float((theirs - ours).abs().max())
    if not apart <= TOLERANCE:
        message = f"the module answers otherwise than the same tensors in our layers, by {apart:.2g} where {TOLERANCE:g} is allowed"
        raise MorphogenError(f"{message}; its layers are put together in another way: python/README.md has the table")


def _expected(config: NetworkConfig, weights: Weights, shape: tuple[int, int, int]) -> str:
    x = torch.from_numpy(noise.pictures(TEST_SEED, 1, shape))
    with torch.no_grad():
        answer = Network(config, weights).denoised(x, torch.tensor([TEST_TIME], dtype=torch.float64), null_rows(config, 1))
    if not torch.isfinite(answer).all():
        raise MorphogenError("the network's answer to pure noise is not finite: train it further, or with a smaller rate")
    return base64.b64encode(answer.half().numpy().astype("<f2").tobytes()).decode()


def _prompts(prompts: Sequence[str | Mapping[str, Any]], count: int) -> list[dict[str, Any]]:
    entries = [{"name": _slug(one), "label": one, "words": []} if isinstance(one, str) else {"words": [], **one} for one in prompts]
    if len(entries) != count:
        raise MorphogenError(f"expected a prompt for each of the {count} classes, found {len(entries)}")
    for entry in entries:
        if not {"name", "label"} <= entry.keys() or not _NAME.fullmatch(str(entry["name"])):
            raise MorphogenError(f"expected a prompt with a name of a–z, 0–9, “.”, “_” and “-”, and a label, found {entry!r:.80}")
    if len({entry["name"] for entry in entries}) < count:
        raise MorphogenError("expected prompts with different names")
    return entries


def _slug(label: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", label.lower()).strip("-")


def _size(training: Mapping[str, NDArray[np.uint8]] | None, source: Source) -> tuple[int, int]:
    for images in (training or {}).values():
        return images.shape[-2], images.shape[-1]
    progress = Path(source) / "checkpoint" / "progress.json" if isinstance(source, (str, Path)) else None
    if progress and progress.is_file():
        image = json.loads(progress.read_bytes()).get("image")
        if image:
            return image["height"], image["width"]
    raise MorphogenError("expected size=, the side of a picture: a network of convolutions does not say it")


def _checked(*, name: str, guidance: float, steps: int, grid: str, solver: str) -> None:
    if not _NAME.fullmatch(name):
        raise MorphogenError(f"expected a network's name of a–z, 0–9, “.”, “_” and “-”, found {name!r:.80}")
    if not 0 <= guidance <= 100 or not 1 <= steps <= 1000:
        raise MorphogenError(f"expected a guidance from 0 to 100 and 1 to 1000 steps, found {guidance} and {steps}")
    if grid not in GRIDS or solver not in SOLVERS:
        raise MorphogenError(f"expected a grid of {', '.join(GRIDS)} and a solver of {', '.join(SOLVERS)}, found {grid} and {solver}")


def _shelf(prompt: str, images: NDArray[np.uint8], shape: tuple[int, int, int], entries: Sequence[Mapping[str, Any]]) -> bytes:
    if prompt not in {entry["name"] for entry in entries}:
        raise MorphogenError(f"there are training images for “{prompt}”, which is no prompt's name")
    if images.dtype != np.uint8 or images.ndim != 4 or images.shape[1:] != shape or not len(images):
        raise MorphogenError(f"{prompt}: expected training images [N, {shape[0]}, {shape[1]}, {shape[2]}] of bytes, found {images.dtype} {list(images.shape)}")
    return zlib.compress(save({"images": torch.from_numpy(np.ascontiguousarray(images))}), 9)


def _written(folder: Path, manifest: dict[str, Any], files: Mapping[str, bytes]) -> None:
    """Writes all in a folder beside, checks it, and puts it in place."""
    if folder.exists() and not (folder / MANIFEST).is_file():
        raise MorphogenError.at(folder, "expected no folder yet, or a pack to replace, found something else")
    folder.parent.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for file, content in files.items():
            (fresh / file).parent.mkdir(exist_ok=True)
            (fresh / file).write_bytes(content)
        (fresh / MANIFEST).write_text(json.dumps(manifest, ensure_ascii=False, indent=1), encoding="utf-8")
        check(fresh)
        if folder.exists():
            shutil.rmtree(folder)
        fresh.chmod(0o755)
        fresh.rename(folder)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _inflated(content: bytes, file: str) -> bytes:
    return zlib.decompress(content) if file.endswith(".zz") else content


def check(folder: Path | str) -> None:
    """Reads a pack of 16-bit or 32-bit networks as a browser does, and asks each network for its known answer.

    Raises `MorphogenError` naming the first thing that is wrong."""
    folder = Path(folder)
    pack = Pack.folder(folder)
    image = pack.manifest["image"]
    shape = (image["channels"], image["height"], image["width"])
    for file, stated in pack.manifest["files"].items():
        content = pack.file(file)
        if len(content) != stated["bytes"] or hashlib.sha256(content).hexdigest() != stated["sha256"]:
            raise MorphogenError.at(folder / file, "expected what the manifest states, found other bytes")
    for name, network in pack.manifest["networks"].items():
        config = NetworkConfig.from_json(network["config"])
        config.check_shape(*shape)
        weights = {part: tensor.float() for part, tensor in load(_inflated(pack.file(network["file"]), network["file"])).items()}
        check_weights(config, weights)
        stated = np.frombuffer(base64.b64decode(network["test"]["expected"]), dtype="<f2").astype(np.float32)
        found = np.frombuffer(base64.b64decode(_expected(config, weights, shape)), dtype="<f2").astype(np.float32)
        if stated.shape != found.shape or not np.allclose(stated, found, atol=2e-3 * max(1.0, float(np.abs(stated).max()))):
            raise MorphogenError.at(folder, f"the network {name} does not give its known answer")
