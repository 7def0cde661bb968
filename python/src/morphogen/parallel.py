"""Several processes, one for each GPU, on one machine or more, as `torchrun` starts them. Every process draws the whole batch
and computes its own part of it, so a run does not depend on their number but for rounding."""

from __future__ import annotations

import os
from dataclasses import dataclass

import torch
import torch.distributed as distributed
from torch import Tensor

AGREE = 8
"""Steps between two agreements on time and stopping, where there are several processes."""


@dataclass(frozen=True)
class World:
    """This process among all."""

    rank: int
    size: int
    device: torch.device

    @classmethod
    def join(cls, device: str) -> World:
        """Joins the processes that `torchrun` started, or is alone. `device` is `auto`, `cpu` or `cuda`."""
        kind = ("cuda" if torch.cuda.is_available() else "cpu") if device == "auto" else device
        rank, size = int(os.environ.get("RANK", "0")), int(os.environ.get("WORLD_SIZE", "1"))
        place = torch.device(kind, int(os.environ.get("LOCAL_RANK", "0"))) if kind == "cuda" else torch.device(kind)
        if kind == "cuda":
            torch.cuda.set_device(place)
        if size > 1:
            distributed.init_process_group("nccl" if kind == "cuda" else "gloo")
        return cls(rank, size, place)

    @property
    def first(self) -> bool:
        """Whether this is the process that writes and speaks."""
        return self.rank == 0

    def leave(self) -> None:
        """The end of `join`."""
        if self.size > 1:
            distributed.destroy_process_group()

    def wait(self) -> None:
        """Until all processes have come here."""
        if self.size > 1:
            distributed.barrier()

    def part(self, batch: int) -> slice:
        """This process's part of a batch."""
        own = batch // self.size
        return slice(self.rank * own, (self.rank + 1) * own)

    def mean(self, values: Tensor) -> Tensor:
        """The mean of `values` over all processes."""
        if self.size > 1:
            distributed.all_reduce(values)
        return values / self.size

    def agree(self, seconds: float, stop: bool) -> tuple[float, bool]:
        """The first process's clock, and whether any process is to stop."""
        if self.size == 1:
            return seconds, stop
        both = torch.tensor([seconds if self.first else 0.0, float(stop)], dtype=torch.float64, device=self.device)
        distributed.all_reduce(both)
        return float(both[0]), bool(both[1] > 0)
