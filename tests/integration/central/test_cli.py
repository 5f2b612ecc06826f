"""`kiosk central …` and `kiosk outbox …` as somebody types them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from central_samples import jpeg, submission
from central_server import environment
from typer.testing import CliRunner

from kiosk.central.opening import open_outbox
from kiosk.central.outbox_index import EntryState
from kiosk.cli import app
from kiosk.settings import load

runner = CliRunner()


def run(*words: str, code: int = 0, env: dict[str, str] | None = None) -> str:
    """Run a command, and return what it says on both outputs."""
    result = runner.invoke(app, list(words), env=env)
    assert result.exit_code == code, result.output
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.output


@pytest.fixture
def config(tmp_path: Path) -> str:
    path = tmp_path / "central.toml"
    path.write_text("port = 0\n")
    return str(path)


def test_a_service_is_set_up_by_commands(config: str) -> None:
    run("central", "migrate", "--config", config)
    school = ["--school", "示范大学", "--title", "2027 届"]
    run("central", "batch", "add", "Z3K8F7", *school, "--fee-fen", "2000", "--pay", "counter",
        "--closes", "2020-01-01T00:00:00+08:00", "--config", config)  # fmt: skip
    batch = json.loads(run("central", "batch", "list", "--json", "--config", config))
    assert (batch["code"], batch["fee_fen"], batch["is_open"]) == ("Z3K8F7", 2000, False)
    said = run("central", "batch", "add", "z3k8f7", *school, "--config", config, code=2)
    assert "already" in said
    said = run("central", "batch", "add", "Z3", *school, "--config", config, code=2)
    assert "code" in said
    first = run("central", "booth", "add", "booth-1", "--config", config).split()[0]
    assert first.startswith("ckb_")
    assert "already" in run("central", "booth", "add", "booth-1", "--config", config, code=2)
    assert run("central", "booth", "rekey", "booth-1", "--config", config).split()[0] != first
    assert "booth-token" in run("central", "booth", "rekey", "booth-1", "--config", config)
    assert "no payments" in run("central", "reconcile", "--config", config)
    run("central", "booth", "revoke", "booth-1", "--config", config)
    assert "no booth" in run("central", "booth", "revoke", "other", "--config", config, code=2)
    secret = {"KIOSK_STAFF_PASSWORD": "a long password"}
    run("central", "staff", "add", "li", "--config", config, env=secret)
    said = run("central", "staff", "add", "wu", "--role", "king", "--config", config, code=2,
               env=secret)  # fmt: skip
    assert "king" in said
    short = {"KIOSK_STAFF_PASSWORD": "short"}
    assert "too short" in run(
        "central", "staff", "add", "wu", "--config", config, code=2, env=short
    )


def test_a_demonstration_without_settings_names_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert json.loads(run("central", "seed-demo"))["config_path"] is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("port = 'x'", "port"),
        ("prot = 1", "no such setting"),
        ("sandbox_settles_after_s = 1", "needs sandbox"),
        ("port = ", "not TOML"),
        ("database_url = 'nonsense'", "database_url"),
        ("database_url = 'sqlite:////nowhere/at/all.db'", "database"),
        ("database_url = 'mysql+nodriver://x/y'", "database_url"),
    ],
)
def test_mistakes_in_the_settings_are_named(tmp_path: Path, text: str, expected: str) -> None:
    path = tmp_path / "central.toml"
    path.write_text(text)
    assert expected in run("central", "migrate", "--config", str(path), code=2)


def test_a_missing_file_and_an_unknown_revision(tmp_path: Path, config: str) -> None:
    said = run("central", "batch", "list", "--config", str(tmp_path / "none.toml"), code=2)
    assert "cannot be read" in said
    run("central", "migrate", "--to", "9999", "--config", config, code=2)


def test_the_demonstration_is_served_and_stopped(tmp_path: Path) -> None:
    import requests

    config = tmp_path / "central.toml"
    config.write_text("sandbox = true\n")
    seeded = json.loads(run("central", "seed-demo", "--config", str(config)))
    assert "Z3K8F7" in seeded["batches"]
    assert "already" in run("central", "seed-demo", "--config", str(config), code=2)
    command = [sys.executable, "-m", "kiosk", "central", "serve", "--config", str(config)]
    with subprocess.Popen(
        [*command, "--port", "0", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        env=environment(),
    ) as process:
        assert process.stdout is not None
        address = json.loads(process.stdout.readline())["address"]
        assert requests.get(address + "/readyz", timeout=30).status_code == 200
        taken = address.rpartition(":")[2]
        said = run("central", "serve", "--config", str(config), "--port", taken, code=2)
        assert "cannot be listened on" in said
        process.terminate()
        assert process.wait(30) == 0


class TestOutbox:
    @pytest.fixture
    def booth(self, tmp_path: Path) -> Path:
        path = tmp_path / "kiosk.toml"
        path.write_text(
            "[booth]\nname = 'booth-1'\n"
            "[central]\nurl = 'http://127.0.0.1:9'\nbooth_token_file = 'token'\nretries = 0\n"
            "[outbox]\nmin_free_bytes = 0\n"
        )
        (tmp_path / "token").write_text("ckb_x\n")
        return path

    def put(self, booth: Path) -> str:
        photo, original = jpeg(1), jpeg(2)
        message = submission(photo, original)
        with open_outbox(load(booth), booth.parent) as outbox:
            outbox.put(message, photo, original)
        return message.photo_sha256

    def test_status_and_flush_without_a_network(self, booth: Path) -> None:
        config = ["--config", str(booth)]
        assert "There is no outbox" in run("outbox", "status", "--json", *config, code=2)
        with open_outbox(load(booth), booth.parent):
            assert json.loads(run("outbox", "status", "--json", *config))["waiting"] == 0
        name = self.put(booth)
        assert "central.url" in run("outbox", "flush", *config, code=1)
        counts, entry = map(
            json.loads, run("outbox", "status", "--json", "--entries", *config).splitlines()
        )
        assert (counts["waiting"], counts["refused"]) == (1, 0)
        assert (entry["photo_sha256"], entry["attempts"]) == (name, 1)
        run("outbox", "send", *config)  # not due yet: nothing fails

    def test_refused_photos_call_for_staff(self, booth: Path) -> None:
        name = self.put(booth)
        with open_outbox(load(booth), booth.parent) as outbox:
            outbox.mark_refused(name, "The batch is closed.")
        assert "The batch is closed." in run("outbox", "status", "--config", str(booth), code=1)
        run("outbox", "flush", "--refused", "--config", str(booth), code=1)
        with open_outbox(load(booth), booth.parent) as outbox:
            assert [e.state for e in outbox.entries()] == [EntryState.WAITING]

    def test_a_booth_without_a_key_is_told_how_to_get_one(self, booth: Path) -> None:
        self.put(booth)
        booth.write_text("[outbox]\nmin_free_bytes = 0\n")
        said = run("outbox", "flush", "--config", str(booth), code=2)
        assert "kiosk central booth add" in said
        booth.write_text("[central]\nbooth_token_file = 'none'\n")
        assert "cannot be read" in run("outbox", "flush", "--config", str(booth), code=2)
