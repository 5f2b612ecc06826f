"""The profile: what is read is what was written, or it is refused."""

from __future__ import annotations

import json
import os
import time
import zipfile
from datetime import UTC, datetime

import numpy as np
import pytest
from portrait_scenes import GREY, noisy, wall

from calibration import profile as profiles
from calibration.backdrop import clean_plate
from calibration.errors import ProfileDamaged, ProfileError, ProfileTooNew
from calibration.profile import Exposure, Profile, load

LIGHT = wall(GREY, 60, 80)


@pytest.fixture
def profile() -> Profile:
    return Profile(
        booth="booth-7",
        plate=clean_plate([noisy(LIGHT, seed) for seed in range(3)]),
        exposure=Exposure({"iso": 200}, (135.0, 135.0, 136.0), (1.5, 1.2)),
        created_at=datetime(2026, 3, 1, 8, 30, tzinfo=UTC),
        sections={"focus": {"mtf50": 0.31}},
    )


def test_reads_back_what_was_written(profile, tmp_path):
    read = load(profile.write(tmp_path / "a.profile"))
    assert np.array_equal(read.plate.pixels, profile.plate.pixels)
    assert read.plate.noise == profile.plate.noise
    assert read.plate.uniformity == profile.plate.uniformity
    assert read.exposure == profile.exposure
    assert read.sections == profile.sections
    assert read.created_at == profile.created_at
    assert read.version.startswith("booth-7-20260301T083000Z-")


def test_folder_gives_the_newest_and_keeps_the_old(profile, tmp_path):
    old = profile.save(tmp_path)
    os.utime(old, (1, 1))
    newer = Profile(booth="booth-7", plate=profile.plate).save(tmp_path)
    assert old.exists()
    assert load(tmp_path).checksum == load(newer).checksum != load(old).checksum


def test_newest_is_the_one_written_last_even_if_the_clock_was_set_back(profile, tmp_path):
    before = profile.save(tmp_path)
    tomorrow = time.time() + 86_400
    os.utime(before, (tomorrow, tomorrow))
    for _ in range(2):
        again = Profile(booth="booth-7", plate=profile.plate).save(tmp_path)
        assert load(tmp_path).checksum == load(again).checksum


@pytest.mark.parametrize("part", [0, 1, 2, 3])
def test_whatever_bit_falls_over_the_damage_is_told(profile, tmp_path, part):
    file = profile.write(tmp_path / "a.profile")
    data = file.read_bytes()
    plate_at = data.index(b"\x89PNG")
    places = [*range(plate_at), *range(data.rindex(b"IEND"), len(data))]
    for at in places[part::4]:
        damaged = bytearray(data)
        damaged[at] ^= 1 << (at % 8)
        file.write_bytes(damaged)
        refused, found = loaded(file)
        if found is None:
            assert "kiosk-as-booth calibrate" in refused or "Update the booth" in refused
        else:  # a date or a flag of the archive, which nobody reads
            assert np.array_equal(found.plate.pixels, profile.plate.pixels)
            assert found.sections == profile.sections


def loaded(file):
    try:
        return "", load(file)
    except ProfileError as error:
        return str(error), None


def test_no_profile(tmp_path):
    with pytest.raises(ProfileError, match="no calibration profile"):
        load(tmp_path)
    with pytest.raises(ProfileError, match="no calibration profile"):
        load(tmp_path / "absent.profile")


@pytest.mark.parametrize("cut", [0, 10, -30])
def test_file_cut_short(profile, tmp_path, cut):
    file = profile.write(tmp_path / "a.profile")
    file.write_bytes(file.read_bytes()[:cut])
    with pytest.raises(ProfileDamaged, match="kiosk-as-booth calibrate"):
        load(file)


def rewritten(file, change_json=lambda document: None, plate=lambda data: data):
    with zipfile.ZipFile(file) as archive:
        document = json.loads(archive.read("profile.json"))
        pixels = archive.read("plate.png")
    change_json(document)
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("profile.json", json.dumps(document))
        archive.writestr("plate.png", plate(pixels))
    return file


def test_changed_figure_is_noticed(profile, tmp_path):
    file = profile.write(tmp_path / "a.profile")
    rewritten(file, lambda document: document["plate"]["noise"].__setitem__(0, 9.0))
    with pytest.raises(ProfileDamaged, match="changed since"):
        load(file)


def test_changed_plate_is_noticed(profile, tmp_path):
    file = rewritten(profile.write(tmp_path / "a.profile"), plate=lambda data: data[:-1] + b"x")
    with pytest.raises(ProfileDamaged, match="changed since"):
        load(file)


def test_newer_format_asks_for_an_update(profile, tmp_path):
    file = profile.write(tmp_path / "a.profile")
    rewritten(file, lambda document: document.update(format=profiles.FORMAT_VERSION + 1))
    with pytest.raises(ProfileTooNew, match="Update the booth"):
        load(file)


def test_disk_that_is_full_leaves_the_old_one(profile, tmp_path, monkeypatch):
    file = profile.write(tmp_path / "a.profile")
    before = file.read_bytes()

    def full(_handle):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(profiles.os, "fsync", full)
    with pytest.raises(ProfileError, match="No space left"):
        Profile(booth="booth-8", plate=profile.plate).write(file)
    assert file.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ["a.profile"]
