"""What a support bundle holds, and above all what it does not."""

from __future__ import annotations

import io
import json
import os
import zipfile
from pathlib import Path

import pytest
from central_samples import jpeg, submission
from typer.testing import CliRunner

from kiosk.booth.heartbeats import SUPPORT_WANTED
from kiosk.booth.paths import BoothPaths
from kiosk.booth.pin import hash_pin
from kiosk.central.opening import open_outbox
from kiosk.cli import app
from kiosk.settings import load
from kiosk.support.bundle import make
from kiosk.support.errors import SupportError
from kiosk.support.parts import Booth
from kiosk.support.scrub import scrub, scrubbed
from kiosk.update.on_this_machine import Places

TOKEN = "ckb_Zm9yIHRoZSBib290aCBvbmx5LCBub2JvZHkgZWxzZQ"
NAME, MASKED = "欧阳小明", "欧**"
NUMBER, PHONE = "11010519491231002X", "13800138000"
CAPTURE_CODE = "Qm9vdGg3NjU0MzIxMDEyMzQ1Njc4OWFi"
RECEIPT = "rT9xK2mQ7wLp4vZs8nBc3dFg6hJk1aYe"
PASSWORD = "correct-horse-battery"
SAID = (
    f"the code {CAPTURE_CODE} was read",
    f"student {NAME} ({MASKED}), {NUMBER}, phone {PHONE}",
    f"GET http://admin:{PASSWORD}@central.example/r/{RECEIPT}?lang=zh -> 200",
    f"Authorization: Bearer {TOKEN}",
    f"booth_token={TOKEN} password: {PASSWORD}",
    "mail to li.hua@stu.example.edu.cn failed",
    "photo 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef sent",
)


@pytest.fixture
def booth(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Booth:
    """A booth with secrets in every place where one might be."""
    (tmp_path / "token").write_text(TOKEN + "\n")
    (tmp_path / "codes.key").write_text("c2VjcmV0LW9mLXRoZS1jYXB0dXJlLWNvZGVz\n")
    config = tmp_path / "kiosk.toml"
    config.write_text(
        "[booth]\nname = 'planted'\n"
        f"staff_pin_hash = '{hash_pin('482913')}'\n"
        f"[central]\nbooth_token_file = 'token'\nurl = 'http://op:{PASSWORD}@127.0.0.1:9/'\n"
        "retries = 0\n[codes]\nkey_file = 'codes.key'\n"
    )
    settings = load(config)
    paths = BoothPaths.of(settings, config)
    paths.data.mkdir()
    photo, original = jpeg(1), jpeg(2, 960, 1280)
    with open_outbox(settings, tmp_path) as outbox:
        message = submission(photo, original, masked_name=MASKED, receipt_token=RECEIPT)
        outbox.put(message, photo, original)
    (paths.data / "shot.jpg").write_bytes(photo)
    (paths.data / "devices.json").write_text(
        json.dumps([{"name": "main_camera", "fault": f"while {NAME} sat, {NUMBER}"}])
    )
    root = tmp_path / "opt"
    (root / "releases/1.0-abc").mkdir(parents=True)
    (root / "current").symlink_to("releases/1.0-abc")
    state = tmp_path / "update"
    state.mkdir()
    (state / "state.json").write_text(json.dumps({"last_error": f"Bearer {TOKEN}"}))
    journal(tmp_path, monkeypatch, SAID)
    return Booth(settings, config, paths, Places(root=root, data=state))


def journal(folder: Path, monkeypatch: pytest.MonkeyPatch, lines: tuple[str, ...]) -> None:
    """Stand in for systemd, which does not run in the tests: its programs' answers are played."""
    entries = [
        {
            "__REALTIME_TIMESTAMP": str(1_780_000_000_000_000 + i),
            "_SYSTEMD_UNIT": "kiosk.service",
            "PRIORITY": "6",
            "MESSAGE": line if i % 2 else list(line.encode()),
            "_CMDLINE": f"kiosk run --token {TOKEN}",
        }
        for i, line in enumerate(lines)
    ]
    programs = folder / "programs"
    programs.mkdir(exist_ok=True)
    (folder / "journal").write_text("".join(json.dumps(e) + "\n" for e in entries))
    for name, text in (
        ("journalctl", f"#!/bin/sh\ncat {folder}/journal\n"),
        ("systemctl", "#!/bin/sh\nprintf 'Id=kiosk.service\\nActiveState=active\\n'\n"),
    ):
        (programs / name).write_text(text)
        (programs / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:{os.environ['PATH']}")


def read(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name).decode() for name in archive.namelist()}


def test_nothing_that_was_planted_is_in_the_bundle(booth: Booth) -> None:
    files = read(make(booth))
    pin_hash = booth.settings.booth.staff_pin_hash
    assert pin_hash is not None
    planted = (
        TOKEN, NAME, MASKED, NUMBER, PHONE, CAPTURE_CODE, RECEIPT, PASSWORD, "li.hua",
        "c2VjcmV0LW9mLXRoZS1jYXB0dXJlLWNvZGVz", pin_hash.get_secret_value(),
        (booth.paths.data / "outbox.key").read_bytes().hex(),
        "0123456789abcdef0123456789abcdef",
    )  # fmt: skip
    for name, text in files.items():
        for secret in planted:
            assert secret not in text, (name, secret)
    assert not [name for name in files if not name.endswith((".json", ".txt"))]


def test_what_helps_is_there(booth: Booth) -> None:
    files = read(make(booth))
    manifest = json.loads(files["manifest.json"])
    assert (manifest["booth"], manifest["missing"]) == ("planted", {})
    assert manifest["journal_lines"] == len(SAID)
    assert "kiosk.service: mail to [address] failed" in files["journal.txt"]
    assert "photo 01234567… sent" in files["journal.txt"]
    assert json.loads(files["outbox.json"])["waiting"] == 1
    assert json.loads(files["settings.json"])["booth"]["name"] == "planted"
    assert json.loads(files["versions.json"])["packages"]["pydantic"]
    assert json.loads(files["update.json"])["current"] == "1.0-abc"
    assert json.loads(files["units.json"])[0]["ActiveState"] == "active"
    looked_at = {finding["name"] for finding in json.loads(files["doctor.json"])}
    assert {"clock", "outbox", "free disk"} <= looked_at
    assert not {"main camera", "face models"} & looked_at, "the booth goes on meanwhile"


def test_it_stays_within_its_size_and_the_newest_lines_stay(
    booth: Booth, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tuple(f"line {n} {os.urandom(300).hex(' ')}" for n in range(3000))
    journal(tmp_path, monkeypatch, lines)
    small = booth.settings.support.model_copy(update={"max_bytes": 100_000})
    settings = booth.settings.model_copy(update={"support": small})
    content = make(Booth(settings, booth.config, booth.paths, booth.places))
    assert len(content) <= 100_000
    text = read(content)["journal.txt"]
    assert "line 2999 " in text
    assert "line 1 " not in text
    tiny = settings.model_copy(update={"support": small.model_copy(update={"max_bytes": 100})})
    with pytest.raises(SupportError, match="more than 100 bytes"):
        make(Booth(tiny, booth.config, booth.paths, booth.places))


def test_a_part_that_fails_is_named_and_costs_no_other(booth: Booth) -> None:
    (booth.paths.data / "devices.json").write_text(f"not JSON: {NAME}")
    (booth.places.data / "state.json").write_text("{")
    files = read(make(booth))
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["missing"]) == {"devices.json", "update.json"}
    assert NAME not in files["manifest.json"]
    assert "outbox.json" in files


def test_the_command_writes_a_file_only_its_owner_can_send(booth: Booth, tmp_path: Path) -> None:
    out = tmp_path / "bundle.zip"
    done = CliRunner().invoke(
        app, ["support", "bundle", "--config", str(booth.config), "--out", str(out)]
    )
    assert done.exit_code == 0, done.output
    assert "manifest.json" in read(out.read_bytes())
    bad = CliRunner().invoke(
        app, ["support", "bundle", "--config", str(booth.config), "--out", "/no/such/folder/x"]
    )
    assert bad.exit_code == 2
    assert "No bundle" in bad.output


def test_nobody_asked_nothing_is_sent_and_what_cannot_be_sent_stays_wanted(booth: Booth) -> None:
    send = ["support", "send", "--config", str(booth.config)]
    assert "Nobody has asked" in CliRunner().invoke(app, send).output
    wanted = booth.paths.data / SUPPORT_WANTED
    wanted.write_text("../../etc/passwd")
    assert "Nobody has asked" in CliRunner().invoke(app, send).output
    wanted.write_text("0123456789abcdef" * 2 + "\n")
    away = CliRunner().invoke(app, send)
    assert away.exit_code == 1
    assert "No answer from the central backend" in away.output
    assert wanted.exists()


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("kiosk 1.2.0 on 2026-06-01T12:00:00Z took 3.25 s", None),
        ("/opt/campus-capture-kiosk/releases/1.2.0-0123456789ab/bin/kiosk", None),
        ("hardware.gphoto2_camera: usb 1-1.2 at 5 fps, exit code 139", None),
        ("token ckb_abc", "token [key]"),
        ("PIN=1234", "PIN=[key]"),
        ('"secret": "x y"', '"secret": [key] y"'),
        ("李华 paid", "[han] paid"),
        ("E12345678 and 110105194912310021", "[number] and [number]"),
        ("http://a.example/my?code=1", "http://a.example/my?[query]"),
    ],
)
def test_scrubbing(text: str, left: str | None) -> None:
    assert scrub(text) == (text if left is None else left)


def test_scrubbing_goes_into_lists_and_tables() -> None:
    value = {"a": ["李华", 13800138000, {"b": "known"}], "c": None, "d": True}
    assert scrubbed(value, ["known"]) == {
        "a": ["[han]", 13800138000, {"b": "[key]"}], "c": None, "d": True,
    }  # fmt: skip
