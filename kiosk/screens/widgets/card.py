"""A raised surface to put things on."""

# mypy: allow-subclassing-any
from __future__ import annotations

from pathlib import Path

from kivy.lang import Builder
from kivy.properties import NumericProperty, ObjectProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens import theme

Builder.load_file(str(Path(__file__).with_suffix(".kv")))


class Card(BoxLayout):
    """A box with round corners and a thin edge.

    Attributes:
        fill: colour of the surface.
        edge: colour of the edge.
        radius: of the corners, pixels.
    """

    fill = ObjectProperty(theme.SURFACE)
    edge = ObjectProperty(theme.LINE)
    radius = NumericProperty(28)
