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
from scenes import LABELS

from kiosk.guidance.attributes.crop import EYES, HEAD, CropGeometry, normalised

NETWORKS = {
    "eyes": (EYES, ("glasses", "tint", "reflection", "hair_over_brows")),
    "head": (HEAD, ("head_cover",)),
}
BATCH = 64


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


def main() -> None:
    """Train, check, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("network", choices=sorted(NETWORKS))
    parser.add_argument("heads", type=Path)
    parser.add_argument("examples", nargs="+", type=Path)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--report", type=Path)
    parser.add_argument("--folds", type=int, default=3)
    parser.add_argument("--steps", type=int, default=1500)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--seed", type=int, default=5)
    options = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    geometry, names = NETWORKS[options.network]
    rng = np.random.default_rng(options.seed)
    sets = [np.load(path) for path in options.examples]
    pictures = np.concatenate([s["pictures"] for s in sets])
    people = np.concatenate([s["people"] for s in sets])
    labels = np.concatenate([s["labels"] for s in sets])[:, [LABELS.index(n) for n in names]]
    if "glasses" in names:  # no lens, no tint
        labels[labels[:, 0] == 0, 1:3] = -1
    crops = training_crops(rng, pictures, geometry, options.times)
    print("crops are cut", file=sys.stderr, flush=True)
    heads = np.load(options.heads)
    bare = plain_crops(heads["pictures"], geometry)
    if options.folds:
        who = sorted(set(people))
        bare_logits = np.full((len(bare), len(names)), np.nan)
        drawn_logits = np.full((len(labels), len(names)), np.nan)
        for fold in range(options.folds):
            left_out = who[fold :: options.folds]
            inside = ~np.isin(people, left_out)
            network = fit(crops[:, inside], labels[inside], geometry, options.steps, fold)
            bare_out = np.isin(heads["people"], left_out)
            bare_logits[bare_out] = judge(network, bare[bare_out])
            drawn_logits[~inside] = judge(network, crops[0][~inside])
        told = {
            "labels": list(names),
            "bare": {str(n): v.round(3).tolist() for n, v in zip(heads["names"], bare_logits,
                                                                strict=True)},
        }  # fmt: skip
        for k, name in enumerate(names):
            no, yes = (drawn_logits[labels[:, k] == v, k] for v in (0, 1))
            told[name] = {"no": np.percentile(no, [50, 90, 97, 99, 99.7]).round(2).tolist(),
                          "yes": np.percentile(yes, [0.5, 2, 5, 10, 50]).round(2).tolist(),
                          "bare": np.sort(bare_logits[:, k])[-8:].round(2).tolist()}  # fmt: skip
            print(name, told[name], file=sys.stderr, flush=True)
        if options.report:
            options.report.write_text(json.dumps(told, indent=1))
    network = fit(crops, labels, geometry, options.steps, options.seed)
    torch.save(network.state_dict(), options.out.with_suffix(".pt"))
    sample = torch.zeros(1, 3, geometry.height_px, geometry.width_px)
    torch.onnx.export(
        network, (sample,), str(options.out), input_names=["crops"], output_names=["logits"],
        dynamic_axes={"crops": {0: "n"}, "logits": {0: "n"}}, opset_version=13, dynamo=False,
    )  # fmt: skip


if __name__ == "__main__":
    main()
