"""What was checked on the photo: ticks for what holds, and each remark with what mends it."""

# mypy: allow-subclassing-any
from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from kivy.lang import Builder
from kivy.properties import BooleanProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.gridlayout import GridLayout

from kiosk.screens.translations import tr, tr_or
from kiosk.screens.widgets import icon, text

__all__ = ["Checklist", "icon", "passed_checks", "text"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

CHECKS: dict[str, tuple[str, ...]] = {
    # key of `checks` in the locale: the rules behind it
    "posture": ("roll", "yaw", "pitch", "shoulders_level"),
    "eyes": ("eyes_open", "gaze_forward"),
    "mouth": ("mouth_closed",),
    "background": ("background_clear", "background_colour", "light_even", "one_face"),
    "sharp": ("sharp", "exposure"),
    "format": (
        "centred",
        "distance",
        "head_height",
        "crown",
        "eyes",
        "face_width",
        "centre",
        "file_size",
    ),
}
_MOST_REMARKS = 3


def passed_checks(remarks: Sequence[str]) -> list[str]:
    """Return the keys of the checks that none of `remarks` touches, in their order."""
    return [key for key, rules in CHECKS.items() if not set(rules) & set(remarks)]


class CheckRow(BoxLayout):
    """A tick or an exclamation mark, and a sentence."""

    text = StringProperty("")
    good = BooleanProperty(True)


class Checklist(BoxLayout):
    """The rows, remarks first: they are what the student can mend.

    Attributes:
        columns: how many ticks stand side by side.
    """

    columns = NumericProperty(1)

    def show(self, language: str, remarks: Sequence[str]) -> None:
        """Show `remarks` (keys of rules) and the checks that passed."""
        self.clear_widgets()
        sentences = [tr_or(language, f"remarks.{key}", "remarks.other") for key in remarks]
        for sentence in list(dict.fromkeys(sentences))[:_MOST_REMARKS]:
            self.add_widget(CheckRow(text=sentence, good=False))
        ticks = GridLayout(cols=int(self.columns), size_hint_y=None)
        ticks.bind(minimum_height=ticks.setter("height"))
        for key in passed_checks(remarks):
            ticks.add_widget(CheckRow(text=tr(language, f"checks.{key}")))
        self.add_widget(ticks)
