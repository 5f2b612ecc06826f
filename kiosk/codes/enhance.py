"""Make a hard picture of a QR code easier for the engines.

Pure functions of grey uint8 (H, W) pictures. The figures here were found on frames of a second
camera (1280x720, a code 100 to 350 px wide); they belong to the method and are not settings.
"""

from __future__ import annotations

from collections.abc import Iterator

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
"""(height, width) uint8, one channel."""

_REGION_SCALE = 0.25
"""The region is looked for in a picture so much smaller."""
_REGION_BOX = 25
"""Side of the box over which texture is summed, pixels of the small picture."""
_REGION_SHARE = 0.35
"""Share of the greatest texture that still belongs to the region."""
_REGION_MARGIN = 0.15
"""Added around the region, share of its longer side, so that the quiet zone is in it."""
_MOTION_EVENNESS = 0.45
"""Edges across the motion over edges along it: below this there was motion. Codes at rest have
0.7 and more, also turned and in perspective."""
_MOTION_LENGTHS_PX = (12.0, 14.0, 10.0, 16.0, 8.0, 19.0)
"""Lengths tried, the likeliest first; each is good for about a pixel more and less. Shorter
motion an engine reads as it is, longer motion leaves nothing to restore."""
_NOISE_TO_SIGNAL = 0.01
"""The Wiener filter's constant: power of the noise over that of the signal."""


def grey(pixels: npt.NDArray[np.uint8]) -> Grey:
    """Return RGB (H, W, 3) or grey (H, W) uint8 pixels as contiguous grey ones.

    Raises:
        ValueError: they are neither.
    """
    if pixels.dtype != np.uint8 or pixels.size == 0:
        raise ValueError("a picture to read codes from has to be uint8 and not empty.")
    if pixels.ndim == 2:  # noqa: PLR2004
        return np.ascontiguousarray(pixels)
    if pixels.ndim == 3 and pixels.shape[2] == 3:  # noqa: PLR2004
        return np.asarray(cv2.cvtColor(pixels, cv2.COLOR_RGB2GRAY), np.uint8)
    raise ValueError(f"a picture has to be (H, W) or (H, W, 3), not {pixels.shape}.")


def at_most(picture: Grey, side: int) -> Grey:
    """Return the picture scaled down so that its longer side is at most `side` pixels."""
    factor = side / max(picture.shape)
    if factor >= 1.0:
        return picture
    size = (max(1, round(picture.shape[1] * factor)), max(1, round(picture.shape[0] * factor)))
    return np.asarray(cv2.resize(picture, size, interpolation=cv2.INTER_AREA), np.uint8)


def even_contrast(picture: Grey) -> Grey:
    """Spread the contrast locally: helps in the dark and in the haze of a reflection."""
    return np.asarray(cv2.createCLAHE(4.0, (8, 8)).apply(picture), np.uint8)


def sharpen(picture: Grey, sigma: float, amount: float = 2.0) -> Grey:
    """Unsharp mask of `sigma` pixels: undoes a little defocus."""
    blurred = cv2.GaussianBlur(picture, (0, 0), sigma)
    return np.asarray(cv2.addWeighted(picture, 1 + amount, blurred, -amount, 0), np.uint8)


def threshold(picture: Grey, box: int = 41) -> Grey:
    """Black or white, each pixel against the mean of the `box` pixels around it."""
    method = cv2.ADAPTIVE_THRESH_GAUSSIAN_C
    result = cv2.adaptiveThreshold(picture, 255, method, cv2.THRESH_BINARY, box, 1)
    return np.asarray(result, np.uint8)


def denoise(picture: Grey) -> Grey:
    """Take single noisy pixels out and use the whole range of grey."""
    smooth = cv2.GaussianBlur(cv2.medianBlur(picture, 3), (0, 0), 1.0)
    return np.asarray(cv2.normalize(smooth, None, 0, 255, cv2.NORM_MINMAX), np.uint8)


def enlarge(picture: Grey, factor: float = 2.0) -> Grey:
    """Scale up, cubic."""
    big = cv2.resize(picture, None, fx=factor, fy=factor, interpolation=cv2.INTER_CUBIC)
    return np.asarray(big, np.uint8)


def likely_region(picture: Grey) -> Grey:
    """Return the part with the most edges in every direction: where a code would be.

    Returns the whole picture where nothing stands out.
    """
    small = cv2.resize(
        picture, None, fx=_REGION_SCALE, fy=_REGION_SCALE, interpolation=cv2.INTER_AREA
    )
    if min(small.shape) < _REGION_BOX:
        return picture
    even = cv2.createCLAHE(4.0, (8, 8)).apply(cv2.GaussianBlur(small, (0, 0), 0.8))
    edges = np.abs(cv2.Laplacian(even, cv2.CV_32F, ksize=3))
    texture = cv2.boxFilter(edges, -1, (_REGION_BOX, _REGION_BOX))
    peak = np.unravel_index(int(np.argmax(texture)), texture.shape)
    part = (texture > _REGION_SHARE * texture[peak]).astype(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(part)
    left, top, width, height = (int(v) for v in stats[labels[peak], :4])
    margin = round(_REGION_MARGIN * max(width, height))
    first_row, last_row = max(0, top - margin), top + height + margin
    first_column, last_column = max(0, left - margin), left + width + margin
    scale = round(1 / _REGION_SCALE)
    region = picture[
        first_row * scale : last_row * scale, first_column * scale : last_column * scale
    ]
    return np.ascontiguousarray(region)


def unblurred(picture: Grey) -> Iterator[Grey]:
    """Yield the picture with motion along one line undone, for a few lengths of the motion.

    The direction is where the picture has the fewest edges: a QR code has as many along its
    rows as along its columns, so what is missing was blurred away. Yields nothing where no
    direction stands out. Wiener deconvolution.
    """
    columns = cv2.Sobel(picture, cv2.CV_32F, 1, 0)
    rows = cv2.Sobel(picture, cv2.CV_32F, 0, 1)
    across = float((columns * rows).mean())
    tensor = [[float((columns**2).mean()), across], [across, float((rows**2).mean())]]
    values, vectors = np.linalg.eigh(np.array(tensor))
    if values[0] >= _MOTION_EVENNESS * values[1]:
        return
    height, width = (cv2.getOptimalDFTSize(n) for n in picture.shape)
    padded = cv2.copyMakeBorder(
        picture, 0, height - picture.shape[0], 0, width - picture.shape[1], cv2.BORDER_REPLICATE
    )
    spectrum = cv2.dft(padded.astype(np.float32), flags=cv2.DFT_COMPLEX_OUTPUT)
    for length in _MOTION_LENGTHS_PX:
        transfer = _motion_spectrum((height, width), vectors[:, 0], length)
        power = (transfer**2).sum(axis=2, keepdims=True) + _NOISE_TO_SIGNAL
        clear = cv2.mulSpectrums(spectrum, transfer, 0, conjB=True) / power
        result = cv2.idft(clear, flags=cv2.DFT_SCALE | cv2.DFT_REAL_OUTPUT)
        yield np.clip(result[: picture.shape[0], : picture.shape[1]], 0, 255).astype(np.uint8)


def _motion_spectrum(
    shape: tuple[int, int], direction: npt.NDArray[np.float64], length: float
) -> npt.NDArray[np.float32]:
    """Return the spectrum of a uniform motion of `length` pixels, centred on the origin."""
    kernel = np.zeros(shape, np.float32)
    for step in np.linspace(-0.5, 0.5, 4 * int(np.ceil(length)) + 1):
        x, y = direction * length * step
        kernel[round(y) % shape[0], round(x) % shape[1]] += 1.0
    spectrum = cv2.dft(kernel / kernel.sum(), flags=cv2.DFT_COMPLEX_OUTPUT)
    return np.asarray(spectrum, np.float32)
