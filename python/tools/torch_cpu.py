"""Installs PyTorch for tests on a processor, as lean as PyPI allows: `python torch_cpu.py`, run by the Python that is to have it.

PyPI's wheel for Linux on x86-64 is built for CUDA and will not load without 2.5 GB of libraries that only a graphics card
has a use for. Here they are left out, and stand-ins without code, which satisfy the loader, take their place. Elsewhere
(macOS, Windows, ARM) the wheel is for the processor anyway and is installed as it is. Never do this where CUDA is wanted.
"""

import platform
import re
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

TORCH = "torch==2.9.0"
# Small, and called even where there is no graphics card.
CUDA = ["nvidia-cuda-runtime-cu12==12.8.90", "nvidia-cuda-cupti-cu12==12.8.90"]
NEEDS = ["filelock", "fsspec", "jinja2", "networkx", "sympy", "typing-extensions"]
# Symbols without a version tell whose they are by how they begin.
BEGINNINGS = {
    "libcufile.so.0": "cuFile",
    "libcurand.so.10": "curand",
    "libcusparseLt.so.0": "cusparseLt",
    "libnccl.so.2": "nccl",
    "libcuda.so.1": "cu[A-Z](?!File)",
}
VERSIONS = {"libnvshmem_host.so.3": "NVSHMEM"}
STOOD_IN = re.compile(r"lib(cublas|cublasLt|cuda|cudnn|cufft|cufile|curand|cusolver|cusparse|cusparseLt|nccl|nvrtc|nvshmem_host)\.so")


def output(*command: str) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", *arguments], check=True)


def stand_in(folder: Path, library: str, symbols: set[str]) -> None:
    """A library that defines `symbols`, under the version that the loader looks for, and does nothing."""
    version = VERSIONS.get(library, library)
    with tempfile.TemporaryDirectory() as place:
        source, names = Path(place) / "stand-in.c", Path(place) / "names"
        source.write_text("".join(f"void {symbol}(void) {{}}\n" for symbol in sorted(symbols)) or "typedef int nothing;\n")
        names.write_text(f"{version} {{ global: *; }};\n")
        output(
            "cc", "-shared", "-nostdlib", "-fPIC", "-w", "-fno-builtin", f"-Wl,-soname,{library}",
            f"-Wl,--version-script={names}", "-o", str(folder / library), str(source),
        )  # fmt: skip


def stand_ins(folder: Path) -> None:
    """One for each library that torch's own ask for and that is left out."""
    ours = [path for path in folder.glob("*.so") if path.name.startswith(("libtorch", "libc10", "libcaffe2"))]
    asked, versioned, plain = set[str](), dict[str, set[str]](), set[str]()
    for path in ours:
        asked |= set(re.findall(r"NEEDED.*\[(.*)\]", output("readelf", "--dynamic", str(path))))
        for name in re.findall(r"\s[Uw] (\S+)", output("nm", "--dynamic", "--undefined-only", str(path))):
            symbol, _, version = name.partition("@")
            (versioned.setdefault(version, set()) if version else plain).add(symbol)
    for library in sorted(name for name in asked if STOOD_IN.match(name)):
        beginning = BEGINNINGS.get(library)
        symbols = {symbol for symbol in plain if beginning and re.match(beginning, symbol)}
        stand_in(folder, library, symbols | versioned.get(VERSIONS.get(library, library), set()))


def main() -> None:
    if (platform.system(), platform.machine()) != ("Linux", "x86_64"):
        pip(TORCH)
        return
    pip("--no-deps", TORCH, *CUDA)
    pip(*NEEDS)
    stand_ins(Path(sysconfig.get_path("purelib")) / "torch" / "lib")
    subprocess.run([sys.executable, "-c", "import torch; torch.ones(1) + 1"], check=True)


if __name__ == "__main__":
    main()
