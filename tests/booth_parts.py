"""Stand-ins for what a booth's parts talk to: a camera, a screen, the way to the central backend.

They exist because the real ones cannot be told to fail at a chosen moment; the assembled booth
is tested with the simulated cameras and the real service.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

import numpy as np

from hardware.base import (
    Camera,
    CameraSettings,
    CameraState,
    Condition,
    Frame,
    Pixels,
    Still,
)
from hardware.errors import DeviceLost, DeviceTimeout
from kiosk.central.contract import BatchInfo, ErrorAnswer, PaymentInfo, PaymentState
from kiosk.central.errors import CentralRefused, CentralUnreachable
from kiosk.visit import model as m

BATCH_INFO = BatchInfo(
    code="Z3K8F7",
    school="示范大学",
    title="2027 届",
    fee_fen=2000,
    payment_methods=("sandbox", "counter"),
)
BATCH = m.Batch(
    "Z3K8F7", "示范大学", "2027 届", fee_fen=2000,
    methods=(m.PaymentMethod.SANDBOX, m.PaymentMethod.COUNTER), background="blue",
)  # fmt: skip
STUDENT = m.Student("a" * 64, "李*", "2023****08", last_four="629X", decoder="simulated")
CONSENT = m.Consent("2026-1", "2027-03-01T08:00:00+00:00")


class FakeCamera(Camera):
    """Gives grey frames; told to be away, or to fail its stills.

    Attributes:
        away: the device does not answer.
        still_error: raised by the next stills.
        calls: names of the device's calls, with the thread each came on.
    """

    def __init__(self, name: str = "main") -> None:
        super().__init__(name)
        self.away = False
        self.still_error: Exception | None = None
        self.frame_error: Exception | None = None
        self.calls: list[tuple[str, str]] = []
        self.may_shoot = threading.Event()
        self.may_shoot.set()
        self.frames = 0
        self.stills = 0
        self.settings = CameraSettings()
        self.refusal: Exception | None = None
        self.focus_error: Exception | None = None
        self.gone_silently = False

    def names(self) -> list[str]:
        return [name for name, _ in self.calls]

    def _called(self, name: str) -> None:
        self.calls.append((name, threading.current_thread().name))
        if self.away:
            raise DeviceLost(f"{self.name} is gone. Plug it in again.")

    def state(self) -> CameraState:
        if self.away:
            return CameraState("fake", condition=Condition.TEMPORARY_FAULT, fault="gone")
        condition = Condition.READY if self.is_open else Condition.CLOSED
        return CameraState("fake", condition=condition, live_view=self._live_view)

    def _do_open(self) -> None:
        self._called("open")

    def _do_close(self) -> None:
        self.calls.append(("close", threading.current_thread().name))

    def _do_start_live_view(self) -> None:
        self._called("start_live_view")

    def _do_stop_live_view(self) -> None:
        self._called("stop_live_view")

    def _do_read_frame(self, timeout_s: float) -> Frame:
        self._called("read_frame")
        if self.frame_error is not None:
            raise self.frame_error
        time.sleep(0.005)
        self.frames += 1
        return Frame(np.full((48, 64, 3), 128, np.uint8), self.frames, time.monotonic())

    def _do_capture_still(self, timeout_s: float) -> Still:
        self._called("capture_still")
        if not self.may_shoot.wait(timeout_s):
            raise DeviceTimeout("no still")
        if self.still_error is not None:
            raise self.still_error
        self.stills += 1
        return Still(b"still %d" % self.stills, "image/jpeg", time.monotonic())

    def _do_check(self) -> None:
        if self.away or self.gone_silently:
            raise DeviceLost(f"{self.name} is gone. Plug it in again.")

    def _do_autofocus(self, timeout_s: float) -> bool:
        self._called("autofocus")
        if self.focus_error is not None:
            raise self.focus_error
        return True

    def _do_apply(self, settings: CameraSettings) -> CameraSettings:
        if self.refusal is not None:
            raise self.refusal
        if settings != CameraSettings():
            self._called("apply")
            self.settings = settings
        return self.settings


class FakeScreen:
    """Writes down what it is told to show."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.visit = m.Visit()
        self.states: list[m.State] = []
        self.statuses: list = []
        self.photos: list[tuple[bytes, tuple[str, ...]]] = []
        self.payment_qr: list[Pixels | None] = []
        self.receipt_qr: list[Pixels | None] = []
        self.calibrations: list[Pixels | None] = []
        self.guides: list = []
        self.outlines = 0
        self.previews = 0
        self.code_previews = 0

    def show_visit(self, visit: m.Visit) -> None:
        with self.changed:
            self.visit = visit
            if not self.states or self.states[-1] is not visit.state:
                self.states.append(visit.state)
            self.changed.notify_all()

    def wait_for(self, holds: Callable[[m.Visit], bool], limit_s: float = 60.0) -> m.Visit:
        with self.changed:
            came = self.changed.wait_for(lambda: holds(self.visit), limit_s)
            assert came, f"not within {limit_s} s; at {self.states}, {self.visit}"
            return self.visit

    def show_guide(self, guide) -> None:
        self.guides.append(guide)

    def show_preview(self, pixels: Pixels) -> None:
        self.previews += 1

    def show_code_preview(self, pixels: Pixels) -> None:
        self.code_previews += 1

    def show_outline(self, outline, *, all_good: bool) -> None:
        self.outlines += 1

    def show_photo(self, jpeg: bytes, remarks) -> None:
        self.photos.append((jpeg, tuple(remarks)))

    def show_calibration(self, pixels: Pixels | None) -> None:
        self.calibrations.append(pixels)

    def show_payment_qr(self, pixels: Pixels | None) -> None:
        self.payment_qr.append(pixels)

    def show_receipt_qr(self, pixels: Pixels | None) -> None:
        self.receipt_qr.append(pixels)

    def show_status(self, status) -> None:
        with self.changed:
            self.statuses.append(status)
            self.changed.notify_all()


def refused(code: str, status: int = 404) -> CentralRefused:
    return CentralRefused(ErrorAnswer(code=code, message="No."), status)


class FakeCentral:
    """A central backend in memory, by the calls of `CentralClient`.

    Attributes:
        offline: nothing answers.
        payments: reference to how it stands.
    """

    def __init__(self) -> None:
        self.offline = False
        self.refusal: CentralRefused | None = None
        self.batches = {BATCH_INFO.code: BATCH_INFO}
        self.payments: dict[str, PaymentInfo] = {}
        self.calls: deque[str] = deque()
        self.may_answer = threading.Event()
        self.may_answer.set()

    def _call(self, name: str) -> None:
        self.calls.append(name)
        self.may_answer.wait(30)
        if self.offline:
            raise CentralUnreachable("No answer.")
        if self.refusal is not None:
            raise self.refusal

    def health(self) -> None:
        self._call("health")

    def batch(self, code: str) -> BatchInfo:
        self._call("batch")
        if code.upper() not in self.batches:
            raise refused("batch_unknown")
        return self.batches[code.upper()]

    def open_payment(self, request) -> PaymentInfo:
        self._call("open_payment")
        known = self.payments.get(request.reference)
        if known is not None and known.amount_fen != request.amount_fen:
            raise refused("reference_used", 409)
        if known is None:
            known = PaymentInfo(
                reference=request.reference,
                state=PaymentState.OPEN,
                amount_fen=request.amount_fen,
                method=request.method,
                qr_text=f"https://pay.example/{request.reference}",
            )
            self.payments[request.reference] = known
        return known

    def payment(self, reference: str) -> PaymentInfo:
        self._call("payment")
        return self.payments[reference]

    def vouch(self, reference: str, vouch) -> PaymentInfo:
        self._call("vouch")
        return self.set(reference, PaymentState.SETTLED)

    def close_payment(self, reference: str) -> PaymentInfo:
        self._call("close_payment")
        if self.payments[reference].state is PaymentState.OPEN:
            self.set(reference, PaymentState.CLOSED)
        return self.payments[reference]

    def set(self, reference: str, state: PaymentState) -> PaymentInfo:
        changed = self.payments[reference].model_copy(update={"state": state})
        self.payments[reference] = changed
        return changed
