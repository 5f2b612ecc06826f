"""The service on an S3-compatible store: booths put originals there; every fault loses nothing."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import botocore.auth
import pytest
import requests
from central_requests import parcel, put, refusal
from central_server import RunningCentral
from flaky_proxy import Cut, FlakyProxy
from s3_server import BUCKET, SECRET, S3Server

from kiosk.central.client import CentralClient
from kiosk.central.contract import OriginalOffer, OriginalRequest, Submission
from kiosk.central.outbox import Outbox
from kiosk.central.outbox_index import EntryState
from kiosk.central.sender import Connection, Sender
from kiosk.central.service.demo import DemoCentral, prepare_demo
from kiosk.central.service.errors import ServiceError
from kiosk.central.service.s3_settings import S3Place, S3Settings
from kiosk.central.service.s3_storage import S3Storage
from kiosk.central.service.settings import ServiceSettingsError, load_service_settings
from kiosk.settings.central import CentralSettings, OutboxSettings


def configure(demo: DemoCentral, values: dict[str, Any]) -> None:
    lines = [f"storage_url = {json.dumps(values['storage_url'])}", demo.config_path.read_text()]
    lines += ["[s3]"] + [f"{name} = {json.dumps(value)}" for name, value in values["s3"].items()]
    demo.config_path.write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="module")
def proxy(s3_store: S3Server) -> Iterator[FlakyProxy]:
    """The way from booths to the store; the service itself has another."""
    with FlakyProxy(s3_store.address, []) as running:
        yield running


@pytest.fixture(scope="module")
def inside(s3_store: S3Server) -> Iterator[FlakyProxy]:
    """The way from the service to the store."""
    with FlakyProxy(s3_store.address, []) as running:
        yield running


@pytest.fixture(scope="module")
def values(s3_store: S3Server, proxy: FlakyProxy) -> dict[str, Any]:
    return s3_store.settings(booth_endpoint=proxy.address)


@pytest.fixture(scope="module")
def central(
    tmp_path_factory: pytest.TempPathFactory, values: dict[str, Any], inside: FlakyProxy
) -> Iterator[RunningCentral]:
    demo = prepare_demo(tmp_path_factory.mktemp("central"))
    configure(demo, values | {"s3": values["s3"] | {"endpoint": inside.address}})
    running = RunningCentral(demo).start()
    yield running
    assert running.stop() == 0


@pytest.fixture
def storage(values: dict[str, Any], tmp_path: Path) -> S3Storage:
    return opened(values, tmp_path)


def opened(values: dict[str, Any], base: Path, **s3: Any) -> S3Storage:
    settings = S3Settings.model_validate(values["s3"] | s3)
    return S3Storage(S3Place.of(values["storage_url"]), settings, SECRET, base)


def is_waiting(storage: S3Storage, sha256: str) -> bool:
    """Whether an original lies there that no photo has claimed yet."""
    arrival = storage.arrived(sha256)
    if arrival is not None:
        arrival.content.close()
    return arrival is not None


def kept(storage: S3Storage, sha256: str) -> bytes:
    with storage.open(sha256) as file:
        return file.read()


def offered(central: RunningCentral, message: Submission, size: int) -> requests.Response:
    return requests.post(
        f"{central.address}/api/v1/originals/{message.original_sha256}",
        json=OriginalRequest(bytes=size, media_type="image/jpeg").model_dump(),
        headers={"Authorization": f"Bearer {central.demo.booth_token}"},
        timeout=30,
    )


def test_the_original_goes_straight_to_the_store(
    central: RunningCentral, proxy: FlakyProxy, storage: S3Storage
) -> None:
    message, photo, original = parcel()
    before = proxy.connections
    answer = central.client().submit(message, photo, original)
    assert (answer.photo_sha256, answer.version) == (message.photo_sha256, 1)
    assert proxy.connections == before + 1
    assert kept(storage, message.original_sha256) == original
    assert kept(storage, message.photo_sha256) == photo
    assert not is_waiting(storage, message.original_sha256), "nothing is left behind"
    assert central.client().submit(message, photo, original) == answer, "sent again it is the same"
    assert "PUT /api/v1/submissions/{photo_sha256} 200" in central.log


def test_booths_that_cannot_reach_the_store_send_through_the_service(
    central: RunningCentral, storage: S3Storage, caplog: pytest.LogCaptureFixture
) -> None:
    client = central.client(store_uploads=False)
    message, photo, original = parcel()
    assert client.submit(message, photo, original).version == 1
    assert kept(storage, message.original_sha256) == original
    assert caplog.text == ""


@pytest.mark.parametrize("part", [0.05, 0.5, 0.99])
def test_a_half_written_original_is_none(
    s3_store: S3Server, tmp_path: Path, caplog: pytest.LogCaptureFixture, part: float,
    central: RunningCentral, proxy: FlakyProxy, storage: S3Storage,
) -> None:  # fmt: skip
    message, photo, original = parcel()
    proxy.cut_next(Cut(sent=int(len(original) * part)))
    client = central.client()
    with caplog.at_level(logging.WARNING):
        answer = client.submit(message, photo, original)
    assert answer.version == 1, "it went through the service instead"
    assert "No original went to the store" in caplog.text
    assert "Signature" not in caplog.text, "the address is a key"
    assert not is_waiting(storage, message.original_sha256)
    assert kept(storage, message.original_sha256) == original
    before = proxy.connections
    client.submit(*parcel())
    assert proxy.connections == before, "the store is left alone for a while"


def test_an_offer_is_good_for_this_original_alone(
    central: RunningCentral, storage: S3Storage
) -> None:
    message, photo, original = parcel()
    offer = OriginalOffer.model_validate(offered(central, message, len(original)).json())

    def send(content: bytes, **headers: str) -> int:
        answer = requests.put(offer.url, data=content, headers=offer.headers | headers, timeout=30)
        return answer.status_code

    assert send(original[:-1] + b"!") in range(400, 500), "other bytes"
    assert send(original + b"!") in range(400, 500), "another size"
    assert send(original, **{"Content-Type": "text/html"}) in range(400, 500)
    assert not is_waiting(storage, message.original_sha256)
    missing = put(central, message, photo, None)
    assert (missing.status_code, missing.json()["code"]) == (409, "original_missing")
    assert send(original) == 200
    assert put(central, message, photo, None).status_code == 200


def test_what_came_into_the_store_is_not_believed(
    central: RunningCentral, storage: S3Storage, s3_store: S3Server, values: dict[str, Any]
) -> None:
    message, photo, original = parcel()
    place = S3Place.of(values["storage_url"])
    key = f"{place.prefix}incoming/{message.original_sha256}"
    keeper = s3_store.client()
    keeper.put_object(Bucket=BUCKET, Key=key, Body=b"a careless store took this")
    refused = put(central, message, photo, None)
    assert (refused.status_code, refused.json()["code"]) == (422, "hash_mismatch")
    arrival = storage.arrived(message.original_sha256)
    assert arrival is not None
    keeper.put_object(Bucket=BUCKET, Key=key, Body=original)
    with arrival.content, pytest.raises(ServiceError, match="send it again"):
        arrival.keep()  # another state than the one that was read
    assert central.client().submit(message, photo, original).version == 1


def test_an_original_that_is_none_is_refused_before_and_after(central: RunningCentral) -> None:
    message, photo, original = parcel()
    assert offered(central, message, 10**10).json()["code"] == "original_too_large"
    odd = message.model_copy(update={"original_media_type": "image/x-raw"})
    assert refusal(central.client().submit, odd, photo, original).code == "original_type"


def test_a_damaged_file_is_not_handed_out(
    storage: S3Storage, s3_store: S3Server, values: dict[str, Any]
) -> None:
    message, photo, _ = parcel()
    storage.put(message.photo_sha256, io.BytesIO(photo))
    key = f"{S3Place.of(values['storage_url']).prefix}{message.photo_sha256[:2]}/"
    s3_store.client().put_object(Bucket=BUCKET, Key=key + message.photo_sha256, Body=b"rot")
    with pytest.raises(ServiceError, match="backup") as refused:
        storage.open(message.photo_sha256)
    assert refused.value.code == "file_damaged"


def test_originals_that_no_photo_followed_are_swept(
    central: RunningCentral, storage: S3Storage
) -> None:
    message, _, original = parcel()
    offer = OriginalOffer.model_validate(offered(central, message, len(original)).json())
    requests.put(offer.url, data=original, headers=offer.headers, timeout=30)
    storage.remove_unfinished(datetime.now(UTC) - timedelta(hours=1))
    assert is_waiting(storage, message.original_sha256), "the photo may still come"
    assert storage.remove_unfinished(datetime.now(UTC) + timedelta(hours=1)) >= 1
    assert not is_waiting(storage, message.original_sha256)


@pytest.mark.parametrize(
    ("change", "remedy"),
    [
        (lambda v: v | {"storage_url": "s3://gone/season"}, "Make the bucket"),
        (lambda v: v | {"s3": v["s3"] | {"key_id": "nobody"}}, "s3.key_id"),
        (lambda v: v | {"s3": v["s3"] | {"endpoint": "http://127.0.0.1:9"}}, "s3.endpoint"),
    ],
    ids=["bucket gone", "wrong key", "nobody there"],
)
def test_a_store_that_cannot_be_used_is_named_with_its_remedy(
    values: dict[str, Any],
    tmp_path: Path,
    change: Callable[[dict[str, Any]], dict[str, Any]],
    remedy: str,
) -> None:
    storage = opened(change(values), tmp_path)
    for use in (storage.check, lambda: storage.put(PROBE, io.BytesIO(b"x")),
                lambda: storage.arrived(PROBE), lambda: list(storage.files())):  # fmt: skip
        with pytest.raises(ServiceError, match=remedy) as refused:
            use()
        assert (refused.value.status, refused.value.retry_after_s) == (503, 30)


PROBE = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"


def test_a_wrong_secret_and_a_wrong_clock_are_told_apart(
    values: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = S3Settings.model_validate(values["s3"])
    wrong = S3Storage(S3Place.of(values["storage_url"]), settings, "guessed", tmp_path)
    with pytest.raises(ServiceError, match=r"s3\.secret_file"):
        wrong.check()
    real = botocore.auth.get_current_datetime
    monkeypatch.setattr(
        botocore.auth,
        "get_current_datetime",
        lambda **given: real(**given) + timedelta(hours=1),
    )
    with pytest.raises(ServiceError, match="clock"):
        opened(values, tmp_path).check()


def test_while_the_store_is_down_the_booth_keeps_its_photos(
    central: RunningCentral, inside: FlakyProxy, tmp_path: Path, storage: S3Storage
) -> None:
    message, photo, original = parcel()
    settings = OutboxSettings(retry_first_s=0.01, retry_longest_s=0.02)
    with Outbox(tmp_path / "outbox", bytes(32), min_free_bytes=0) as outbox:
        outbox.put(message, photo, original)
        client = CentralClient(
            CentralSettings(url=central.address, retries=0), central.demo.booth_token
        )
        sender = Sender(outbox, client, settings)
        inside.hang_up()
        try:
            assert central.get("/healthz").status_code == 200
            ready = central.get("/readyz")
            assert (ready.status_code, ready.json()["code"]) == (503, "storage_unavailable")
            answer = put(central, message, photo, original)
            assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
            assert "s3.endpoint" in answer.json()["remedy"]
            told = sender.run_once(everything=True)
            assert told.failed == 1
            assert "s3.endpoint" in told.reason
            assert sender.connection is Connection.ONLINE, "it is the store, not the line"
            assert outbox.counts().waiting == 1
        finally:
            inside.is_down = False
        assert sender.run_once(everything=True).sent == 1
        assert [e.state for e in outbox.entries()] == [EntryState.SENT]
    assert kept(storage, message.original_sha256) == original


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        ('storage_url = "s3://photos"', "needs the table"),
        ('storage_url = "https://photos"\n[s3]\nkey_id = "a"\nsecret_file = "b"', "s3://bucket"),
        ('[s3]\nkey_id = "a"\nsecret_file = "b"', "needs storage_url"),
        ('storage_url = "s3://photos"\n[s3]\nkey_id = "a"', "secret_file"),
    ],
)
def test_mistakes_in_the_settings_are_named(tmp_path: Path, lines: str, told: str) -> None:
    path = tmp_path / "central.toml"
    path.write_text(lines)
    with pytest.raises(ServiceSettingsError, match=told):
        load_service_settings(path)


def test_a_secret_that_cannot_be_read_is_named(tmp_path: Path, values: dict[str, Any]) -> None:
    from kiosk.central.service.context import open_service

    demo = prepare_demo(tmp_path)
    configure(demo, values | {"s3": values["s3"] | {"secret_file": "nowhere"}})
    with pytest.raises(ServiceSettingsError, match=r"nowhere: .*s3\.secret_file"):
        open_service(load_service_settings(demo.config_path))


def test_an_offer_over_an_open_line_is_not_taken_from_an_encrypted_centre() -> None:
    from kiosk.central.store_upload import StoreUpload

    upload = StoreUpload(CentralSettings(url="https://photos.example.org"))
    assert not upload.put(OriginalOffer(url="http://store.example.org/x"), b"x")
    assert not upload.is_worth_trying
