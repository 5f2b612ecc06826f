"""Batches: asked of the central backend, remembered for when it is away."""

from __future__ import annotations

import pytest
from booth_parts import BATCH_INFO, FakeCentral, refused

from kiosk.booth.batches import BatchDirectory, BatchUnavailable, for_visit
from kiosk.visit.model import PaymentMethod


@pytest.fixture
def central():
    return FakeCentral()


def looked_up(central, folder):
    directory = BatchDirectory(central, folder)
    directory.find("Z3K8F7")
    return directory


def notice_of(directory, code="Z3K8F7"):
    with pytest.raises(BatchUnavailable) as caught:
        directory.find(code)
    return caught.value.notice


def test_known_batch_serves_without_network_also_after_a_restart(central, tmp_path):
    directory = looked_up(central, tmp_path / "batches")
    central.offline = True
    assert directory.find("z3k8f7") == BATCH_INFO
    assert BatchDirectory(central, tmp_path / "batches").find("z3k8f7") == BATCH_INFO


def test_unknown_batch_without_network_is_not_invented(central, tmp_path):
    central.offline = True
    assert notice_of(BatchDirectory(central, tmp_path)) == "central_offline"


def test_batch_that_does_not_exist(central, tmp_path):
    assert notice_of(BatchDirectory(central, tmp_path), "N0SUCH") == "batch_unknown"


def test_booth_that_is_not_let_in_does_not_blame_the_batch(central, tmp_path, caplog):
    directory = looked_up(central, tmp_path)
    central.refusal = refused("booth_unknown", 401)
    assert notice_of(directory) == "central_offline"
    assert "booth_unknown" in caplog.text


def test_closed_batch_also_from_memory(central, tmp_path):
    directory = looked_up(central, tmp_path)
    central.batches["Z3K8F7"] = BATCH_INFO.model_copy(update={"is_open": False})
    assert notice_of(directory) == "batch_closed"
    central.offline = True
    assert notice_of(BatchDirectory(central, tmp_path)) == "batch_closed"


@pytest.mark.parametrize("damage", [b"", b"{", b"\xff\xfe\x00", b'{"code": "Z3K8F7"}', b"[1]"])
def test_damaged_memory_is_no_memory(central, tmp_path, damage):
    looked_up(central, tmp_path)
    (tmp_path / "Z3K8F7.json").write_bytes(damage)
    central.offline = True
    assert notice_of(BatchDirectory(central, tmp_path)) == "central_offline"


def test_folder_that_cannot_be_written_stops_nobody(central, tmp_path, caplog):
    (tmp_path / "file").touch()
    directory = looked_up(central, tmp_path / "file" / "batches")
    assert "could not be remembered" in caplog.text
    central.offline = True
    assert directory.find("Z3K8F7") == BATCH_INFO


def test_disk_is_written_only_when_something_changed(central, tmp_path):
    directory = looked_up(central, tmp_path)
    (tmp_path / "Z3K8F7.json").unlink()
    directory.find("Z3K8F7")
    assert list(tmp_path.iterdir()) == []
    central.batches["Z3K8F7"] = BATCH_INFO.model_copy(update={"takes": 2})
    directory.find("Z3K8F7")
    assert [path.name for path in tmp_path.iterdir()] == ["Z3K8F7.json"]


def test_visit_on_its_way_does_not_ask_the_network_again(central, tmp_path):
    directory = looked_up(central, tmp_path)
    central.batches["Z3K8F7"] = BATCH_INFO.model_copy(update={"is_open": False})
    assert directory.known("z3k8f7").is_open
    assert list(central.calls) == ["batch"]
    # After a restart in the middle of a visit the disk knows it.
    central.batches.clear()
    assert BatchDirectory(central, tmp_path).known("Z3K8F7") == BATCH_INFO


def test_new_batch_is_asked_for_when_it_must_be_known(central, tmp_path):
    assert BatchDirectory(central, tmp_path).known("Z3K8F7") == BATCH_INFO


def test_visit_gets_what_it_needs():
    batch = for_visit(BATCH_INFO)
    assert (batch.code, batch.fee_fen, batch.takes) == ("Z3K8F7", 2000, 4)
    assert batch.methods == (PaymentMethod.SANDBOX, PaymentMethod.COUNTER)
