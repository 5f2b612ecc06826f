"""Train one of the networks, check it on people it has not seen, calibrate what it says.

First on everybody: that network ships. Then in folds by person: each fold's network judges the
bare heads and the drawn examples of the people left out, and the limits are set by these.
`recipe.py` runs it all.
"""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))

import repeatable  # noqa: F401  before torch

import torch
from torch.nn import functional

from canvas import CANVAS
from network import CropNetwork
from scenes import LABELS, UNSURE

from kiosk.guidance.attributes.crop import EYES, HEAD, CropGeometry, normalised

NETWORKS = {
    "eyes": (EYES, ("glasses", "lens_tint", "lens_reflection", "hair_over_brows")),
    "head": (HEAD, ("head_cover",)),
}
BATCH = 64
FAIL_FROM, PASS_BELOW = 0.7, 0.3
"""The product's limits, kiosk/settings/guidance.py."""
ALARMS, MISSED = {"glasses": 0.03, "hair_over_brows": 0.02}, 0.03
"""So many drawn examples without the thing may fail (0.01 unless it says otherwise), so many with
it may pass. Drawn examples are degraded far beyond what a booth takes; 3 % are what may at most
be asked in vain to take off glasses."""
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


def wanted_labels(labels: np.ndarray, names: tuple[str, ...]) -> np.ndarray:
    """Return the columns of a network's labels; without glasses there is no lens to judge."""
    chosen = labels[:, [LABELS.index(n) for n in names]]
    if "glasses" in names:
        chosen[chosen[:, names.index("glasses")] != 1, 1:3] = UNSURE
    return chosen


def as_inputs(crops: np.ndarray) -> np.ndarray:
    """Return (..., h, w, 3) uint8 crops as (..., 3, h, w) normalised float16, once for all."""
    *more, height, width, _ = crops.shape
    flat = crops.reshape(-1, height, width, 3)
    inputs = np.empty((len(flat), 3, height, width), np.float16)
    for start in range(0, len(flat), 256):
        inputs[start : start + 256] = normalised(flat[start : start + 256])
    return inputs.reshape(*more, 3, height, width)


def fit(
    inputs: np.ndarray, labels: np.ndarray, geometry: CropGeometry, steps: int, seed: int
) -> CropNetwork:
    """Train a network on (times, n, 3, h, w) normalised crops and (n, labels) labels."""
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    network = CropNetwork(geometry.height_px, geometry.width_px, labels.shape[1])
    optimiser = torch.optim.AdamW(network.parameters(), lr=2e-3, weight_decay=0.02)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimiser, 3e-3, total_steps=steps)
    network = network.to(memory_format=torch.channels_last)
    network.train()
    for step in range(steps):
        chosen = rng.integers(0, inputs.shape[1], BATCH)
        batch = inputs[rng.integers(0, inputs.shape[0], BATCH), chosen].astype(np.float32)
        flips = rng.random(BATCH) < 0.5
        batch[flips] = batch[flips, ..., ::-1]
        wanted = torch.from_numpy(labels[chosen])
        counts = (wanted >= 0).float()
        logits = network(torch.from_numpy(batch).to(memory_format=torch.channels_last))
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


def judge(network: CropNetwork, inputs: np.ndarray) -> np.ndarray:
    """Return (n, labels) logits, the mean over a crop and its mirror image."""
    found = []
    with torch.no_grad():
        for start in range(0, len(inputs), 128):
            part = torch.from_numpy(inputs[start : start + 128].astype(np.float32))
            straight, mirrored = network(part), network(part.flip(3))
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


def figures(
    logits: np.ndarray, scale: np.ndarray | float, offset: np.ndarray | float
) -> np.ndarray:
    """Return the figures, 0 to 1, the product makes of logits."""
    return 1 / (1 + np.exp(-(logits * scale + offset)))


def left_out(people: np.ndarray, fold: int, folds: int) -> np.ndarray:
    """Return the people a fold's network does not see."""
    return np.array(sorted(set(people))[fold::folds])


def proof(logits: np.ndarray, labels: np.ndarray, bare: np.ndarray, scale: float,
          offset: float) -> dict[str, float]:  # fmt: skip
    """Return how often a label is found, unknown and falsely found on people left out."""

    def shares(values: np.ndarray) -> tuple[float, float]:
        likely = figures(values, scale, offset)
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
