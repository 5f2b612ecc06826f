"""What every calibration step gives back: figures, what is wrong and what to do, pictures."""

from __future__ import annotations

import enum
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hardware.base import Pixels


class Step(enum.StrEnum):
    """The steps, in the order in which each stands on those before it."""

    EXPOSURE = "exposure"
    BACKDROP = "backdrop"
    COLOUR = "colour"
    GEOMETRY = "geometry"
    FOCUS = "focus"
    VIEW_MAP = "view_map"
    SECOND_CAMERA = "second_camera"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure.

    Attributes:
        value: the figure.
        unit: its unit, empty for a plain number.
        low: the smallest accepted, None for any.
        high: the largest accepted, None for any.
    """

    value: float
    unit: str = ""
    low: float | None = None
    high: float | None = None

    @property
    def holds(self) -> bool:
        """Whether it is within its limits; a figure that could not be measured is not."""
        above = self.low is None or self.value >= self.low
        return above and (self.high is None or self.value <= self.high)

    def as_list(self) -> list[Any]:
        """Return it as plain JSON."""
        return [round(self.value, 6), self.unit, self.low, self.high]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or worth knowing.

    Attributes:
        key: names the sentence on the staff screen.
        message: what is wrong and what to do about it, in English.
        values: what the sentence on the screen says besides.
        serious: whether the step fails by it.
    """

    key: str
    message: str
    values: Mapping[str, str] = field(default_factory=dict)
    serious: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class StepResult:
    """What came of a step.

    Attributes:
        step: which.
        figures: by name.
        findings: what is wrong first, then what is worth knowing.
        pictures: drawings for staff and report, by name; (H, W, 3) uint8 RGB.
        section: what the profile keeps of it beside the figures; plain JSON.
    """

    step: Step
    figures: Mapping[str, Figure] = field(default_factory=dict)
    findings: Sequence[Finding] = ()
    pictures: Mapping[str, Pixels] = field(default_factory=dict)
    section: Mapping[str, Any] = field(default_factory=dict)

    @property
    def passed(self) -> bool:
        """Whether nothing serious was found."""
        return not any(finding.serious for finding in self.findings)

    def as_section(self) -> dict[str, Any]:
        """Return what the profile keeps of it, plain JSON."""
        return {
            **self.section,
            "passed": self.passed,
            "figures": {name: figure.as_list() for name, figure in self.figures.items()},
            "findings": [[f.key, f.message, f.serious] for f in self.findings],
        }


def ordered(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Return the serious ones first, each kind in the order it was found."""
    return tuple(sorted(findings, key=lambda finding: not finding.serious))
