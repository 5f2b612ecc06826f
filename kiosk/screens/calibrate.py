"""Calibrating the booth: one sentence what to put where, a live picture, the result, go on."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, ListProperty, StringProperty

from kiosk.screens import theme
from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.screens.translations import has, tr, tr_or
from kiosk.screens.widgets import figures
from kiosk.visit.model import Calibration, Visit

__all__ = ["CalibrateScreen", "figures"]

load_layout(__file__)

_ROWS_WIDE = 4
"""Figures there is room for beside the picture on a wide screen."""


class CalibrateScreen(VisitScreen):
    """Staff's wizard. The picture is the camera's own, not a mirror.

    Attributes:
        heading: which step of how many.
        sentence: what to put where, or what came out.
        phase: ``place``, ``busy``, ``result`` or ``done``.
        tone: ``ask``, ``good`` or ``bad``.
        rows: the step's figures; at the end, the steps.
    """

    heading = StringProperty("")
    sentence = StringProperty("")
    phase = StringProperty("busy")
    tone = StringProperty("ask")
    passed = BooleanProperty(False)
    rows = ListProperty([])
    can_cancel = False
    can_ask_help = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._picture: Any = self.ids.picture
        self._second_camera = False
        self._found = False

    def update(self, visit: Visit) -> None:
        """Show how far the calibration is."""
        super().update(visit)
        now = visit.calibration
        self._second_camera = now.second_camera
        self.phase, self.passed = now.phase, now.passed
        language = self.language
        if now.of:
            name = tr(language, f"calibrate_steps.{now.step}")
            done = tr(language, "calibrate.done")
            step = tr(language, "calibrate.step", number=now.number, of=now.of, name=name)
            self.heading = done if now.phase == "done" else step
        else:
            self.heading = tr(language, "calibrate.title")
        self.sentence, self.tone = self._words(now)
        self.rows = self._rows(now)
        if now.phase == "done":
            self._picture.show(None)

    def _words(self, now: Calibration) -> tuple[str, str]:
        language = self.language
        if now.phase == "place":
            return tr(language, f"calibrate_places.{now.place}"), "ask"
        if now.phase == "busy":
            return tr(language, "calibrate.busy"), "ask"
        if now.phase == "done":
            key = "all_passed" if now.passed else "some_failed"
            return tr(language, f"calibrate.{key}"), "good" if now.passed else "bad"
        if now.finding:
            said = tr_or(language, f"calibrate_findings.{now.finding}", "calibrate_findings.other")
            return said.format(**dict(now.values)), "good" if now.passed else "bad"
        return tr(language, "calibrate.passed"), "good"

    def _rows(self, now: Calibration) -> list[tuple[str, str, theme.Colour]]:
        language = self.language
        if now.phase == "done":
            return [
                (
                    tr(language, f"calibrate_steps.{step}"),
                    tr(language, f"calibrate.{'step_passed' if passed else 'step_failed'}"),
                    theme.GOOD if passed else theme.BAD,
                )
                for step, passed in now.results
            ]
        rows = []
        room = len(now.figures) if self.portrait else _ROWS_WIDE
        for name, value, holds in now.figures[:room]:
            key = f"calibrate_figures.{name}"
            words = tr(language, key) if has(key) else name.replace("_", " ")
            rows.append((words, _with_unit(language, value), theme.INK if holds else theme.BAD))
        return rows

    def show(self, kind: str, value: Any) -> None:
        """Show what a camera sees, or what a step found."""
        if kind == "calibration":
            self._found = value is not None
            self._picture.show(value)
            return
        live = "code_preview" if self._second_camera else "preview"
        if kind == live and not self._found and self.phase != "done":
            self._picture.show(value)

    def left(self) -> None:
        """Forget the picture."""
        self._found = False
        self._picture.show(None)


def _with_unit(language: str, value: str) -> str:
    """Return a figure with its unit in the screen's language; a sign such as ° stays."""
    figure, _, unit = value.partition(" ")
    key = f"calibrate_units.{unit.replace('/', '_').replace(' ', '_')}"
    return f"{figure} {tr(language, key)}" if has(key) else value
