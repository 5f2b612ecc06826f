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

__all__ = ["Checklist", "icon", "passed_checks", "remark_keys", "text"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

CHECKS: dict[str, tuple[str, ...]] = {
    # key of `checks` in the locale: the keys of `remarks` that speak against it
    "posture": ("roll", "yaw", "pitch", "shoulders_level"),
    "eyes": ("eyes_open", "gaze_forward"),
    "mouth": ("mouth_closed",),
    "background": ("background_clear", "background", "light_even", "one_face"),
    "sharp": ("sharp", "exposure"),
    "format": (
        "centred",
        "distance",
        "head_height",
        "crown",
        "eyes",
        "face_width",
        "centre",
        "file",
    ),
}
_SAID_AS = {
    # The report is finer than what a student is told.
    "background_off": "background",
    "dpi_missed": "file",
    "face_not_found": "one_face",
    "file_too_large": "file",
    "file_too_small": "file",
    "not_24_bit": "file",
    "quality_too_low": "file",
    "size_missed": "file",
}
_FOR_REVIEWERS = {
    "background_unseen",
    "enlarged",
    "matte_without_plate",
    "stand_in_without_profile",
}
"""Nothing the student could mend."""
_MOST_REMARKS = 3


def remark_keys(remarks: Sequence[str]) -> list[str]:
    """Return the keys of the sentences that say `remarks`, the keys of a photo's report.

    What is near a limit yet inside it, and what only a reviewer can judge, is left out.
    """
    keys = []
    for remark in remarks:
        if remark in _FOR_REVIEWERS or remark.endswith("_near_limit"):
            continue
        key = _SAID_AS.get(remark, remark.removeprefix("rule_").removesuffix("_missed"))
        if key not in keys:
            keys.append(key)
    return keys


def passed_checks(keys: Sequence[str]) -> list[str]:
    """Return the keys of the checks that none of the remarks `keys` speaks against."""
    return [key for key, against in CHECKS.items() if not set(against) & set(keys)]


class CheckRow(BoxLayout):
    """A tick or an exclamation mark, and a sentence."""

    text = StringProperty("")
    good = BooleanProperty(True)


class Checklist(BoxLayout):
    """The rows, remarks first: they are what the student can mend.

    Attributes:
        columns: how many ticks stand side by side.
        most: so many remarks are shown, the first ones.
        compact: whether remarks leave no room for ticks.
    """

    columns = NumericProperty(1)
    most = NumericProperty(_MOST_REMARKS)
    compact = BooleanProperty(False)

    def show(self, language: str, remarks: Sequence[str]) -> None:
        """Show `remarks`, the keys of a photo's report, and the checks that passed."""
        self.clear_widgets()
        keys = remark_keys(remarks)
        sentences = [tr_or(language, f"remarks.{key}", "remarks.other") for key in keys]
        for sentence in list(dict.fromkeys(sentences))[: int(self.most)]:
            self.add_widget(CheckRow(text=sentence, good=False))
        if self.compact and sentences:
            return
        ticks = GridLayout(cols=int(self.columns), size_hint_y=None)
        ticks.bind(minimum_height=ticks.setter("height"))
        for key in passed_checks(keys):
            ticks.add_widget(CheckRow(text=tr(language, f"checks.{key}")))
        self.add_widget(ticks)
