"""Steps of a script that are not about the pose: coming and going, phone, lamp, faults."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from hardware.sim.faults import Fault

_KINDS: Final = "|".join(Fault)

BREAKS: Final[tuple[str, ...]] = (
    'show phone "TEXT"',
    "hide phone",
    'scan "TEXT"',
    "light N",
    f"break main|code {_KINDS}",
    "mend main|code",
)
"""Every such step but ``leave``, as it is documented."""


@dataclass(frozen=True, slots=True)
class Call:
    """One thing for the director to do.

    Attributes:
        what: ``leave``, ``phone``, ``scan``, ``light`` or ``fault``.
        text: of phone (None takes it away) and scan.
        level: of the light, 0 to 1.
        camera: of a fault.
        kind: of a fault; None mends.
    """

    what: str
    text: str | None = None
    level: float = 0.0
    camera: str = ""
    kind: str | None = None


def parse_call(words: str) -> Call | None:
    """Understand such a step; None when it is another one."""
    if re.fullmatch(r"leave", words, re.IGNORECASE):
        return Call("leave")
    if re.fullmatch(r"hide (?:the )?phone", words, re.IGNORECASE):
        return Call("phone")
    if match := re.fullmatch(r'show (?:the |a )?phone (?:"([^"]*)"|(\S+))', words, re.IGNORECASE):
        return Call("phone", text=match[1] or match[2])
    if match := re.fullmatch(r'scan (?:"([^"]*)"|(\S+))', words, re.IGNORECASE):
        return Call("scan", text=match[1] or match[2])
    if match := re.fullmatch(r"light (0(?:\.\d+)?|1(?:\.0+)?)", words, re.IGNORECASE):
        return Call("light", level=float(match[1]))
    if match := re.fullmatch(rf"break (main|code) ({_KINDS})", words, re.IGNORECASE):
        return Call("fault", camera=match[1].lower(), kind=match[2].lower())
    if match := re.fullmatch(r"mend (main|code)", words, re.IGNORECASE):
        return Call("fault", camera=match[1].lower())
    return None
