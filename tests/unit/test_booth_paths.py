"""Where a booth keeps what, however its settings file is named."""

from __future__ import annotations

from pathlib import Path

from kiosk.booth.paths import BoothPaths
from kiosk.settings import Settings


def settings(**booth):
    return Settings(booth=booth)


def test_relative_paths_start_from_the_settings_file(tmp_path, monkeypatch):
    (tmp_path / "etc").mkdir()
    monkeypatch.chdir(tmp_path)
    paths = BoothPaths.of(settings(profile_file="profile.json"), Path("etc/kiosk.toml"))
    assert paths.base == tmp_path / "etc"
    assert paths.data == tmp_path / "etc" / "data"
    assert paths.batches == tmp_path / "etc" / "data" / "batches"
    assert paths.profile == tmp_path / "etc" / "data" / "profile.json"


def test_absolute_data_directory_stays_where_it_is(tmp_path):
    paths = BoothPaths.of(settings(data_directory=tmp_path / "var"), Path("/etc/kiosk/kiosk.toml"))
    assert paths.data == tmp_path / "var"


def test_without_a_settings_file_it_is_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert BoothPaths.of(settings(), None).base == tmp_path


def test_booth_without_a_profile(tmp_path):
    paths = BoothPaths.of(settings(profile_file=None), tmp_path / "kiosk.toml")
    assert paths.profile is None


def test_profiles_lie_in_a_folder_of_their_own_by_default(tmp_path):
    paths = BoothPaths.of(settings(), tmp_path / "kiosk.toml")
    assert paths.profile == tmp_path / "data" / "profiles"
