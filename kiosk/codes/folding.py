"""Full-width characters, as Chinese keyboards type them, to the usual half-width ones."""

from __future__ import annotations

_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}
"""The block "Halfwidth and Fullwidth Forms" repeats ASCII 21 to 7E (hex), FEE0 higher."""


def fold_full_width(text: str) -> str:
    """Return the text with full-width ASCII and spaces half-width; all else as it is.

    Unlike NFKC it leaves everything else alone, such as ``①`` or ``²``: those are mistakes,
    not other ways to write a digit.
    """
    return text.translate(_FULL_WIDTH)
