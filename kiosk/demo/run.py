"""The demo from the first file to the last figure."""

from __future__ import annotations

import contextlib
import json
import logging
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hardware.sim.director import Director
from hardware.sim.light import SimulatedLight
from hardware.sim.printer import SimulatedPrinter
from hardware.sim.scanner import SimulatedScanner
from hardware.sim.script import DEFAULT_SCRIPT
from kiosk.booth.assembly import Booth
from kiosk.booth.simulated_staff import SimulatedStaff
from kiosk.demo.processes import DemoError, KioskProcess, answers
from kiosk.demo.recording import WatchedScreen
from kiosk.demo.reviewer import Reviewer
from kiosk.demo.stage import Stage, calibrate, set_up
from kiosk.demo.student import Diary, PlayedStudent, VisitFailed
from kiosk.guidance.live import Statistics
from kiosk.guidance.model import Assessment, CoachWord
from kiosk.screens.display import display
from kiosk.visit.model import Event, State, Visit

log = logging.getLogger(__name__)

_WINDOW_S = 60.0
_DELIVERY_S = 60.0
_GALLERY_S = 150.0
PAUSE_S = 0.8


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What can be chosen.

    Attributes:
        out: the demo's folder.
        auto: whether the student is played; else the window waits to be touched.
        headless: take a virtual display even where there is a real one.
        language: ``zh`` or ``en``.
        size: of the window, pixels.
        person: which simulated sitter; None for the first.
        portrait: a picture in the sitter's place.
        script: what the sitter does; None for mistakes first, then right.
        gallery: whether every screen is drawn in both languages afterwards.
    """

    out: Path
    auto: bool = False
    headless: bool = False
    language: str = "zh"
    size: tuple[int, int] = (1080, 1920)
    person: str | None = None
    portrait: Path | None = None
    script: str | None = None
    gallery: bool = True


@dataclass(slots=True)
class DemoResult:
    """What came out.

    Attributes:
        stage: where everything is.
        diary: the student's.
        hints: the coach's hints in the order they were given.
        guidance: how guidance kept up.
        photo: the photo, as the central backend keeps it.
        report: its conformity report, as the booth wrote it.
        review_page: the review page as HTML.
        review_address: its address.
        student_page: the student's page as HTML after the review.
        approved: whether the student's page says so.
        gallery: every screen in both languages.
        camera_restarts: how often a camera's process was started again.
        service_restarts: how often the central backend's was.
        seconds: of each part of the demo.
    """

    stage: Stage
    diary: Diary = field(default_factory=Diary)
    hints: list[str] = field(default_factory=list)
    guidance: Statistics = field(default_factory=Statistics)
    photo: Path | None = None
    report: dict[str, Any] = field(default_factory=dict)
    review_page: Path | None = None
    review_address: str = ""
    student_page: Path | None = None
    approved: bool = False
    gallery: Path | None = None
    camera_restarts: int = 0
    service_restarts: int = 0
    seconds: dict[str, float] = field(default_factory=dict)


class Demo:
    """Runs the whole product once.

    Args:
        options: what was chosen.
    """

    def __init__(self, options: DemoOptions) -> None:
        self._options = options
        self._failure: BaseException | None = None
        self._booth: Booth | None = None
        self._ready = threading.Event()

    def run(self) -> DemoResult:
        """Run it; takes the calling thread, which must be the main one.

        Raises:
            DemoError: a part did not do its work.
        """
        options = self._options
        stage = set_up(options.out, language=options.language, size=options.size)
        result = DemoResult(stage)
        with contextlib.ExitStack() as stack:
            director = stack.enter_context(Director(stage.scene))
            service = stack.enter_context(_service(stage))
            with _timed(result, "calibration"):
                calibrate(stage, director, self._camera_arguments(stage))
            with _timed(result, "central service"):
                service.wait_until(lambda: answers(f"{stage.address}/healthz"))
            stack.enter_context(_outbox(stage))
            self._show(stage, director, result)
            result.service_restarts = service.restarts
            if options.auto:
                self._follow_up(stage, result)
        return result

    def _show(self, stage: Stage, director: Director, result: DemoResult) -> None:
        """Open the window and run the booth behind it until the visit is over."""
        width, height = self._options.size
        with display(width, height, headless=self._options.headless):
            screen = WatchedScreen(
                self._touched,
                width=width,
                height=height,
                data_directory=stage.settings_file.parent / "data",
                consent_version=stage.settings.visit.consent_version,
                on_ready=self._ready.set,
            )
            self._booth = booth = Booth(
                stage.settings,
                stage.settings_file,
                screen,
                camera_arguments={
                    "main": self._camera_arguments(stage),
                    "codes": {"folder": str(stage.scene)},
                },
                light=SimulatedLight(stage.scene),
                scanner=SimulatedScanner(stage.scene),
                printer=SimulatedPrinter(stage.scene),
                listeners=(_Listener(director, result),),
                on_report=lambda report: self._write_report(report, result),
                on_placing=SimulatedStaff(stage.scene).place,
            )
            worker = threading.Thread(
                target=self._behind, args=(booth, screen, director, result), name="demo"
            )
            worker.start()
            screen.run()
            worker.join()
        if self._failure is not None:
            raise self._failure

    def _write_report(self, report: dict[str, Any], result: DemoResult) -> None:
        result.report = report
        path = result.stage.folder / "report.json"
        path.write_text(json.dumps(report, indent=1, ensure_ascii=False), encoding="utf-8")

    def _touched(self, event: Event) -> None:
        if self._booth is not None:
            self._booth.post(event)

    def _camera_arguments(self, stage: Stage) -> dict[str, object]:
        arguments: dict[str, object] = {"folder": str(stage.scene)}
        if self._options.person is not None:
            arguments["person"] = self._options.person
        if self._options.portrait is not None:
            arguments["portrait"] = str(self._options.portrait.resolve())
        return arguments

    def _behind(
        self, booth: Booth, screen: WatchedScreen, director: Director, result: DemoResult
    ) -> None:
        """Run the booth, and the student with --auto, while the window draws."""
        try:
            with _timed(result, "booth ready"):
                booth.start()
                self._ready.wait(_WINDOW_S)
            try:
                if self._options.auto:
                    self._play(screen, director, result)
                else:
                    self._wait_at(screen, director, result)
            finally:
                result.guidance = booth.guidance.statistics()
                result.camera_restarts = sum(
                    state().restarts for state in (booth.live_view.state, booth.code_reading.state)
                )
                booth.stop()
        except BaseException as failure:  # noqa: BLE001 - told to the main thread
            self._failure = failure
        finally:
            screen.stop()

    def _play(self, screen: WatchedScreen, director: Director, result: DemoResult) -> None:
        student = PlayedStudent(
            screen,
            director,
            result.stage.papers,
            language=self._options.language,
            folder=result.stage.folder / "visit",
            pause_s=PAUSE_S,
            sit=lambda: director.play(self._options.script or DEFAULT_SCRIPT),
        )
        result.diary = student.diary
        try:
            with _timed(result, "visit"):
                student.visit()
        except VisitFailed as error:
            with contextlib.suppress(Exception):
                screen.save_screenshot(result.stage.folder / "visit" / "where-it-stood.png")
            raise DemoError(str(error)) from error
        with _timed(result, "delivery"):
            delivered = screen.wait_for(
                lambda v: v.receipt is not None and v.receipt.delivered, _DELIVERY_S
            )
            if delivered is None:
                raise DemoError(
                    f"The photo did not arrive. See {result.stage.folder / 'log' / 'outbox.log'}."
                )
        student.leave()
        screen.wait_for(lambda v: v.state is State.IDLE, _DELIVERY_S)

    def _wait_at(self, screen: WatchedScreen, director: Director, result: DemoResult) -> None:
        """Let somebody else touch: hold the right code up and sit down when the visit gets there.

        Ends when the window is closed.
        """
        papers = result.stage.papers
        shown: State | None = None
        while not screen.closed:
            visit = screen.wait_for(_is_not(shown), 0.5)
            if visit is None:
                continue
            shown = visit.state
            phone = {State.BATCH: papers.batch_text, State.CODE: papers.capture_code}.get(shown)
            director.show_phone(phone)
            if shown is State.POSE:
                director.play(self._options.script or DEFAULT_SCRIPT)
            elif shown in (State.RECEIPT, State.IDLE, State.ENDED):
                director.leave()

    def _follow_up(self, stage: Stage, result: DemoResult) -> None:
        """Review the photo, look at the student's page, draw every screen."""
        reviewer = Reviewer(stage.address)
        with _timed(result, "review"):
            reviewer.sign_in(stage.central.reviewer_name, stage.central.reviewer_password)
            result.review_address = reviewer.approve_next()
            result.review_page = stage.folder / "review.html"
            result.review_page.write_text(reviewer.page(result.review_address), encoding="utf-8")
            page = reviewer.page(result.diary.receipt_url)
            result.student_page = stage.folder / "student.html"
            result.student_page.write_text(page, encoding="utf-8")
            result.approved = 'class="state approved"' in page
        self._fetch(reviewer, stage, result)
        if self._options.gallery:
            with _timed(result, "gallery"):
                result.gallery = _gallery(stage, self._options)

    def _fetch(self, reviewer: Reviewer, stage: Stage, result: DemoResult) -> None:
        photo = reviewer.download(f"{result.review_address}/photo/1")
        result.photo = stage.folder / "photo.jpg"
        result.photo.write_bytes(photo)
        original = reviewer.download(f"{result.review_address}/original/1")
        (stage.folder / "original.jpg").write_bytes(original)


def _is_not(state: State | None) -> Callable[[Visit], bool]:
    return lambda visit: visit.state is not state


class _Listener:
    """Lets the played sitter hear the coach, and writes the hints down."""

    def __init__(self, director: Director, result: DemoResult) -> None:
        self._director = director
        self._result = result
        self._last: str | None = None

    def __call__(self, assessment: Assessment, word: CoachWord) -> None:
        del assessment
        hint = word.coaching.hint
        if hint != self._last:
            self._last = hint
            if hint is not None:
                log.info("coach: %s", hint)
                self._result.hints.append(hint)
        self._director.hear(hint)


@contextlib.contextmanager
def _timed(result: DemoResult, name: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    result.seconds[name] = time.monotonic() - began


def _service(stage: Stage) -> KioskProcess:
    return KioskProcess(
        [
            "central", "serve",
            "--config", str(stage.central.config_path),
            "--port", str(stage.central_port),
        ],
        stage.folder / "log" / "central.log",
    )  # fmt: skip


def _outbox(stage: Stage) -> KioskProcess:
    return KioskProcess(
        ["outbox", "send", "--forever", "--config", str(stage.settings_file)],
        stage.folder / "log" / "outbox.log",
    )


def _gallery(stage: Stage, options: DemoOptions) -> Path:
    """Draw every screen in both languages, in processes of their own."""
    folder = stage.folder / "screens"
    orientation = "portrait" if options.size[1] > options.size[0] else "landscape"
    for language in ("zh", "en"):
        command = [
            sys.executable, "-m", "kiosk", "screens", "gallery",
            "--language", language,
            "--orientation", orientation,
            "--out", str(folder / language),
            "--picture", str(stage.folder / "photo.jpg"),
        ]  # fmt: skip
        done = subprocess.run(  # noqa: S603 - our own command
            command, capture_output=True, text=True, timeout=_GALLERY_S, check=False
        )
        if done.returncode != 0:
            raise DemoError(f"The screens could not be drawn: {done.stderr.strip()}")
    return folder
