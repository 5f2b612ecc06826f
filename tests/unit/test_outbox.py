"""The outbox: nothing acknowledged is lost, nothing is sent by two at once."""

from __future__ import annotations

import os
import resource
import signal
import sqlite3
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from central_samples import jpeg, sha256, submission

from kiosk.central.contract import Submission
from kiosk.central.errors import EntryBroken, OutboxError, OutboxFull, OutboxKeyError
from kiosk.central.outbox import Outbox
from kiosk.central.outbox_index import Entry, EntryState
from kiosk.central.sealing import load_key

KEY = bytes(range(32))
PHOTO, ORIGINAL = jpeg(1), jpeg(2, 960, 1280)


@pytest.fixture
def outbox(tmp_path: Path):
    with Outbox(tmp_path / "outbox", KEY, min_free_bytes=0) as box:
        yield box


def put(box: Outbox, seed: int = 1) -> tuple[Submission, Entry]:
    photo, original = jpeg(seed), jpeg(seed + 1000)
    meta = submission(photo, original)
    return meta, box.put(meta, photo, original)


def test_what_was_put_comes_out_whole_and_after_a_restart_too(tmp_path: Path) -> None:
    meta = submission(PHOTO, ORIGINAL)
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        entry = box.put(meta, PHOTO, ORIGINAL)
        assert entry.state is EntryState.WAITING
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        (due,) = box.due(now=entry.created_at)
        with box.claim(due.photo_sha256) as parcel:
            assert parcel is not None
            assert (parcel.submission, parcel.photo, parcel.original) == (meta, PHOTO, ORIGINAL)


def test_the_same_photo_put_again_is_one_entry(outbox: Outbox) -> None:
    meta, first = put(outbox)
    again = outbox.put(meta, jpeg(1), jpeg(1001))
    assert again == first
    assert outbox.counts().waiting == 1


def test_a_photo_that_is_not_the_one_named_is_refused(outbox: Outbox) -> None:
    with pytest.raises(ValueError, match="not the file"):
        outbox.put(submission(PHOTO, ORIGINAL), PHOTO, ORIGINAL + b"x")
    assert outbox.entries() == []


def test_nothing_personal_can_be_read_from_the_disk(outbox: Outbox, tmp_path: Path) -> None:
    meta, _ = put(outbox)
    secrets = [meta.last_four, meta.receipt_token, meta.code_hash, meta.masked_number]
    for file in (tmp_path / "outbox").rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            assert b"\xff\xd8\xff" not in data, f"{file.name} holds a plain JPEG"
            for secret in secrets:
                assert secret.encode() not in data, f"{file.name} holds {secret}"
            if file.name != "open.lock":
                assert stat.S_IMODE(file.stat().st_mode) & 0o077 == 0, file.name


def test_the_file_goes_only_with_the_confirmation(outbox: Outbox, tmp_path: Path) -> None:
    meta, entry = put(outbox)
    name = meta.photo_sha256
    file = tmp_path / "outbox" / "entries" / f"{name}.sealed"
    outbox.mark_failed(name, entry.created_at + 60, "no network")
    assert file.exists()
    outbox.mark_refused(name, "batch closed")
    assert file.exists()
    assert outbox.requeue(name)
    outbox.mark_sent(name)
    assert not file.exists()
    assert [e.state for e in outbox.entries()] == [EntryState.SENT]
    assert not outbox.requeue(name)


def test_a_failed_one_waits_for_its_time(outbox: Outbox) -> None:
    meta, entry = put(outbox)
    outbox.mark_failed(meta.photo_sha256, entry.created_at + 100, "no network")
    now = outbox.entries()[0].changed_at
    assert outbox.due(now) == []
    (due,) = outbox.due(now + 101)
    assert (due.attempts, due.reason) == (1, "no network")


def test_a_clock_set_back_does_not_hold_photos_for_years(outbox: Outbox) -> None:
    meta, entry = put(outbox)
    outbox.mark_failed(meta.photo_sha256, entry.created_at + 300)
    assert len(outbox.due(now=86_400.0)) == 1


def test_two_senders_never_hold_the_same_entry(outbox: Outbox, tmp_path: Path) -> None:
    meta, _ = put(outbox)
    name = meta.photo_sha256
    with Outbox(tmp_path / "outbox", KEY, min_free_bytes=0) as other:
        with outbox.claim(name) as mine:
            assert mine is not None
            with other.claim(name) as theirs:
                assert theirs is None
        with other.claim(name) as theirs:
            assert theirs is not None
            other.mark_sent(name)
        with outbox.claim(name) as mine:
            assert mine is None, "it has been sent already"


def test_many_threads_take_each_entry_once(outbox: Outbox, tmp_path: Path) -> None:
    names = {put(outbox, seed)[0].photo_sha256 for seed in range(12)}
    taken: list[str] = []

    def send() -> None:
        with Outbox(tmp_path / "outbox", KEY, min_free_bytes=0) as box:
            for entry in box.due(float("inf")):
                with box.claim(entry.photo_sha256) as parcel:
                    if parcel is not None:
                        taken.append(entry.photo_sha256)
                        box.mark_sent(entry.photo_sha256)

    threads = [threading.Thread(target=send) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(taken) == sorted(names)


def test_a_nearly_full_disk_refuses_before_writing(tmp_path: Path) -> None:
    with Outbox(tmp_path, KEY, min_free_bytes=10**18) as box:
        with pytest.raises(OutboxFull, match="free on the disk"):
            put(box)
        assert box.entries() == []
    assert list((tmp_path / "entries").iterdir()) == []


def test_a_disk_that_fills_while_writing_leaves_nothing_half_written(tmp_path: Path) -> None:
    """The kernel itself refuses to let the file grow, as it does on a full disk."""
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        limits = resource.getrlimit(resource.RLIMIT_FSIZE)
        before = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
        try:
            with pytest.raises(OutboxFull):
                put(box)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
            signal.signal(signal.SIGXFSZ, before)
        assert list((tmp_path / "entries").iterdir()) == []
        assert box.entries() == []
        put(box)
        assert box.counts().waiting == 1


def test_a_folder_that_cannot_be_used_says_so(tmp_path: Path) -> None:
    (tmp_path / "outbox").write_text("a file, not a folder")
    with pytest.raises(OutboxError, match="cannot be used"):
        Outbox(tmp_path / "outbox", KEY)


@pytest.mark.parametrize("damage", ["cut", "changed", "foreign", "gone", "swapped"])
def test_a_broken_file_is_set_aside_and_the_rest_still_goes(
    outbox: Outbox, tmp_path: Path, damage: str
) -> None:
    bad, good = put(outbox, 1)[0].photo_sha256, put(outbox, 2)[0].photo_sha256
    files = tmp_path / "outbox" / "entries"
    file = files / f"{bad}.sealed"
    data = file.read_bytes()
    if damage == "gone":
        file.unlink()
    elif damage == "swapped":
        file.write_bytes((files / f"{good}.sealed").read_bytes())
    else:
        middle = len(data) // 2
        changed = data[:middle] + bytes([data[middle] ^ 1]) + data[middle + 1 :]
        file.write_bytes({"cut": data[:-9], "changed": changed, "foreign": b"hello"}[damage])
    with pytest.raises(EntryBroken, match="cannot be sent"), outbox.claim(bad):
        pass
    states = {e.photo_sha256: e.state for e in outbox.entries()}
    assert states == {bad: EntryState.BROKEN, good: EntryState.WAITING}
    kept = list((tmp_path / "outbox" / "quarantine").iterdir())
    assert len(kept) == (0 if damage == "gone" else 1)
    assert [e.photo_sha256 for e in outbox.due(float("inf"))] == [good]
    with outbox.claim(good) as parcel:
        assert parcel is not None


def test_a_broken_entry_can_be_put_again(outbox: Outbox, tmp_path: Path) -> None:
    meta, _ = put(outbox)
    (tmp_path / "outbox" / "entries" / f"{meta.photo_sha256}.sealed").write_bytes(b"CKO1 rubbish")
    with pytest.raises(EntryBroken), outbox.claim(meta.photo_sha256):
        pass
    put_again = outbox.put(meta, jpeg(1), jpeg(1001))
    assert put_again.state is EntryState.WAITING
    with outbox.claim(meta.photo_sha256) as parcel:
        assert parcel is not None


def test_a_broken_database_is_rebuilt_from_the_files(tmp_path: Path) -> None:
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        names = {put(box, seed)[0].photo_sha256 for seed in range(3)}
    (tmp_path / "outbox.db").write_bytes(b"this is no database" * 500)
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        assert {e.photo_sha256 for e in box.due(float("inf"))} == names
    assert any(f.name.startswith("outbox-") for f in (tmp_path / "quarantine").iterdir())


def test_a_database_that_breaks_while_two_use_it_is_mended_for_both(tmp_path: Path) -> None:
    with Outbox(tmp_path, KEY, min_free_bytes=0) as one:
        names = {put(one, seed)[0].photo_sha256 for seed in range(3)}
        for suffix in ("-wal", "-shm"):
            (tmp_path / f"outbox.db{suffix}").unlink(missing_ok=True)
        (tmp_path / "outbox.db").write_bytes(b"this is no database" * 500)
        with Outbox(tmp_path, KEY, min_free_bytes=0) as two:
            for box in (one, two):
                assert {e.photo_sha256 for e in box.due(float("inf"))} == names
            put(one, 9)
            assert two.counts().waiting == 4
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        assert box.counts().waiting == 4


def test_another_process_that_replaced_the_database_is_noticed(tmp_path: Path) -> None:
    with Outbox(tmp_path, KEY, min_free_bytes=0) as one:
        put(one, 1)
        for file in tmp_path.glob("outbox.db*"):
            file.unlink()
        with Outbox(tmp_path, KEY, min_free_bytes=0) as two:
            put(two, 2)
            assert one.counts().waiting == two.counts().waiting == 2


def test_a_file_whose_row_was_never_written_is_taken_up(tmp_path: Path) -> None:
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        meta, _ = put(box)
    with sqlite3.connect(tmp_path / "outbox.db") as database:
        database.execute("DELETE FROM entries")
    database.close()
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        assert [e.photo_sha256 for e in box.due(float("inf"))] == [meta.photo_sha256]


def test_a_file_left_after_its_confirmation_is_removed_not_sent(tmp_path: Path) -> None:
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        meta, _ = put(box)
        file = tmp_path / "entries" / f"{meta.photo_sha256}.sealed"
        data = file.read_bytes()
        box.mark_sent(meta.photo_sha256)
        file.write_bytes(data)
        assert box.due(float("inf")) == []
        assert not file.exists()


def test_drafts_of_a_dead_process_are_cleared_away(tmp_path: Path) -> None:
    Outbox(tmp_path, KEY).close()
    old, new = tmp_path / "entries" / ".draft-1-aa", tmp_path / "entries" / ".draft-2-bb"
    old.write_bytes(b"half a photo")
    os.utime(old, (0, 0))
    new.write_bytes(b"being written")
    Outbox(tmp_path, KEY).close()
    assert (old.exists(), new.exists()) == (False, True)


def test_another_key_does_not_condemn_every_photo(tmp_path: Path) -> None:
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        put(box)
    with pytest.raises(OutboxKeyError, match="another key"):
        Outbox(tmp_path, bytes(32))
    with Outbox(tmp_path, KEY, min_free_bytes=0) as box:
        assert box.counts().waiting == 1


def test_looking_at_what_waits_does_not_read_what_was_sent(outbox: Outbox, tmp_path: Path) -> None:
    """It is looked at every second, and a season's photos were sent before."""
    put(outbox)
    with sqlite3.connect(tmp_path / "outbox" / "outbox.db") as database:
        database.executemany(
            "INSERT INTO entries VALUES (?, 'sent', 0, 0, 0, 0, 4000000, '')",
            ((f"{number:064x}",) for number in range(2000)),
        )
    seen: list[Entry] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "kiosk.central.outbox_index.Entry", lambda *row: seen.append(Entry(*row)) or seen[-1]
        )
        outbox.due(1e12)
        counts = outbox.counts()
    assert (counts.waiting, counts.sent) == (1, 2000)
    assert len(seen) < 10, "rows of sent photos were read"


def test_what_was_sent_long_ago_is_forgotten_and_nothing_else(outbox: Outbox) -> None:
    names = [put(outbox, seed)[0].photo_sha256 for seed in (1, 2, 3)]
    outbox.mark_sent(names[0])
    outbox.mark_refused(names[1], "order_locked")
    assert outbox.forget_sent(before=0) == 0
    assert outbox.forget_sent(before=1e12) == 1
    assert {e.photo_sha256 for e in outbox.entries()} == set(names[1:])


def test_a_photo_whose_file_is_gone_is_written_again(outbox: Outbox, tmp_path: Path) -> None:
    """ "Kept" is said only of what is on the disk, whatever the list says."""
    meta, entry = put(outbox)
    (tmp_path / "outbox" / "entries" / f"{meta.photo_sha256}.sealed").unlink()
    put(outbox)
    with outbox.claim(entry.photo_sha256) as parcel:
        assert parcel is not None


class TestKeyFile:
    def test_it_is_made_once_and_for_its_owner_only(self, tmp_path: Path) -> None:
        path = tmp_path / "keys" / "outbox.key"
        key = load_key(path)
        assert len(key) == 32
        assert load_key(path) == key
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert list(path.parent.iterdir()) == [path]

    def test_a_key_of_the_wrong_length_is_not_replaced(self, tmp_path: Path) -> None:
        path = tmp_path / "outbox.key"
        path.write_bytes(b"short")
        with pytest.raises(OutboxKeyError, match="not a key"):
            load_key(path)
        assert path.read_bytes() == b"short"

    def test_a_folder_in_its_place_is_explained(self, tmp_path: Path) -> None:
        with pytest.raises(OutboxKeyError, match="cannot be read"):
            load_key(tmp_path)


KILLED_AT_RANDOM = """
import json, os, random, signal, sys, time
from pathlib import Path
from central_samples import sha256, submission
from kiosk.central.outbox import Outbox
KEY, folder = bytes(range(32)), Path(sys.argv[1])
rng = random.Random(7)

def booth(pipe):
    box = Outbox(folder, KEY, min_free_bytes=0)
    while True:
        photo, original = os.urandom(40_000), os.urandom(400_000)
        box.put(submission(photo, original), photo, original)
        os.write(pipe, (sha256(photo) + sha256(original)).encode() + b"\\n")

acknowledged, kills = [], 0
while kills < 50:
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        try:
            booth(writer)
        finally:
            os._exit(1)
    os.close(writer)
    with os.fdopen(reader) as lines:
        acknowledged += [lines.readline().strip() for _ in range(rng.randrange(1, 4))]
        time.sleep(rng.random() * 0.02)
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
        assert os.WIFSIGNALED(status), "the booth stopped by itself"
        acknowledged += lines.read().split()
    kills += 1

whole = 0
with Outbox(folder, KEY, min_free_bytes=0) as box:
    entries = {e.photo_sha256 for e in box.due(float("inf"))}
    for line in acknowledged:
        photo, original = line[:64], line[64:]
        assert photo in entries, "an acknowledged photo is missing"
        with box.claim(photo) as parcel:
            assert sha256(parcel.photo) == photo and sha256(parcel.original) == original
            whole += 1
    counts = box.counts()
print(json.dumps({"kills": kills, "acknowledged": len(acknowledged), "whole": whole,
                  "waiting": counts.waiting, "broken": counts.broken}))
"""


def test_a_booth_killed_at_any_point_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    import json

    done = subprocess.run(
        [sys.executable, "-c", KILLED_AT_RANDOM, str(tmp_path)],
        env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    result = json.loads(done.stdout)
    assert result["kills"] >= 40
    assert result["whole"] == result["acknowledged"] >= result["kills"]
    assert result["broken"] == 0


def test_the_sample_photo_is_what_the_submission_names() -> None:
    assert submission(PHOTO, ORIGINAL).photo_sha256 == sha256(PHOTO)
