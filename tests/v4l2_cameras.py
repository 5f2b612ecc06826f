"""USB cameras that are not there: a tree of `dev` and `sys`, and the library that answers for it.

The drivers, OpenCV's V4L2 back end among them, are the real ones; only the kernel is played, by
`v4l2_cameras.c`, which says what the files beside a camera's node mean.
"""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest

SOURCE = Path(__file__).with_suffix(".c")

CONTROLS = """
control 00980913 0 255 1 64
control 00980918 0 2 1 2
control 0098090c 0 1 1 1
control 0098091a 2800 6500 10 4600
control 009a0901 0 3 1 3
control 009a0902 3 2047 1 250
control 009a0903 0 1 1 1
control 009a090a 0 250 5 0
control 009a090c 0 1 1 1
"""
"""Gain, power line, white balance, exposure and focus, as of a usual webcam."""

SIZES = ((640, 360, 50), (1280, 720, 50), (1920, 1080, 5))
"""(width, height, frames a second)."""


def build_library(folder: Path) -> Path:
    """Compile the library that is preloaded; skips without a compiler, except in CI."""
    compiler = shutil.which("gcc")
    if compiler is None:
        say = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
        say("gcc is needed to play the kernel to the V4L2 drivers, and is not installed")
    library = folder / "v4l2_cameras.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", library, SOURCE, "-ldl"]
    subprocess.run(command, check=True)
    return library


def draw_jpegs(folder: Path, size: tuple[int, int] = (1280, 720), count: int = 7) -> None:
    """Write pictures that differ: red on the left, blue on the right, and a bar that moves."""
    folder.mkdir(exist_ok=True)
    width, height = size
    for number in range(count):
        bgr = np.full((height, width, 3), 60, np.uint8)
        bgr[:, : width // 2, 2] = 200
        bgr[:, width // 2 :, 0] = 200
        bgr[(number * height) // count :][: height // 10] = 230
        jpeg = cv2.imencode(".jpg", bgr)[1].tobytes()
        (folder / f"{number}.jpg").write_bytes(jpeg)


@dataclass
class CameraTree:
    """A folder with `dev` and `sys` in which cameras are plugged in and pulled out."""

    root: Path

    def node(self, number: int = 0) -> Path:
        return self.root / "dev" / f"video{number}"

    def beside(self, ending: str, number: int = 0) -> Path:
        node = self.node(number)
        return node.with_name(node.name + ending)

    def environment(self, library: Path) -> dict[str, str]:
        return {"LD_PRELOAD": str(library), "V4L2_TEST_TREE": str(self.root)}

    def plug_in(
        self,
        number: int = 0,
        *,
        port: str = "1-1.2",
        card: str = "Test Camera",
        usb_id: str = "046d:0892",
        serial: str = "A1B2",
        sizes: Sequence[tuple[int, int, int]] = SIZES,
        controls: str = CONTROLS,
        metadata: bool = False,
    ) -> None:
        """Put in a camera as ``/dev/video<number>``, with its folders and links."""
        interface = self.root / "sys/devices/pci0000:00/usb1" / port / f"{port}:1.0"
        entry = interface / "video4linux" / f"video{number}"
        entry.mkdir(parents=True)
        (entry / "name").write_text(card + "\n")
        (entry / "device").symlink_to("../..")
        vendor, product = usb_id.split(":")
        for name, text in (("idVendor", vendor), ("idProduct", product), ("serial", serial)):
            if text:
                (interface.parent / name).write_text(text + "\n")
        listing = self.root / "sys/class/video4linux"
        listing.mkdir(parents=True, exist_ok=True)
        (listing / entry.name).symlink_to(entry)
        node = self.node(number)
        node.parent.mkdir(exist_ok=True)
        lines = [f"card {card}", *(f"size {w} {h} {rate}" for w, h, rate in sizes), controls]
        self.beside(".camera", number).write_text("\n".join([*lines, "metadata" * metadata]))
        for kind, name in (
            ("by-path", f"pci-0000:00:14.0-usb-0:{port[2:]}:1.0-video-index{int(metadata)}"),
            ("by-id", f"usb-{card.replace(' ', '_')}_{serial}-video-index{int(metadata)}"),
        ):
            link = self.root / "dev/v4l" / kind / name
            link.parent.mkdir(parents=True, exist_ok=True)
            link.unlink(missing_ok=True)  # of two cameras alike udev links the later one
            link.symlink_to(f"../../{node.name}")
        if not metadata:
            draw_jpegs(self.beside(".jpegs", number))
        node.touch()

    def pull_out(self, number: int = 0) -> None:
        """Take away a camera with all that shows it."""
        self.node(number).unlink()
        listed = self.root / "sys/class/video4linux" / f"video{number}"
        shutil.rmtree(listed.resolve())
        listed.unlink()
        for link in (self.root / "dev/v4l").glob("by-*/*"):
            if link.readlink().name == f"video{number}":
                link.unlink()

    def values_set(self, number: int = 0) -> dict[int, int]:
        """The value last set of each control."""
        lines = self.beside(".set", number).read_text().splitlines()
        pairs = (line.split() for line in lines)
        return {int(control, 16): int(value) for control, value in pairs}
