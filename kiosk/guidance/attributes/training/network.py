"""The network: a few convolutions over one aligned crop, one logit a label."""

from __future__ import annotations

import torch
from torch import nn


def _block(inputs: int, outputs: int, stride: int) -> nn.Sequential:
    return nn.Sequential(
        nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False), nn.BatchNorm2d(outputs), nn.ReLU()
    )


class CropNetwork(nn.Module):
    """Convolutions, then a look at every place of the last map: crops are aligned.

    Args:
        height: of the crop, pixels.
        width: of the crop, pixels.
        labels: how many logits.
    """

    def __init__(self, height: int, width: int, labels: int) -> None:
        super().__init__()
        self.features = nn.Sequential(
            _block(3, 12, 2), _block(12, 24, 2), _block(24, 32, 2), _block(32, 48, 1),
            _block(48, 64, 2), nn.Conv2d(64, 24, 1), nn.ReLU(),
        )  # fmt: skip
        with torch.no_grad():
            cells = self.features(torch.zeros(1, 3, height, width)).numel()
        self.judge = nn.Sequential(
            nn.Flatten(), nn.Dropout(0.3), nn.Linear(cells, 48), nn.ReLU(), nn.Linear(48, labels)
        )

    def forward(self, crops: torch.Tensor) -> torch.Tensor:
        """Return (n, labels) logits of (n, 3, height, width) normalised crops."""
        logits: torch.Tensor = self.judge(self.features(crops))
        return logits
