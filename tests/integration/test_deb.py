"""The Debian package: what is in it, that it is the same each time, that it installs as ever."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NAME = "campus-capture-kiosk"


def build(out: Path, *options: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["sh", ROOT / "systemd/deb.sh", "--out", out, *options],
        check=False, capture_output=True, text=True, timeout=100,
        env=os.environ | environment,
    )  # fmt: skip


def said(*command: str | Path) -> str:
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=100)
    return done.stdout


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    done = build(tmp_path_factory.mktemp("dist"))
    assert done.returncode == 0, done.stderr
    return Path(done.stdout.strip())


@pytest.fixture(scope="module")
def opened(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("opened")
    said("dpkg-deb", "-R", package, folder)
    return folder


def test_it_says_what_it_is_and_needs(package: Path) -> None:
    fields = dict(
        line.split(": ", 1)
        for line in said("dpkg-deb", "--field", package).splitlines()
        if ": " in line
    )
    assert fields["Package"] == NAME
    assert fields["Version"] in (ROOT / "pyproject.toml").read_text()
    assert fields["Architecture"] == "all"
    needs = set(fields["Depends"].split(", "))
    script = (ROOT / "systemd/system-packages.sh").read_text()
    listed = script.split('packages="', 1)[1].split('"', 1)[0].replace("\\\n", " ").split()
    assert needs == {*listed, "systemd", "udev"}


def test_everything_is_root_s_and_nobody_else_may_write_it(package: Path) -> None:
    lines = said("dpkg-deb", "-c", package).splitlines()
    assert len(lines) > 300
    for line in lines:
        mode, owner = line.split()[:2]
        assert owner == "root/root", line
        assert mode in ("drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x"), line


def test_it_holds_what_runs_and_nothing_else(opened: Path) -> None:
    files = {str(p.relative_to(opened)) for p in opened.rglob("*") if p.is_file()}
    inside = f"usr/share/{NAME}"
    assert {
        f"{inside}/systemd/install.sh",
        f"{inside}/requirements-run.txt",
        f"{inside}/kiosk/cli/__init__.py",
        f"usr/share/doc/{NAME}/copyright",
        f"usr/share/doc/{NAME}/handbook.md.gz",
    } <= files
    assert not [name for name in files if "/tests/" in name or "__pycache__" in name]
    assert not [name for name in files if "/training/" in name or "/render/" in name]


def test_the_same_checkout_gives_the_same_package(package: Path, tmp_path: Path) -> None:
    again = build(tmp_path)
    assert Path(again.stdout.strip()).read_bytes() == package.read_bytes()


def test_what_is_in_it_installs_as_the_checkout_does(opened: Path, tmp_path: Path) -> None:
    roots = []
    for name, checkout in (("package", opened / "usr/share" / NAME), ("checkout", ROOT)):
        root = tmp_path / name
        script = checkout / "systemd/install.sh"
        said("sh", script, "--prefix-root", root, "--role", "both")
        roots.append(
            {
                str(p.relative_to(root)): (p.stat().st_mode, p.read_bytes())
                for p in root.rglob("*")
                if p.is_file()
            }
        )
    assert roots[0] == roots[1]


def test_the_machine_s_role_decides_what_is_installed(opened: Path) -> None:
    control = opened / "DEBIAN"
    for script in ("postinst", "prerm", "postrm"):
        assert os.access(control / script, os.X_OK)
        said("sh", "-n", control / script)
        said("sh", control / script, "abort-upgrade")  # and does nothing
    assert f"/etc/{NAME}/role" in (control / "postinst").read_text()


def test_wheels_make_it_a_package_of_their_machines(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    for name in ("numpy-1.26.4-cp311-cp311-manylinux_2_17_aarch64.whl", "six-1.0-py3-none-any.whl",
                 "campus_capture_kiosk-0.1.0-py3-none-any.whl"):  # fmt: skip
        (wheels / name).write_bytes(b"a wheel")
    done = build(tmp_path, "--wheels", wheels)
    assert done.returncode == 0, done.stderr
    made = Path(done.stdout.strip())
    assert made.name.endswith("_arm64.deb")
    held = {
        line.split("/")[-1]
        for line in said("dpkg-deb", "-c", made).splitlines()
        if "/wheels/" in line
    }
    assert held == {"", *(p.name for p in wheels.iterdir())} - {
        "campus_capture_kiosk-0.1.0-py3-none-any.whl"
    }
    control = said("dpkg-deb", "--field", made, "Description")
    assert "fetched" not in control


@pytest.mark.parametrize(
    "options", [["--wheels"], ["--wheels", "/no/such"], ["--out"], ["--unknown"]]
)
def test_a_wrong_call_is_refused(tmp_path: Path, options: list[str]) -> None:
    done = build(tmp_path, *options)
    assert done.returncode == 2
    assert done.stderr.startswith("deb.sh: ")
    assert list(tmp_path.iterdir()) == []


def test_a_folder_without_wheels_for_a_machine_is_refused(tmp_path: Path) -> None:
    done = build(tmp_path / "out", "--wheels", tmp_path)
    assert (done.returncode, done.stderr.split(":")[0]) == (2, "deb.sh")


def test_lintian_finds_nothing(tmp_path: Path) -> None:
    wheels = tmp_path / "wheels"
    wheels.mkdir()
    (wheels / "numpy-1.26.4-cp311-cp311-manylinux_2_17_x86_64.whl").write_bytes(b"a wheel")
    made = [
        build(
            tmp_path / "dist", *options, DEBFULLNAME="Who Makes It", DEBEMAIL="who@debian.org"
        ).stdout.strip()
        for options in ([], ["--wheels", wheels])
    ]
    done = subprocess.run(
        ["lintian", "--fail-on", "error,warning", "--allow-root", *made],
        check=False, capture_output=True, text=True, timeout=110,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
