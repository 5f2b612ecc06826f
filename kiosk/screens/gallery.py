"""A visit for every state, rich and realistic, so that pictures and tests can start anywhere."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from kiosk.guidance.model import Arrow, Coaching, Support
from kiosk.screens.model import DeviceState, StatusLine
from kiosk.visit.model import (
    Batch,
    Calibration,
    Consent,
    Declaration,
    EndReason,
    Language,
    Payment,
    PaymentMethod,
    Photo,
    Receipt,
    State,
    Student,
    Visit,
)

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from kiosk.screens.app import KioskApp

    Pixels = npt.NDArray[np.uint8]

BATCH = Batch(
    code="Z3K8F7",
    school="江城理工大学",
    title="2027 届本科毕业生",
    fee_fen=2000,
    methods=(PaymentMethod.SANDBOX, PaymentMethod.COUNTER),
    bracket_policy="count",
    takes=4,
)
LONG_BATCH = replace(
    BATCH,
    school="江城理工大学继续教育学院（东湖校区、南湖校区）远程教育中心",
    title="2027 届成人高等教育函授本科（工商管理、会计学专业）春季毕业生",
)
STUDENT = Student(
    code_hash="5f" * 32,
    masked_name="欧阳**",
    masked_number="20230417****",
    last_four="021X",
    decoder="simulated",
)
PAID = Payment(PaymentMethod.SANDBOX, 2000, "P-7Q2M", settled=True)
OPEN = replace(PAID, qr_text="https://pay.example/P-7Q2M", settled=False)
PHOTO = Photo(photo_id="ab" * 32, passed=True)
RECEIPT = Receipt(number="K7M-4Q2", url="https://photo.example/r/K7M4Q2", delivered=True)
STATUS = StatusLine(
    clock="14:05",
    waiting=3,
    central_online=True,
    booth="booth-1",
    devices=(
        DeviceState(
            "main_camera",
            works=True,
            detail="Nikon D750",
            fault="disconnected",
            past=True,
            said="Nikon D750 is not there. Plug it in and switch it on. (While opening it; "
            "libgphoto2 says -105.)",
            notes=(("battery", 80), ("restarts", 1)),
        ),
        DeviceState("code_camera", works=True, detail="UVC Camera (046d:0825)"),
        DeviceState("code_scanner", works=True),
        DeviceState(
            "printer",
            works=False,
            detail="photo",
            fault="paper_out",
            said="photo is out of paper. Put paper in; what waits is printed by itself then.",
        ),
        DeviceState("calibration", works=False, fault="profile_old"),
    ),
)
ALL_BROKEN = replace(
    STATUS,
    central_online=False,
    devices=tuple(
        DeviceState(name, works=False, detail=detail, fault=fault, said=said, notes=notes)
        for name, detail, fault, said, notes in (
            (
                "main_camera",
                "Nikon D750",
                "no_focus",
                (
                    "Nikon D750 refused without a reason. If it does so at each photo, set its "
                    "lens to manual focus. (While taking a photo; libgphoto2 says -1.)"
                ),
                (("battery_low", 12), ("restarts", 14)),
            ),
            (
                "code_camera",
                "UVC Camera (046d:0825)",
                "usb_bandwidth",
                (
                    "code_camera sends no pictures. Two cameras at one USB hub may be more than it "
                    "can carry: plug this one in directly."
                ),
                (("restarts", 3),),
            ),
            (
                "code_scanner",
                "",
                "permission",
                (
                    "Honeywell 1900: /dev/input/event5 may not be opened by this user. Add the "
                    "booth's user to the group 'input' and log in again."
                ),
                (),
            ),
            ("light", "", "disconnected", "modelling light: pin 18 does not answer.", ()),
            (
                "printer",
                "photo",
                "supply_out",
                (
                    "photo has no ink, toner or ribbon left. Put a new one in; what waits is "
                    "printed by itself then."
                ),
                (),
            ),
            ("calibration", "", "other_camera", "", ()),
        )
    ),
)

_PAYING = ("pay", "pay-wechat", "pay-alipay")

_BASE = Visit(
    now=100.0,
    entered_at=95.0,
    touched_at=95.0,
    batch=BATCH,
    student=STUDENT,
    takes_left=3,
    takes_used=1,
)
_AGREED = replace(_BASE, consent=Consent("2026-1", "2027-03-01T06:05:00Z"), payment=PAID)


_FOCUS = Calibration("focus", 5, 7, "edge", "place")
_TILTED = Calibration(
    "geometry",
    4,
    7,
    "board_down",
    "result",
    finding="tilt_more",
    values=(("degrees", "4.2"),),
    figures=(
        ("tilt", "4.20 °", False),
        ("roll", "0.31 °", True),
        ("camera_up", "12.4 mm", True),
        ("reprojection", "0.21 px", True),
        ("pixels", "1.87 px/px", True),
        ("distance", "1500 mm", True),
    ),
)
_COLOURED = Calibration(
    "colour",
    3,
    7,
    "chart",
    "result",
    passed=True,
    figures=(
        ("cast", "1.42 ΔE2000", True),
        ("delta_e_mean", "1.20 ΔE2000", True),
        ("delta_e_before", "7.13 ΔE2000", True),
        ("delta_e_max", "3.65 ΔE2000", True),
    ),
)
_CALIBRATED = Calibration(
    "second_camera",
    7,
    7,
    "code_far",
    "done",
    passed=False,
    results=(
        ("exposure", True),
        ("backdrop", True),
        ("colour", True),
        ("geometry", False),
        ("focus", True),
        ("view_map", True),
        ("second_camera", True),
    ),
)


def _calibrate(calibration: Calibration) -> Visit:
    return Visit(state=State.CALIBRATE, returns_to=State.IDLE, calibration=calibration)


def _pose(
    hint: str | None,
    arrow: Arrow | None = None,
    ring: float = 0.0,
    support: Support = Support.NONE,
) -> Visit:
    return replace(_AGREED, state=State.POSE, coaching=Coaching(hint, arrow, ring, support))


_VISITS: dict[str, Visit] = {
    "idle": Visit(),
    "batch": Visit(state=State.BATCH, typed="Z3K8"),
    "code": replace(_BASE, state=State.CODE, student=None),
    "last_four": replace(_BASE, state=State.LAST_FOUR, typed="02"),
    "confirm": replace(_BASE, state=State.CONFIRM),
    "consent": replace(_BASE, state=State.CONSENT),
    "pay": replace(_BASE, state=State.PAY, payment=OPEN),
    "pose": _pose("move_left", Arrow.LEFT),
    "shoot": replace(_AGREED, state=State.SHOOT, busy=True),
    "look": replace(_AGREED, state=State.LOOK, photo=PHOTO),
    "submit": replace(_AGREED, state=State.SUBMIT, photo=PHOTO, busy=True),
    "receipt": replace(_AGREED, state=State.RECEIPT, photo=PHOTO, receipt=RECEIPT),
    "help": replace(_AGREED, state=State.HELP, returns_to=State.POSE, typed="12"),
    "staff": replace(_AGREED, state=State.STAFF, returns_to=State.POSE),
    "fault": replace(_AGREED, state=State.FAULT, returns_to=State.POSE, faults=("camera",)),
    "calibrate": _calibrate(_FOCUS),
    "ended": Visit(state=State.ENDED, end_reason=EndReason.TIMED_OUT),
    # What a state can look like besides.
    "idle-batch": Visit(booth_batch=BATCH),
    "idle-long": Visit(booth_batch=LONG_BATCH),
    "code-refused": replace(
        _BASE, state=State.CODE, student=None, notice="code_not_a_capture_code"
    ),
    "last_four-wrong": replace(_BASE, state=State.LAST_FOUR, notice="last_four_wrong", attempts=1),
    "confirm-opaque": replace(
        _BASE, state=State.CONFIRM, student=Student(code_hash="5f" * 32), last_four="021X"
    ),
    "confirm-long": replace(
        _BASE,
        state=State.CONFIRM,
        student=replace(STUDENT, masked_name="阿卜杜热合曼·买买提艾力·吐尔逊江·阿不都克力木"),
        batch=LONG_BATCH,
    ),
    "consent-warning": replace(_BASE, state=State.CONSENT, warning_s=8),
    "pay-opening": replace(_BASE, state=State.PAY, busy=True),
    "pay-wechat": replace(
        _BASE, state=State.PAY, payment=replace(OPEN, method=PaymentMethod.WECHAT)
    ),
    "pay-alipay": replace(
        _BASE, state=State.PAY, payment=replace(OPEN, method=PaymentMethod.ALIPAY)
    ),
    "pay-counter": replace(
        _BASE, state=State.PAY, payment=Payment(PaymentMethod.COUNTER, 2000, "P-7Q2M")
    ),
    "pay-failed": replace(_BASE, state=State.PAY, notice="payment_offline"),
    "pose-empty": _pose("sit_down"),
    "pose-level": _pose("level_head_right", Arrow.TILT_RIGHT),
    "pose-good": _pose(None, ring=0.62),
    "pose-explained": _pose("level_head_right", Arrow.TILT_RIGHT, support=Support.EXPLAIN),
    "pose-stuck": _pose("move_left", Arrow.LEFT, support=Support.STAFF),
    "pose-staff": _pose("too_dark", support=Support.STAFF),
    "look-declared": replace(
        _AGREED, state=State.LOOK, photo=PHOTO, declared=(Declaration.JEWELLERY,)
    ),
    "look-remarks": replace(
        _AGREED,
        state=State.LOOK,
        photo=Photo(
            "cd" * 32,
            passed=False,
            remarks=("rule_eyes_open", "rule_shoulders_level", "crown_near_limit"),
        ),
    ),
    "look-passed-remark": replace(
        _AGREED, state=State.LOOK, photo=Photo("ef" * 32, passed=True, remarks=("rule_roll",))
    ),
    "look-none-left": replace(
        _AGREED,
        state=State.LOOK,
        takes_left=0,
        photo=Photo("cd" * 32, passed=False, remarks=("rule_eyes_open",)),
    ),
    "submit-failed": replace(_AGREED, state=State.SUBMIT, photo=PHOTO, notice="outbox_full"),
    "receipt-queued": replace(
        _AGREED, state=State.RECEIPT, receipt=replace(RECEIPT, delivered=False)
    ),
    "help-wrong": replace(_AGREED, state=State.HELP, returns_to=State.PAY, notice="pin_wrong"),
    "staff-look": replace(
        _AGREED,
        state=State.STAFF,
        returns_to=State.LOOK,
        notice="take_added",
        photo=Photo("cd" * 32, passed=False, remarks=("rule_eyes_open",)),
    ),
    "staff-pay": replace(
        _BASE,
        state=State.STAFF,
        returns_to=State.PAY,
        payment=OPEN,
        batch=replace(BATCH, methods=(PaymentMethod.WECHAT,)),
    ),
    "staff-idle": Visit(state=State.STAFF, returns_to=State.IDLE),
    "staff-faults": replace(_AGREED, state=State.STAFF, returns_to=State.POSE, faults=("camera",)),
    "calibrate-busy": _calibrate(replace(_FOCUS, phase="busy")),
    "calibrate-failed": _calibrate(_TILTED),
    "calibrate-passed": _calibrate(_COLOURED),
    "calibrate-code": _calibrate(
        replace(_FOCUS, step="second_camera", number=7, place="code_near", second_camera=True)
    ),
    "calibrate-done": _calibrate(_CALIBRATED),
    "fault-calibration": Visit(state=State.FAULT, returns_to=State.BATCH, faults=("calibration",)),
    "ended-refused": Visit(state=State.ENDED, end_reason=EndReason.CONSENT_REFUSED),
}


def status_of(name: str) -> StatusLine:
    """Return the booth's state that goes with a sample visit."""
    return ALL_BROKEN if name == "staff-faults" else STATUS


def visits(language: str = "zh") -> Mapping[str, Visit]:
    """Return sample visits: one named after each state, and more of some (``pose-good``)."""
    spoken = Language(language)
    return MappingProxyType(
        {name: replace(visit, language=spoken) for name, visit in _VISITS.items()}
    )


@dataclass(frozen=True, slots=True)
class Pictures:
    """What the sample screens show beside the visit.

    Attributes:
        live_view: of the main camera, RGB uint8 (H, W, 3), not mirrored.
        code_view: of the second camera, likewise.
        photo: the finished photo, a JPEG.
        payment_qr: RGB or grey uint8.
        receipt_qr: likewise.
    """

    live_view: Pixels
    code_view: Pixels
    photo: bytes
    payment_qr: Pixels
    receipt_qr: Pixels


def save_all(app: KioskApp, folder: Path, language: str, pictures: Pictures) -> Iterator[Path]:
    """Show each sample visit and save the window as ``<name>.png`` in `folder`.

    Call it from another thread than the one that `app` runs on.

    Yields:
        each file once it is written.

    Raises:
        ScreenError: the window is closed.
        OSError: a file cannot be written.
    """
    for name, visit in visits(language).items():
        app.show_status(status_of(name))
        app.show_visit(visit)
        app.show_preview(pictures.live_view)
        code = name in ("code-refused", "calibrate-code")
        app.show_code_preview(pictures.code_view if code else None)
        app.show_photo(pictures.photo, visit.photo.remarks if visit.photo else ())
        app.show_payment_qr(pictures.payment_qr if name in _PAYING else None)
        app.show_receipt_qr(pictures.receipt_qr)
        path = folder / f"{name}.png"
        app.save_screenshot(path)
        yield path
