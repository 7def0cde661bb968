"""Turning pictures in hue, as the Rust crate does (`native/src/train/hue.rs`), so that a network sees things in colours that no drawing
of them has. Hue, saturation and value are those of HSV (Smith 1978)."""

from __future__ import annotations

import torch
from torch import Tensor


def turn(pictures: Tensor, degrees: Tensor) -> Tensor:
    """Turns sRGB pictures `[B, 3, H, W]`, u8, each by its `degrees` `[B]` of hue; value and saturation stay, to within rounding
    to bytes. Greys stay as they are, and so does everything at a whole turn."""
    x = pictures.float() / 255.0
    most, least = x.amax(1), x.amin(1)
    strength = most - least
    # A grey has no hue, but must not divide by zero.
    divisor = strength.clamp(min=1e-6)
    r, g, b = x.unbind(1)
    other = torch.where(most == g, (b - r) / divisor + 2.0, (r - g) / divisor + 4.0)
    hue = torch.where(most == r, ((g - b) / divisor).remainder(6.0), other)
    turned = (hue + degrees.float()[:, None, None] / 60.0).remainder(6.0)

    def channel(third: float) -> Tensor:
        """Falls off from `most` as the hue leaves its third of the circle."""
        place = (third + turned).remainder(6.0)
        return most - strength * torch.minimum(place, 4.0 - place).clamp(0.0, 1.0)

    return (torch.stack([channel(5.0), channel(3.0), channel(1.0)], 1) * 255.0).round().to(torch.uint8)
