"""The printer behind CUPS keeps the printer's contract, on a real scheduler of its own."""

from __future__ import annotations

import pytest
from contract.devices import PrinterContract
from cups_server import CupsServer, need_cups

from hardware.cups_ipp import PrintService
from hardware.printer import CupsPrinter


@pytest.fixture(scope="module")
def cups(tmp_path_factory):
    need_cups()
    server = CupsServer(tmp_path_factory.mktemp("cups"))
    server.start()
    server.add("booth")
    yield server
    server.stop()


class TestCupsPrinter(PrinterContract):
    @pytest.fixture
    def printer(self, cups):
        return CupsPrinter("booth", PrintService(cups.server, deadline_s=20.0))
