"""Identify: the batch, the capture code, the last four, "is this you?"."""

from __future__ import annotations

import unicodedata
from dataclasses import replace

from kiosk.visit.effects import CheckLastFour, DecodeCode, LookUpBatch, Note
from kiosk.visit.events import (
    BatchFound,
    BatchRefused,
    Button,
    CodeAccepted,
    CodeRefused,
    KeyTouched,
    LastFourChecked,
    Scanned,
    Touched,
)
from kiosk.visit.faults import stops_later
from kiosk.visit.moves import ask, try_again
from kiosk.visit.rows import NoAnswer, Row, Step, TimedOut, on, touch
from kiosk.visit.state import EndReason, Notice, State, Visit, VisitRules

# A batch code has 4 to 8 letters and digits: domain of the product, `kiosk.central.contract`.
BATCH_CODE_LENGTH = range(4, 9)
LAST_FOUR_LENGTH = 4
BRACKETS = "()"


def first_state(visit: Visit) -> State:
    """Return the screen a visit begins with: the batch is asked for unless the booth has one."""
    return State.CODE if visit.booth_batch else State.BATCH


def _out_of_order(visit: Visit, *_: object) -> bool:
    return stops_later(visit, first_state(visit))


def _has_batch(visit: Visit, *_: object) -> bool:
    return visit.booth_batch is not None


def begin(visit: Visit, event: object, rules: VisitRules) -> Step:
    """Start a visit with what the booth is set to."""
    del event, rules
    return replace(visit, batch=visit.booth_batch), (Note("visit started"),)


def _begin_later(visit: Visit, event: object, rules: VisitRules) -> Step:
    visit, _ = begin(visit, event, rules)
    return replace(visit, returns_to=first_state(visit)), (Note("visit waits for a device"),)


def _begin_with_scan(visit: Visit, event: Scanned, rules: VisitRules) -> Step:
    visit, notes = begin(visit, event, rules)
    visit, effects = (decode if visit.batch else _look_up_scan)(visit, event, rules)
    return visit, notes + effects


def _look_up_scan(visit: Visit, event: Scanned, rules: VisitRules) -> Step:
    del rules
    visit, request = ask(replace(visit, typed=""), "scan")
    return visit, (LookUpBatch(event.text, request),)


def decode(visit: Visit, event: Scanned, rules: VisitRules) -> Step:
    """Have a scanned text decoded as a capture code."""
    del rules
    batch = visit.batch
    if batch is None:
        return visit, ()
    visit, request = ask(visit, "code")
    return visit, (DecodeCode(event.text, batch, request),)


def _type_batch(visit: Visit, event: KeyTouched, rules: VisitRules) -> Step:
    del rules
    key = unicodedata.normalize("NFKC", event.key).upper()
    good = len(key) == 1 and key.isascii() and key.isalnum()
    if visit.busy or not good or len(visit.typed) >= BATCH_CODE_LENGTH[-1]:
        return visit, ()
    return replace(visit, typed=visit.typed + key), ()


def erase(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    """Take the last typed character back."""
    del event, rules
    return replace(visit, typed=visit.typed[:-1]), ()


def _look_up_typed(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    if len(visit.typed) not in BATCH_CODE_LENGTH:
        return replace(visit, notice=Notice.BATCH_CODE_SHORT), ()
    visit, request = ask(visit, "batch")
    return visit, (LookUpBatch(visit.typed, request),)


def _batch_found(visit: Visit, event: BatchFound, rules: VisitRules) -> Step:
    visit = replace(visit, batch=event.batch)
    if not visit.early_code:
        return visit, ()
    kept = Scanned(visit.early_code)
    return decode(replace(visit, early_code=""), kept, rules)


def _batch_refused(visit: Visit, event: BatchRefused, rules: VisitRules) -> Step:
    del rules
    if event.not_a_batch and event.request.startswith("scan:"):
        return replace(visit, early_code=visit.scanned, notice=Notice.CODE_KEPT), ()
    return replace(visit, notice=event.notice), ()


def _drop_batch(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, batch=None, scanned=""), ()


def _code_accepted(visit: Visit, event: CodeAccepted, rules: VisitRules) -> Step:
    del rules
    takes = visit.batch.takes if visit.batch else 0
    return replace(visit, student=event.student, takes_left=takes, scanned=""), ()


def _code_refused(visit: Visit, event: CodeRefused, rules: VisitRules) -> Step:
    del rules
    return replace(visit, notice=event.notice), ()


def _drop_student(visit: Visit, event: Touched, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, student=None, consent=None, last_four="", scanned=""), ()


def _appended(visit: Visit, key: str) -> str:
    """Return what is typed of the last four with `key`, or unchanged where it does not fit."""
    key = unicodedata.normalize("NFKC", key).upper()
    counted = visit.batch is not None and visit.batch.bracket_policy == "count"
    good = len(key) == 1 and ((key.isascii() and key.isalnum()) or (counted and key in BRACKETS))
    return visit.typed + key if good and not visit.busy else visit.typed


def _completes_opaque(visit: Visit, event: KeyTouched, rules: VisitRules) -> bool:
    del rules
    known = visit.student is not None and visit.student.last_four is not None
    return not known and len(_appended(visit, event.key)) >= LAST_FOUR_LENGTH


def _keep_last_four(visit: Visit, event: KeyTouched, rules: VisitRules) -> Step:
    del rules
    return replace(visit, last_four=_appended(visit, event.key)), ()


def _type_last_four(visit: Visit, event: KeyTouched, rules: VisitRules) -> Step:
    del rules
    visit = replace(visit, typed=_appended(visit, event.key)[:LAST_FOUR_LENGTH])
    typed, student, batch = visit.typed, visit.student, visit.batch
    if len(typed) < LAST_FOUR_LENGTH or visit.busy or student is None or batch is None:
        return visit, ()
    visit, request = ask(replace(visit, last_four=typed), "last_four")
    return visit, (CheckLastFour(typed, student, batch, request),)


def _matches(visit: Visit, event: LastFourChecked, rules: VisitRules) -> bool:
    del visit, rules
    return event.matches


def _too_often(visit: Visit, event: LastFourChecked, rules: VisitRules) -> bool:
    del event
    return visit.attempts + 1 >= rules.max_attempts


def _end_too_often(visit: Visit, event: LastFourChecked, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, end_reason=EndReason.TOO_MANY_ATTEMPTS), ()


def _last_four_wrong(visit: Visit, event: LastFourChecked, rules: VisitRules) -> Step:
    del event, rules
    visit = replace(visit, attempts=visit.attempts + 1, typed="", last_four="")
    return replace(visit, notice=Notice.LAST_FOUR_WRONG), ()


def _retype(visit: Visit, event: NoAnswer, rules: VisitRules) -> Step:
    visit, effects = try_again(visit, event, rules)
    return replace(visit, typed="", last_four=""), effects


def _greet_anew(visit: Visit, event: TimedOut, rules: VisitRules) -> Step:
    del event, rules
    return replace(visit, language=visit.booth_language), ()


def _speaks_another(visit: Visit, *_: object) -> bool:
    return visit.language is not visit.booth_language


def _typed_something(visit: Visit) -> bool:
    return bool(visit.typed) and not visit.busy


ROWS: tuple[Row, ...] = (
    touch(
        State.IDLE,
        Button.START,
        State.FAULT,
        act=_begin_later,
        guard=_out_of_order,
        when="a device is missing",
    ),
    touch(
        State.IDLE,
        Button.START,
        State.CODE,
        act=begin,
        guard=_has_batch,
        when="the booth has a batch",
    ),
    touch(State.IDLE, Button.START, State.BATCH, act=begin, when="else"),
    on(
        State.IDLE,
        Scanned,
        State.FAULT,
        act=_begin_later,
        guard=_out_of_order,
        when="a device is missing",
    ),
    on(
        State.IDLE,
        Scanned,
        State.CODE,
        act=_begin_with_scan,
        guard=_has_batch,
        when="the booth has a batch",
    ),
    on(State.IDLE, Scanned, State.BATCH, act=_begin_with_scan, when="else"),
    on(
        State.IDLE,
        TimedOut,
        None,
        act=_greet_anew,
        guard=_speaks_another,
        when="in another language",
    ),
    on(State.BATCH, KeyTouched, None, act=_type_batch),
    touch(State.BATCH, Button.ERASE, None, act=erase, guard=_typed_something),
    touch(State.BATCH, Button.NEXT, None, act=_look_up_typed, guard=_typed_something),
    on(State.BATCH, Scanned, None, act=_look_up_scan),
    on(State.BATCH, BatchFound, State.CODE, act=_batch_found),
    on(State.BATCH, BatchRefused, None, act=_batch_refused),
    on(State.BATCH, NoAnswer, None, act=try_again),
    touch(State.BATCH, Button.BACK, State.IDLE),
    on(State.CODE, Scanned, None, act=decode),
    on(State.CODE, CodeAccepted, State.LAST_FOUR, act=_code_accepted),
    on(State.CODE, CodeRefused, None, act=_code_refused),
    on(State.CODE, NoAnswer, None, act=try_again),
    touch(
        State.CODE,
        Button.BACK,
        State.IDLE,
        guard=lambda visit: visit.booth_batch is not None,
        when="the booth has a batch",
    ),
    touch(State.CODE, Button.BACK, State.BATCH, act=_drop_batch, when="else"),
    on(
        State.LAST_FOUR,
        KeyTouched,
        State.CONFIRM,
        act=_keep_last_four,
        guard=_completes_opaque,
        when="the fourth, of an opaque code",
    ),
    on(State.LAST_FOUR, KeyTouched, None, act=_type_last_four),
    touch(State.LAST_FOUR, Button.ERASE, None, act=erase, guard=_typed_something),
    on(State.LAST_FOUR, LastFourChecked, State.CONFIRM, guard=_matches, when="right"),
    on(
        State.LAST_FOUR,
        LastFourChecked,
        State.ENDED,
        act=_end_too_often,
        guard=_too_often,
        when="wrong too often",
    ),
    on(State.LAST_FOUR, LastFourChecked, None, act=_last_four_wrong),
    on(State.LAST_FOUR, NoAnswer, None, act=_retype),
    touch(State.LAST_FOUR, Button.BACK, State.CODE, act=_drop_student),
    touch(State.CONFIRM, Button.NEXT, State.CONSENT),
    touch(State.CONFIRM, Button.BACK, State.CODE, act=_drop_student),
)
