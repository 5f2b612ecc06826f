"""What is plugged in and pulled out while one watches, from the kernel's own files."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from hardware.hid_scanner import input_devices
from hardware.usb_cameras import usb_still_cameras
from hardware.v4l2_devices import video_devices
from kiosk.devices.found import scanners


@dataclass(frozen=True, slots=True)
class Plugged:
    """Something that came or went.

    Attributes:
        came: whether it was plugged in; else it was pulled out.
        what: what it is and where, such as ``USB camera C920 at 1-1.2``.
    """

    came: bool
    what: str

    def __str__(self) -> str:
        return f"{'plugged in' if self.came else 'pulled out'}: {self.what}"


class Plugging:
    """Compares what is there with what was there.

    Args:
        root: the folder with ``dev`` and ``sys``.
    """

    def __init__(self, root: Path = Path("/")) -> None:
        self._root = root
        self._there = self._now()

    def look(self) -> tuple[Plugged, ...]:
        """Return what came and went since the last look; nothing is opened."""
        before, self._there = self._there, self._now()
        return (
            *(Plugged(came=False, what=what) for what in sorted(before - self._there)),
            *(Plugged(came=True, what=what) for what in sorted(self._there - before)),
        )

    def _now(self) -> frozenset[str]:
        root = self._root
        return frozenset(
            {
                *(f"USB camera {each.card} at {each.port}" for each in video_devices(root)),
                *(f"DSLR {each.name} at {each.port}" for each in usb_still_cameras(root)),
                *(
                    f"barcode scanner {each.name} ({each.lasting})"
                    for each in scanners(input_devices(root))
                ),
            }
        )
