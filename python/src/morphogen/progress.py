"""A progress bar, without a library: one line that is drawn over on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TextIO

WIDTH = 30


class Bar:
    """Share done, step, loss, pictures a second and time left."""

    def __init__(self, batch: int, step: int = 0, stream: TextIO | None = None) -> None:
        self.stream = sys.stderr if stream is None else stream
        self.batch, self.begun, self.first = batch, time.monotonic(), step
        self.shown, self.between = 0.0, 0.2 if self.stream.isatty() else 10.0

    def show(self, step: int, share: float, loss: float, left: float | None, last: bool = False) -> None:
        """Shows a step; `share` of the run in `[0, 1]`, `left` seconds, unknown for a run without an end."""
        now = time.monotonic()
        if not last and now - self.shown < self.between:
            return
        self.shown = now
        speed = (step - self.first) * self.batch / max(now - self.begun, 1e-9)
        time_left = "" if left is None else f", {_clock(left)} left"
        text = f"step {step}, loss {loss:.4f}, {speed:,.0f} pictures/s{time_left}"
        if self.stream.isatty():
            full = round(share * WIDTH)
            end = "\n" if last else ""
            self.stream.write(f"\r\x1b[K{'█' * full}{'░' * (WIDTH - full)} {share:4.0%} {text}{end}")
        else:
            self.stream.write(f"{share:4.0%} {text}\n")
        self.stream.flush()


def _clock(seconds: float) -> str:
    whole = max(0, round(seconds))
    hours, minutes = whole // 3600, whole // 60 % 60
    return f"{hours}:{minutes:02}:{whole % 60:02}" if hours else f"{minutes}:{whole % 60:02}"
