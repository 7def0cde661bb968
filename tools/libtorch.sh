#!/usr/bin/env bash
# Prepares libtorch for `--features libtorch` (training on the CPU with bf16) from PyPI's torch, which is what the crate
# `tch` is written against, and prints the environment that cargo and the program need:
#
#     tools/libtorch.sh ~/libtorch > libtorch.env
#     set -a; . ./libtorch.env; set +a
#     MORPHOGEN_FEATURES=libtorch ./build.sh train …
set -euo pipefail

VERSION=2.9.0
[ $# = 1 ] || { echo "usage: tools/libtorch.sh FOLDER" >&2; exit 2; }
mkdir -p "$1"
folder=$(cd "$1" && pwd)

if [ ! -f "$folder/build-version" ]; then
  # The wheel is built for CUDA and will not load without these two libraries, even on a CPU.
  python3 -m pip install --quiet --no-deps --upgrade --target "$folder/wheels" \
    "torch==$VERSION" nvidia-cuda-runtime-cu12==12.8.90 nvidia-cuda-cupti-cu12==12.8.90 >&2
  wheels=$folder/wheels
  mkdir -p "$folder/lib"
  ln -sfn "$wheels/torch/include" "$folder/include"
  ln -sf "$wheels/torch/lib/libc10.so" "$wheels/torch/lib/libtorch_cpu.so" "$wheels"/torch/lib/libgomp* \
    "$wheels"/nvidia/cuda_runtime/lib/libcudart.so.12 "$wheels"/nvidia/cuda_cupti/lib/libcupti.so.12 "$folder/lib/"
  [ -e "$folder/lib/libgomp.so.1" ] || ln -sf "$(basename "$(ls "$folder"/lib/libgomp* | head -n 1)")" "$folder/lib/libgomp.so.1"
  # The wheel's own libtorch.so pulls in CUDA; this one is the CPU half under the same name.
  cc -shared -Wl,-soname,libtorch.so -Wl,--no-as-needed -o "$folder/lib/libtorch.so" -L"$folder/lib" \
    -Wl,--allow-shlib-undefined -ltorch_cpu -lc10
  # Written last: it says that the folder is complete. The crate reads it, too.
  printf '%s+cpu\n' "$VERSION" > "$folder/build-version"
fi

echo "LIBTORCH=$folder"
echo "LD_LIBRARY_PATH=$folder/lib${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}"
