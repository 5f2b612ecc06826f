"""What must hold on every way through a visit, walked at random."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from visit_walk import COUNTER, FREE, OPAQUE, PAID, RULES, STUDENT, personal

from kiosk.visit import buttons, diagram, start, step
from kiosk.visit import model as m
from kiosk.visit.model import Button, Fault, State
from kiosk.visit.moves import OVER
from kiosk.visit.rows import RETURN
from kiosk.visit.table import TABLE

SETTLED = m.Payment(m.PaymentMethod.SANDBOX, 3000, "P-1", settled=True)
OPEN = m.Payment(m.PaymentMethod.SANDBOX, 3000, "P-1", "weixin://pay")


def answers_to(effect: m.Effect, chance: random.Random) -> list[m.Event]:
    """Return what a booth might answer, the good answer first."""
    request = getattr(effect, "request", "")
    match effect:
        case m.LookUpBatch():
            refused = m.BatchRefused("x", request, not_a_batch=chance.random() < 0.5)
            return [m.BatchFound(chance.choice((FREE, PAID, COUNTER)), request), refused]
        case m.DecodeCode():
            student = chance.choice((STUDENT, OPAQUE))
            return [m.CodeAccepted(student, request), m.CodeRefused("x", request)]
        case m.CheckLastFour():
            return [m.LastFourChecked(True, request), m.LastFourChecked(False, request)]
        case m.RecordConsent():
            return [m.ConsentRecorded(m.Consent("1", "2027-03-01T08:00:00Z"), request)]
        case m.OpenPayment():
            return [
                m.PaymentChanged(SETTLED, request),
                m.PaymentChanged(OPEN, request),
                m.PaymentFailed("x", request),
            ]
        case m.TakePhoto():
            photo = m.Photo(f"{chance.getrandbits(256):064x}", passed=chance.random() < 0.6)
            return [m.PhotoReady(photo, request), m.PhotoFailed("x", request)]
        case m.StorePhoto():
            return [m.Stored(m.Receipt("1", "u"), request), m.StoreFailed("x", request)]
        case m.CheckPin():
            return [m.PinChecked(True, request), m.PinChecked(False, request)]
    return []


class Booth:
    """Carries effects out as a booth does, checks what must always hold, remembers the rest."""

    def __init__(self, chance: random.Random) -> None:
        self.chance = chance
        self.visit = start(RULES, booth_batch=chance.choice((None, FREE, PAID)))
        self.asked: list[m.Effect] = []
        self.scanning = self.guiding = False
        self.photo_shown = ""
        self.stored: dict[str, str] = {}
        self.in_flight: set[str] = set()

    def do(self, event: m.Event) -> None:
        before = self.visit
        self.visit, effects = step(before, event, RULES)
        assert step(before, event, RULES) == (self.visit, effects), "not a pure function"
        if isinstance(event, m.StoreFailed):
            self.in_flight.discard(event.request)
        for effect in effects:
            self.carry_out(before, effect)
        self.check(before)

    def carry_out(self, before: m.Visit, effect: m.Effect) -> None:
        match effect:
            case m.ScanCodes(on=on):
                assert on != self.scanning
                self.scanning = on
            case m.Guide(on=on):
                self.guiding = on
            case m.TakePhoto():
                assert self.visit.consent is not None
                assert self.visit.payment is not None
                assert self.visit.payment.settled
                assert before.takes_left > 0
            case m.StorePhoto(photo=photo, request=request):
                assert photo.photo_id == self.photo_shown
                assert photo.passed or effect.staff_passed
                assert effect.payment.settled
                assert self.stored.setdefault(photo.photo_id, request) == request
                waited = self.visit.now - before.entered_at >= RULES.process_time_out_s
                touched_again = before.state is State.SUBMIT and not before.busy
                assert request not in self.in_flight or waited or touched_again
                self.in_flight.add(request)
        if getattr(effect, "request", "") and not isinstance(effect, m.ClosePayment):
            self.asked.append(effect)

    def check(self, before: m.Visit) -> None:
        visit = self.visit
        if visit.state is State.LOOK:
            self.photo_shown = visit.photo.photo_id if visit.photo else ""
        if visit.state in (State.IDLE, State.ENDED):
            assert personal(visit) == []
            assert not visit.waiting
            assert not visit.payment_request
        if visit.state is State.IDLE and before.state is not State.IDLE:
            assert visit.language is visit.booth_language
        covered = visit.place if visit.state is State.FAULT else visit.state
        assert self.scanning == (covered in (State.IDLE, State.BATCH, State.CODE))
        assert self.guiding == (covered in (State.POSE, State.SHOOT))
        assert (visit.returns_to is not None) == (visit.state in OVER)
        assert visit.takes_left >= 0
        if visit.state in (State.POSE, State.SHOOT, State.LOOK, State.SUBMIT, State.RECEIPT):
            assert visit.consent is not None
            assert visit.payment is not None
            assert visit.payment.settled
        if visit.state is not before.state:
            assert_drawn(before, visit)

    def forward(self) -> m.Event:
        """Return what a willing student, or a booth that works, does next."""
        awaited = {self.visit.waiting, self.visit.pin_request, self.visit.payment_request} - {""}
        for effect in reversed(self.asked):
            if effect.request in awaited and (self.visit.busy or self.visit.waiting):
                return answers_to(effect, self.chance)[0]
        match self.visit.state:
            case State.CODE:
                return m.Scanned(f"code {self.chance.random()}")
            case State.BATCH if self.visit.typed:
                return m.Touched(Button.NEXT)
            case State.BATCH | State.LAST_FOUR | State.HELP:
                return m.KeyTouched(self.chance.choice("123456(7)"))
            case State.POSE:
                return m.Coached(shoot=True)
            case State.FAULT:
                return m.FaultCleared(self.visit.faults[0])
            case State.IDLE if self.chance.random() < 0.1:
                return m.Touched(Button.HELP)
            case State.CALIBRATE if self.visit.calibration.phase == "busy":
                phase = self.chance.choice(("place", "result", "done"))
                return m.Calibrated(m.Calibration(phase=phase))
        offered = set(buttons(self.visit)) - {Button.CANCEL, Button.BACK, Button.HELP}
        offered -= {Button.REFUSE, Button.STAFF_END}
        return m.Touched(self.chance.choice(sorted(offered) or [Button.STAY]))

    def something(self) -> m.Event:
        """Return an event a student, a device or an attacker might cause."""
        chance, roll = self.chance, self.chance.random()
        if chance.random() < 0.6:
            return self.forward()
        if roll < 0.35 and self.asked:
            # Mostly the newest request, at times one long past; mostly the good answer.
            effect = self.asked[-1] if chance.random() < 0.8 else chance.choice(self.asked)
            answers = answers_to(effect, chance)
            if answers:
                return answers[0] if chance.random() < 0.7 else chance.choice(answers)
        if roll < 0.6:
            offered = buttons(self.visit)
            wanted = [b for b in offered if b not in (Button.CANCEL, Button.BACK, Button.HELP)]
            any_button = chance.random() < 0.2 or not wanted
            return m.Touched(chance.choice(list(Button)) if any_button else chance.choice(wanted))
        if roll < 0.7:
            return m.KeyTouched(chance.choice([*"0123456789()Xé", "", "12"]))
        if roll < 0.78:
            return m.Scanned(chance.choice(["batch", "code", "", "poster", "x" * 5000]))
        if roll < 0.88:
            return m.Coached(face_seen=chance.random() < 0.5, shoot=chance.random() < 0.5)
        if roll < 0.92:
            return m.Tick(self.visit.now + chance.choice((0.2, 1.0, 5.0, 20.0, 100.0)))
        fault = chance.choice([*Fault, "printer"])
        return chance.choice(
            [
                m.FaultRaised(fault),
                m.FaultCleared(fault),
                m.FaultCleared(fault),
                m.LanguageTouched(chance.choice(list(m.Language))),
                m.Delivered(self.photo_shown),
                m.BoothBatchChanged(chance.choice((None, FREE))),
                m.Calibrated(m.Calibration(phase=chance.choice(("place", "result")))),
            ]
        )


EDGES = {(r.source, r.target) for r in TABLE if isinstance(r.target, State)}
GOES_BACK = {r.source for r in TABLE if r.target == RETURN}


def assert_drawn(before: m.Visit, after: m.Visit) -> None:
    """Every move is a row of the table; FAULT may come before the state that was meant."""
    meant = {after.state} if after.state is not State.FAULT else {State.FAULT, after.place}
    sources = {before.state, before.place}
    from_table = any((source, target) in EDGES for source in sources for target in meant)
    back = before.state in GOES_BACK and before.place in meant
    stopped = after.state is State.FAULT and after.place is before.state
    moved_beneath = before.state is State.FAULT and from_table
    assert from_table or back or stopped or moved_beneath, f"{before.state} -> {after.state}"


@settings(max_examples=100, deadline=None)
@given(seed=st.integers(0, 2**32), length=st.integers(1, 120))
def test_what_must_hold_holds_on_every_way(seed: int, length: int) -> None:
    booth = Booth(random.Random(seed))
    booth.do(m.Tick(0.0))
    for _ in range(length):
        booth.do(booth.something())
    leave_alone(booth)


def leave_alone(booth: Booth) -> None:
    """Let only time pass: the booth is idle in the end, unless a photo is still to be stored."""
    for _ in range(200):
        if booth.visit.state is State.IDLE or booth.visit.place is State.SUBMIT:
            break
        booth.do(m.Tick(booth.visit.now + 30))
    if booth.visit.place is State.SUBMIT:
        assert booth.visit.photo is not None
        while booth.visit.state is not State.SUBMIT:
            booth.do(m.Tick(booth.visit.now + 30))
        booth.do(m.Stored(m.Receipt("1", "u"), booth.visit.waiting))
        assert booth.visit.state is State.RECEIPT
        booth.do(m.Tick(booth.visit.now + RULES.time_out_s[State.RECEIPT]))
    assert booth.visit.state is State.IDLE


def test_random_ways_reach_every_state() -> None:
    """Otherwise the test above would prove little."""
    seen: set[State] = set()
    for seed in range(100):
        booth = Booth(random.Random(seed))
        booth.do(m.Tick(0.0))
        for _ in range(120):
            booth.do(booth.something())
            seen.add(booth.visit.state)
        if seen == set(State):
            return
    pytest.fail(f"never reached: {set(State) - seen}")


def test_every_button_does_something_somewhere() -> None:
    assert {row.trigger for row in TABLE if isinstance(row.trigger, Button)} == set(Button)


@pytest.mark.parametrize("state", State)
def test_every_state_can_be_left(state: State) -> None:
    targets = {row.target for row in TABLE if row.source is state} - {None, state}
    assert targets


def test_the_documentation_has_the_table_as_it_is() -> None:
    page = Path(__file__).parents[2] / "docs" / "visit.md"
    assert diagram.markdown() in page.read_text(encoding="utf-8"), (
        "docs/visit.md is out of date: put the output of 'python -m kiosk.visit.diagram' into it"
    )
