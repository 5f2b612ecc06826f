"""What a printer's state means, in words for booth staff.

Keywords are those of ``printer-state-reasons`` (RFC 8011, 5.4.12; PWG 5100.9), each with
``-error``, ``-warning`` or ``-report`` behind it or nothing, which is as grave as an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from hardware.base import PrinterState

_STOPPED: Final = 5  # printer-state, RFC 8011, 5.4.11
_WAITING: Final = "what waits is printed by itself then."

_OUT_OF_PAPER: Final = f"is out of paper. Put paper in; {_WAITING}"
_OFFLINE: Final = "does not answer. Switch it on and check its cable."
_RIBBON: Final = f"has no ink, toner or ribbon left. Put a new one in; {_WAITING}"
_OPEN: Final = "is open. Close its doors and covers."

MEANINGS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "media-empty": _OUT_OF_PAPER,
        "media-needed": _OUT_OF_PAPER,
        "media-jam": "has jammed paper. Take the paper out and close it again.",
        "input-tray-missing": "has no paper tray in. Push the tray in.",
        "output-area-full": "has a full output tray. Take the prints out.",
        "offline": _OFFLINE,
        "connecting-to-device": _OFFLINE,
        "timed-out": _OFFLINE,
        "shutdown": _OFFLINE,
        "marker-supply-empty": _RIBBON,
        "toner-empty": _RIBBON,
        "developer-empty": _RIBBON,
        "marker-waste-full": "has a full waste container. Empty it.",
        "cover-open": _OPEN,
        "door-open": _OPEN,
        "interlock-open": _OPEN,
        "fuser-over-temp": "is too hot. Let it cool; it goes on by itself.",
        "cups-missing-filter": "has no working driver. Install it and add the printer again.",
        "cups-insecure-filter": "has a driver that others may change. Install it again.",
    }
)
"""By keyword, the gravest first."""

_MILD: Final[Mapping[str, str]] = MappingProxyType(
    {
        "media-low": "is low on paper.",
        "marker-supply-low": "is low on ink, toner or ribbon.",
        "toner-low": "is low on toner.",
        "marker-waste-almost-full": "has a nearly full waste container.",
    }
)
_ENDINGS: Final = ("-error", "-warning", "-report")
# These stop the printing however mild the printer calls them: CUPS' back ends report an empty
# tray and a printer that does not answer as a warning or a report.
_ALWAYS_GRAVE: Final = frozenset(
    {"media-empty", "media-needed", "media-jam", "offline", "connecting-to-device", "timed-out"}
)


def judge(attributes: Mapping[str, Any]) -> PrinterState:
    """Return whether a queue prints, and what to do when it does not.

    Args:
        attributes: of the queue, as CUPS gives them.
    """
    name = str(attributes.get("printer-name", "The printer"))
    reasons = _reasons(attributes.get("printer-state-reasons"))
    stopped = attributes.get("printer-state") == _STOPPED
    grave = [
        keyword
        for keyword, ending in reasons
        if keyword in _ALWAYS_GRAVE or stopped or ending in ("", "-error")
    ]
    for keyword, meaning in MEANINGS.items():
        if keyword in grave:
            return PrinterState(ready=False, message=f"{name} {meaning}")
    if stopped:
        said = str(attributes.get("printer-state-message", "")).strip().rstrip(".")
        why = f" ({said})" if said else ""
        return PrinterState(
            ready=False, message=f"{name} is paused{why}. Say: sudo cupsenable {name}"
        )
    if attributes.get("printer-is-accepting-jobs") is False:
        return PrinterState(
            ready=False, message=f"{name} takes no new jobs. Say: sudo cupsaccept {name}"
        )
    remarks = [_MILD[keyword] for keyword, _ in reasons if keyword in _MILD]
    return PrinterState(ready=True, message=f"{name} {remarks[0]}" if remarks else "")


def _reasons(value: object) -> list[tuple[str, str]]:
    """Return (keyword, ending) of each reason; a single one comes without a list."""
    texts: Sequence[object] = value if isinstance(value, list) else [value]
    found = []
    for text in (str(each) for each in texts if each not in (None, "none")):
        ending = next((end for end in _ENDINGS if text.endswith(end)), "")
        found.append((text.removesuffix(ending), ending))
    return found
