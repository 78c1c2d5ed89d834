#!/usr/bin/env bash
# Every encoder of a folder of `reproduce`, in numpy: samples/python/encode.py must make the codes that the tool makes.
# usage: tests/python.sh TOOL FOLDER
set -euo pipefail
tool=$1
folder=$2
python=${PYTHON:-/usr/bin/python3}      # with numpy
samples=$(cd "$(dirname "$0")/../samples/python" && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
"$python" -c 'import sys, numpy as np; np.save(sys.argv[1], np.random.default_rng(1).normal(size=(300, 100)).astype(np.float32))' "$scratch/signals.npy"
count=0
for model in "$folder"/*.safetensors; do
  case $(basename "$model") in dictionary-*) continue ;; esac
  "$tool" encode "$model" "$scratch/signals.npy" --quiet -o "$scratch/codes.npy"
  "$python" "$samples/encode.py" "$model" "$scratch/signals.npy" "$scratch/codes.npy"
  count=$((count + 1))
done
[ "$count" -ge 8 ]
