"""What tests of the central backend share: one that runs, and a browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from central_reviewing import Centre
from central_server import RunningCentral, start_central

from kiosk.central.client import CentralClient
from kiosk.central.service.context import Service, open_service
from kiosk.central.service.demo import prepare_demo
from kiosk.central.service.settings import load_service_settings

NewDatabase = Callable[[], str | None]
# It asks nobody anything at its start: no network is there.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def shared_central(
    tmp_path_factory: pytest.TempPathFactory, new_database: NewDatabase
) -> Iterator[RunningCentral]:
    running = start_central(tmp_path_factory.mktemp("central"), new_database())
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def own_central(
    tmp_path_factory: pytest.TempPathFactory, new_database: NewDatabase
) -> Iterator[RunningCentral]:
    """One of a file's own, for what would be in others' way."""
    running = start_central(tmp_path_factory.mktemp("central"), new_database())
    yield running
    assert running.stop() == 0


@pytest.fixture
def fresh_central(tmp_path: Path, new_database: NewDatabase) -> Iterator[RunningCentral]:
    """One of a test's own."""
    running = start_central(tmp_path / "service", new_database())
    yield running
    assert running.stop() == 0


@pytest.fixture
def service_of_central(central: RunningCentral) -> Iterator[Service]:
    """What `central` works on, looked at from beside it."""
    opened = open_service(load_service_settings(central.demo.config_path))
    yield opened
    opened.database.close()


@pytest.fixture
def central(shared_central: RunningCentral) -> RunningCentral:
    return shared_central


@pytest.fixture
def client(central: RunningCentral) -> CentralClient:
    return central.client()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    path = shutil.which("chromium") or shutil.which("google-chrome")
    if path is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is missing; install Debian's package 'chromium'")
        pytest.skip("Chromium is not installed (Debian's package 'chromium')")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def service(tmp_path: Path, new_database: NewDatabase) -> Iterator[Service]:
    """A service of its own, without HTTP."""
    demo = prepare_demo(tmp_path, database_url=new_database())
    made = open_service(load_service_settings(demo.config_path))
    yield made
    made.database.close()


@pytest.fixture
def centre(service: Service) -> Centre:
    """Likewise, with reviewers."""
    return Centre(service)
