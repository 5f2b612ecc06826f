"""The printer's driver on a real CUPS: what is printed arrives, and what is wrong is said."""

from __future__ import annotations

import time

import pytest
from cups_server import CupsServer, need_cups
from standin import wait_for

from hardware.cups_ipp import PrintService
from hardware.errors import DeviceLost, DeviceTimeout, Misconfigured
from hardware.printer import CupsPrinter

PDF = b"%PDF-1.4 a sheet"


@pytest.fixture(scope="module")
def cups(tmp_path_factory):
    need_cups()
    server = CupsServer(tmp_path_factory.mktemp("cups"))
    server.start()
    server.add("booth")
    yield server
    server.stop()


@pytest.fixture
def service(cups):
    return PrintService(cups.server, deadline_s=20.0)


@pytest.fixture
def printer(service):
    return CupsPrinter("booth", service)


def number_of(job: str) -> str:
    return job.removeprefix("booth-")


def test_pages_arrive_whole_unscaled_and_on_the_paper_asked_for(cups, printer):
    with printer:
        job = printer.print_file(PDF, "application/pdf", "照片 sheet", "iso_a4_210x297mm")
    arrived = cups.prints / number_of(job)
    wait_for((cups.prints / f"{arrived.name}.options").exists)
    assert arrived.read_bytes() == PDF
    options = (cups.prints / f"{arrived.name}.options").read_text()
    assert "print-scaling=none" in options
    assert "media=iso_a4_210x297mm" in options


def test_the_only_printer_is_found_by_itself(service):
    with CupsPrinter("", service) as printer:
        assert printer.name == "booth"
        assert printer.state().ready


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("media-empty-error", "out of paper. Put paper in"),
        ("media-empty-report", "out of paper. Put paper in"),
        ("offline-report", "does not answer. Switch it on"),
        ("connecting-to-device", "does not answer. Switch it on"),
        ("media-jam-error", "jammed"),
        ("marker-supply-empty-error", "ribbon"),
        ("cover-open-error", "is open"),
    ],
)
def test_what_is_wrong_with_it_is_said_and_passes(cups, printer, state, words):
    with printer:
        cups.problem(state)
        waiting = printer.print_file(PDF, "application/pdf", "first")
        wait_for(lambda: not printer.state().ready)
        assert words in printer.state().message
        with pytest.raises(DeviceLost, match=words):
            printer.print_file(PDF, "application/pdf", "second")
        cups.problem(None)
        wait_for(lambda: printer.state().ready)
    wait_for((cups.prints / number_of(waiting)).exists)


def test_mild_trouble_is_told_and_printed_all_the_same(cups, printer):
    with printer:
        cups.problem("marker-supply-low-warning")
        printer.print_file(PDF, "application/pdf", "sheet")
        wait_for(lambda: printer.state().message)
        assert printer.state().ready
        assert "low on ink" in printer.state().message
        cups.problem(None)
        wait_for(lambda: not printer.state().message)


def test_paused_queue_says_how_to_go_on(cups, printer):
    with printer:
        cups.say("cupsdisable", "-r", "new roll", "booth")
        try:
            assert printer.state().message == (
                "booth is paused (new roll). Say: sudo cupsenable booth"
            )
            with pytest.raises(DeviceLost, match="cupsenable"):
                printer.print_file(PDF, "application/pdf", "sheet")
        finally:
            cups.say("cupsenable", "booth")
        assert printer.state().ready


def test_queue_that_takes_nothing_says_how_to_go_on(cups, printer):
    with printer:
        cups.say("cupsreject", "booth")
        try:
            assert printer.state().message == (
                "booth takes no new jobs. Say: sudo cupsaccept booth"
            )
        finally:
            cups.say("cupsaccept", "booth")


def test_printer_that_is_none_names_those_there_are(service):
    with pytest.raises(DeviceLost, match=r"no printer 'kitchen'. There is: booth"):
        CupsPrinter("kitchen", service).open()


def test_several_printers_are_not_guessed_at(cups, service):
    cups.add("second")
    try:
        with pytest.raises(DeviceLost, match=r"2 printers; say which.*booth, second"):
            CupsPrinter("", service).open()
    finally:
        cups.say("lpadmin", "-x", "second")


def test_no_printer_at_all_says_what_to_do(cups, service):
    cups.say("lpadmin", "-x", "booth")
    try:
        for queue in ("", "booth"):
            with pytest.raises(DeviceLost, match="No printer is set up"):
                CupsPrinter(queue, service).open()
    finally:
        cups.add("booth")


def test_printer_removed_while_it_is_open_is_said(cups, printer):
    with printer:
        cups.say("lpadmin", "-x", "booth")
        try:
            assert "no printer 'booth'" in printer.state().message
        finally:
            cups.add("booth")


def test_print_service_that_is_down_is_said(tmp_path_factory):
    need_cups()
    server = CupsServer(tmp_path_factory.mktemp("down"))
    with pytest.raises(DeviceLost, match=r"does not answer.*restart cups"):
        CupsPrinter("booth", PrintService(server.server)).open()


def test_machine_without_the_programs_says_what_to_install(monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(Misconfigured, match="apt install cups"):
        CupsPrinter().open()


def test_print_service_that_hangs_is_not_waited_for(tmp_path):
    tool = tmp_path / "ipptool"
    tool.write_text("#!/bin/sh\nexec sleep 60\n")
    tool.chmod(0o755)
    began = time.monotonic()
    with pytest.raises(DeviceTimeout, match=r"within 0\.1 s"):
        CupsPrinter("booth", PrintService(deadline_s=0.1, tool=str(tool))).open()
    assert time.monotonic() - began < 30


def test_answer_that_is_no_answer_is_said(tmp_path):
    tool = tmp_path / "ipptool"
    tool.write_text("#!/bin/sh\necho '<plist'\n")
    tool.chmod(0o755)
    with pytest.raises(DeviceLost, match="does not answer"):
        CupsPrinter("booth", PrintService(tool=str(tool))).open()
