"""One running central backend for the tests that do not need it to themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from central_server import RunningCentral, start_central

from kiosk.central.client import CentralClient

NewDatabase = Callable[[], str | None]


@pytest.fixture(scope="session")
def shared_central(
    tmp_path_factory: pytest.TempPathFactory, new_database: NewDatabase
) -> Iterator[RunningCentral]:
    running = start_central(tmp_path_factory.mktemp("central"), new_database())
    yield running
    assert running.stop() == 0


@pytest.fixture
def central(shared_central: RunningCentral) -> RunningCentral:
    return shared_central


@pytest.fixture
def client(central: RunningCentral) -> CentralClient:
    return central.client()
