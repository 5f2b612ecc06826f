"""Read QR codes from pictures: two engines behind one function.

ZXing-C++ is asked first by default: on hard frames it read more in a tenth of ZBar's time. What
it misses is tried again, where the caller has the time: with local contrast, sharpened, black
and white, with motion undone, and at last by the other engine.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt

from kiosk.codes import enhance
from kiosk.codes.engines import Engine, zbar, zxing
from kiosk.codes.enhance import Grey
from kiosk.codes.errors import EngineMissing

EngineName = Literal["zxing", "pyzbar"]

_LEAST_SIDE_PX = 21
"""The smallest QR code has so many modules; smaller pictures hold none."""
_RETRY_SIDE_PX = 1280
"""Pictures are retried at most so large: it bounds the time, and phones fill the frame."""
_REGION_SIDE_PX = 640
"""The likely region is retried at most so large: where nothing stands out it is the picture."""
_SMALL_REGION_PX = 320
"""A region smaller than this is enlarged before it is sharpened."""


class CodeReader:
    """Reads QR codes. Safe to use from several threads."""

    def __init__(self, engine: EngineName = "zxing") -> None:
        """Choose the engine that is asked first.

        Raises:
            EngineMissing: its library is not installed.
            ValueError: there is no such engine.
        """
        if engine not in _ENGINES:
            raise ValueError(f"QR engine {engine!r}: it has to be zxing or pyzbar.")
        self._first = _ENGINES[engine]()
        # Ten times as fast and less easily put off, ZXing-C++ does the retries where it can.
        other = None if engine == "zxing" else _optional("zxing")
        self._retry = other or self._first

    def read(self, pixels: npt.NDArray[np.uint8], *, thorough: bool = False) -> tuple[str, ...]:
        """Return the texts of all QR codes found, each once.

        Args:
            pixels: (H, W, 3) RGB or (H, W) grey, uint8.
            thorough: try again, in other ways, when the first look finds nothing.

        Raises:
            ValueError: `pixels` has another shape or type.
        """
        picture = enhance.grey(pixels)
        if min(picture.shape) < _LEAST_SIDE_PX:
            return ()
        texts = self._first(picture)
        if texts or not thorough:
            return texts
        for engine, candidate in self._attempts(picture):
            if texts := engine(candidate):
                return texts
        return ()

    def _attempts(self, picture: Grey) -> Iterator[tuple[Engine, Grey]]:
        """Yield what else to try: the cheapest and most often successful first."""
        retry, zbar_too = self._retry, _optional("pyzbar")
        if retry is not self._first:
            yield retry, picture
        picture = enhance.at_most(picture, _RETRY_SIDE_PX)
        yield retry, enhance.even_contrast(picture)
        region = enhance.at_most(enhance.likely_region(picture), _REGION_SIDE_PX)
        yield retry, enhance.threshold(region, 21)
        yield retry, enhance.denoise(region)
        if max(region.shape) < _SMALL_REGION_PX:
            region = enhance.enlarge(region)
        sharp = enhance.sharpen(region, sigma=4.0)
        yield retry, sharp
        yield retry, enhance.even_contrast(region)
        for clear in enhance.unblurred(region):
            yield retry, clear
        if zbar_too is not None:
            yield zbar_too, region
            yield zbar_too, sharp


@cache
def _optional(name: EngineName) -> Engine | None:
    """Return an engine, or None where its library is missing: then the other does alone."""
    try:
        return _ENGINES[name]()
    except EngineMissing:
        return None


_ENGINES: dict[str, Callable[[], Engine]] = {"zxing": zxing, "pyzbar": zbar}
