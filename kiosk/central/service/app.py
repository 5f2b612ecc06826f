"""The web application, put together."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from pathlib import Path

from fastapi import FastAPI
from starlette.concurrency import run_in_threadpool
from starlette.staticfiles import StaticFiles

from kiosk import __version__
from kiosk.central.contract import Submission
from kiosk.central.service import answers, api, pages, tasks
from kiosk.central.service.api import batches as batches_api
from kiosk.central.service.api import fleet as fleet_api
from kiosk.central.service.api import health, notices, originals, releases, submissions
from kiosk.central.service.api import payments as payments_api
from kiosk.central.service.api import support as support_api
from kiosk.central.service.context import open_service, utc_now
from kiosk.central.service.middleware import BodyLimit, RequestLog, SecurityHeaders
from kiosk.central.service.pages import (
    account,
    addresses,
    batch,
    batches,
    deliveries,
    fleet,
    fleet_alerts,
    login,
    my,
    paying,
    phone,
    print_shop,
    prints,
    receipt,
    review,
    rollouts,
    sandbox,
    second_look,
    start,
)
from kiosk.central.service.pages import staff as staff_pages
from kiosk.central.service.settings import CentralServiceSettings

# Headers and boundaries of the parts of a submission, bytes.
_MULTIPART_BYTES = 16_384
_JOB_GRACE_S = 10.0


def create_app(
    settings: CentralServiceSettings, clock: Callable[[], datetime] = utc_now
) -> FastAPI:
    """Return the application.

    An SQLite database is brought to the newest migration here; any other by
    ``kiosk central migrate``, because several servers may share it.

    Args:
        settings: of the service.
        clock: the time now, UTC; handed in by tests.

    Raises:
        ServiceSettingsError: the secret key cannot be read or made.
        ServiceError: the database cannot be used.
    """
    service = open_service(settings, clock)
    if service.database.is_sqlite:
        service.database.migrate()

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        stop = threading.Event()
        worker = threading.Thread(target=tasks.run, args=(service, stop), daemon=True)
        if settings.jobs:
            worker.start()
        yield
        stop.set()
        if settings.jobs:
            # A job that is still under way is done again by another worker.
            await run_in_threadpool(worker.join, _JOB_GRACE_S)
        service.database.close()

    app = FastAPI(
        title="Campus Capture Kiosk: central backend",
        description=api.__doc__ or "",
        version=__version__,
        lifespan=lifespan,
        # The framework's own documentation pages load scripts from elsewhere.
        docs_url=None,
        redoc_url=None,
    )
    app.state.service = service
    answers.install(app)
    for router in (
        batches_api.router, payments_api.router, originals.router, submissions.router,
        fleet_api.router, health.router, notices.router, releases.router, support_api.router,
        login.router, account.router, staff_pages.router, second_look.router, review.router,
        receipt.router, phone.router, my.router, start.router,
        batches.router, batch.router, deliveries.router,
        prints.router, paying.router, addresses.router, print_shop.router,
        fleet.router, fleet_alerts.router, rollouts.router,
        sandbox.router,
    ):  # fmt: skip
        app.include_router(router)
    static = Path(pages.__file__).parents[1] / "static"
    app.mount("/static", StaticFiles(directory=static), name="static")
    app.add_middleware(
        BodyLimit,
        upload_bytes=settings.max_photo_bytes
        + settings.max_original_bytes
        + settings.max_message_bytes
        + _MULTIPART_BYTES,
        roster_bytes=settings.max_roster_bytes + _MULTIPART_BYTES,
        support_bytes=settings.support_max_bytes,
        other_bytes=settings.max_message_bytes,
    )
    app.add_middleware(SecurityHeaders, https=settings.is_https)
    app.add_middleware(RequestLog)
    _describe_submission(app)
    return app


def _describe_submission(app: FastAPI) -> None:
    """Put the `Submission` message into the OpenAPI description.

    Its endpoint reads the body itself, so the framework does not see the type.
    """
    schema = app.openapi()
    message = Submission.model_json_schema(ref_template="#/components/schemas/{model}")
    schema["components"]["schemas"]["Submission"] = message
