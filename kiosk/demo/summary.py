"""What the demo says at its end: the photo's figures, the times, and where everything is."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from PIL import Image
from rich.console import Console
from rich.panel import Panel
from rich.table import Table

from kiosk.demo.run import DemoResult
from kiosk.standards import Standard


@dataclass(frozen=True, slots=True)
class PhotoFacts:
    """The finished file, looked at once more from outside.

    Attributes:
        size_px: (width, height).
        dpi: dots per inch as the file says.
        length_bytes: its length.
        mode: Pillow's colour mode; ``RGB`` is 24 bit.
    """

    size_px: tuple[int, int]
    dpi: float
    length_bytes: int
    mode: str

    @classmethod
    def of(cls, jpeg: bytes) -> PhotoFacts:
        """Read them from a JPEG."""
        with Image.open(io.BytesIO(jpeg)) as image:
            image.load()
            dpi = float(image.info.get("dpi", (0.0, 0.0))[0])
            return cls((image.width, image.height), dpi, len(jpeg), image.mode)

    def misses(self, standard: Standard) -> list[str]:
        """Return in words what does not agree with the standard's file."""
        rules = standard.file
        wanted = (rules.width_px, rules.height_px)
        found = []
        if self.size_px != wanted:
            found.append(f"size {self.size_px}, not {wanted}")
        if round(self.dpi) != rules.dpi:
            found.append(f"{self.dpi} dpi, not {rules.dpi}")
        if not rules.min_bytes <= self.length_bytes <= rules.max_bytes:
            found.append(f"{self.length_bytes} bytes, not {rules.min_bytes} to {rules.max_bytes}")
        if self.mode != "RGB":
            found.append(f"mode {self.mode}, not 24-bit colour")
        return found


def problems(result: DemoResult, standard: Standard) -> list[str]:
    """Return what went wrong, empty when the demo may be called a success."""
    found = []
    if result.photo is None:
        return ["there is no photo"]
    found += PhotoFacts.of(result.photo.read_bytes()).misses(standard)
    if not result.approved:
        found.append("the student's page does not say approved")
    if not result.report.get("conforms", False):
        found.append("the photo does not conform to the standard")
    return found


def write(result: DemoResult, standard: Standard) -> Path:
    """Write the summary for programs, `summary.json`, and return its path."""
    path = result.stage.folder / "summary.json"
    values = {
        "problems": problems(result, standard),
        "approved": result.approved,
        "photo_id": result.diary.photo_id,
        "stills": result.diary.stills,
        "hints": result.hints,
        "seconds": result.seconds,
        "screen_seconds": result.diary.seconds,
        "camera_restarts": result.camera_restarts,
        "service_restarts": result.service_restarts,
        "screenshots": sorted(str(p) for p in result.diary.screenshots.values()),
    }
    path.write_text(json.dumps(values, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


def show(result: DemoResult, standard: Standard, console: Console) -> None:
    """Print the summary."""
    if result.photo is not None:
        console.print(_photo_table(result, standard))
    console.print(_times_table(result))
    console.print(_places(result))


def _photo_table(result: DemoResult, standard: Standard) -> Table:
    table = Table(title="The photo", title_justify="left")
    for heading in ("figure", "measured", "standard"):
        table.add_column(heading)
    facts = PhotoFacts.of((result.photo or result.stage.folder).read_bytes())
    rules, geometry = standard.file, standard.geometry
    table.add_row(
        "size", f"{facts.size_px[0]}×{facts.size_px[1]} px, {facts.mode}, {facts.dpi:.0f} dpi",
        f"{rules.width_px}×{rules.height_px} px, 24 bit, {rules.dpi} dpi",
    )  # fmt: skip
    table.add_row(
        "file", f"{facts.length_bytes:,} bytes", f"{rules.min_bytes:,} – {rules.max_bytes:,}"
    )
    found: dict[str, Any] = result.report.get("geometry", {})
    for name, low, high in (
        ("crown", geometry.crown_min_px, geometry.crown_max_px),
        ("eyes", geometry.eyes_min_px, geometry.eyes_max_px),
        ("face_width", geometry.face_width_min_px, geometry.face_width_max_px),
    ):
        value = found.get(f"{name}_px")
        measured = "not measured" if value is None else f"{value:.0f} px"
        table.add_row(name.replace("_", " "), measured, f"{low:.0f} – {high:.0f} px")
    for name, rule in result.report.get("rules", {}).items():
        value = rule.get("value")
        figure = "" if value is None else f" ({value:.3g})"
        table.add_row(name, f"{rule['verdict']}{figure}", _limit(rule.get("limit")))
    return table


def _limit(limit: float | None) -> str:
    return "" if limit is None else f"limit {limit:.3g}"


def _times_table(result: DemoResult) -> Table:
    table = Table(title="Times", title_justify="left")
    table.add_column("part")
    table.add_column("seconds", justify="right")
    for name, seconds in result.seconds.items():
        table.add_row(name, f"{seconds:.1f}")
        if name == "visit":
            for state, spent in result.diary.seconds.items():
                table.add_row(f"  {state}", f"{spent:.1f}")
    for name, seconds in result.report.get("seconds", {}).items():
        table.add_row(f"photo: {name}", f"{seconds:.2f}")
    guidance = result.guidance
    table.add_row("verdicts a second", f"{guidance.verdicts_per_s:.1f}")
    table.add_row("frame to verdict, median", f"{guidance.latency_p50_s:.3f}")
    table.add_row("frame to verdict, 95 %", f"{guidance.latency_p95_s:.3f}")
    return table


def _places(result: DemoResult) -> Panel:
    folder = result.stage.folder
    lines = [
        f"the photo            {result.photo}",
        f"its report           {folder / 'report.json'}",
        f"the still            {folder / 'original.jpg'}",
        f"screens of the visit {folder / 'visit'}",
        f"every screen         {result.gallery or '(not drawn)'}",
        f"the review page      {result.review_page}",
        f"the student's page   {result.student_page}",
        f"hints given          {', '.join(result.hints) or 'none'}",
        f"restarts of a camera {result.camera_restarts}",
        f"… of the service     {result.service_restarts}",
    ]
    return Panel("\n".join(lines), title="Where to look", title_align="left")
