"""The conformity report that goes with every photo: what was measured, and what is missed.

It is written for three readers: the student's screen and the reviewer's page, which show the
remarks by their keys in the reader's language; and programs, which read the figures. It holds
nothing that names the person.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kiosk.guidance.model import RuleResult, Verdict

REPORT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing the photo misses, or comes near to missing.

    Attributes:
        key: stable name, such as ``crown_missed`` or ``file_too_large``; the locale has its
            words.
        serious: whether the photo does not conform because of it.
        value: the figure, in the unit the key documents.
        limit: the limit it is held against.
        by: how far beyond the limit, same unit.
    """

    key: str
    serious: bool
    value: float | None = None
    limit: float | None = None
    by: float | None = None

    def __str__(self) -> str:
        text = self.key.replace("_", " ")
        if self.value is not None and self.limit is not None:
            text += f": {self.value:.5g}, limit {self.limit:.5g}"
            if self.by is not None:
                text += f" ({self.by:.3g} beyond)"
        return text


@dataclass(frozen=True, slots=True)
class GeometryReport:
    """Where the head lies in the photo, pixels of the photo; None where it was not found."""

    crown_px: float | None
    eyes_px: float | None
    face_width_px: float | None
    centre_offset_px: float | None
    scale: float
    """Pixels of the photo for one pixel of the still in full."""


@dataclass(frozen=True, slots=True)
class FileReport:
    """The written file."""

    bytes: int
    sha256: str
    width_px: int
    height_px: int
    dpi: float | None
    quality: int
    chroma: str
    min_bytes: int | None = None
    """What was allowed: the standard's band, or the batch's own."""
    max_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class BackgroundReport:
    """The background of the written file, decoded again.

    Attributes:
        name: which official colour.
        colour: its sRGB code values.
        deviation: largest deviation of a channel from it, away from the person, code values.
        area: the fraction of the photo that was looked at.
    """

    name: str
    colour: tuple[int, int, int]
    deviation: int
    area: float


@dataclass(frozen=True, slots=True)
class MatteReport:
    """How the person was cut out.

    Attributes:
        method: ``plate`` (known backdrop), ``plain_wall`` (guessed from around the person) or
            ``segmenter`` (not known): each less exact than the one before.
        shift_px: movement of the backdrop since the plate, x and y, pixels at `work_px`.
        exposure: light of the backdrop over that of the plate, factor.
        unsure: the fraction of the person's outline where backdrop and person have the same
            colour, so that the segmenter decided.
        work_px: (width, height) the matte was made at.
    """

    method: str
    shift_px: tuple[float, float]
    exposure: float
    unsure: float
    work_px: tuple[int, int]


@dataclass(frozen=True, slots=True)
class Provenance:
    """What the photo was made from.

    Attributes:
        original_sha256: of the still's bytes.
        booth: the booth's name, or None without a profile.
        profile: the calibration profile's version, or None without one.
        software: name and version of this program.
        standard: name of the photo standard.
        colour_corrected: whether the profile's colour matrix was applied.
    """

    original_sha256: str
    profile: str | None
    software: str
    standard: str
    booth: str | None = None
    colour_corrected: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """Everything about one photo.

    Attributes:
        conforms: whether nothing serious is missed. Only then may the photo be passed on as
            good.
        remarks: what is missed, the serious ones first.
        measurements: of the written file, by the names of `kiosk.guidance`.
        rules: the rules of guidance, judged on the written file.
        seconds: time of each step.
    """

    conforms: bool
    remarks: tuple[Remark, ...]
    geometry: GeometryReport
    file: FileReport
    background: BackgroundReport
    matte: MatteReport
    provenance: Provenance
    measurements: Mapping[str, float | None] = field(default_factory=dict)
    rules: Mapping[str, RuleResult] = field(default_factory=dict)
    seconds: Mapping[str, float] = field(default_factory=dict)

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain JSON values."""
        return {
            "version": REPORT_VERSION,
            "conforms": self.conforms,
            "remarks": [asdict(remark) for remark in self.remarks],
            "geometry": _rounded(asdict(self.geometry)),
            "file": asdict(self.file),
            "background": _rounded(asdict(self.background)),
            "matte": _rounded(asdict(self.matte)),
            "provenance": asdict(self.provenance),
            "measurements": _rounded(dict(self.measurements)),
            "rules": {name: _rounded(_rule(result)) for name, result in self.rules.items()},
            "seconds": _rounded(dict(self.seconds)),
        }

    def as_json(self) -> str:
        """Return it as JSON text."""
        return json.dumps(self.as_dict(), indent=1, ensure_ascii=False)


_MEASURED_FINER = ("distance", "centred", "head_height")
"""Composition, which `kiosk.portrait.conformity` judges by the matte, not by the segmenter."""


def rule_remarks(rules: Mapping[str, RuleResult]) -> list[Remark]:
    """Return a remark for each rule that does not pass: serious when it fails.

    Composition has remarks of its own; that the rules see it otherwise is noted, not more.
    """
    remarks = []
    for name, result in rules.items():
        finer = name in _MEASURED_FINER
        if result.verdict is Verdict.FAIL or (result.verdict is Verdict.HINT and not finer):
            serious = result.verdict is Verdict.FAIL and not finer
            remarks.append(Remark(f"rule_{name}", serious, result.value, result.limit))
    return remarks


def _rule(result: RuleResult) -> dict[str, Any]:
    values = asdict(result)
    return {k: values[k] for k in ("verdict", "value", "limit", "hint")}


def _rounded(value: Any) -> Any:
    """Return the value with floats to six figures: more would only be noise."""
    if isinstance(value, float):
        return float(f"{value:.6g}")
    if isinstance(value, dict):
        return {k: _rounded(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(v) for v in value]
    return value
