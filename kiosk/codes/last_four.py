"""The last four characters of an ID number, and how brackets count in them.

Identity cards of Hong Kong and others write the check digit in brackets: ``A123456(7)``. The
batch says how they count:

========== ================================================== ==========
policy     a complete pair of brackets                        last four
========== ================================================== ==========
count      counts as two characters (the field's manual)      ``6(7)``
strip      is left out, what stands in it stays                ``4567``
exclude    is left out together with what stands in it         ``3456``
========== ================================================== ==========

A bracket without its partner is a slip of the pen and never counts.
"""

from __future__ import annotations

import hmac
import re
from typing import Literal, get_args

from kiosk.codes.folding import fold_full_width

BracketPolicy = Literal["count", "strip", "exclude"]
"""How brackets count."""

_LENGTH = 4
_PAIR = re.compile(r"\(([^()]*)\)")
_BRACKETS = str.maketrans("", "", "()")


def normalise(text: str) -> str:
    """Return the text half-width, in capitals (``x`` is ``X``), without any space."""
    return "".join(fold_full_width(text).upper().split())


def last_four(id_number: str, policy: BracketPolicy = "count") -> str:
    """Return the last four characters of an ID number.

    Args:
        id_number: the whole number, as written.
        policy: how brackets count.

    Raises:
        ValueError: the number has fewer than four characters that count, or the policy is none.
    """
    number = normalise(id_number)
    match _known(policy):
        case "count":
            counted = _without_single_brackets(number)
        case "strip":
            counted = number.translate(_BRACKETS)
        case "exclude":
            counted = _PAIR.sub("", number).translate(_BRACKETS)
    if len(counted) < _LENGTH:
        raise ValueError("an ID number needs at least four characters that count.")
    return counted[-_LENGTH:]


def matches(typed: str, expected: str, policy: BracketPolicy = "count") -> bool:
    """Whether what the student typed is the last four.

    Args:
        typed: as typed; width, case and spaces do not matter.
        expected: what `last_four` gave under the same policy.
        policy: under ``strip`` and ``exclude`` brackets that were typed anyway do not matter.
    """
    answer, right = normalise(typed), normalise(expected)
    if _known(policy) != "count":
        answer = answer.translate(_BRACKETS)
    return len(right) == _LENGTH and hmac.compare_digest(answer.encode(), right.encode())


def _known(policy: BracketPolicy) -> BracketPolicy:
    if policy not in get_args(BracketPolicy):
        raise ValueError(f"bracket policy {policy!r}: it has to be count, strip or exclude.")
    return policy


def _without_single_brackets(number: str) -> str:
    paired = {i for m in _PAIR.finditer(number) for i in (m.start(), m.end() - 1)}
    return "".join(c for i, c in enumerate(number) if c not in "()" or i in paired)
