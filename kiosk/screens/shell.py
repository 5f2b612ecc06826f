"""What surrounds every screen: head, progress, foot, and the question "still there?"."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.animation import Animation
from kivy.properties import BooleanProperty, ListProperty, NumericProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout
from kivy.uix.floatlayout import FloatLayout

from kiosk.screens import theme
from kiosk.screens.model import FaceGuide, StatusLine
from kiosk.screens.screen import Send, VisitScreen, load_layout
from kiosk.screens.states import SCREENS
from kiosk.screens.translations import tr
from kiosk.screens.widgets import steps, still_there
from kiosk.screens.widgets.touch import TouchButton, TouchGate
from kiosk.visit.model import Button, Language, LanguageTouched, State, Touched, Visit

__all__ = ["Shell", "steps", "still_there"]

load_layout(__file__)

_STEPS = ("identify", "consent", "pay", "photo", "done")
_PAY = 2
_PICTURES = {"photo": State.LOOK, "payment_qr": State.PAY, "receipt_qr": State.RECEIPT,
             "calibration": State.CALIBRATE}  # fmt: skip


class FootButton(TouchButton):
    """A quiet button of the foot, or nothing."""

    shown = BooleanProperty(False)


class StatusRow(BoxLayout):
    """What the booth has to say of itself, and the time."""

    text = StringProperty("")
    clock = StringProperty("")
    offline = BooleanProperty(False)


class Shell(FloatLayout):
    """The window's root: one screen at a time, and what stays while screens change.

    Attributes:
        portrait: whether the window is higher than wide.
        language: ``zh`` or ``en``.
        framed: whether head and foot are shown; not on a full page.
        step_names: the words of the progress row; empty hides it.
        step: the current one, from 0.
        can_cancel: whether the foot offers to cancel.
        can_ask_help: whether it offers to call staff.
        can_go_back: whether it offers to go back.
        has_actions: whether it offers any of these.
        seconds_left: until the visit ends by itself, while that is to be said; else -1.
        clock: time of day.
        status_text: outbox and network in words; empty when all is well.
    """

    portrait = BooleanProperty(True)
    language = StringProperty("zh")
    framed = BooleanProperty(False)
    step_names = ListProperty([])
    step = NumericProperty(0)
    can_cancel = BooleanProperty(False)
    can_ask_help = BooleanProperty(False)
    can_go_back = BooleanProperty(False)
    has_actions = BooleanProperty(False)
    seconds_left = NumericProperty(-1)
    clock = StringProperty("")
    status_text = StringProperty("")
    offline = BooleanProperty(False)

    def __init__(
        self,
        send: Send,
        *,
        portrait: bool,
        consent_version: str,
        transitions: bool,
        **kwargs: Any,
    ) -> None:
        self._send = send
        super().__init__(portrait=portrait, **kwargs)
        self._transitions = transitions
        self._extra: dict[State, dict[str, Any]] = {
            State.CONSENT: {"consent_version": consent_version},
        }
        self._screens: dict[State, VisitScreen] = {}
        self._status = StatusLine()
        self._current: State | None = None
        self.update(Visit())

    @property
    def current(self) -> State | None:
        """Return the state whose screen is shown."""
        return self._current

    def screen(self, state: State) -> VisitScreen:
        """Return a state's screen, made on first use."""
        if state not in self._screens:
            self._screens[state] = SCREENS[state](
                self._send,
                language=self.language,
                portrait=self.portrait,
                **self._extra.get(state, {}),
            )
        return self._screens[state]

    def build_one(self) -> bool:
        """Make one of the screens that were not used yet; return whether there may be more."""
        missing = next((state for state in SCREENS if state not in self._screens), None)
        if missing is not None:
            self.screen(missing)
        return missing is not None

    @property
    def settled(self) -> bool:
        """Return whether the screen has fully appeared."""
        return self._current is None or self._screens[self._current].settled

    def show_guide(self, guide: FaceGuide) -> None:
        """Draw the outline for the face in another place."""
        self.screen(State.POSE).guide = guide

    def show(self, kind: str, value: Any) -> None:
        """Show what is not part of the visit: live view, outline, photo, payment or receipt QR.

        Live pictures are only shown on the screen they belong to while it is there.
        """
        if kind in ("preview", "outline"):
            if self._current in (State.POSE, State.CALIBRATE):
                self.screen(self._current).show(kind, value)
        elif kind == "code_preview":
            if self._current in (State.BATCH, State.CODE, State.CALIBRATE):
                self.screen(self._current).show(kind, value)
        else:
            self.screen(_PICTURES[kind]).show(kind, value)

    def update(self, visit: Visit) -> None:
        """Show this visit."""
        self.language = visit.language.value
        screen = self.screen(visit.state)
        screen.update(visit)
        screen.update_status(self._status)
        if visit.state is not self._current:
            self._change(visit.state, screen)
        self.framed = not screen.full_page
        self.can_cancel, self.can_ask_help = screen.can_cancel, screen.can_ask_help
        self.can_go_back = screen.can_go_back
        self.has_actions = self.can_cancel or self.can_ask_help or self.can_go_back
        self.seconds_left = -1 if visit.warning_s is None else visit.warning_s
        self._update_steps(visit)
        self.update_status(self._status)

    def update_status(self, status: StatusLine) -> None:
        """Show the booth's state in the foot, and on the staff screen."""
        self._status = status
        self.clock = status.clock
        self.offline = status.central_online is False
        parts = []
        if self.offline:
            parts.append(tr(self.language, "status.offline"))
        elif status.waiting:
            parts.append(tr(self.language, "status.waiting", count=status.waiting))
        self.status_text = "   ".join(parts)
        if self._current is not None:
            self.screen(self._current).update_status(status)

    def touched(self, button: str) -> None:
        """Report a button of the frame."""
        self._send(Touched(Button(button)))

    def switch_language(self) -> None:
        """Ask for the other language."""
        other = Language.ENGLISH if self.language == "zh" else Language.CHINESE
        self._send(LanguageTouched(other))

    def _update_steps(self, visit: Visit) -> None:
        place = self.screen(visit.place) if visit.place in SCREENS else None
        here = place.step if place is not None else None
        if here is None:
            self.step_names = []
            return
        free = visit.batch is not None and visit.batch.fee_fen == 0
        keys = [k for k in _STEPS if not (free and k == "pay")]
        self.step_names = [tr(self.language, f"steps.{k}") for k in keys]
        self.step = here - 1 if free and here > _PAY else here

    def _change(self, state: State, screen: VisitScreen) -> None:
        stage = self.ids.stage
        if self._current is not None:
            before = self._screens[self._current]
            Animation.cancel_all(before)
            stage.remove_widget(before)
            before.left()
        self._current = state
        if state in (State.IDLE, State.ENDED):
            for known in self._screens.values():
                known.forget()
        screen.size_hint = (1, 1)
        screen.pos_hint = {"x": 0, "y": 0}
        stage.add_widget(screen)
        screen.entered()
        TouchGate.close(theme.SETTLE_S if self._transitions else 0.0)
        if self._transitions:
            screen.opacity = 0.0
            Animation(opacity=1.0, d=theme.FADE_S, t="out_quad").start(screen)
        else:
            screen.opacity = 1.0
