"""Build a release: this project's wheel, and all it needs, for one platform."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import tomllib
from collections.abc import Sequence
from pathlib import Path

from kiosk.update.errors import PublishError
from kiosk.update.release import Release, Wheel

PLATFORMS = {
    # The oldest C library of the systems a booth runs on (Debian 12) is 2.36; wheels for older
    # ones fit too.
    f"linux-{machine}-{python}": tuple(
        f"manylinux{tag}_{machine}"
        for tag in ("_2_36", "_2_34", "_2_31", "_2_28", "_2_27", "_2_26", "_2_24", "_2_17", "2014")
    )
    for machine in ("x86_64", "aarch64")
    for python in ("cp311", "cp312")
}


def build(checkout: Path, platform: str, folder: Path, *, version: str, notes: str = "") -> Release:
    """Collect the wheels of a release in a folder and describe them.

    Args:
        checkout: of the project, at the state to be released.
        platform: one of `PLATFORMS`.
        folder: the wheels; made, and empty: what lies there would be part of the release.
        version: of the release.
        notes: for people.

    Raises:
        PublishError: the folder is not empty, the checkout is another version, or something could
            not be built or fetched.
    """
    if platform not in PLATFORMS:
        raise PublishError(f"{platform} is none of {', '.join(PLATFORMS)}.")
    project = checkout / "pyproject.toml"
    try:
        is_now = tomllib.loads(project.read_text(encoding="utf-8"))["project"]["version"]
    except (OSError, ValueError, KeyError) as error:
        raise PublishError(f"{checkout} is no checkout of the project: {error}.") from error
    if is_now != version:
        raise PublishError(
            f"{project} says version {is_now}. Write {version} there, and commit it."
        )
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise PublishError(f"{folder} is not empty. Name a new folder, or empty it.")
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    python = platform.rpartition("-")[2]
    tags = [word for tag in PLATFORMS[platform] for word in ("--platform", tag)]
    _run(
        [*pip, "download", "--require-hashes", "--only-binary=:all:", "--no-deps", *tags,
         "--python-version", python.removeprefix("cp"), "--implementation", "cp",
         "--abi", python, "--abi", "abi3", "--abi", "none",
         "--dest", str(folder),
         "-r", str(checkout / "requirements-run.txt")]
    )  # fmt: skip
    _run([*pip, "wheel", "--no-deps", "--no-build-isolation", "-w", str(folder), str(checkout)])
    return describe(
        sorted(folder.glob("*.whl")), platform,
        version=version, notes=notes,
    )  # fmt: skip


def describe(wheels: Sequence[Path], platform: str, *, version: str, notes: str = "") -> Release:
    """Describe a release made of these wheels.

    Raises:
        PublishError: the project's own wheel of this version is not among them.
    """
    own = f"campus_capture_kiosk-{version}-"
    if not any(path.name.startswith(own) for path in wheels):
        raise PublishError(f"No wheel {own}… is there. Is {version} the version in pyproject.toml?")
    listed = []
    for path in wheels:
        content = path.read_bytes()
        digest = hashlib.sha256(content).hexdigest()
        listed.append(Wheel(name=path.name, sha256=digest, size=len(content)))
    return Release(
        version=version, platform=platform, wheels=tuple(listed), notes=notes,
    )  # fmt: skip


def _run(command: Sequence[str]) -> None:
    done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        raise PublishError("\n".join(["The release could not be built; pip said:", *said[-5:]]))
