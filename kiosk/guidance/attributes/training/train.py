"""Train one of the networks, check it on people it has not seen, write it as ONNX.

    python train.py eyes heads.npz examples-*.npz --out eyes.onnx --report eyes.json

First in folds by person: each fold's network judges the bare heads and the drawn examples of the
people left out. Then on everybody; that network is written.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

import cv2
import numpy as np
import torch
from torch.nn import functional

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

from augment import augmented_crop
from canvas import CANVAS
from network import CropNetwork
from dataset import own_hair
from scenes import LABELS, UNSURE

from kiosk.guidance.attributes.crop import EYES, HEAD, CropGeometry, normalised

NETWORKS = {
    "eyes": (EYES, ("glasses", "lens_tint", "lens_reflection", "hair_over_brows")),
    "head": (HEAD, ("head_cover",)),
}
BATCH = 64
FAIL_FROM, PASS_BELOW = 0.7, 0.3
"""The product's limits, kiosk/settings/guidance.py."""
ALARMS, MISSED = {"hair_over_brows": 0.02}, 0.03
"""So many drawn examples without the thing may fail (0.01 unless it says otherwise), so many with
it may pass. Drawn examples are degraded far beyond what a booth takes."""
LEAST_BAND = 1.5
"""Logits between the two limits, at the least: pictures differ more than drawings do."""


def plain_crops(pictures: np.ndarray, geometry: CropGeometry) -> np.ndarray:
    """Cut the crops of canvases as the product does."""
    scale = geometry.eye_distance_px / CANVAS.eye_distance_px
    matrix = np.array(
        [
            [scale, 0, geometry.width_px / 2 - scale * CANVAS.width_px / 2],
            [0, scale, geometry.eye_line_y_px - scale * CANVAS.eye_line_y_px],
        ]
    )
    size = (geometry.width_px, geometry.height_px)
    border = cv2.BORDER_REPLICATE
    return np.array([cv2.warpAffine(p, matrix, size, borderMode=border) for p in pictures])


def training_crops(
    rng: np.random.Generator, pictures: np.ndarray, geometry: CropGeometry, times: int
) -> np.ndarray:
    """Return (times, n, height, width, 3) degraded crops."""
    crops = np.empty((times, len(pictures), geometry.height_px, geometry.width_px, 3), np.uint8)
    for i, picture in enumerate(pictures):
        canvas = picture.astype(np.float32) / 255
        for k in range(times):
            crops[k, i] = augmented_crop(rng, canvas, geometry)
    return crops


def fit(
    crops: np.ndarray, labels: np.ndarray, geometry: CropGeometry, steps: int, seed: int
) -> CropNetwork:
    """Train a network on (times, n, h, w, 3) crops and (n, labels) labels."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = CropNetwork(geometry.height_px, geometry.width_px, labels.shape[1])
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    network = network.to(memory_format=torch.channels_last)
    network.train()
    for step in range(steps):
        chosen = rng.integers(0, crops.shape[1], BATCH)
        batch = crops[rng.integers(0, crops.shape[0], BATCH), chosen]
        flips = rng.random(BATCH) < 0.5
        batch[flips] = batch[flips, :, ::-1]
        wanted = torch.from_numpy(labels[chosen])
        counts = (wanted >= 0).float()
        inputs = torch.from_numpy(normalised(batch)).to(memory_format=torch.channels_last)
        logits = network(inputs)
        soft = wanted.clamp(0, 1) * 0.96 + 0.02
        loss = functional.binary_cross_entropy_with_logits(logits, soft, reduction="none")
        loss = (loss * counts).sum() / counts.sum().clamp(min=1)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
        schedule.step()
        if step % 200 == 199:
            print(f"step {step + 1}: loss {loss.item():.4f}", file=sys.stderr, flush=True)
    return network.eval()


def judge(network: CropNetwork, crops: np.ndarray) -> np.ndarray:
    """Return (n, labels) logits, the mean over a crop and its mirror image."""
    found = []
    with torch.no_grad():
        for start in range(0, len(crops), 128):
            part = crops[start : start + 128]
            straight = network(torch.from_numpy(normalised(part)))
            mirrored = network(torch.from_numpy(normalised(part[:, :, ::-1])))
            found.append(((straight + mirrored) / 2).numpy())
    return np.concatenate(found)


def calibrate(no: np.ndarray, yes: np.ndarray, alarms: float) -> tuple[float, float]:
    """Return scale and offset that take a label's logits to figures with fixed meanings.

    `FAIL_FROM` is reached by `alarms` of the examples without the thing; below `PASS_BELOW` are
    `MISSED` of those with it. Where the two kinds do not overlap, the limits part the gap.

    Args:
        no: logits of people left out, on whom the thing is not.
        yes: logits of people left out, on whom it is.
        alarms: a share, 0 to 1.
    """
    upper, lower = np.percentile(no, 100 * (1 - alarms)), np.percentile(yes, 100 * MISSED)
    if upper - lower < LEAST_BAND:
        middle = (upper + lower) / 2
        upper, lower = middle + LEAST_BAND / 2, middle - LEAST_BAND / 2
    top, bottom = (float(np.log(p / (1 - p))) for p in (FAIL_FROM, PASS_BELOW))
    scale = (top - bottom) / (upper - lower)
    return float(scale), float(top - scale * upper)


def out_of_fold(
    crops: np.ndarray, labels: np.ndarray, people: np.ndarray, bare: np.ndarray,
    bare_people: np.ndarray, geometry: CropGeometry, folds: int, steps: int,
) -> tuple[np.ndarray, np.ndarray]:  # fmt: skip
    """Return the logits of drawn examples and of bare heads by networks that never saw them."""
    who = sorted(set(people))
    drawn_logits = np.full(labels.shape, np.nan)
    bare_logits = np.full((len(bare), labels.shape[1]), np.nan)
    for fold in range(folds):
        left_out = who[fold::folds]
        inside = ~np.isin(people, left_out)
        network = fit(crops[:, inside], labels[inside], geometry, steps, fold)
        mask = np.isin(bare_people, left_out)
        bare_logits[mask] = judge(network, bare[mask])
        drawn_logits[~inside] = judge(network, crops[0][~inside])
    return drawn_logits, bare_logits


def proof(logits: np.ndarray, labels: np.ndarray, bare: np.ndarray, scale: float,
          offset: float) -> dict[str, float]:  # fmt: skip
    """Return how often a label is found, unknown and falsely found on people left out."""

    def shares(values: np.ndarray) -> tuple[float, float]:
        likely = 1 / (1 + np.exp(-(values * scale + offset)))
        surely = likely >= FAIL_FROM
        return round(float(surely.mean()), 4), round(float((likely <= PASS_BELOW).mean()), 4)

    found, missed = shares(logits[labels == 1])
    alarms, passed = shares(logits[labels == 0])
    bare_alarms, bare_passed = shares(bare)
    return {"drawn_with": int((labels == 1).sum()), "found": found, "missed": missed,
            "drawn_without": int((labels == 0).sum()), "false_alarms": alarms, "passed": passed,
            "bare": len(bare), "bare_false_alarms": bare_alarms,
            "bare_passed": bare_passed}  # fmt: skip


def write_onnx(network: CropNetwork, geometry: CropGeometry, path: Path) -> None:
    """Write the network for OpenCV."""
    sample = torch.zeros(1, 3, geometry.height_px, geometry.width_px)
    torch.onnx.export(
        network, (sample,), str(path), input_names=["crops"], output_names=["logits"],
        dynamic_axes={"crops": {0: "n"}, "logits": {0: "n"}}, opset_version=13, dynamo=False,
    )  # fmt: skip


def main() -> None:
    """Check by folds, calibrate, train on everybody, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=sorted(NETWORKS))
    parser.add_argument("heads", type=Path)
    parser.add_argument("examples", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True, help="NAME.onnx; NAME.json beside it")
    parser.add_argument("--folds", type=int, default=2, help="0: keep the calibration")
    parser.add_argument("--only-folds", action="store_true", help="check and calibrate only")
    parser.add_argument("--steps", type=int, default=1000)
    parser.add_argument("--times", type=int, default=2, help="crops an example")
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    geometry, names = NETWORKS[options.network]
    sets = [np.load(path) for path in options.examples]
    pictures, people = (np.concatenate([s[k] for s in sets]) for k in ("pictures", "people"))
    labels = np.concatenate([s["labels"] for s in sets])[:, [LABELS.index(n) for n in names]]
    if "glasses" in names:  # no lens, no tint
        labels[labels[:, 0] == 0, 1:3] = UNSURE
    rng = np.random.default_rng(options.seed)
    crops = training_crops(rng, pictures, geometry, options.times)
    print("crops are cut", file=sys.stderr, flush=True)
    if options.folds:
        heads = np.load(options.heads)
        bare = plain_crops(heads["pictures"], geometry)
        drawn_logits, bare_logits = out_of_fold(
            crops, labels, people, bare, heads["people"], geometry, options.folds, options.steps
        )
        told: dict[str, object] = {"labels": list(names), "scale": {}, "offset": {}, "proof": {}}
        free = np.array([own_hair(str(p)) == 0.0 for p in heads["people"]])
        for k, name in enumerate(names):
            logits, label = drawn_logits[:, k], labels[:, k]
            scale, offset = calibrate(
                logits[label == 0], logits[label == 1], ALARMS.get(name, 0.01)
            )
            told["scale"][name], told["offset"][name] = round(scale, 4), round(offset, 4)
            told["proof"][name] = proof(logits, label, bare_logits[free, k], scale, offset)
            print(name, told["proof"][name], file=sys.stderr, flush=True)
        options.out.with_suffix(".json").write_text(json.dumps(told, indent=1) + "\n")
        np.savez(options.out.with_suffix(".folds.npz"), drawn=drawn_logits, labels=labels,
                 bare=bare_logits)  # fmt: skip
    if not options.only_folds:
        network = fit(crops, labels, geometry, options.steps, options.seed)
        torch.save(network.state_dict(), options.out.with_suffix(".pt"))
        write_onnx(network, geometry, options.out)


if __name__ == "__main__":
    main()
