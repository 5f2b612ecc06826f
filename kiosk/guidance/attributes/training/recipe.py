"""Make both networks as those in the project were made, and record how; or check that they were.

    python recipe.py heads.npz examples --out ..
    python recipe.py heads.npz examples --verify [--short]

Draws the examples that are not yet in the folder `examples`, fits each network on everybody and
in folds by person, and writes NAME.onnx, and NAME.json with its labels, the scale and offset that
give its figures their meaning, the proof by folds, and the recipe: versions, seeds and SHA-256 of
everything that went in and came out. `--verify` does the same again and compares all of it with
what the project has, and the figures the product itself comes to with those of the fits;
`--short` compares what went in and a fit of a few steps, in minutes.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import repeatable  # before torch

import numpy as np
import torch
from dataset import draw_parts, own_hair
from network import CropNetwork
from train import (
    ALARMS,
    NETWORKS,
    as_inputs,
    calibrate,
    figures,
    fit,
    judge,
    left_out,
    plain_crops,
    proof,
    wanted_labels,
    write_onnx,
)

from kiosk.guidance.attributes.crop import aligned_crop, normalised
from kiosk.guidance.attributes.networks import AttributeNetworks

STEPS = {"eyes": 1600, "head": 1600}
SHORT_STEPS, FOLDS, SEED = 20, 2, 5
NEAR_ENOUGH = 2e-3
"""The product's figures and the fit's, 0 to 1, may differ by so much: OpenCV rounds otherwise."""
PROJECT = Path(__file__).resolve().parents[1]

Weights = dict[str, np.ndarray]


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
        self.bare = as_inputs(plain_crops(self.heads["pictures"], self.geometry))

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

    def fit_all(self) -> Weights:
        """Return the weights of a network fitted on everybody."""
        return _weights(fit(self.inputs, self.labels, self.geometry, self.steps, SEED))

    def fit_fold(self, fold: int) -> tuple[np.ndarray, np.ndarray]:
        """Return the logits of a fold's examples and of all bare heads, by a network without it."""
        out = np.isin(self.people, left_out(self.people, fold, FOLDS))
        network = fit(self.inputs[:, ~out], self.labels[~out], self.geometry, self.steps, fold)
        return judge(network, self.inputs[0][out]), judge(network, self.bare)

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

    def network(self, weights: Weights) -> CropNetwork:
        """Return the network that has these weights."""
        network = CropNetwork(self.geometry.height_px, self.geometry.width_px, len(self.names))
        network.load_state_dict({k: torch.from_numpy(v) for k, v in weights.items()})
        return network.eval()

    def product_differs(self, network: CropNetwork, calibration: dict[str, dict]) -> bool:
        """Say whether the product's figures of the bare heads are others than the fit's."""
        product, bare = AttributeNetworks(), self.heads
        scale, offset = (
            np.array([calibration[k][n] for n in self.names]) for k in ("scale", "offset")
        )
        for picture, points in zip(bare["pictures"], bare["points"], strict=True):
            crop = aligned_crop(picture, points, self.geometry)
            fitted = figures(judge(network, normalised(crop[None])), scale, offset)[0]
            told = product.find(picture, points)
            shown = np.array([told[n] for n in self.names], np.float64)
            if not (np.abs(shown - fitted) < NEAR_ENOUGH).all():
                return True
        return False


def _weights(network: CropNetwork) -> Weights:
    return {name: tensor.numpy() for name, tensor in network.state_dict().items()}


@dataclass(frozen=True, slots=True)
class Cooked:
    """What comes out: digests of what went in, the network, its scales, offsets and proofs."""

    ingredients: dict[str, object]
    network: CropNetwork
    calibration: dict[str, dict]


_cooking: dict[str, Recipe] = {}
"""The recipes the processes that fit share, without a copy."""


def _part(name: str, what: str, *of: int) -> object:
    return getattr(_cooking[name], what)(*of)


def cook(recipes: list[Recipe], processes: int) -> Iterator[tuple[Recipe, Cooked]]:
    """Fit each on everybody and in folds, so many fits side by side."""
    _cooking.update({recipe.name: recipe for recipe in recipes})
    with ProcessPoolExecutor(processes, multiprocessing.get_context("fork")) as pool:
        jobs = {
            recipe.name: (
                pool.submit(_part, recipe.name, "fit_all"),
                [pool.submit(_part, recipe.name, "fit_fold", fold) for fold in range(FOLDS)],
                pool.submit(_part, recipe.name, "ingredients"),
            )
            for recipe in recipes
        }
        for recipe in recipes:
            whole, folds, ingredients = jobs[recipe.name]
            calibration = recipe.calibration([part.result() for part in folds])
            network = recipe.network(whole.result())
            yield recipe, Cooked(ingredients.result(), network, calibration)


def write(recipe: Recipe, network: CropNetwork, path: Path) -> str:
    """Write the network; return the file's SHA-256."""
    write_onnx(network, recipe.geometry, path)
    return repeatable.file_digest(path)


def differences(made: dict[str, object], kept: dict[str, object]) -> list[str]:
    """Return what of a recipe came out otherwise than it was recorded."""
    return [key for key, value in made.items() if kept.get(key) != value]


def verify_short(recipe: Recipe) -> list[str]:
    """Return what differs from the project's of what goes in, and of a fit of a few steps."""
    kept = json.loads((PROJECT / f"{recipe.name}.json").read_text("utf-8"))["recipe"]
    return differences({"versions": repeatable.versions()} | recipe.ingredients(), kept)


def verify(recipe: Recipe, cooked: Cooked) -> list[str]:
    """Return what differs from the project's of all that was cooked again."""
    kept = json.loads((PROJECT / f"{recipe.name}.json").read_text("utf-8"))
    with tempfile.TemporaryDirectory() as folder:
        written = write(recipe, cooked.network, Path(folder) / "made.onnx")
    made = {"versions": repeatable.versions(), "network": written} | cooked.ingredients
    wrong = differences(made, kept["recipe"]) + differences(cooked.calibration, kept)
    return wrong + ["figures"] * recipe.product_differs(cooked.network, cooked.calibration)


def record(recipe: Recipe, cooked: Cooked, folder: Path) -> None:
    """Write the network and what is to be known of it."""
    path = folder / f"{recipe.name}.onnx"
    made = {"versions": repeatable.versions(), "steps": recipe.steps, "folds": FOLDS, "seed": SEED}
    made |= {"processor": repeatable.processor(), **cooked.ingredients}
    made["network"] = write(recipe, cooked.network, path)
    told = {"labels": list(recipe.names), **cooked.calibration, "recipe": made}
    path.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Make the networks, or check that they can be made."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("heads", type=Path)
    parser.add_argument("examples", type=Path, help="folder of the drawn examples; made if absent")
    parser.add_argument("--network", choices=sorted(NETWORKS), help="only this one")
    parser.add_argument("--out", type=Path, help="folder for NAME.onnx and NAME.json")
    parser.add_argument("--verify", action="store_true", help="compare with the project's instead")
    parser.add_argument("--short", action="store_true", help="with --verify: a few steps only")
    parser.add_argument("--processes", type=int, default=1, help="so many work side by side")
    options = parser.parse_args()
    if options.out is None and not options.verify:
        parser.error("--out or --verify is needed")
    repeatable.settle()
    examples = draw_parts(options.heads, options.examples, options.processes)
    names = [options.network] if options.network else sorted(NETWORKS)
    recipes = [Recipe(name, options.heads, examples) for name in names]
    if not options.verify:
        for recipe, cooked in cook(recipes, options.processes):
            record(recipe, cooked, options.out)
        return
    if options.short:
        found = ((recipe, verify_short(recipe)) for recipe in recipes)
    else:
        found = ((r, verify(r, cooked)) for r, cooked in cook(recipes, options.processes))
    differs = False
    for recipe, wrong in found:
        said = "differs: " + ", ".join(wrong) if wrong else "the same as the project's"
        print(f"{recipe.name}: {said}", flush=True)
        if wrong:
            kept = json.loads((PROJECT / f"{recipe.name}.json").read_text("utf-8"))["recipe"]
            print(f"made on: {kept.get('processor')}; this is: {repeatable.processor()}")
        differs |= bool(wrong)
    sys.exit(differs)


if __name__ == "__main__":
    main()
