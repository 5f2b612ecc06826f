"""One sentence about what just happened, with a sign before it."""

# mypy: allow-subclassing-any
from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import OptionProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import theme
from kiosk.screens.widgets import icon, text

__all__ = ["Notice", "icon", "text"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))

TONES = {
    "warn": (theme.WARN_SOFT, theme.WARN, "attention"),
    "good": (theme.GOOD_SOFT, theme.GOOD, "check"),
    "locked": (theme.SUNKEN, theme.INK_SOFT, "lock"),
    "plain": (theme.BRAND_SOFT, theme.BRAND, "clock"),
}


class Notice(BoxLayout):
    """A band with a sentence; it takes its room whether there is one or not, so nothing jumps.

    Attributes:
        text: the sentence; empty for none.
        look: one of `TONES`.
    """

    text = StringProperty("")
    look = OptionProperty("warn", options=list(TONES))
    tones = TONES
