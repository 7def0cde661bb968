"""`Sampler`: the sampler of the web page as a widget for Jupyter, Colab, VS Code and marimo. It draws in the browser; Python says what,
and gets pixels back."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import anywidget
import traitlets as t

from .error import MorphogenError
from .names import DEVICES, GRIDS, MACHINES, SOLVERS
from .packs import Pack, names, widget_code
from .png import png

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 2**53 - 1
MORE = ("frames", "r", "nearest")


class Sampler(anywidget.AnyWidget):
    """A diffusion model in a cell.

        from morphogen import Sampler
        Sampler(prompt="sneaker", seed=7, machine="bbels")

    What stands first is asked for, and may be changed at any time: what was asked for last is drawn. What stands behind
    comes back from the browser; `observe` it, or read it in the next cell. Cells of pictures that are out of view wait."""

    _esm = widget_code()

    model = t.Unicode("fashion", help="a pack of the package, a folder, a zip file, or the address of a pack's folder").tag(sync=True)
    prompt = t.Unicode("", help="free words; empty for anything").tag(sync=True)
    prior = t.Bool(True, help="whether pictures show captions of the training set that fit the prompt").tag(sync=True)
    negative = t.Unicode("", help="free words for what not to draw").tag(sync=True)
    seed = t.Int(0, min=0, max=LARGEST).tag(sync=True)
    count = t.Int(1, min=1, max=32, help="number of pictures").tag(sync=True)
    caption = t.Int(None, allow_none=True, min=0, help="number of the caption that all pictures show").tag(sync=True)
    steps = t.Int(None, allow_none=True, min=1, max=1000).tag(sync=True)
    grid = t.Enum(GRIDS, None, allow_none=True, help="where the steps lie").tag(sync=True)
    guidance = t.Float(None, allow_none=True, min=-100, max=100).tag(sync=True)
    solver = t.Enum(SOLVERS, None, allow_none=True).tag(sync=True)
    network = t.Unicode("", help="one of the pack's; the first unless given").tag(sync=True)
    machine = t.Enum(("network", *MACHINES), "network", help="a machine of the theory in the network's place").tag(sync=True)
    window = t.Int(None, allow_none=True, min=1, max=255, help="how many pixels each pixel sees, odd").tag(sync=True)
    device = t.Enum(DEVICES, "auto").tag(sync=True)
    controls = t.Bool(True, help="a prompt field, a dice and a button").tag(sync=True)
    size = t.Int(280, min=16, max=4096, help="width in the page, in CSS pixels").tag(sync=True)
    tell = t.List(t.Enum(MORE), help="what is told besides the picture: frames, r, nearest").tag(sync=True)

    image = t.CBytes(b"", help="the pictures, B × H × W × C bytes").tag(sync=True)
    shape = t.List(t.Int(), help="[B, H, W, C]").tag(sync=True)
    frames = t.CBytes(b"", help="every state from noise on, F × B × H × W × C bytes").tag(sync=True)
    frames_shape = t.List(t.Int()).tag(sync=True)
    r = t.List(t.Float(), help="Pearson's r of each picture and what the other side draws from the same noise").tag(sync=True)
    nearest = t.List(t.Dict(), help="the nearest training picture of each").tag(sync=True)
    label = t.Unicode("", help="what was drawn, for people").tag(sync=True)
    drawn_on = t.Unicode("", help="webgpu or cpu").tag(sync=True)
    drawn_by = t.Unicode("", help="the network").tag(sync=True)
    notice = t.Unicode("", help="what one should know of the device; empty if nothing").tag(sync=True)
    status = t.Unicode("new", help="new, drawing, drawn, error").tag(sync=True)
    error = t.Unicode("", help="what went wrong, as a sentence").tag(sync=True)
    code = t.Unicode("", help="the same for programs").tag(sync=True)

    # Between Python and the browser alone.
    address = t.Unicode("").tag(sync=True)
    key = t.Unicode("").tag(sync=True)
    drawn = t.Unicode("").tag(sync=True)

    def __init__(self, prompt: str = "", *, model: str | Path | bytes = "fashion", **traits: Any) -> None:
        unknown = [name for name in traits if not self.has_trait(name)]
        if unknown:
            raise MorphogenError(f"a Sampler has no {unknown[0]!r}; it has {', '.join(ASKED)}")
        self._pack: Pack | None = None
        zipped = Pack.zipped(model) if isinstance(model, bytes) else None
        named = zipped.what if zipped else str(model)
        place = self._placed(named, zipped)
        super().__init__(prompt=prompt, model=named, address=place, key=uuid.uuid4().hex, **traits)
        self.on_msg(self._asked)
        self.observe(self._moved, "model")

    def _placed(self, model: str, pack: Pack | None = None) -> str:
        """The address below which the browser asks for files: of the kernel, or none where the model has one of its own."""
        if pack is None and "://" not in model:
            pack = Pack.named(model) if model in names() else Pack.folder(Path(model).expanduser())
        self._pack = pack
        return pack.address if pack else ""

    def _moved(self, change: dict[str, Any]) -> None:
        self.address = self._placed(change["new"])

    def _asked(self, _: object, content: object, __: object) -> None:
        """The browser wants a file of the pack."""
        if not isinstance(content, dict) or content.get("type") != "file":
            return
        answer = {"type": "file", "ask": content.get("ask")}
        try:
            if self._pack is None:
                raise MorphogenError("this widget's model lies at an address, not with the kernel")
            self.send(answer, [self._pack.file(str(content.get("file")))])
        except MorphogenError as error:
            self.send({**answer, "error": str(error)})

    def draw(self) -> None:
        """Draws, in view or not."""
        self.send({"type": "draw"})

    def array(self, n: int | None = None) -> NDArray[np.uint8]:
        """The pictures as a NumPy array `[B, H, W, C]` of 0 to 255, or picture `n` as `[H, W, C]`. Raises `MorphogenError`
        where nothing was drawn yet."""
        return _array(self._drawn(self.image), self.shape) if n is None else self.array()[n]

    def frames_array(self) -> NDArray[np.uint8]:
        """Every state from noise on, `[F, B, H, W, C]`, where asked for with `tell=["frames"]`."""
        if not self.frames:
            raise MorphogenError("no frames came: ask for them with tell=[\"frames\"], and read them in the next cell")
        return _array(self.frames, self.frames_shape)

    def png(self, n: int = 0, scale: int = 8) -> bytes:
        """Picture `n` as a PNG file, each pixel `scale` pixels wide."""
        image = self._drawn(self.image)
        count, height, width, channels = self.shape
        if not 0 <= n < count:
            raise MorphogenError(f"expected the number of a picture below {count}, found {n}")
        size = height * width * channels
        return png(image[n * size : (n + 1) * size], height, width, channels, scale)

    def _drawn(self, image: bytes) -> bytes:
        if not image:
            why = self.error or "the browser draws once the cell is done and in view: read it in the next cell"
            raise MorphogenError(f"there is no picture yet: {why}")
        return image

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        """Where the picture is there already, it stands beside the widget, for readers that show none."""
        bundle = super()._repr_mimebundle_(**kwargs)
        if bundle is not None and self.image:
            bundle[0]["image/png"] = base64.b64encode(self.png()).decode()
        return bundle


TOLD = ("image", "shape", "frames", "frames_shape", "r", "nearest", "label", "drawn_on", "drawn_by", "notice", "status", "error", "code")
"""What comes back from the browser."""
ASKED = tuple(
    name
    for name, trait in vars(Sampler).items()
    if isinstance(trait, t.TraitType) and name not in (*TOLD, "address", "key", "drawn", "comm")
)
"""What can be asked for."""


def _array(content: bytes, shape: Sequence[int]) -> NDArray[np.uint8]:
    import numpy as np

    return np.frombuffer(content, dtype=np.uint8).reshape(shape)
