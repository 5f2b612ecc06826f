"""Reading picture files that a command was given."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hardware.base import Pixels


class UnreadablePicture(Exception):  # noqa: N818 - a state, named as people say it
    """A file is no picture that can be read; the message says why."""


def read_pixels(path: Path) -> Pixels:
    """Return a picture upright (EXIF orientation applied), (H, W, 3) uint8 sRGB, read-only.

    Raises:
        UnreadablePicture: it is not there, no picture, cut short, broken or far too large.
    """
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    from calibration.colour_space import in_srgb

    try:
        with warnings.catch_warnings():
            # Twice this size is refused below; a warning would only clutter the output.
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(path) as image:
                rgb = ImageOps.exif_transpose(image).convert("RGB")
                pixels = np.asarray(in_srgb(rgb, image))
    except UnidentifiedImageError as error:
        raise UnreadablePicture("not a picture this program knows (JPEG, PNG, WebP …)") from error
    except OSError as error:
        raise UnreadablePicture(f"cannot be read: {error.strerror or error}") from error
    except (Image.DecompressionBombError, SyntaxError, ValueError) as error:
        raise UnreadablePicture(f"broken or far too large: {error}") from error
    pixels.flags.writeable = False
    return pixels
