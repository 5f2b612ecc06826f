"""A release really installed from its wheels, offline; operations' commands as they type them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest
from typer.testing import CliRunner
from update_machine import OLD, TestMachine
from update_releases import PLATFORM, Operations, make_wheel

from kiosk.cli import app
from kiosk.update.errors import InstallFailed
from kiosk.update.fetching import FolderFetcher
from kiosk.update.install import Room, base_python, install
from kiosk.update.publishing.build import describe
from kiosk.update.repository import Repository


@pytest.fixture
def machine(tmp_path):
    return TestMachine(tmp_path / "machine").with_old()


def test_a_release_is_installed_offline_and_runs(machine, tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/")
    wheel = make_wheel(tmp_path / "wheels", "1.1.0")
    release = describe([wheel], PLATFORM, version="1.1.0")
    before = os.umask(0o077)  # somebody's who types the command on a careful machine
    try:
        slot = install(release, [wheel], machine.slots, python=base_python(), time_out_s=100)
    finally:
        os.umask(before)
    for path in (machine.slots.folder(slot), machine.slots.folder(slot) / "bin" / "kiosk"):
        assert path.stat().st_mode & 0o777 == 0o755, "the booth's user runs it, root alone writes"
    command = machine.slots.folder(slot) / "bin" / "kiosk"
    said = subprocess.run([command, "--version"], check=True, capture_output=True, text=True)
    assert said.stdout == "kiosk 1.1.0\n"
    machine.slots.make_current(slot)
    assert machine.slots.current.startswith("1.1.0-")


def test_a_release_that_does_not_start_is_never_complete(machine, tmp_path):
    """The environment is made up, to spare the minute a real one takes; its command fails."""
    python = tmp_path / "python"
    python.write_text(
        "#!/bin/sh\nmkdir -p $3/bin\nln -s /bin/true $3/bin/python\n"
        "printf '#!/bin/sh\\necho no Kivy here >&2\\nexit 3\\n' >$3/bin/kiosk\n"
        "chmod +x $3/bin/kiosk\n"
    )
    python.chmod(0o755)
    wheel = make_wheel(tmp_path / "wheels", "1.1.0")
    release = describe([wheel], PLATFORM, version="1.1.0")
    with pytest.raises(InstallFailed, match="kiosk said: no Kivy here"):
        install(release, [wheel], machine.slots, python=str(python), time_out_s=100)
    assert [p.name for p in (machine.root / "releases").iterdir()] == [OLD], "it takes no room"
    assert machine.slots.current == OLD


def test_a_disk_that_would_be_full_afterwards_is_told_before(machine, tmp_path):
    wheel = make_wheel(tmp_path / "wheels", "1.1.0")
    release = describe([wheel], PLATFORM, version="1.1.0")
    free = shutil.disk_usage(machine.root).free
    with pytest.raises(InstallFailed, match="Make room"):
        install(
            release, [wheel], machine.slots, python="/nowhere/python", time_out_s=5,
            room=Room(ratio=3.0, reserve_bytes=2 * free),
        )  # fmt: skip
    assert [p.name for p in (machine.root / "releases").iterdir()] == [OLD]


def test_an_interpreter_that_is_not_there_is_told(machine, tmp_path):
    wheel = make_wheel(tmp_path / "wheels", "1.1.0")
    release = describe([wheel], PLATFORM, version="1.1.0")
    with pytest.raises(InstallFailed, match="could not be installed"):
        install(release, [wheel], machine.slots, python="/nowhere/python", time_out_s=5)


def kiosk(*words: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return result.output


def test_operations_publish_a_release_by_commands_alone(tmp_path, monkeypatch):
    monkeypatch.setenv("KIOSK_RELEASE_PASSPHRASE", "correct horse")
    keys, folder = tmp_path / "keys", tmp_path / "releases"
    keys.mkdir()
    for name in ("root-1", "root-2", "anna", "ben"):
        kiosk("release", "key", keys / name)
    for name in ("snapshot", "timestamp"):
        kiosk("release", "key", keys / name, "--bare")
    assert b"ENCRYPTED" in (keys / "anna").read_bytes()
    assert (keys / "anna").stat().st_mode & 0o077 == 0
    kiosk(
        "release", "init", folder,
        "--root", keys / "root-1.pub", "--root", keys / "root-2.pub",
        "--targets", keys / "anna.pub", "--targets", keys / "ben.pub",
        "--snapshot", keys / "snapshot.pub", "--timestamp", keys / "timestamp.pub",
    )  # fmt: skip
    server = ("--snapshot-key", keys / "snapshot", "--timestamp-key", keys / "timestamp")
    for name in ("root-1", "root-2"):
        kiosk("release", "sign", folder, "--role", "root", "--key", keys / name)
    assert "1 more to come" in kiosk("release", "sign", folder, "--key", keys / "anna")
    assert "signatures are missing" in kiosk("release", "publish", folder, *server, code=1)
    kiosk("release", "sign", folder, "--key", keys / "ben")
    assert "root, targets" in kiosk("release", "publish", folder, *server)
    built = tmp_path / "built"
    wheel = make_wheel(built, "1.1.0")
    release = describe([wheel], PLATFORM, version="1.1.0")
    (built / "release.json").write_text(release.model_dump_json())
    kiosk("release", "stage", folder, built)
    assert "none of those" in kiosk("release", "sign", folder, "--key", keys / "root-1", code=1)
    for name in ("anna", "ben"):
        kiosk("release", "sign", folder, "--key", keys / name)
    kiosk("release", "publish", folder, *server)
    kiosk("release", "renew", folder, *server)
    assert "is published" in kiosk("release", "stage", folder, built, code=1)
    kiosk("release", "stick", folder, tmp_path / "stick")
    assert not (tmp_path / "stick" / "staged").exists()
    booth = Repository(
        (tmp_path / "stick").as_uri(), tmp_path / "metadata", tmp_path / "wheels",
        (folder / "metadata" / "1.root.json").read_bytes(), FolderFetcher(),
    )  # fmt: skip
    assert booth.versions(PLATFORM) == ["1.1.0"]


def test_a_wrong_passphrase_is_told_without_a_traceback(tmp_path, monkeypatch):
    monkeypatch.setenv("KIOSK_RELEASE_PASSPHRASE", "one")
    kiosk("release", "key", tmp_path / "anna")
    Operations(tmp_path / "operations")
    monkeypatch.setenv("KIOSK_RELEASE_PASSPHRASE", "two")
    said = kiosk(
        "release", "sign", tmp_path / "operations" / "served", "--key", tmp_path / "anna", code=1
    )
    assert "passphrase is wrong" in said


def test_a_booth_tells_its_versions_and_why_one_was_refused(machine):
    words = ("--root", machine.root, "--data", machine.state_file.parent)
    assert f"running    {OLD}" in kiosk("update", "status", *words)
    assert "nothing to go back from" in kiosk("update", "back", "why", *words, code=1)
    assert "was not refused" in kiosk("update", "allow", "1.1.0", *words, code=1)


def test_what_cannot_be_written_is_told_without_a_traceback(machine, tmp_path):
    """As somebody types it who forgot sudo, or on a disk that has turned read-only."""
    settings = tmp_path / "kiosk.toml"
    settings.write_text('[update]\nrepository = "https://releases.example/"\n')
    (tmp_path / "root.json").write_text("{}")
    data = tmp_path / "file"
    data.write_text("no folder")
    words = ("--root", machine.root, "--data", data)
    assert "file" in kiosk("update", "run", *words, "--config", settings, code=1)
    for command in (("back", "why"), ("allow", "1.1.0")):
        assert "sudo" in kiosk("update", *command, *words, code=1)


def test_a_booth_without_a_repository_looks_for_nothing(machine, tmp_path):
    settings = tmp_path / "kiosk.toml"
    settings.write_text("")
    words = ("--root", machine.root, "--data", machine.state_file.parent, "--config", settings)
    assert "nothing is looked for" in kiosk("update", "run", *words)
    settings.write_text('[update]\nrepository = "https://releases.example/"\n')
    assert "root.json cannot be read" in kiosk("update", "run", *words, code=2)


def test_the_guard_runs_from_another_interpreter_by_itself(machine):
    """As systemd starts it: a module of the committed release, the standard library alone."""
    code = "import sys, kiosk.update.guard; print(sorted(m.split('.')[0] for m in sys.modules))"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert "pydantic" not in said.stdout
    assert "tuf" not in said.stdout
