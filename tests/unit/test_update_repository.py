"""What a booth takes from the releases, and every way of cheating it that it must refuse.

The cases are those of the TUF project's own conformance suite: rollback, freeze, mix and match,
wrong length, wrong hash, expiry, threshold, key rotation; and endless or slow downloads.
"""

from __future__ import annotations

import json
import shutil
import socketserver
import threading
import time
from contextlib import contextmanager

import pytest
from tuf.api.metadata import Metadata
from update_releases import PLATFORM, Operations, make_wheel, signer

from kiosk.update.errors import (
    PublishError,
    ReleaseUnusable,
    RepositoryRefused,
    RepositoryUnreachable,
)
from kiosk.update.fetching import WebFetcher
from kiosk.update.publishing.build import describe
from kiosk.update.publishing.repository import Lifetimes
from kiosk.update.release import choose


@pytest.fixture
def operations(tmp_path):
    made = Operations(tmp_path / "operations")
    made.release("1.1.0")
    return made


def take_all(repository) -> None:
    repository.refresh()
    for version in repository.versions(PLATFORM):
        repository.fetch(repository.release(version, PLATFORM))


def refused(repository) -> str:
    with pytest.raises(RepositoryRefused) as caught:
        take_all(repository)
    assert "booth keeps its version" in str(caught.value) or "clock" in str(caught.value)
    return caught.value.kind


def newest(folder, role):
    return max(folder.glob(f"*.{role}.json"), key=lambda p: int(p.name.split(".")[0]))


def test_a_release_is_found_and_its_wheels_fetched(operations, tmp_path):
    booth = operations.seen_from(tmp_path / "booth")
    assert booth.versions(PLATFORM) == ["1.1.0"]
    release = booth.release("1.1.0", PLATFORM)
    (wheel,) = booth.fetch(release)
    assert wheel.stat().st_size == release.wheels[0].size


def test_another_platform_sees_nothing(operations, tmp_path):
    booth = operations.seen_from(tmp_path / "booth")
    assert booth.versions("linux-aarch64-cp311") == []
    with pytest.raises(ReleaseUnusable, match="signed no"):
        booth.release("1.1.0", "linux-aarch64-cp311")


def test_a_wheel_that_is_here_is_not_fetched_again(operations, tmp_path):
    booth = operations.seen_from(tmp_path / "booth")
    (wheel,) = booth.fetch(booth.release("1.1.0", PLATFORM))
    before = wheel.stat().st_mtime_ns
    shutil.rmtree(operations.served / "targets" / "wheels")
    assert booth.fetch(booth.release("1.1.0", PLATFORM)) == [wheel]
    assert wheel.stat().st_mtime_ns == before


def test_a_damaged_wheel_that_is_here_is_fetched_again(operations, tmp_path):
    booth = operations.seen_from(tmp_path / "booth")
    release = booth.release("1.1.0", PLATFORM)
    (wheel,) = booth.fetch(release)
    good = wheel.read_bytes()
    wheel.write_bytes(good[:-1])
    assert booth.fetch(release)[0].read_bytes() == good


def test_wheels_of_another_release_are_removed(operations, tmp_path):
    booth = operations.seen_from(tmp_path / "booth")
    (old,) = booth.fetch(booth.release("1.1.0", PLATFORM))
    operations.release("1.2.0")
    booth.refresh()
    new = booth.release("1.2.0", PLATFORM)
    booth.fetch(new)
    booth.forget_others(new)
    assert not old.exists()


def test_metadata_that_was_cut_off_is_cleared_away(operations, tmp_path):
    """The library writes beside and renames; what a power cut leaves of that adds up."""
    booth = operations.seen_from(tmp_path / "booth")
    booth.refresh()
    left = tmp_path / "booth" / "metadata" / "tmpk2_x9a1b"
    left.write_bytes(b"{")
    booth.refresh()
    there = {p.name for p in (tmp_path / "booth" / "metadata").iterdir()}
    assert there == {
        "root.json", "root_history", "timestamp.json", "snapshot.json", "targets.json",
    }  # fmt: skip


@pytest.mark.parametrize(
    "name", ["root_history/1.root.json", "timestamp.json", "snapshot.json", "targets.json"]
)
@pytest.mark.parametrize("content", [b"", b"\0" * 700])
def test_metadata_that_a_power_cut_has_emptied_is_fetched_again(
    operations, tmp_path, name, content
):
    operations.seen_from(tmp_path / "booth").refresh()
    (tmp_path / "booth" / "metadata" / name).write_bytes(content)
    assert operations.seen_from(tmp_path / "booth").versions(PLATFORM) == ["1.1.0"]


def test_photos_keep_their_room_while_a_release_is_fetched(operations, tmp_path):
    booth = operations.seen_from(tmp_path / "booth", reserve_bytes=10**18)
    with pytest.raises(ReleaseUnusable, match="Make room"):
        booth.fetch(booth.release("1.1.0", PLATFORM))
    assert list((tmp_path / "booth" / "wheels").iterdir()) == []


def test_a_withdrawn_release_is_no_longer_offered(operations, tmp_path):
    booth = operations.seen_from(tmp_path / "booth")
    booth.refresh()
    operations.release("1.2.0")
    operations.repository.withdraw_release("1.2.0")
    operations.sign_and_publish()
    booth.refresh()
    assert booth.versions(PLATFORM) == ["1.1.0"]


def test_a_tampered_wheel_is_refused(operations, tmp_path):
    (wheel,) = (operations.served / "targets" / "wheels").rglob("*.whl")
    content = bytearray(wheel.read_bytes())
    content[100] ^= 1
    wheel.write_bytes(content)
    assert refused(operations.seen_from(tmp_path / "booth")) == "content"


def test_an_endless_wheel_is_cut_off_at_its_signed_length(operations, tmp_path):
    (wheel,) = (operations.served / "targets" / "wheels").rglob("*.whl")
    with wheel.open("ab") as file:
        file.write(b"\0" * 5_000_000)
    assert refused(operations.seen_from(tmp_path / "booth")) == "length"
    assert list((tmp_path / "booth" / "wheels").glob("*.whl")) == []


@pytest.mark.parametrize("role", ["root", "targets", "snapshot", "timestamp"])
def test_endless_metadata_is_cut_off(operations, tmp_path, role):
    folder = operations.served / "metadata"
    path = {
        "root": folder / "2.root.json", "timestamp": folder / "timestamp.json",
    }.get(role) or newest(folder, role)  # fmt: skip
    content = path.read_bytes() if path.exists() else operations.first_root
    path.write_bytes(content + b" " * 20_000_000)
    assert refused(operations.seen_from(tmp_path / "booth")) in ("length", "content")
    sizes = [p.stat().st_size for p in (tmp_path / "booth").rglob("*") if p.is_file()]
    assert sum(sizes) < 1_000_000


@pytest.mark.parametrize("role", ["targets", "snapshot", "timestamp"])
def test_tampered_metadata_is_refused(operations, tmp_path, role):
    folder = operations.served / "metadata"
    path = folder / "timestamp.json" if role == "timestamp" else newest(folder, role)
    data = json.loads(path.read_text())
    data["signed"]["expires"] = "2999-01-01T00:00:00Z"
    path.write_text(json.dumps(data))
    assert refused(operations.seen_from(tmp_path / "booth")) == "signature"


@pytest.mark.parametrize("role", ["targets", "snapshot", "timestamp"])
def test_garbage_for_metadata_is_refused(operations, tmp_path, role):
    folder = operations.served / "metadata"
    path = folder / "timestamp.json" if role == "timestamp" else newest(folder, role)
    path.write_bytes(b"<html>captive portal</html>")
    assert refused(operations.seen_from(tmp_path / "booth")) == "content"


def test_one_signature_where_two_are_needed_is_refused(operations, tmp_path):
    path = newest(operations.served / "metadata", "targets")
    data = json.loads(path.read_text())
    data["signatures"] = data["signatures"][:1]
    path.write_text(json.dumps(data))
    assert refused(operations.seen_from(tmp_path / "booth")) == "signature"


def test_the_same_signature_twice_is_not_two(operations, tmp_path):
    path = newest(operations.served / "metadata", "targets")
    data = json.loads(path.read_text())
    data["signatures"] = data["signatures"][:1] * 2
    path.write_text(json.dumps(data))
    assert refused(operations.seen_from(tmp_path / "booth")) in ("signature", "content")


def test_another_operators_releases_are_refused(operations, tmp_path):
    other = Operations(tmp_path / "other")
    other.release("9.9.9")
    booth = operations.seen_from(tmp_path / "booth", address=other.served.as_uri())
    assert refused(booth) == "signature"


def test_a_replayed_old_state_is_refused(operations, tmp_path):
    folder = tmp_path / "booth"
    kept = tmp_path / "kept"
    shutil.copytree(operations.served, kept)
    operations.release("1.2.0")
    operations.seen_from(folder).refresh()
    again = operations.seen_from(folder, address=kept.as_uri())
    assert refused(again) == "replayed"


def test_an_old_list_of_releases_with_a_new_timestamp_is_refused(operations, tmp_path):
    """Mix and match: each part is signed, together they never were."""
    folder = operations.served / "metadata"
    old_targets = newest(folder, "targets").read_bytes()
    operations.release("1.2.0")
    newest(folder, "targets").write_bytes(old_targets)
    assert refused(operations.seen_from(tmp_path / "booth")) == "replayed"


@pytest.mark.parametrize("role", ["root", "targets", "snapshot", "timestamp"])
def test_a_frozen_state_runs_out(tmp_path, role):
    frozen = Operations(tmp_path / "operations", Lifetimes(**{role: -1}))
    assert refused(frozen.seen_from(tmp_path / "booth")) == "expired"


def test_a_root_that_ran_out_is_followed_to_the_one_that_did_not(tmp_path):
    """A booth that stood in a cupboard for two years: only the last root has to be in force."""
    operations = Operations(tmp_path / "operations", Lifetimes(root=-1))
    operations.repository._lifetimes = Lifetimes()
    _new_root(operations)
    operations.release("1.2.0")
    assert operations.seen_from(tmp_path / "booth").versions(PLATFORM) == ["1.2.0"]


def _new_root(operations):
    """Stage a root with the same keys, signed."""
    operations.repository.stage_keys(
        {"targets": [s.public_key for s in operations.targets]}, {"targets": 2}
    )
    for one in operations.root:
        operations.repository.sign("root", one)
    for one in operations.targets:
        operations.repository.sign("targets", one)


def test_a_new_root_signed_by_too_few_is_refused(operations, tmp_path):
    _new_root(operations)
    operations.repository.publish(operations.snapshot, operations.timestamp)
    path = operations.served / "metadata" / "2.root.json"
    data = json.loads(path.read_text())
    data["signatures"] = data["signatures"][:1]
    path.write_text(json.dumps(data))
    assert refused(operations.seen_from(tmp_path / "booth")) == "signature"


def test_a_root_s_number_must_be_the_next(operations, tmp_path):
    """Neither an old root again nor one ahead: both would make others be passed over."""
    folder = operations.served / "metadata"
    (folder / "2.root.json").write_bytes(operations.first_root)
    assert refused(operations.seen_from(tmp_path / "booth")) == "replayed"


@pytest.mark.parametrize("role", ["targets", "snapshot", "timestamp"])
def test_a_role_s_keys_sign_for_no_other(operations, tmp_path, role):
    """Who holds the server's keys cannot name releases, nor whoever names them say it is now."""
    others = {
        "targets": [operations.snapshot, operations.timestamp],
        "snapshot": [operations.timestamp, *operations.targets],
        "timestamp": [operations.snapshot, *operations.targets],
    }
    folder = operations.served / "metadata"
    path = folder / "timestamp.json" if role == "timestamp" else newest(folder, role)
    metadata = Metadata.from_file(str(path))
    metadata.signatures.clear()
    for one in others[role]:
        metadata.sign(one, append=True)
    metadata.to_file(str(path))
    assert refused(operations.seen_from(tmp_path / "booth")) == "signature"


def test_a_key_that_signs_for_every_signature_is_not_two(operations, tmp_path):
    """The same key under two names counts once: it is the key that is counted."""
    path = newest(operations.served / "metadata", "targets")
    data = json.loads(path.read_text())
    first, second = data["signatures"]
    data["signatures"] = [first, {**first, "keyid": second["keyid"]}]
    path.write_text(json.dumps(data))
    assert refused(operations.seen_from(tmp_path / "booth")) == "signature"


@pytest.mark.parametrize("what", ["wheel", "description"])
def test_a_file_that_is_too_short_is_refused(operations, tmp_path, what):
    (path,) = (operations.served / "targets").rglob("*.whl" if what == "wheel" else "*.json")
    path.write_bytes(path.read_bytes()[:-1])
    assert refused(operations.seen_from(tmp_path / "booth")) == "content"


def test_a_list_of_releases_older_than_one_seen_is_refused(operations, tmp_path):
    """Whoever holds the server's keys offers an old list under a new snapshot and timestamp."""
    folder = operations.served / "metadata"
    old = json.loads(newest(folder, "targets").read_text())["signed"]["version"]
    operations.release("1.2.0")
    operations.seen_from(tmp_path / "booth").refresh()
    snapshot = Metadata.from_file(str(newest(folder, "snapshot")))
    timestamp = Metadata.from_file(str(folder / "timestamp.json"))
    snapshot.signed.version += 1
    snapshot.signed.meta["targets.json"].version = old
    timestamp.signed.version += 1
    timestamp.signed.snapshot_meta.version = snapshot.signed.version
    snapshot.sign(operations.snapshot)
    timestamp.sign(operations.timestamp)
    snapshot.to_file(str(folder / f"{snapshot.signed.version}.snapshot.json"))
    timestamp.to_file(str(folder / "timestamp.json"))
    assert refused(operations.seen_from(tmp_path / "booth")) == "replayed"


def test_a_frozen_state_is_refused_also_where_it_was_good_before(operations, tmp_path):
    folder = tmp_path / "booth"
    operations.seen_from(folder).refresh()
    operations.repository._lifetimes = Lifetimes(timestamp=-1)
    operations.repository.renew(operations.snapshot, operations.timestamp)
    assert refused(operations.seen_from(folder)) == "expired"


def test_keys_can_be_replaced_and_old_ones_are_worth_nothing(operations, tmp_path):
    folder = tmp_path / "booth"
    operations.seen_from(folder).refresh()
    lost, operations.targets = operations.targets, [signer(), signer()]
    operations.repository.stage_keys(
        {"targets": [s.public_key for s in operations.targets]}, {"targets": 2}
    )
    for one in operations.root:
        operations.repository.sign("root", one)
    operations.release("1.2.0")
    booth = operations.seen_from(folder)
    assert set(booth.versions(PLATFORM)) == {"1.1.0", "1.2.0"}
    operations.repository.withdraw_release("1.1.0")
    with pytest.raises(PublishError, match="none of those that sign"):
        operations.repository.sign("targets", lost[0])


def test_other_keys_alone_do_not_leave_booths_with_a_list_they_refuse(operations, tmp_path):
    kept, new = operations.targets[0], signer()
    operations.repository.stage_keys({"targets": [kept.public_key, new.public_key]}, {"targets": 2})
    for one in operations.root:
        operations.repository.sign("root", one)
    with pytest.raises(PublishError, match="targets: signatures are missing"):
        operations.repository.publish(operations.snapshot, operations.timestamp)
    for one in (kept, new):
        operations.repository.sign("targets", one)
    operations.repository.publish(operations.snapshot, operations.timestamp)
    booth = operations.seen_from(tmp_path / "booth")
    booth.refresh()
    assert booth.versions(PLATFORM) == ["1.1.0"]


def test_a_new_root_that_the_old_one_did_not_sign_is_refused(operations, tmp_path):
    other = Operations(tmp_path / "other")
    data = json.loads(other.first_root)
    data["signed"]["version"] = 2
    (operations.served / "metadata" / "2.root.json").write_text(json.dumps(data))
    assert refused(operations.seen_from(tmp_path / "booth")) == "signature"


def test_no_stick_is_no_attack(operations, tmp_path):
    booth = operations.seen_from(tmp_path / "booth", address=(tmp_path / "gone").as_uri())
    with pytest.raises(RepositoryUnreachable, match="Tried again later"):
        booth.refresh()


def test_a_description_that_lies_about_itself_is_unusable(operations, tmp_path):
    release = operations.release("1.2.0")
    lying = release.model_copy(update={"version": "3.0.0"})
    targets = operations.repository._newest_targets()
    operations.repository._add(targets.signed, release.target, lying.model_dump_json().encode())
    operations.repository._stage("targets", targets)
    operations.sign_and_publish()
    with pytest.raises(ReleaseUnusable, match=r"describes 3\.0\.0"):
        operations.seen_from(tmp_path / "booth").release("1.2.0", PLATFORM)


class _Dripping(socketserver.BaseRequestHandler):
    """Answers every request, a byte at a time."""

    def handle(self) -> None:
        self.request.recv(4096)
        self.request.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        try:
            while True:
                self.request.sendall(b"x" * 512)
                time.sleep(0.05)
        except OSError:
            return


@contextmanager
def dripping():
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Dripping) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}"
        server.shutdown()


def test_a_server_that_drips_is_given_up(operations, tmp_path):
    fetcher = WebFetcher(socket_time_out_s=5.0, least_bytes_per_s=1e6, grace_s=0.3)
    with dripping() as address:
        booth = operations.seen_from(tmp_path / "booth", fetcher=fetcher, address=address)
        assert refused(booth) == "slow"


def test_no_server_is_told_apart_from_an_attack(operations, tmp_path):
    fetcher = WebFetcher(socket_time_out_s=1.0, least_bytes_per_s=1.0, grace_s=5.0)
    booth = operations.seen_from(tmp_path / "booth", fetcher=fetcher, address="http://127.0.0.1:9")
    with pytest.raises(RepositoryUnreachable):
        booth.refresh()


def test_a_wheel_that_is_not_what_was_built_is_never_staged(operations, tmp_path):
    """Of the right length, too: booths would all refuse it, after it was signed and published."""
    wheel = make_wheel(tmp_path / "built", "1.2.0")
    release = describe([wheel], PLATFORM, version="1.2.0")
    content = bytearray(wheel.read_bytes())
    content[40] ^= 1
    wheel.write_bytes(content)
    with pytest.raises(PublishError, match="not the file that was built"):
        operations.repository.stage_release(release, [wheel])


@pytest.mark.parametrize(
    ("offered", "refusals", "wanted", "chosen"),
    [
        (["1.1.0", "1.10.0", "1.9.0"], [], None, "1.10.0"),
        (["0.9.0", "1.0.0"], [], None, None),
        (["1.1.0", "1.2.0"], ["1.2.0"], None, "1.1.0"),
        (["1.1.0", "1.2.0"], [], "1.1.0", "1.1.0"),
        (["1.1.0"], [], "0.9.0", None),
        (["1.1.0"], ["1.1.0"], "1.1.0", None),
        (["nonsense", "1.1.0"], [], None, "1.1.0"),
        ([], [], None, None),
    ],
)
def test_which_version_is_taken(offered, refusals, wanted, chosen):
    """Never an older one, never one that failed here, and never one that was not signed."""
    assert choose(offered, running="1.0.0", refused=refusals, wanted=wanted) == chosen
