"""Batch codes (特征码): which collection batch of which school.

Four to eight letters and digits (``Z3K8F7``, ``610967``, ``EK43``), shown as the school writes
them, matched without regard to case. A batch's QR holds the code alone or as a URL parameter.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlsplit

from kiosk.codes.errors import NotABatchCode
from kiosk.codes.folding import fold_full_width

_SHAPE = re.compile(r"[0-9A-Za-z]{4,8}")


def batch_code(text: str, parameters: Iterable[str]) -> str:
    """Return the batch code that a typed or scanned text is or holds.

    Args:
        text: what was typed, or read from a QR code. Full-width characters are folded.
        parameters: names of URL parameters that may hold the code, the likeliest first;
            matched without regard to case.

    Returns:
        The code as it is written there.

    Raises:
        NotABatchCode: there is none.
    """
    folded = fold_full_width(text).strip()
    if _SHAPE.fullmatch(folded):
        return folded
    for value in _values(folded, parameters):
        if _SHAPE.fullmatch(value):
            return value
    raise NotABatchCode(
        "This is not a batch code: it has 4 to 8 letters and digits. "
        "Type it as the school announced it, or scan the school's poster."
    )


def same_batch(first: str, second: str) -> bool:
    """Whether two batch codes name the same batch: compared without regard to case and width."""
    return _canonical(first) == _canonical(second)


def _canonical(code: str) -> str:
    return fold_full_width(code).strip().upper()


def _values(text: str, parameters: Iterable[str]) -> list[str]:
    try:
        url = urlsplit(text)
    except ValueError:
        return []
    if not url.scheme or not url.netloc:
        return []
    # Pages that route in the browser carry their parameters behind the "#".
    queries = (url.query, url.fragment.partition("?")[2])
    pairs = [(k.lower(), v.strip()) for query in queries for k, v in parse_qsl(query)]
    return [value for name in parameters for key, value in pairs if key == name.lower()]
