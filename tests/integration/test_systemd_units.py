"""The units as systemd itself judges them, and the installer in a folder of its own."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SYSTEMD = Path(__file__).resolve().parents[2] / "systemd"
SYSTEM_UNITS = Path("/usr/lib/systemd/system")
PROGRAM = "opt/campus-capture-kiosk/current/bin/kiosk"
UNITS = "usr/local/lib/systemd/system"
SETTINGS = "etc/campus-capture-kiosk"
SERVICES = ("kiosk.service", "kiosk-outbox.service", "kiosk-central.service")
ONE_SHOTS = (
    "kiosk-update.service", "kiosk-health.service", "kiosk-fallback.service",
    "kiosk-reboot.service", "kiosk-dim@20.service", "kiosk-support.service", "kiosk-support.path",
    "kiosk-units.service", "kiosk-users.service",
)  # fmt: skip
SANDBOXES = {
    "kiosk.service": 2.0,
    "kiosk-outbox.service": 1.5,
    "kiosk-central.service": 1.5,
    "kiosk-health.service": 1.5,
    "kiosk-fallback.service": 2.0,
    "kiosk-reboot.service": 1.5,
    "kiosk-dim@.service": 2.5,
    "kiosk-support.service": 2.0,
    "kiosk-units.service": 1.5,
    "kiosk-users.service": 2.0,
    "kiosk-update.service": 4.5,
}
"""How open systemd may find them, 0 (shut) to 10."""
TIMERS = (
    "kiosk-update.timer", "kiosk-health.timer", "kiosk-reboot.timer", "kiosk-dim-evening.timer",
    "kiosk-dim-morning.timer",
)  # fmt: skip


def tool(name: str) -> str:
    """Return the path of a system tool; where it is missing, skip, but never in CI."""
    path = shutil.which(name)
    if path is None:
        missing = f"{name} is missing: systemd/system-packages.sh test installs it"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)
    return path


def run(*command: str | Path, path: Path | None = None) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"LC_ALL": "C.UTF-8", "SYSTEMD_PAGER": ""}
    if path is not None:
        environment["PATH"] = f"{path}:{environment['PATH']}"
    return subprocess.run(
        [str(part) for part in command],
        check=False, capture_output=True, text=True, timeout=60, env=environment,
    )  # fmt: skip


def install(root: Path, *options: str, path: Path | None = None) -> str:
    done = run("sh", SYSTEMD / "install.sh", "--prefix-root", root, *options, path=path)
    assert done.returncode == 0, done.stderr
    return done.stdout


def tree(root: Path) -> dict[str, str]:
    """Return all files and links below a folder with what they hold."""
    found = {}
    for path in sorted(root.rglob("*")):
        name = str(path.relative_to(root))
        if path.is_symlink():
            found[name] = f"-> {path.readlink()}"
        elif path.is_file():
            mode = path.stat().st_mode & 0o777
            found[name] = f"{mode:o} {hashlib.sha256(path.read_bytes()).hexdigest()}"
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "a root"


@pytest.fixture
def machine(root: Path) -> Path:
    """Return a root with everything installed, a program, and the system's own targets."""
    if not SYSTEM_UNITS.is_dir():
        tool("systemd-analyze")
    install(root, "--role", "both")
    slot = root / "opt/campus-capture-kiosk/current/bin"
    for name in (
        "bin/sh",
        "bin/systemctl",
        "bin/sleep",
        "bin/systemd-sysusers",
        "bin/systemd-tmpfiles",
        slot / "kiosk",
        slot / "python",
        slot.parents[1] / "committed/bin/kiosk",
        slot.parents[1] / "committed/bin/python",
    ):
        program = root / name
        program.parent.mkdir(parents=True, exist_ok=True)
        program.write_text("#!/bin/sh\n")
        program.chmod(0o755)
    own = root / "usr/lib/systemd/system"
    own.mkdir(parents=True)
    for target in SYSTEM_UNITS.glob("*.target"):
        shutil.copy(target, own)
    return root


@pytest.mark.parametrize("unit", ["kiosk.target", *SERVICES, *ONE_SHOTS, *TIMERS])
def test_systemd_accepts_the_unit_without_a_word(machine: Path, unit: str) -> None:
    done = run(tool("systemd-analyze"), f"--root={machine}", "verify", unit)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_a_mistake_in_a_unit_would_be_noticed(machine: Path) -> None:
    unit = machine / UNITS / "kiosk.service"
    unit.write_text(unit.read_text().replace("WatchdogSec=", "WatchdogSeconds="))
    done = run(tool("systemd-analyze"), f"--root={machine}", "verify", "kiosk.service")
    assert "WatchdogSeconds" in done.stderr


@pytest.mark.parametrize(("unit", "most"), SANDBOXES.items())
def test_the_sandbox_is_as_tight_as_documented(unit: str, most: float) -> None:
    done = run(tool("systemd-analyze"), "security", "--offline=true", "--no-pager", SYSTEMD / unit)
    found = re.search(r"Overall exposure level for \S+: ([\d.]+)", done.stdout)
    assert found, done.stderr
    print(f"\n{unit} {found[1]}, at most {most}")
    assert float(found[1]) <= most


def test_every_service_has_its_limit() -> None:
    """2.5 for what opens no devices, 4.5 for what does."""
    assert SANDBOXES.keys() == {path.name for path in SYSTEMD.glob("*.service")}
    opens = {"kiosk.service", "kiosk-update.service"}
    assert all(most <= (4.5 if unit in opens else 2.5) for unit, most in SANDBOXES.items())


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_comes_back_says_when_it_is_ready_and_needs_no_network(unit: str) -> None:
    text = (SYSTEMD / unit).read_text()
    settings = set(re.findall(r"^(\w+=.*)$", text, re.MULTILINE))
    assert {"Type=notify", "Restart=always"} <= settings
    # One that stops trying has somebody who tells people and tries again.
    assert settings & {"StartLimitIntervalSec=0", "OnFailure=kiosk-fallback.service"}
    assert {"LimitCORE=0", "UMask=0077", "ProtectSystem=strict"} <= settings
    assert not any("network-online.target" in line for line in settings)
    assert "LoadCredential=" in text


@pytest.mark.parametrize("timer", TIMERS)
def test_the_target_starts_every_timer_and_each_has_its_service(timer: str) -> None:
    assert timer in (SYSTEMD / "kiosk.target").read_text()
    named = re.search(r"^Unit=(\S+)$", (SYSTEMD / timer).read_text(), re.MULTILINE)
    service = named[1] if named else timer.replace(".timer", ".service")
    assert (SYSTEMD / re.sub(r"@\d+", "@", service)).exists()


def script_of(unit: str, line: str) -> str:
    """Return what a unit hands to the shell: systemd takes backslashes away first."""
    text = (SYSTEMD / unit).read_text().replace("\\\n", "")
    found = re.search(rf"^{line}=-?/bin/sh -c '(.*)'$", text, re.MULTILINE)
    assert found
    return found[1].encode().decode("unicode_escape")


@pytest.mark.parametrize(("percent", "brightness"), [(20, "51"), (100, "255")])
def test_the_screen_is_dimmed_by_its_own_scale(
    tmp_path: Path, percent: int, brightness: str
) -> None:
    """A booth may have no backlight, one, or two with other scales."""
    script = script_of("kiosk-dim@.service", "ExecStart").replace("%i", str(percent))
    script = script.replace("/sys/class/backlight", str(tmp_path))
    assert run("sh", "-c", script).returncode == 0
    for name, scale in (("one", "255"), ("other", "100")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "max_brightness").write_text(f"{scale}\n")
        (tmp_path / name / "brightness").write_text("7\n")
    assert run("sh", "-c", script).returncode == 0
    assert (tmp_path / "one" / "brightness").read_text() == f"{brightness}\n"
    assert (tmp_path / "other" / "brightness").read_text() == f"{percent}\n"


@pytest.mark.parametrize(("idle", "restarts"), [(True, True), (False, False), (None, True)])
def test_the_restart_in_the_night_leaves_a_visit_alone(
    tmp_path: Path, *, idle: bool | None, restarts: bool
) -> None:
    """With the sign as the booth writes it; one that gives none serves nobody."""
    from hardware.base import CameraState, Condition
    from kiosk.booth.sign_of_life import SignOfLife

    path = tmp_path / "sign.json"
    if idle is not None:
        SignOfLife(
            path, slot="b", camera=lambda: CameraState(Condition.READY),
            central=lambda: "reached", idle=lambda: idle, boot="a",
        ).tell()  # fmt: skip
    script = script_of("kiosk-reboot.service", "ExecCondition")
    script = script.replace("/run/campus-capture-kiosk/sign.json", str(path))
    assert (run("sh", "-c", script).returncode == 0) is restarts


@pytest.mark.parametrize(
    ("timer", "when"),
    [("kiosk-reboot.timer", "Sun 05:30"), ("kiosk-dim-evening.timer", "22:00"),
     ("kiosk-dim-morning.timer", "06:30")],
)  # fmt: skip
def test_timers_of_the_night_come_when_documented(timer: str, when: str) -> None:
    said = re.findall(r"^OnCalendar=(.*)$", (SYSTEMD / timer).read_text(), re.MULTILINE)
    assert said == [when]
    done = run(tool("systemd-analyze"), "calendar", "--iterations=2", when)
    assert done.returncode == 0, done.stderr
    assert f"{when.rsplit(' ', 1)[-1]}:00" in done.stdout


def test_every_unit_is_installed(machine: Path) -> None:
    there = {path.name for path in (machine / UNITS).iterdir() if path.is_file()}
    units = {
        path.name
        for path in SYSTEMD.iterdir()
        if path.suffix in (".service", ".timer", ".target", ".path", ".socket")
    }
    assert there == units


def test_the_guard_s_command_is_one(tmp_path: Path) -> None:
    for unit in ("kiosk.service", "kiosk-health.service"):
        line = re.search(
            r"-m (kiosk\.update\.guard) (\w+)$", (SYSTEMD / unit).read_text(), re.MULTILINE
        )
        assert line
        done = run(sys.executable, "-I", "-m", line[1], line[2], "--root", tmp_path,
                   "--state", tmp_path / "state.json")  # fmt: skip
        assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("unit", SERVICES)
def test_the_command_of_the_unit_exists_and_takes_its_options(unit: str) -> None:
    from typer.testing import CliRunner

    from kiosk.cli import app

    line = re.search(r"^ExecStart=(\S+) (.*)$", (SYSTEMD / unit).read_text(), re.MULTILINE)
    assert line
    assert line[1] == f"/{PROGRAM}"
    words = line[2].split()
    command = [word for word in words[: words.index("--config")] if not word.startswith("--")]
    told = CliRunner(env={"COLUMNS": "200", "TERM": "dumb"}).invoke(app, [*command, "--help"])
    assert told.exit_code == 0, told.output
    for option in (word for word in words if word.startswith("--")):
        assert option in told.output


def test_every_user_of_a_unit_is_made(machine: Path) -> None:
    made = re.findall(r"^u +(\S+)", (SYSTEMD / "campus-capture-kiosk.sysusers.conf").read_text(),
                      re.MULTILINE)  # fmt: skip
    used = {
        user
        for unit in SERVICES
        for user in re.findall(r"^User=(\S+)$", (SYSTEMD / unit).read_text(), re.MULTILINE)
    }
    assert used == set(made)
    conf = machine / "usr/local/lib/sysusers.d/campus-capture-kiosk.conf"
    done = run(tool("systemd-sysusers"), "--dry-run", f"--root={machine}", conf)
    assert done.returncode == 0, done.stderr
    assert "kiosk-central" in done.stderr + done.stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may give files to other users")
def test_keys_and_settings_get_the_right_owners(machine: Path) -> None:
    (machine / "etc/passwd").write_text(
        "root:x:0:0::/:/bin/sh\nkiosk:x:901:901::/:/bin/false\n"
        "kiosk-central:x:902:902::/:/bin/false\n"
    )
    (machine / "etc/group").write_text("root:x:0:\nkiosk:x:901:\nkiosk-central:x:902:\n")
    conf = machine / "usr/local/lib/tmpfiles.d/campus-capture-kiosk.conf"
    done = run(tool("systemd-tmpfiles"), "--create", f"--root={machine}", conf)
    assert (done.returncode, done.stderr) == (0, "")

    def owner(name: str) -> tuple[int, int, int]:
        state = (machine / name).stat()
        return state.st_uid, state.st_gid, state.st_mode & 0o777

    assert owner(f"{SETTINGS}/kiosk.toml") == (0, 901, 0o640)
    assert owner(f"{SETTINGS}/central.toml") == (0, 902, 0o640)
    assert owner(f"{SETTINGS}/credentials") == (0, 0, 0o700)
    assert owner(f"{SETTINGS}/credentials/booth-token") == (0, 0, 0o600)
    assert owner("var/lib/campus-capture-kiosk") == (901, 901, 0o700)


def test_installing_twice_changes_nothing(root: Path) -> None:
    assert "wrote" in install(root)
    first = tree(root)
    assert "wrote" not in install(root)
    assert tree(root) == first


def test_a_booth_gets_the_booth_and_a_server_the_central_backend(root: Path) -> None:
    install(root, "--role", "booth")
    wants = "etc/systemd/system/multi-user.target.wants"
    booth = tree(root)
    assert f"{wants}/kiosk.target" in booth
    assert not any("central" in name for name in booth)
    other = root.with_name("server")
    install(other, "--role", "central")
    server = tree(other)
    assert f"{wants}/kiosk-central.service" in server
    assert not any(name.endswith((".rules", "kiosk.service", "kiosk.toml")) for name in server)


def test_settings_of_the_administrator_are_never_overwritten(root: Path) -> None:
    install(root)
    settings = root / SETTINGS / "kiosk.toml"
    settings.write_text("[booth]\nname = 'library'\n")
    unit = root / UNITS / "kiosk.service"
    unit.write_text("[Unit]\n")
    install(root)
    assert settings.read_text() == "[booth]\nname = 'library'\n"
    assert unit.read_text() == (SYSTEMD / "kiosk.service").read_text()


def test_uninstalling_leaves_settings_and_data_unless_told_otherwise(root: Path) -> None:
    install(root, "--role", "both")
    outbox = root / "var/lib/campus-capture-kiosk/outbox/photo"
    outbox.parent.mkdir(parents=True)
    outbox.write_text("not sent yet")
    (root / "opt/campus-capture-kiosk/releases").mkdir(parents=True)
    foreign = root / UNITS / "other.service"
    foreign.write_text("[Unit]\n")
    install(root, "--uninstall")
    assert set(tree(root)) == {
        f"{SETTINGS}/kiosk.toml", f"{SETTINGS}/central.toml", f"{UNITS}/other.service",
        "var/lib/campus-capture-kiosk/outbox/photo",
    }  # fmt: skip
    assert not (root / "opt/campus-capture-kiosk").exists()
    install(root, "--uninstall")
    install(root, "--uninstall", "--purge")
    assert set(tree(root)) == {f"{UNITS}/other.service"}


def test_what_a_release_brought_goes_too(root: Path) -> None:
    install(root)
    placed = root / UNITS / ".campus-capture-kiosk.placed"
    placed.write_text("kiosk-lamps.service\n../../../../etc/passwd\nssh.service")
    (root / UNITS / "kiosk-lamps.service").write_text("[Unit]\n")
    (root / UNITS / "ssh.service").write_text("[Unit]\n")
    passwd = root / "etc" / "passwd"
    passwd.write_text("root")
    install(root, "--uninstall")
    assert [p.name for p in (root / UNITS).iterdir()] == ["ssh.service"]
    assert passwd.exists()


@pytest.mark.parametrize(("version", "there"), [("252", False), ("254", True), ("257", True)])
def test_growing_waits_are_used_where_systemd_knows_them(
    root: Path, tmp_path: Path, version: str, *, there: bool
) -> None:
    # Stands in for systemctl: only one version of it can be installed here.
    shim = tmp_path / "bin" / "systemctl"
    shim.parent.mkdir()
    shim.write_text(f"#!/bin/sh\necho 'systemd {version} ({version}.1-1)'\n")
    shim.chmod(0o755)
    install(root, path=shim.parent)
    drop_in = root / UNITS / "kiosk.service.d/50-restart-steps.conf"
    assert drop_in.exists() is there


@pytest.mark.parametrize(
    "options",
    [["--role", "printer"], ["--role"], ["--unknown"], ["--purge"], ["--prefix-root"]],
)
def test_a_wrong_call_is_refused_and_touches_nothing(root: Path, options: list[str]) -> None:
    done = run("sh", SYSTEMD / "install.sh", "--prefix-root", root, *options)
    assert done.returncode == 2
    assert done.stderr.startswith("install.sh: ")
    assert not root.exists()


def test_the_default_settings_are_right() -> None:
    from kiosk.central.service.settings import load_service_settings
    from kiosk.settings import load

    settings = load(SYSTEMD / "defaults" / "kiosk.toml")
    assert str(settings.booth.data_directory) == "/var/lib/campus-capture-kiosk"
    central = load_service_settings(SYSTEMD / "defaults" / "central.toml")
    assert central.storage_path == Path("/var/lib/campus-capture-central/storage")
    assert central.secret_key_path.parent == Path("/var/lib/campus-capture-central")


def test_the_shell_scripts_are_clean() -> None:
    scripts = [*SYSTEMD.glob("*.sh"), *(SYSTEMD.parent / "tests" / "system").rglob("*.sh")]
    done = run(tool("shellcheck"), *sorted(scripts))
    assert (done.returncode, done.stdout) == (0, "")
