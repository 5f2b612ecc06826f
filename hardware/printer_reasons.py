"""What a printer's state means, in words for booth staff.

Keywords are those of ``printer-state-reasons`` (RFC 8011, 5.4.12; PWG 5100.9), each with
``-error``, ``-warning`` or ``-report`` behind it or nothing, which is as grave as an error.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from hardware.base import PrinterState
from hardware.errors import FaultKind

_STOPPED: Final = 5  # printer-state, RFC 8011, 5.4.11
_WAITING: Final = "what waits is printed by itself then."

_WORDS: Final[Mapping[FaultKind, str]] = MappingProxyType(
    {
        FaultKind.PAPER_OUT: f"is out of paper. Put paper in; {_WAITING}",
        FaultKind.PAPER_JAM: "has jammed paper. Take the paper out and close it again.",
        FaultKind.TRAY_MISSING: "has no paper tray in. Push the tray in.",
        FaultKind.OUTPUT_FULL: "has a full output tray. Take the prints out.",
        FaultKind.DISCONNECTED: "does not answer. Switch it on and check its cable.",
        FaultKind.SUPPLY_OUT: f"has no ink, toner or ribbon left. Put a new one in; {_WAITING}",
        FaultKind.WASTE_FULL: "has a full waste container. Empty it.",
        FaultKind.COVER_OPEN: "is open. Close its doors and covers.",
        FaultKind.TOO_HOT: "is too hot. Let it cool; it goes on by itself.",
    }
)
_NO_DRIVER: Final = "has no working driver. Install it and add the printer again."
_UNSAFE_DRIVER: Final = "has a driver that others may change. Install it again."

KINDS: Final[Mapping[str, FaultKind]] = MappingProxyType(
    {
        "media-empty": FaultKind.PAPER_OUT,
        "media-needed": FaultKind.PAPER_OUT,
        "media-jam": FaultKind.PAPER_JAM,
        "input-tray-missing": FaultKind.TRAY_MISSING,
        "output-area-full": FaultKind.OUTPUT_FULL,
        "offline": FaultKind.DISCONNECTED,
        "connecting-to-device": FaultKind.DISCONNECTED,
        "timed-out": FaultKind.DISCONNECTED,
        "shutdown": FaultKind.DISCONNECTED,
        "marker-supply-empty": FaultKind.SUPPLY_OUT,
        "toner-empty": FaultKind.SUPPLY_OUT,
        "developer-empty": FaultKind.SUPPLY_OUT,
        "marker-waste-full": FaultKind.WASTE_FULL,
        "cover-open": FaultKind.COVER_OPEN,
        "door-open": FaultKind.COVER_OPEN,
        "interlock-open": FaultKind.COVER_OPEN,
        "fuser-over-temp": FaultKind.TOO_HOT,
        "cups-missing-filter": FaultKind.DRIVER_MISSING,
        "cups-insecure-filter": FaultKind.DRIVER_MISSING,
    }
)
"""What stops the printing by keyword, the gravest first."""

_MILD: Final[Mapping[str, tuple[FaultKind, str]]] = MappingProxyType(
    {
        "media-low": (FaultKind.PAPER_LOW, "is low on paper."),
        "marker-supply-low": (FaultKind.SUPPLY_LOW, "is low on ink, toner or ribbon."),
        "toner-low": (FaultKind.SUPPLY_LOW, "is low on toner."),
        "marker-waste-almost-full": (
            FaultKind.WASTE_NEARLY_FULL,
            "has a nearly full waste container.",
        ),
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
    for keyword, kind in KINDS.items():
        if keyword in grave:
            return PrinterState(False, f"{name} {_meaning(keyword, kind)}", kind)
    if stopped:
        said = str(attributes.get("printer-state-message", "")).strip().rstrip(".")
        why = f" ({said})" if said else ""
        return PrinterState(
            False, f"{name} is paused{why}. Say: sudo cupsenable {name}", FaultKind.PAUSED
        )
    if attributes.get("printer-is-accepting-jobs") is False:
        return PrinterState(
            False, f"{name} takes no new jobs. Say: sudo cupsaccept {name}", FaultKind.PAUSED
        )
    for keyword, _ in reasons:
        if keyword in _MILD:
            mild, words = _MILD[keyword]
            return PrinterState(True, f"{name} {words}", mild)
    return PrinterState(ready=True)


def _meaning(keyword: str, kind: FaultKind) -> str:
    if kind is FaultKind.DRIVER_MISSING:
        return _UNSAFE_DRIVER if keyword == "cups-insecure-filter" else _NO_DRIVER
    return _WORDS[kind]


def _reasons(value: object) -> list[tuple[str, str]]:
    """Return (keyword, ending) of each reason; a single one comes without a list."""
    texts: Sequence[object] = value if isinstance(value, list) else [value]
    found = []
    for text in (str(each) for each in texts if each not in (None, "none")):
        ending = next((end for end in _ENDINGS if text.endswith(end)), "")
        found.append((text.removesuffix(ending), ending))
    return found
