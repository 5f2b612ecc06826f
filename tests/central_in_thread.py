"""The service in a thread of the test's own process, with a clock that the test puts on."""

from __future__ import annotations

import socket
import threading
from abc import ABC, abstractmethod
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import uvicorn
from payment_gateways import Gateways
from sqlalchemy.orm import Session

from kiosk.central.service import ledger, provider_payments, reconciliation
from kiosk.central.service.app import create_app
from kiosk.central.service.china_time import day_of
from kiosk.central.service.context import Service
from kiosk.central.service.jobs import Worker
from kiosk.central.service.settings import CentralServiceSettings
from kiosk.central.service.tasks import TASKS


class CentralInThread(ABC):
    """The service at `address`, with both payment providers; jobs are done when the test says so.

    Args:
        folder: for its files.
        gateways: the providers.
        database_url: of a migrated database, None for a file in the folder.
    """

    def __init__(self, folder: Path, gateways: Gateways, database_url: str | None = None) -> None:
        self.ahead = timedelta()
        self.gateways = gateways
        listening = socket.socket()
        listening.bind(("127.0.0.1", 0))
        listening.listen()  # who comes before the server has begun waits
        self.address = f"http://127.0.0.1:{listening.getsockname()[1]}"
        values = {"base": folder, "jobs": False, "sandbox": True, "public_url": self.address}
        if database_url is not None:
            values["database_url"] = database_url
        settings = CentralServiceSettings.model_validate(values | gateways.settings)
        app = create_app(settings, self.now)
        self.service: Service = app.state.service
        self.booth_key = self.service.database.write(self.seed)
        self._server = uvicorn.Server(uvicorn.Config(app, log_config=None))
        self._thread = threading.Thread(target=self._server.run, args=([listening],))
        self._thread.start()

    @abstractmethod
    def seed(self, session: Session) -> str:
        """Put into the database what the tests need, and return a booth's key."""

    def stop(self) -> None:
        """Stop it; open connections have to be closed before."""
        self._server.should_exit = True
        self._thread.join()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    def work(self) -> None:
        """Do the jobs that are due."""
        worker = Worker(self.service, TASKS)
        while worker.run_one():
            pass

    def follow(self) -> None:
        """Ask the providers how all open payments stand, as is done each minute."""
        provider_payments.follow_job(self.service, {})

    def balances(self) -> Mapping[str, int]:
        found = self.service.database.read(ledger.balances)
        assert sum(found.values()) == 0
        return {account: fen for account, fen in found.items() if fen}

    def problems(self) -> tuple[str, ...]:
        """What the reconciliation of today finds."""
        day = day_of(self.now())
        return self.service.database.read(lambda s: reconciliation.reconcile(s, day)).problems
