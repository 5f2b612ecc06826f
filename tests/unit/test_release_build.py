"""What `kiosk release build` refuses before it fetches anything."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.update.errors import PublishError
from kiosk.update.publishing import build as building

PLATFORM = "linux-x86_64-cp311"


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project of version 1.2.0; calling pip would be found out."""

    def fetched(command: list[str]) -> None:
        raise AssertionError(command)

    monkeypatch.setattr(building, "_run", fetched)
    folder = tmp_path / "checkout"
    folder.mkdir()
    (folder / "pyproject.toml").write_text('[project]\nversion = "1.2.0"\n')
    return folder


def test_another_version_than_the_checkout_is(checkout: Path, tmp_path: Path) -> None:
    with pytest.raises(PublishError, match=r"says version 1\.2\.0\. Write 1\.3\.0 there"):
        building.build(checkout, PLATFORM, tmp_path / "built", version="1.3.0")


def test_wheels_of_an_earlier_build_do_not_become_part_of_the_release(
    checkout: Path, tmp_path: Path
) -> None:
    built = tmp_path / "built"
    built.mkdir()
    (built / "campus_capture_kiosk-1.1.0-py3-none-any.whl").touch()
    with pytest.raises(PublishError, match="not empty"):
        building.build(checkout, PLATFORM, built, version="1.2.0")


def test_a_folder_that_is_no_checkout(tmp_path: Path) -> None:
    with pytest.raises(PublishError, match="no checkout of the project"):
        building.build(tmp_path, PLATFORM, tmp_path / "built", version="1.2.0")
