"""Separate consent to the photo: what, why, who, how long, and how to change one's mind.

The text answers Articles 14, 17, 29 and 30 of the Personal Information Protection Law of the
People's Republic of China. Its version is shown and kept with the photo: change the version in
the settings whenever the sentences change.
"""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.properties import StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.screen import Send, VisitScreen, load_layout

load_layout(__file__)


class Answer(BoxLayout):
    """One answer of the consent text: a sign, the question, the answer."""

    icon = StringProperty("")
    question = StringProperty("")
    text = StringProperty("")


class ConsentScreen(VisitScreen):
    """Five short answers, and two buttons of the same size: refusing is as easy as agreeing."""

    version = StringProperty("")
    step = 1
    can_go_back = True

    def __init__(self, send: Send, *, consent_version: str = "", **kwargs: Any) -> None:
        super().__init__(send, version=consent_version, **kwargs)
