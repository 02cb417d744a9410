"""The model on disk: plain arrays and JSON with pinned SHA-256; the only file that opens model files.

Never pickle: `weights.npz` is read with allow_pickle=False, everything else is JSON.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from pathlib import Path
from typing import Any

import numpy as np

from models.calibration import Calibration
from models.classifier import Classifier
from models.features import Lexis
from models.vectors import BINARY, Heads, Vocabulary

FORMAT = 6
SHIPPED = Path(__file__).parent / "shipped"
_FILES = ("weights.npz", "words.json.z", "model.json")


class ArtifactError(ValueError):
    """A model folder that is incomplete, altered or of another format."""


def save(classifier: Classifier, folder: str | Path, *, card: str = "") -> None:
    """Write a fitted classifier; `card` becomes card.md. The same classifier gives the same bytes."""
    target = Path(folder)
    target.mkdir(parents=True, exist_ok=True)
    heads = classifier.heads_
    scale = np.maximum(np.abs(heads.weights).max(axis=0), 1e-9) / 127
    np.savez_compressed(
        target / "weights.npz",
        binary=heads.weights[:, :BINARY].astype(np.float16),
        axes=np.round(heads.weights[:, BINARY:] / scale[BINARY:]).astype(np.int8),
        scale=scale[BINARY:].astype(np.float32),
        bias=heads.bias.astype(np.float32),
        idf=heads.vocabulary.idf.astype(np.float32),
    )
    words = {"features": heads.vocabulary.names, "common": sorted(heads.vocabulary.lexis.common)}
    (target / "words.json.z").write_bytes(zlib.compress(json.dumps(words, ensure_ascii=False).encode(), 9))
    state = {
        "format": FORMAT,
        "name": classifier.name_,
        "parameters": _parameters(classifier),
        "thresholds": classifier.thresholds_,
        "guarantees": {kind: list(found) for kind, found in classifier.guarantees_.items()},
        "stream_flagged": {kind: list(found) for kind, found in classifier.stream_flagged_.items()},
        "set_aside_relevant": classifier.set_aside_relevant_,
        "temper": classifier.temper_,
        "set_aside": classifier.set_aside_,
        "calibrations": {
            kind: {
                "mean": c.mean_.tolist(),
                "scale": c.scale_.tolist(),
                "slope": c.slope_.tolist(),
                "intercept": c.intercept_,
            }
            for kind, c in classifier.calibrations_.items()
        },
    }
    (target / "model.json").write_text(json.dumps(state, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    if card:
        (target / "card.md").write_text(card, encoding="utf-8")
    manifest = {name: hashlib.sha256((target / name).read_bytes()).hexdigest() for name in _FILES}
    (target / "manifest.json").write_text(
        json.dumps(manifest, indent=1, sort_keys=True) + "\n", encoding="utf-8"
    )


def load(folder: str | Path) -> Classifier:
    """Read a classifier back; ArtifactError when a file is missing, altered or of another format."""
    source = Path(folder)
    try:
        manifest = json.loads((source / "manifest.json").read_text(encoding="utf-8"))
        contents = {name: (source / name).read_bytes() for name in _FILES}
    except (OSError, ValueError) as error:
        raise ArtifactError(f"model folder {source} cannot be read: {error}") from error
    for name, raw in contents.items():
        if not isinstance(manifest, dict) or manifest.get(name) != hashlib.sha256(raw).hexdigest():
            raise ArtifactError(f"{name} in {source} is not the file that was pinned")
    state: dict[str, Any] = json.loads(contents["model.json"])
    if state.get("format") != FORMAT:
        raise ArtifactError(f"model format {state.get('format')!r}, this version reads {FORMAT}")
    words = json.loads(zlib.decompress(contents["words.json.z"]))
    with np.load(source / "weights.npz", allow_pickle=False) as arrays:
        binary, axes = arrays["binary"], arrays["axes"]
        weights = np.empty((len(binary), binary.shape[1] + axes.shape[1]), dtype=np.float32)
        weights[:, : binary.shape[1]] = binary
        np.multiply(axes, arrays["scale"], out=weights[:, binary.shape[1] :])
        del binary, axes
        bias, idf = arrays["bias"], arrays["idf"]
    classifier = Classifier(**state["parameters"])
    vocabulary = Vocabulary(Lexis(words["common"]), words["features"], idf)
    classifier.heads_ = Heads(vocabulary, weights, bias)
    classifier.thresholds_ = dict(state["thresholds"])
    classifier.guarantees_ = {k: (int(m), int(n), float(p)) for k, (m, n, p) in state["guarantees"].items()}
    classifier.stream_flagged_ = {k: (int(f), int(n)) for k, (f, n) in state["stream_flagged"].items()}
    classifier.set_aside_relevant_ = dict(state["set_aside_relevant"])
    classifier.temper_ = dict(state["temper"])
    classifier.set_aside_ = dict(state["set_aside"])
    classifier.calibrations_ = {kind: _calibration(c) for kind, c in state["calibrations"].items()}
    classifier.name_ = str(state["name"])
    return classifier


def load_shipped() -> Classifier:
    """The model that comes with the package."""
    return load(SHIPPED)


def _calibration(stored: dict[str, Any]) -> Calibration:
    made = Calibration()
    made.mean_ = np.array(stored["mean"])
    made.scale_ = np.array(stored["scale"])
    made.slope_ = np.array(stored["slope"])
    made.intercept_ = float(stored["intercept"])
    return made


def _parameters(classifier: Classifier) -> dict[str, float | int]:
    return {
        "miss": classifier.miss,
        "base_rate": classifier.base_rate,
        "inverse_penalty": classifier.inverse_penalty,
        "real_weight": classifier.real_weight,
        "everyday_weight": classifier.everyday_weight,
        "spare": classifier.spare,
        "folds": classifier.folds,
        "least": classifier.least,
        "seed": classifier.seed,
    }
