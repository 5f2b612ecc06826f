"""Walks a visit as a student would, and answers its effects as a booth would."""

from __future__ import annotations

from typing import Any, TypeVar

from kiosk.settings.visit import VisitSettings
from kiosk.visit import model as m
from kiosk.visit import start, step
from kiosk.visit.rules import rules_from

SETTINGS = VisitSettings()
RULES = rules_from(SETTINGS)

FREE = m.Batch("Z3K8F7", "江南大学", "2027 届本科毕业生")
PAID = m.Batch(
    "C5UG16", "北方大学", "2027 届硕士", fee_fen=3000, methods=(m.PaymentMethod.SANDBOX,)
)
COUNTER = m.Batch(
    "aatt7m",
    "西部大学",
    "2027 届",
    fee_fen=2000,
    methods=(m.PaymentMethod.SANDBOX, m.PaymentMethod.COUNTER),
)
STUDENT = m.Student("a" * 64, "张*", "2023****17", last_four="6(7)", decoder="simulated")
OPAQUE = m.Student("b" * 64)
PHOTO = m.Photo("c" * 64, passed=True)
BAD_PHOTO = m.Photo("d" * 64, passed=False, remarks=("eyes_open",))
RECEIPT = m.Receipt("A-0042", "https://centre.example/r/token")
CONSENT = m.Consent(SETTINGS.consent_version, "2027-03-01T08:00:00+00:00")

T = TypeVar("T")


class Walk:
    """One booth: its visit, and every effect so far."""

    def __init__(self, booth_batch: m.Batch | None = None) -> None:
        self.visit = start(RULES, booth_batch=booth_batch)
        self.effects: list[m.Effect] = []
        self.last: tuple[m.Effect, ...] = ()
        self.tick(0)

    @property
    def state(self) -> m.State:
        return self.visit.state

    def do(self, event: m.Event) -> Walk:
        self.visit, self.last = step(self.visit, event, RULES)
        self.effects += self.last
        return self

    def tick(self, seconds: float) -> Walk:
        """Let time pass, a quarter of a second at a time as a booth does."""
        end = self.visit.now + seconds
        while self.visit.now < end:
            self.do(m.Tick(min(end, self.visit.now + 0.25)))
        return self.do(m.Tick(end))

    def touch(self, *buttons: m.Button) -> Walk:
        for button in buttons:
            self.do(m.Touched(button))
        return self

    def keys(self, text: str) -> Walk:
        for key in text:
            self.do(m.KeyTouched(key))
        return self

    def scan(self, text: str) -> Walk:
        return self.do(m.Scanned(text))

    def all(self, kind: type[T]) -> list[T]:
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def newest(self, kind: type[T]) -> T:
        found = self.all(kind)
        assert found, f"no {kind.__name__} was asked for"
        return found[-1]

    def answer(self, asked: type[Any], answer: type[Any], *args: Any, **kwargs: Any) -> Walk:
        """Answer the newest effect of class `asked`."""
        request = self.newest(asked).request
        return self.do(answer(*args, **kwargs, request=request))

    def switched(self, kind: type[m.ScanCodes | m.Guide]) -> bool:
        """Whether scanning or guidance is on, as the booth knows from the effects."""
        orders = self.all(kind)
        return bool(orders) and orders[-1].on

    # --- the way, one stage after the other ---------------------------------------------------

    def to_code(self, batch: m.Batch = FREE) -> Walk:
        self.touch(m.Button.START)
        if self.state is m.State.BATCH:
            self.scan(f"https://kiosk.example/?c={batch.code}")
            self.answer(m.LookUpBatch, m.BatchFound, batch)
        assert self.state is m.State.CODE
        return self

    def to_last_four(self, batch: m.Batch = FREE, student: m.Student = STUDENT) -> Walk:
        self.to_code(batch).scan("capture code")
        self.answer(m.DecodeCode, m.CodeAccepted, student)
        assert self.state is m.State.LAST_FOUR
        return self

    def to_confirm(self, batch: m.Batch = FREE) -> Walk:
        self.to_last_four(batch).keys("6(7)")
        self.answer(m.CheckLastFour, m.LastFourChecked, True)
        assert self.state is m.State.CONFIRM
        return self

    def to_consent(self, batch: m.Batch = FREE) -> Walk:
        self.to_confirm(batch).touch(m.Button.NEXT)
        assert self.state is m.State.CONSENT
        return self

    def agreed(self, batch: m.Batch = FREE) -> Walk:
        """Come as far as PAY, or POSE where there is nothing to pay."""
        self.to_consent(batch).touch(m.Button.AGREE)
        return self.answer(m.RecordConsent, m.ConsentRecorded, CONSENT)

    def to_pose(self, batch: m.Batch = FREE) -> Walk:
        self.agreed(batch)
        assert self.state is m.State.POSE
        return self

    def to_shoot(self, batch: m.Batch = FREE) -> Walk:
        self.to_pose(batch).do(m.Coached(shoot=True))
        assert self.state is m.State.SHOOT
        return self

    def to_look(self, photo: m.Photo = PHOTO, batch: m.Batch = FREE) -> Walk:
        self.to_shoot(batch).answer(m.TakePhoto, m.PhotoReady, photo)
        assert self.state is m.State.LOOK
        return self

    def shoot_again(self, photo: m.Photo = PHOTO) -> Walk:
        self.touch(m.Button.AGAIN).do(m.Coached(shoot=True))
        return self.answer(m.TakePhoto, m.PhotoReady, photo)

    def to_submit(self) -> Walk:
        self.to_look().touch(m.Button.TAKE)
        assert self.state is m.State.SUBMIT
        return self

    def to_receipt(self) -> Walk:
        self.to_submit().answer(m.StorePhoto, m.Stored, RECEIPT)
        assert self.state is m.State.RECEIPT
        return self

    def to_staff(self) -> Walk:
        self.touch(m.Button.HELP).keys("2468").touch(m.Button.NEXT)
        self.answer(m.CheckPin, m.PinChecked, True)
        assert self.state is m.State.STAFF
        return self


def personal(visit: m.Visit) -> list[str]:
    """Name whatever a visit holds of a student."""
    held = {
        "batch": visit.batch,
        "student": visit.student,
        "consent": visit.consent,
        "payment": visit.payment,
        "photo": visit.photo,
        "receipt": visit.receipt,
        "typed": visit.typed,
        "last_four": visit.last_four,
        "scanned": visit.scanned,
        "early_code": visit.early_code,
    }
    return [name for name, value in held.items() if value]
