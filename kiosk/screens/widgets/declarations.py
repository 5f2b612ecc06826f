"""A short, pictured question: what no camera sees reliably, the student is asked."""

# mypy: allow-subclassing-any
from __future__ import annotations

from pathlib import Path
from typing import Any

from kivy.lang import Builder
from kivy.properties import BooleanProperty, ListProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.translations import tr
from kiosk.screens.widgets import text
from kiosk.screens.widgets.touch import TouchButton
from kiosk.visit.model import Declaration

__all__ = ["Declarations", "text"]

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Declarations(BoxLayout):
    """The question, and a button for each answer; those that apply are marked.

    Attributes:
        language: ``zh`` or ``en``.
        declared: the answers that apply, by their names.
        shown: whether it is asked; else it takes no room.
    """

    language = StringProperty("zh")
    declared = ListProperty([])
    shown = BooleanProperty(True)

    __events__ = ("on_declare",)

    def __init__(self, **kwargs: Any) -> None:
        self._buttons: dict[str, TouchButton] = {}
        super().__init__(**kwargs)

    def on_kv_post(self, base_widget: Any) -> None:
        """Add the buttons, now that the layout stands."""
        del base_widget
        for what in Declaration:
            button = TouchButton(
                icon=what.value, kind="quiet", role="small", bold=False, size_hint_y=1
            )
            button.bind(on_release=lambda _, name=what.value: self.dispatch("on_declare", name))
            self._buttons[what.value] = button
            self.ids.answers.add_widget(button)
        for name in ("language", "declared", "shown"):
            self.fbind(name, self._draw)
        self._draw()

    def on_declare(self, what: str) -> None:
        """An answer was touched."""

    def _draw(self, *_: object) -> None:
        for name, button in self._buttons.items():
            button.text = tr(self.language, f"declarations.{name}")
            button.kind = "primary" if name in self.declared else "quiet"
            button.enabled = bool(self.shown)
