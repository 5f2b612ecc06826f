"""The checks before a switch: what a new release must show, and what it may touch."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest

from kiosk.update.errors import PreflightFailed
from kiosk.update.preflight import Answer, Preflight, remove_cut_off_copies

WAITING = {"waiting": 1, "sent": 2, "refused": 0, "broken": 0}


class Releases:
    """Two releases that answer what a test wants; the commands are all that is not real."""

    def __init__(self, folder: Path) -> None:
        self.failed: dict[str, list[str]] = {"old": [], "new": []}
        self.counts: dict[str, object] = {"old": WAITING, "new": WAITING}
        self.codes: dict[str, int] = {}
        self.after_new: dict[str, object] | None = None
        self.outboxes: list[Path] = []
        self.live = folder / "outbox"
        self.live.mkdir()
        with closing(sqlite3.connect(self.live / "outbox.db")) as database:
            database.execute("CREATE TABLE entries (state TEXT)")
        (self.live / ("a" * 64 + ".sealed")).write_bytes(b"sealed")
        self.scratch = folder / "scratch"
        self.scratch.mkdir()

    def run(self, command: Sequence[str], variables: dict[str, str]) -> Answer:
        slot = Path(command[0]).parts[-3]
        self.outboxes.append(Path(variables["KIOSK_OUTBOX__DIRECTORY"]))
        if command[1] == "outbox":
            said = json.dumps(self.counts[slot])
            if slot == "new" and self.after_new is not None:
                self.counts["old"] = self.after_new
        else:
            said = "\n".join(
                json.dumps({"name": name, "status": "failed"}) for name in self.failed[slot]
            )
        return Answer(self.codes.get(f"{slot} {command[1]}", 0), said, "broken pipe of words")

    def check(self) -> None:
        Preflight(
            Path("old"), Path("new"), Path("kiosk.toml"), self.live, self.scratch, self.run
        ).check()


@pytest.fixture
def releases(tmp_path):
    return Releases(tmp_path)


def test_the_live_outbox_is_never_handed_to_a_release(releases):
    releases.check()
    assert len(releases.outboxes) == 5
    assert all(releases.live not in (path, *path.parents) for path in releases.outboxes)
    assert all(path.parent == releases.scratch for path in releases.outboxes)
    assert list(releases.scratch.iterdir()) == []


def test_what_failed_before_may_fail_again(releases):
    releases.failed = {"old": ["printer"], "new": ["printer"]}
    releases.check()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"failed": {"old": ["printer"], "new": ["printer", "main camera"]}}, "main camera"),
        ({"counts": {"old": {**WAITING, "waiting": 0}, "new": WAITING}}, "find its photos again"),
        ({"codes": {"old outbox": 2}}, "cannot take up the outbox"),
        ({"codes": {"new outbox": 2}}, "cannot take up the outbox"),
        ({"codes": {"new doctor": -1}}, "kiosk doctor does not run"),
        ({"counts": {"old": WAITING, "new": ["?"]}}, "nobody understands"),
    ],
)
def test_anything_worse_is_refused_and_leaves_nothing_behind(releases, change, said):
    for name, value in change.items():
        setattr(releases, name, value)
    with pytest.raises(PreflightFailed, match=said):
        releases.check()
    assert list(releases.scratch.iterdir()) == []


def test_one_that_loses_photos_for_both_is_refused(releases):
    """What the old one finds after the new one is what it found before, not what the new found."""
    nothing = {**WAITING, "waiting": 0}
    releases.counts["new"] = releases.after_new = nothing
    with pytest.raises(PreflightFailed, match="find its photos again"):
        releases.check()


def test_a_copy_that_was_cut_off_goes_with_the_next_look(tmp_path):
    """It holds photos: those that were sent and removed since must not live on in it."""
    outbox = tmp_path / "outbox"
    (outbox / "entries").mkdir(parents=True)
    left = tmp_path / ".preflight-abc" / "outbox"
    left.mkdir(parents=True)
    (left / "photo.sealed").write_bytes(b"sealed")
    remove_cut_off_copies(outbox)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["outbox"]
    remove_cut_off_copies(tmp_path / "no" / "outbox")


def test_a_booth_without_an_outbox_is_checked_all_the_same(releases):
    for path in releases.live.iterdir():
        path.unlink()
    releases.live.rmdir()
    releases.failed["new"] = ["main camera"]
    with pytest.raises(PreflightFailed, match="main camera"):
        releases.check()
