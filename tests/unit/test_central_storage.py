"""Both kinds of storage keep the same promises."""

from __future__ import annotations

import io
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from central_samples import sha256
from s3_server import SECRET, S3Server

from kiosk.central.service.errors import ServiceError
from kiosk.central.service.s3_settings import S3Place, S3Settings
from kiosk.central.service.s3_storage import S3Storage
from kiosk.central.service.storage import FolderStorage, Storage

PHOTO = b"a photo" * 1000
NAME = sha256(PHOTO)
SOON = timedelta(hours=1)


@pytest.fixture(params=["folder", "s3"])
def storage(request: pytest.FixtureRequest, tmp_path: Path) -> Storage:
    if request.param == "folder":
        return FolderStorage(tmp_path / "storage")
    store: S3Server = request.getfixturevalue("s3_store")
    values = store.settings()
    place = S3Place.of(values["storage_url"])
    return S3Storage(place, S3Settings.model_validate(values["s3"]), SECRET, tmp_path)


def names(storage: Storage) -> list[str]:
    return [name for name, _ in storage.files()]


def test_what_was_put_is_read_again_from_anywhere_in_it(storage: Storage) -> None:
    storage.check()
    assert storage.put(NAME, io.BytesIO(PHOTO)) == len(PHOTO)
    with storage.open(NAME) as file:
        assert file.read() == PHOTO
        file.seek(5)
        assert file.read(9) == PHOTO[5:14]
    assert storage.put(NAME, io.BytesIO(PHOTO)) == len(PHOTO), "put again it is the same"
    assert names(storage) == [NAME]


def test_nothing_is_kept_of_a_file_of_another_hash(storage: Storage) -> None:
    with pytest.raises(ServiceError, match="send it again") as refused:
        storage.put(NAME, io.BytesIO(PHOTO + b"!"))
    assert (refused.value.status, refused.value.code) == (422, "hash_mismatch")
    assert names(storage) == []


def test_a_missing_file_is_named_as_such(storage: Storage) -> None:
    with pytest.raises(ServiceError, match="backup") as refused:
        storage.open(NAME)
    assert (refused.value.status, refused.value.code) == (404, "file_missing")
    assert storage.remove(NAME, datetime.now(UTC)), "gone is gone"


def test_only_what_was_put_before_a_moment_is_removed(storage: Storage) -> None:
    storage.put(NAME, io.BytesIO(PHOTO))
    now = datetime.now(UTC)
    ((_, written),) = storage.files()
    assert abs(written - now) < timedelta(minutes=5)
    assert not storage.remove(NAME, now - SOON)
    assert names(storage) == [NAME]
    assert storage.remove(NAME, now + SOON)
    assert names(storage) == []


@pytest.mark.parametrize("name", ["../../etc/passwd", NAME.upper(), NAME[:-1], ""])
def test_nothing_but_a_hash_becomes_a_path(storage: Storage, name: str) -> None:
    with pytest.raises(ValueError, match="Not a SHA-256"):
        storage.open(name)


def test_drafts_of_killed_uploads_go_and_what_was_set_aside_comes_back(tmp_path: Path) -> None:
    storage = FolderStorage(tmp_path)
    storage.put(NAME, io.BytesIO(PHOTO))
    folder = tmp_path / NAME[:2]
    (folder / ".draft-1-abc").write_bytes(b"half")
    (folder / NAME).rename(folder / f".removed-{NAME}")
    assert storage.remove_unfinished(datetime.now(UTC) - SOON) == 0, "an upload may be under way"
    assert storage.remove_unfinished(datetime.now(UTC) + SOON) == 2
    assert names(storage) == [NAME]
    assert os.listdir(folder) == [NAME]  # noqa: PTH208 - hidden ones are what is looked for
