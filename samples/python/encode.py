"""Codes of signals from a model of FastSparseCoding, with numpy alone.

    python3 encode.py MODEL.safetensors SIGNALS.npy [CODES.npy]

Prints how far its codes are from those that `sparsecode encode` wrote to CODES.npy, relative to their norm, and
fails where that is more than rounding explains: in two signals of a hundred rounding may choose another coordinate
of LCoD.
"""

import json
import sys

import numpy as np


def load(path):
    """The metadata (text by key) and the tensors (arrays by name) of a safetensors file of float32."""
    data = open(path, "rb").read()
    size = int.from_bytes(data[:8], "little")
    header = json.loads(data[8:8 + size])
    metadata = header.pop("__metadata__", {})
    return metadata, {k: np.frombuffer(data[8 + size:], np.float32, np.prod(t["shape"], dtype=int), t["data_offsets"][0])
                      .reshape(t["shape"]) for k, t in header.items() if t["dtype"] == "F32"}


def encode(metadata, tensors, x):
    """Codes [N×m] of signals x [N×n]: the forward pass of every kind of encoder."""
    p = {k.removeprefix("parameter."): v for k, v in tensors.items()}
    kind, depth = metadata["kind"], int(metadata.get("depth", 0))
    lam, mu = float(metadata["lambda"]), float(metadata.get("ridge", 0))
    positive = metadata.get("non_negative") == "true"

    def h(c, theta):
        """The soft threshold, one-sided where codes must not be negative."""
        return np.maximum(c - theta, 0) - (0 if positive else np.maximum(-c - theta, 0))

    if kind == "tanh":
        return p["gain"] * np.tanh(x @ p["W"].T + p["u"])
    if kind == "tanh2":
        v = x @ p["W"].T
        return p["gain"] * (np.tanh(v + p["u"]) + np.tanh(v - p["u"]))
    if kind == "shrink":
        return h(x @ p["W_e"].T, p["theta"])
    if kind == "lista":
        b = x @ p["W_e"].T
        z = h(b, p["theta"])
        for _ in range(depth):
            z = h(b + z @ p["S_transposed"], p["theta"])
        return z
    if kind == "lista-layers":
        b = x @ p["W_e"].T
        z = h(p["gain"][0] * b, p["theta"][0])
        for t in range(1, depth + 1):
            z = h(p["gain"][t] * b + z @ p["S_transposed"], p["theta"][t])
        return z
    if kind == "lcod":
        b, rows = x @ p["W_e"].T, np.arange(len(x))
        z = np.zeros_like(b)
        for _ in range(depth):
            shrunk = h(b, p["theta"])
            k = np.abs(shrunk - z).argmax(axis=1)           # the coordinate that changes most
            b += (shrunk - z)[rows, k][:, None] * p["S_transposed"][k]
            z[rows, k] = shrunk[rows, k]
        return h(b, p["theta"])
    atoms = tensors["dictionary.atoms"]
    step = 1 / np.linalg.norm(atoms.astype(np.float64), 2) ** 2     # 1/L
    if kind == "lista-coupled":
        kept = 1 / (1 + mu * step)
        z = h(x @ p["A"].T, p["theta"][0])
        for t in range(1, depth + 1):
            z = h(kept * z + (x - z @ p["D"]) @ p["A"].T, p["theta"][t])
        return z
    if kind == "slista":
        weights = lam * tensors.get("penalty.weights", np.ones(len(atoms)))
        z = np.zeros((len(x), len(atoms)))
        for gamma in p["step"][0] * step:
            z = h(z + gamma * (x - z @ atoms) @ atoms.T, gamma * weights) / (1 + gamma * mu)
        return z
    raise SystemExit(f"{kind}: no encoder")


if __name__ == "__main__":
    metadata, tensors = load(sys.argv[1])
    codes = encode(metadata, tensors, np.load(sys.argv[2]))
    if len(sys.argv) > 3:
        written = np.load(sys.argv[3])
        errors = np.linalg.norm(codes - written, axis=1) / np.maximum(np.linalg.norm(written, axis=1), 1e-9)
        print(f"{metadata['kind']}: {np.median(errors):.1e} of the codes' norm, at most {errors.max():.1e}")
        if not np.mean(errors < 1e-4) >= 0.98:
            raise SystemExit("the codes differ")
