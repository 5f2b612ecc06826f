"""Train a network as the one in the project was trained, and record how; or check that it was.

    python recipe.py eyes heads.npz crops-0.npz crops-1.npz --out ..
    python recipe.py eyes heads.npz crops-0.npz crops-1.npz --verify [--short]

Writes NAME.onnx, and NAME.json with its labels, the scale and offset that give its figures their
meaning, the proof by folds, and the recipe: versions, seeds and SHA-256 of everything that went
in and came out. `--verify` does the same again and compares with what the project has; `--short`
compares what went in and a fit of a few steps, in a minute.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import repeatable  # before torch

import numpy as np
import torch
from dataset import own_hair
from network import CropNetwork
from train import (
    ALARMS,
    NETWORKS,
    as_inputs,
    calibrate,
    fit,
    judge,
    left_out,
    plain_crops,
    proof,
    wanted_labels,
    write_onnx,
)

STEPS = {"eyes": 1600, "head": 1600}
SHORT_STEPS, FOLDS, SEED = 20, 2, 5
PROJECT = Path(__file__).resolve().parents[1]


def _weights(network: CropNetwork) -> dict[str, np.ndarray]:
    return {name: tensor.numpy() for name, tensor in network.state_dict().items()}


class Recipe:
    """What a network is made of, read once."""

    def __init__(self, name: str, heads: Path, examples: list[Path]) -> None:
        self.name, self.steps = name, STEPS[name]
        self.geometry, self.names = NETWORKS[name]
        self.heads = dict(np.load(heads))
        sets = [np.load(path) for path in examples]
        crops = np.concatenate([s[name] for s in sets], axis=1)
        self.labels = wanted_labels(np.concatenate([s["labels"] for s in sets]), self.names)
        self.people = np.concatenate([s["people"] for s in sets])
        self.crops = repeatable.digest(crops, self.labels)
        self.inputs = as_inputs(crops)

    def ingredients(self) -> dict[str, object]:
        """Return the digests of what goes in and of a short fit."""
        short = fit(self.inputs, self.labels, self.geometry, SHORT_STEPS, SEED)
        heads = [self.heads[k] for k in ("pictures", "points", "masks", "people")]
        return {
            "heads": repeatable.digest(*heads),
            "examples": int(self.inputs.shape[1]),
            "crops": self.crops,
            f"weights_after_{SHORT_STEPS}_steps": repeatable.digest(*_weights(short).values()),
        }

    def fit_all(self) -> dict[str, np.ndarray]:
        """Return the weights of a network fitted on everybody."""
        return _weights(fit(self.inputs, self.labels, self.geometry, self.steps, SEED))

    def fit_fold(self, fold: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the logits of a fold's examples and of all bare heads, by a network without it."""
        out = np.isin(self.people, left_out(self.people, fold, FOLDS))
        network = fit(self.inputs[:, ~out], self.labels[~out], self.geometry, self.steps, fold)
        bare = as_inputs(plain_crops(self.heads["pictures"], self.geometry))
        return judge(network, self.inputs[0][out]), judge(network, bare)

    def calibration(self, folds: list[tuple[np.ndarray, np.ndarray]]) -> dict[str, dict]:
        """Return scale, offset and proof of every label, of what the folds said."""
        who = self.heads["people"]
        drawn = np.full(self.labels.shape, np.nan)
        bare = np.full((len(who), len(self.names)), np.nan)
        for fold, (drawn_logits, bare_logits) in enumerate(folds):
            out = left_out(self.people, fold, FOLDS)
            drawn[np.isin(self.people, out)] = drawn_logits
            bare[np.isin(who, out)] = bare_logits[np.isin(who, out)]
        free = np.array([own_hair(str(p)) == 0.0 for p in who]) & ~np.isnan(bare[:, 0])
        told: dict[str, dict] = {"scale": {}, "offset": {}, "proof": {}}
        for k, name in enumerate(self.names):
            logits, label = drawn[:, k], self.labels[:, k]
            alarms = ALARMS.get(name, 0.01)
            scale, offset = calibrate(logits[label == 0], logits[label == 1], alarms)
            told["scale"][name], told["offset"][name] = round(scale, 4), round(offset, 4)
            told["proof"][name] = proof(logits, label, bare[free, k], scale, offset)
            print(name, told["proof"][name], file=sys.stderr, flush=True)
        return told

    def write(self, weights: dict[str, np.ndarray], path: Path) -> str:
        """Write the network; return the file's SHA-256."""
        network = CropNetwork(self.geometry.height_px, self.geometry.width_px, len(self.names))
        network.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()})
        write_onnx(network.eval(), self.geometry, path)
        return repeatable.file_digest(path)


_cooking: list[Recipe] = []
"""The recipe the processes that fit share, without a copy."""


def _part(fold: int | None) -> object:
    recipe = _cooking[0]
    return recipe.fit_all() if fold is None else recipe.fit_fold(fold)


def cook(recipe: Recipe, path: Path, processes: int) -> tuple[str, dict[str, dict]]:
    """Fit on everybody and in folds, write the network; return its SHA-256 and calibration."""
    _cooking[:] = [recipe]
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        parts = [pool.submit(_part, fold) for fold in (None, *range(FOLDS))]
        written = recipe.write(parts[0].result(), path)
        return written, recipe.calibration([part.result() for part in parts[1:]])


def differences(made: dict[str, object], kept: dict[str, object]) -> list[str]:
    """Return what of a recipe came out otherwise than it was recorded."""
    return [key for key, value in made.items() if kept.get(key) != value]


def verify(recipe: Recipe, processes: int, *, short: bool) -> list[str]:
    """Cook again; return what differs from the project's."""
    kept = json.loads((PROJECT / f"{recipe.name}.json").read_text("utf-8"))
    wrong = differences(repeatable.versions(), kept["recipe"]["versions"])
    if not short:
        with tempfile.TemporaryDirectory() as folder:
            written, calibration = cook(recipe, Path(folder) / "made.onnx", processes)
        wrong += differences({"network": written}, kept["recipe"])
        wrong += differences(calibration, kept)
    return wrong + differences(recipe.ingredients(), kept["recipe"])


def main() -> None:
    """Make a network, or check that it can be made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=sorted(NETWORKS))
    parser.add_argument("heads", type=Path)
    parser.add_argument("examples", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, help="folder for NAME.onnx and NAME.json")
    parser.add_argument("--verify", action="store_true", help="compare with the project's instead")
    parser.add_argument("--short", action="store_true", help="with --verify: a few steps only")
    parser.add_argument("--processes", type=int, default=1, help="up to 3 fit side by side")
    options = parser.parse_args()
    repeatable.settle()
    recipe = Recipe(options.network, options.heads, options.examples)
    if options.verify:
        wrong = verify(recipe, options.processes, short=options.short)
        print("differs: " + ", ".join(wrong) if wrong else "the same as the project's")
        sys.exit(bool(wrong))
    if options.out is None:
        parser.error("--out or --verify is needed")
    path = options.out / f"{recipe.name}.onnx"
    written, calibration = cook(recipe, path, options.processes)
    made = {"versions": repeatable.versions(), "steps": recipe.steps, "folds": FOLDS, "seed": SEED}
    made |= recipe.ingredients() | {"network": written}
    told = {"labels": list(recipe.names), **calibration, "recipe": made}
    path.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
