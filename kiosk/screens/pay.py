"""The fee: a QR to pay with, or the way to the counter."""

# mypy: allow-subclassing-any
from __future__ import annotations

from typing import Any

from kivy.properties import BooleanProperty, StringProperty
from kivy.uix.boxlayout import BoxLayout

from kiosk.screens.screen import VisitScreen, load_layout
from kiosk.visit.model import PaymentMethod, Visit

load_layout(__file__)

# Whose app the student opens.
_PROVIDERS = (PaymentMethod.WECHAT, PaymentMethod.ALIPAY)


class PayHead(BoxLayout):
    """What is to be done, by which way of paying, and the amount; or nothing."""

    language = StringProperty("zh")
    yuan = StringProperty("")
    counter = BooleanProperty(False)
    way = StringProperty("")
    shown = BooleanProperty(True)


class PayScreen(VisitScreen):
    """The amount in yuan, and what to do."""

    yuan = StringProperty("")
    way = StringProperty("")
    counter = BooleanProperty(False)
    at_counter = BooleanProperty(False)
    play_money = BooleanProperty(False)
    has_code = BooleanProperty(False)
    may_retry = BooleanProperty(False)
    step = 2

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._code: Any = self.ids.code

    def update(self, visit: Visit) -> None:
        """Show the amount and the way it is paid."""
        super().update(visit)
        payment, batch = visit.payment, visit.batch
        fen = payment.amount_fen if payment else batch.fee_fen if batch else 0
        self.yuan = f"{fen // 100}.{fen % 100:02d}"
        method = payment.method if payment else None
        self.counter = method is PaymentMethod.COUNTER
        allowed = batch.methods if batch else ()
        self.at_counter = self.counter or PaymentMethod.COUNTER in allowed
        expected = method or next(iter(allowed), None)
        self.way = expected.value if expected in _PROVIDERS else ""
        self.play_money = method is PaymentMethod.SANDBOX
        self.may_retry = payment is None and not visit.busy

    def show(self, kind: str, value: Any) -> None:
        """Show the payment QR, RGB or grey uint8; None for none."""
        if kind == "payment_qr":
            self._code.show(value)
            self.has_code = value is not None

    def forget(self) -> None:
        """Forget the payment's code."""
        self.show("payment_qr", None)
