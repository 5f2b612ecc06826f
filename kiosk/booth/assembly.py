"""Puts a booth together from its settings, starts it, stops it."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from calibration.wizard import Placing
from hardware.base import Camera, CameraSettings, CameraState, CodeScanner, Frame, Light, Printer
from kiosk.booth.accessories import Accessories
from kiosk.booth.batch_policy import PolicyRelay
from kiosk.booth.batches import BatchDirectory
from kiosk.booth.calibrating import Calibrating, stand_in_profile
from kiosk.booth.coaching import CoachRelay, Listener
from kiosk.booth.code_fault import CodeFault
from kiosk.booth.code_reading import CodeReading
from kiosk.booth.darkness import Darkness
from kiosk.booth.device_log import FILE as DEVICES_FILE
from kiosk.booth.device_log import DeviceLog
from kiosk.booth.devices import build_camera
from kiosk.booth.errors import BoothError
from kiosk.booth.focusing import Focusing
from kiosk.booth.heartbeats import Heartbeats, PushedInUse
from kiosk.booth.identification import Identification
from kiosk.booth.live_view import LiveView
from kiosk.booth.loop import VisitLoop
from kiosk.booth.main_camera import build_main_camera, still_settings, tell_visit
from kiosk.booth.models import BoothModels
from kiosk.booth.own_batch import OwnBatch
from kiosk.booth.paths import BoothPaths
from kiosk.booth.patience import Patience
from kiosk.booth.payments import Payments
from kiosk.booth.performer import Performer
from kiosk.booth.photographer import Burst, Photographer, Shot
from kiosk.booth.portraits import Darkroom
from kiosk.booth.ports import Screen
from kiosk.booth.showing import Showing
from kiosk.booth.shutter_lag import ShutterLag
from kiosk.booth.speech import Speech
from kiosk.booth.status import StatusWatch
from kiosk.booth.submitting import Submitting
from kiosk.booth.switches import Switches
from kiosk.central.opening import booth_token, open_client, open_outbox
from kiosk.central.signature import load_signing_key, public_key
from kiosk.codes.capture import load_decoders
from kiosk.codes.reader import CodeReader
from kiosk.codes.voting import FrameVote
from kiosk.guidance.coach import Coach
from kiosk.guidance.live import LiveGuidance
from kiosk.guidance.rules import RULES
from kiosk.settings import CameraSection, Settings
from kiosk.standards import load as load_standard
from kiosk.visit.machine import start as start_visit
from kiosk.visit.model import (
    BoothBatchChanged,
    Event,
    Fault,
    FaultCleared,
    FaultRaised,
    Language,
    Scanned,
    Visit,
)
from kiosk.visit.rules import rules_from

log = logging.getLogger(__name__)

_NO_EXTRAS: Mapping[str, Mapping[str, object]] = {}
_FACE_SEEN_REPEAT_S = 0.5


class Booth:
    """A whole booth but for its screen's main loop, which belongs to the main thread.

    Args:
        settings: of this booth.
        settings_file: where they came from; relative paths start from its folder.
        screen: what it is drawn on.
        camera_arguments: further arguments of the drivers of ``main``, ``stand_in`` and
            ``codes`` (the simulated booth's folder).
        light: the modelling light, in the place of the settings'.
        scanner: the barcode scanner, in the place of the settings'.
        printer: the printer, in the place of the settings'.
        listeners: told every assessment and the coach's word.
        on_report: told every photo's conformity report.
        on_placing: told what calibration wants to see next, None for nothing any more; the
            simulated booth's staff listens.

    Raises:
        BoothError, SettingsError, OutboxError, CentralError, CodeError: it cannot be put together;
            the message says what to do.
    """

    def __init__(
        self,
        settings: Settings,
        settings_file: Path | None,
        screen: Screen,
        *,
        camera_arguments: Mapping[str, Mapping[str, object]] = _NO_EXTRAS,
        light: Light | None = None,
        scanner: CodeScanner | None = None,
        printer: Printer | None = None,
        listeners: Sequence[Listener] = (),
        on_report: Callable[[dict[str, Any]], None] = lambda _: None,
        on_placing: Callable[[Placing | None], None] = lambda _: None,
    ) -> None:
        _check_rules(settings.visit.reshoot_rules)
        self.settings = settings
        self.paths = BoothPaths.of(settings, settings_file)
        self.standard = load_standard(settings.portrait.standard)
        self._screen = screen
        self.client = open_client(settings, self.paths.base)
        self.outbox = open_outbox(settings, self.paths.base)
        batches = BatchDirectory(self.client, self.paths.batches)
        self._own_batch = OwnBatch(batches, settings.booth.batch)
        models = BoothModels(self.standard, settings.guidance)
        self.calibrating = Calibrating(
            settings,
            self.paths,
            self.standard,
            look=lambda on: self._switches.look(on),  # noqa: PLW0108 - made below
            tell=lambda fails: self._tell_fault(Fault.CALIBRATION, fails),
            stand_in=(stand_in := stand_in_profile(settings, self.paths)),
            look_by=lambda view: self.guidance.look_by(view),  # noqa: PLW0108 - made below
            show_guide=screen.show_guide,
        )
        profile = self.calibrating.profile
        self.darkroom = Darkroom(self.standard, settings, profile, models.shared, stand_in)
        coach = Coach(settings.guidance)
        self._lag = ShutterLag(
            self.paths.data / "shutter-lag.json", lambda lag_s: setattr(coach, "lead_s", lag_s)
        )
        main = settings.main_camera
        self._darkness = Darkness(main.dark_level, main.dark_after_s, self._tell_dark)
        self._code_fault = CodeFault(lambda fails: self._tell_fault(Fault.CODE_CAMERA, fails))
        self.accessories = Accessories(
            settings,
            light=light,
            scanner=scanner,
            printer=printer,
            on_text=lambda text: self.post(Scanned(text)),
            on_scanner=lambda ready: self._code_fault.scanner(ready=ready),
        )
        camera = build_main_camera(settings, camera_arguments, stand_in)
        self.live_view = self._make_live_view(camera, still_settings(main, profile))
        self.code_reading = self._make_code_reading(
            build_camera("codes", settings.code_camera, camera_arguments.get("codes", {}))
        )
        relay = CoachRelay(
            self.post,
            screen,
            (*listeners, *((Focusing(self.live_view.focus),) if main.autofocus else ())),
            repeat_s=_FACE_SEEN_REPEAT_S,
            on_failing=lambda fails: switches.guidance_fails(fails),  # noqa: PLW0108 - see below
        )
        self.guidance = LiveGuidance(
            models.live_assessor,
            coach,
            relay,
            on_fault=relay.failed,
        )
        self._switches = switches = Switches(
            self.live_view, self.code_reading, self.guidance, self.accessories, screen
        )
        payments = Payments(
            self.client,
            self.post,
            booth=settings.booth.name,
            poll_s=settings.visit.payment_poll_s,
        )
        self.report_key = load_signing_key(self.paths.data / "report.key")
        submitting = Submitting(
            self.outbox,
            booth=settings.booth.name,
            key=booth_token(settings, self.paths.base).get_secret_value(),
            public_url=str(settings.central.public_url or settings.central.url),
            report_key=self.report_key,
        )
        self.performer = Performer(
            self.post,
            switches,
            batches=batches,
            identification=Identification(
                batches,
                load_decoders(settings.codes, self.paths.data),
                settings=settings.codes,
                pin_hash=_pin_hash(settings),
            ),
            payments=payments,
            photographer=Photographer(
                self.accessories.with_flash(self.live_view.take_still),
                self.darkroom,
                wait_s=settings.main_camera.still_deadline_s,
                on_photo=lambda shot: self._show_photo(shot, on_report),
                reshoot_rules=settings.visit.reshoot_rules,
                reshoots=settings.visit.reshoots,
                burst=Burst(settings.visit.burst_stills, settings.visit.burst_within_s),
            ),
            submitting=submitting,
            calibration=self.calibrating.desk(
                self.live_view, self.code_reading, self.darkroom, self.post, screen, on_placing
            ),
        )
        self._status = StatusWatch(
            self.outbox,
            self.client,
            submitting,
            {"main_camera": self.live_view.state, "code_camera": self.code_reading.state},
            screen,
            self.post,
            self._learn_batch,
            booth=settings.booth.name,
            every_s=settings.booth.status_every_s,
            network_every_s=settings.booth.network_every_s,
            devices=lambda: (*self.calibrating.watch.devices(), *self.accessories.devices()),
            note=DeviceLog(self.paths.data / DEVICES_FILE).note,
        )
        self._speech = Speech(settings.visit)
        rules = rules_from(settings.visit)
        self.loop = VisitLoop(
            start_visit(
                rules,
                language=Language(settings.screen.language),
                booth_batch=self._own_batch.find(),
            ),
            rules,
            perform=self.performer.perform,
            show=Showing(
                screen,
                self.accessories.show,
                self._speech,
                lambda v: tell_visit(camera, v),
                self.calibrating.watch.visit_shown,
                PolicyRelay(self.guidance.judge_by),
            ),
        )

    @property
    def visit(self) -> Visit:
        """The visit as it is now."""
        return self.loop.visit

    @property
    def central(self) -> str:
        """Return how the central backend answered last; see `StatusWatch.central`."""
        return self._status.central

    def heartbeats(self, in_use: PushedInUse) -> Heartbeats:
        """Make what tells the central backend how this booth is."""
        return Heartbeats(
            self.client,
            self.outbox,
            {"main_camera": self.live_view.state, "code_camera": self.code_reading.state},
            self.accessories.devices,
            self._calibrated_at,
            data=self.paths.data,
            in_use=in_use,
            every_s=self.settings.booth.heartbeat_every_s,
            report_key=public_key(self.report_key),
        )

    def _calibrated_at(self) -> datetime | None:
        profile = self.calibrating.profile
        return None if profile is None else profile.created_at

    def post(self, event: Event) -> None:
        """Hand an event to the visit, from any thread."""
        self.loop.post(event)

    def start(self) -> None:
        """Start all threads and warm the models up; returns when students may come."""
        self.code_reading.start()
        self.live_view.start()
        self.accessories.start()
        self.guidance.start()
        self._status.start()
        self.darkroom.prepare()
        self.loop.start()
        self.calibrating.watch.start()

    def stop(self) -> None:
        """Stop everything, in the order in which nothing is lost."""
        self.loop.stop()
        self._speech.stop()
        self.performer.stop()
        self.guidance.stop()
        self.live_view.stop()
        self.code_reading.stop()
        self.accessories.stop()
        self._status.stop()
        self.outbox.close()

    def _learn_batch(self) -> None:
        """Ask again for the booth's batch: it may have been unknown, or have changed."""
        if self._own_batch.is_set:
            batch = self._own_batch.find()
            if batch != self.loop.visit.booth_batch:
                self.post(BoothBatchChanged(batch))

    def _make_live_view(self, camera: Camera, values: CameraSettings) -> LiveView:
        section = self.settings.main_camera
        return LiveView(
            camera,
            on_frame=self._on_frame,
            patience=self._patience(
                camera, section, lambda fails: self._tell_fault(Fault.CAMERA, fails)
            ),
            still_timeout_s=section.still_deadline_s,
            settings=values,
            check_every_s=section.idle_check_s,
            on_open=self._camera_opened,
            on_still=self._lag.note,
        )

    def _make_code_reading(self, camera: Camera) -> CodeReading:
        codes, section = self.settings.codes, self.settings.code_camera
        return CodeReading(
            camera,
            CodeReader(codes.engine),
            FrameVote(codes.votes_needed, codes.votes_of_frames, codes.forget_s),
            thorough_every=codes.thorough_every_frames,
            check_every_s=section.idle_check_s,
            on_text=lambda text: self.post(Scanned(text)),
            on_frame=self._on_code_frame,
            patience=self._patience(
                camera, section, lambda fails: self._code_fault.camera(fails=fails)
            ),
        )

    def _patience(
        self, camera: Camera, section: CameraSection, tell: Callable[[bool], None]
    ) -> Patience:
        return Patience(
            camera.name,
            section.patience_s,
            on_fault=lambda _: tell(True),
            on_recovered=lambda: tell(False),
        )

    def _tell_fault(self, fault: Fault, fails: bool) -> None:  # noqa: FBT001 - a listener
        self.post(FaultRaised(fault) if fails else FaultCleared(fault))

    def _show_photo(self, shot: Shot, on_report: Callable[[dict[str, Any]], None]) -> None:
        portrait = shot.portrait
        self._screen.show_photo(portrait.jpeg, portrait.remarks)
        on_report(portrait.report.as_dict())

    def _tell_dark(self, dark: bool) -> None:  # noqa: FBT001 - a listener
        self._switches.picture_dark(dark)
        self._tell_fault(Fault.CAMERA_DARK, dark)

    def _camera_opened(self, state: CameraState) -> None:
        self._lag.expect(state)
        if not state.stand_in:  # the profile is the other camera's
            self.calibrating.watch.camera_opened(state)

    def _on_code_frame(self, frame: Frame) -> None:
        self.calibrating.code_frame_shown(frame)
        self._screen.show_code_preview(frame.pixels)

    def _on_frame(self, frame: Frame) -> None:
        self._darkness.look(frame)
        self.calibrating.frame_shown(frame)
        self._screen.show_preview(frame.pixels)
        self.guidance.offer(frame)


def _check_rules(names: Sequence[str]) -> None:
    for name in names:
        if name not in RULES:
            raise BoothError(
                f"visit.reshoot_rules: there is no rule {name!r}. Choose from: {', '.join(RULES)}."
            )


def _pin_hash(settings: Settings) -> str | None:
    secret = settings.booth.staff_pin_hash
    return None if secret is None else secret.get_secret_value()
