"""`kiosk portrait` and `kiosk calibrate plate` as they are called, on the shipped sitters."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image
from portrait_scenes import GREEN, as_jpeg, booth_scene
from typer.testing import CliRunner

from calibration.backdrop import clean_plate
from calibration.profile import Profile
from kiosk.booth.portraits import Darkroom
from kiosk.cli import calibrate
from kiosk.cli.portrait import PortraitCommand, portrait, spread_plates
from kiosk.guidance.shared_models import SharedModels
from kiosk.portrait.errors import NoPerson, PlateMismatch, SeveralPeople
from kiosk.portrait.light import to_encoded, to_linear
from kiosk.portrait.loading import load_maker
from kiosk.portrait.make import PortraitMaker
from kiosk.settings import load as load_settings
from kiosk.standards import load as load_standard

BOOTH = {"size": (1100, 1300), "scale": 1.1, "drop": 120}

app = typer.Typer()
app.command(cls=PortraitCommand)(portrait)


@pytest.fixture(scope="module")
def scene():
    return booth_scene(GREEN, **BOOTH)


@pytest.fixture(scope="module")
def maker(scene) -> PortraitMaker:
    settings = load_settings()
    return load_maker(
        load_standard("chsi"), settings.portrait, settings.guidance,
        plate=clean_plate(scene.plates),
    )  # fmt: skip


@pytest.fixture(scope="module")
def files(scene, tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("booth")
    (folder / "plates").mkdir()
    for number, plate in enumerate(scene.plates):
        (folder / "plates" / f"{number}.jpg").write_bytes(as_jpeg(plate))
    (folder / "still.jpg").write_bytes(as_jpeg(scene.still))
    return folder


def test_photo_conforms_and_says_where_it_comes_from(maker, scene):
    still = as_jpeg(scene.still)
    made = maker.make(still)
    report = made.report.as_dict()
    assert made.passed, made.report.remarks
    assert report["provenance"]["standard"] == "chsi"
    assert len(report["provenance"]["original_sha256"]) == 64
    assert report["matte"]["method"] == "plate"
    assert report["background"]["deviation"] <= 3
    geometry = report["geometry"]
    assert geometry["eyes_px"] == pytest.approx(250, abs=6)
    assert abs(geometry["centre_offset_px"]) < 6
    truth = scene.alpha
    assert np.abs(made.alpha / 255 - truth).mean() * 1e3 < 5
    with Image.open(io.BytesIO(made.jpeg)) as image:
        assert image.size == (480, 640)


def test_batch_decides_background_and_band(maker, scene):
    made = maker.make(as_jpeg(scene.still), background="grey", min_bytes=60_000, max_bytes=90_000)
    assert made.report.background.colour == (240, 240, 240)
    band = {"file_too_small", "file_too_large"}
    inside = 60_000 <= len(made.jpeg) <= 90_000
    assert inside != bool(band & set(made.remarks))


def test_nobody_in_the_still(maker, scene):
    with pytest.raises(NoPerson, match="No face"):
        maker.make(as_jpeg(scene.plates[0]))


def test_two_people(maker):
    two = booth_scene(GREEN, people=(("mei", 0.27), ("kofi", 0.73)), size=(1100, 1300), scale=0.75)
    with pytest.raises(SeveralPeople, match="2 faces"):
        maker.make(as_jpeg(two.still))


def test_still_of_another_size_than_the_plate(maker):
    other = booth_scene(GREEN, size=(900, 1100), scale=0.9)
    with pytest.raises(PlateMismatch, match="1300x1100"):
        maker.make(as_jpeg(other.still))


def test_person_whom_the_still_cuts_off(maker):
    low = booth_scene(GREEN, size=(1100, 1300), scale=1.1, drop=520)
    made = maker.make(as_jpeg(low.still))
    assert not made.passed
    assert "cut_off_bottom" in made.remarks


@pytest.mark.parametrize(("place", "edge"), [(0.16, "left"), (0.84, "right")])
def test_person_who_leaves_the_still_at_the_side(maker, place, edge):
    aside = booth_scene(GREEN, people=(("mei", place),), **BOOTH)
    made = maker.make(as_jpeg(aside.still))
    assert not made.passed
    assert f"cut_off_{edge}" in made.remarks


def test_head_that_the_still_cuts_off(scene):
    """Everything above the forehead is missing, in still and plate alike."""
    settings, facts = load_settings(), clean_plate(scene.plates)
    first = int(np.flatnonzero((scene.alpha > 0.5).any(axis=1))[0]) + 60
    height, width = scene.still.shape[0] - first, scene.still.shape[1]
    plate = replace(facts, pixels=facts.pixels[first:].copy(), still_size=(width, height))
    maker = load_maker(load_standard("chsi"), settings.portrait, settings.guidance, plate=plate)
    made = maker.make(as_jpeg(scene.still[first:]))
    assert not made.passed
    assert {"crown_unseen", "cut_off_top"} & set(made.remarks)


def test_plate_with_a_person_in_it_makes_no_photo(scene):
    """A plate that passed by every other check: the sitter of before would show through."""
    facts, settings = clean_plate(scene.plates), load_settings()
    plate = replace(facts, pixels=scene.still)
    maker = load_maker(load_standard("chsi"), settings.portrait, settings.guidance, plate=plate)
    other = booth_scene(GREEN, people=(("kofi", 0.5),), **BOOTH)
    with pytest.raises(PlateMismatch, match="booth empty"):
        maker.make(as_jpeg(other.still))


def test_moved_camera_before_a_wall_with_panels(scene):
    """What the plate shows stands elsewhere now, farther than it is followed."""
    settings, facts = load_settings(), clean_plate(scene.plates)
    seams = np.arange(scene.still.shape[1]) % 90 < 30
    away = (scene.alpha == 0) & np.roll(seams, 14)
    still, pixels = scene.still.copy(), facts.pixels.copy()
    still[away] //= 2
    pixels[:, seams] //= 2
    maker = load_maker(
        load_standard("chsi"), settings.portrait, settings.guidance,
        plate=replace(facts, pixels=pixels),
    )  # fmt: skip
    with pytest.raises(PlateMismatch, match="moved"):
        maker.make(as_jpeg(still))


def test_colours_are_corrected_by_the_profile(scene):
    """The camera sees too little red and blue; the profile knows."""
    cast = np.array([0.85, 1.0, 0.9], np.float32)
    facts, settings = clean_plate(scene.plates), load_settings()
    tinted = [to_encoded(to_linear(x) * cast) for x in (scene.still, facts.pixels)]
    matrix = [[1 / 0.85, 0, 0], [0, 1, 0], [0, 0, 1 / 0.9]]
    right = load_maker(load_standard("chsi"), settings.portrait, settings.guidance, plate=facts)
    profiles = [
        Profile("hall-1", replace(facts, pixels=tinted[1]), sections=sections)
        for sections in ({"colour": {"matrix": matrix}}, {})
    ]
    skin = []
    for profile in profiles:
        maker = load_maker(
            load_standard("chsi"), settings.portrait, settings.guidance, profile=profile
        )
        made = maker.make(as_jpeg(tinted[0]))
        assert made.report.provenance.booth == "hall-1"
        assert made.report.provenance.colour_corrected == bool(profile.sections)
        skin.append(face_colour(made.jpeg))
    wanted = face_colour(right.make(as_jpeg(scene.still)).jpeg)
    assert np.abs(skin[0] - wanted).max() < 3
    assert np.abs(skin[1] - wanted).max() > 6


def test_light_that_changed_since_calibration_is_followed_in_the_photo(scene):
    """What the watch over the booth's light tells the darkroom is seen in the photo."""
    warmer = np.array([1.08, 1.0, 0.92], np.float32)
    facts, settings = clean_plate(scene.plates), load_settings()
    known = Profile("hall-1", facts, sections={"colour": {"matrix": np.eye(3).tolist()}})
    standard = load_standard("chsi")
    with SharedModels(tracking=False) as models:
        darkroom = Darkroom(standard, settings, known, lambda: models)
        make = partial(darkroom.make, background="blue", min_bytes=None, max_bytes=None)
        wanted = face_colour(make(as_jpeg(scene.still)).jpeg)
        still = as_jpeg(to_encoded(to_linear(scene.still) * warmer))
        unknown = face_colour(make(still).jpeg)
        darkroom.follow(tuple(float(x) for x in warmer))
        followed = face_colour(make(still).jpeg)
    assert np.abs(unknown - wanted).max() > 4
    assert np.abs(followed - wanted).max() < 2


def face_colour(jpeg: bytes) -> np.ndarray:
    with Image.open(io.BytesIO(jpeg)) as image:
        return np.asarray(image.convert("RGB"))[300:330, 220:260].reshape(-1, 3).mean(axis=0)


def test_report_as_a_page_and_signed(files):
    out, page = files / "one.jpg", files / "one.html"
    call = [str(files / "still.jpg"), "--plate", str(files / "plates"), "--out", str(out)]
    key = str(files / "report.key")
    run = CliRunner().invoke(app, [*call, "--report", str(page), "--sign-key", key])
    assert run.exit_code == 0, run.output
    text = page.read_text(encoding="utf-8")
    assert "签名有效" in text
    assert 'class="verdict pass"' in text
    (files / "bad.key").write_bytes(b"x")
    run = CliRunner().invoke(app, [*call, "--sign-key", str(files / "bad.key")])
    assert run.exit_code == 2
    assert "not a signing key" in run.output


def test_without_a_plate_it_is_marked(scene):
    settings = load_settings()
    made = load_maker(load_standard("chsi"), settings.portrait, settings.guidance).make(
        as_jpeg(scene.still)
    )
    assert made.report.matte.method == "plain_wall"
    assert "matte_without_plate" in made.remarks


def test_from_plates_to_the_photo_on_the_command_line(files):
    run = CliRunner().invoke(
        calibrate.app,
        ["plate", str(files / "plates"), "--out", str(files / "a.profile"), "--json"],
    )
    assert run.exit_code == 0, run.output
    assert json.loads(run.stdout)["stills"] == 5
    out = files / "photos"
    out.mkdir()
    (files / "empty.jpg").write_bytes((files / "plates" / "0.jpg").read_bytes())
    (files / "broken.jpg").write_bytes((files / "still.jpg").read_bytes()[:5000])
    stills = [str(files / name) for name in ("still.jpg", "empty.jpg", "broken.jpg", "absent.jpg")]
    run = CliRunner().invoke(
        app,
        [*stills, "--profile", str(files / "a.profile"), "--out", str(out), "--report", str(out),
         "--alpha", str(out), "--min-bytes", "60000", "--max-bytes", "90000", "--json"],
    )  # fmt: skip
    assert run.exit_code == 1
    lines = [json.loads(line) for line in run.stdout.splitlines()]
    assert [line["conforms"] for line in lines] == [True, False, False, False]
    keys = ["no_person", "unreadable", "unreadable"]
    assert [line.get("key") for line in lines] == [None, *keys]
    assert sorted(p.name for p in out.iterdir()) == ["still.jpg", "still.json", "still_alpha.png"]
    assert 60_000 <= (out / "still.jpg").stat().st_size <= 90_000, "a batch has its own band"
    report = json.loads((out / "still.json").read_text())
    assert report["provenance"]["profile"].startswith("booth-1-")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--background", "red"], "blue, white or grey"),
        (["--standard", "nowhere"], "No photo standard"),
        (["--min-bytes", "90000", "--max-bytes", "60000"], "--min-bytes is above --max-bytes"),
        (["--plate", "still.jpg"], "stands before"),
        (["--profile", "still.jpg"], "no whole calibration profile"),
        (["--profile", "x", "--plate", "y"], "not both"),
    ],
    ids=["colour", "standard", "band", "no plate", "profile", "both"],
)
def test_wrong_calls(files, arguments, message, monkeypatch):
    monkeypatch.chdir(files)
    run = CliRunner().invoke(app, ["still.jpg", "--out", "x.jpg", *arguments])
    assert run.exit_code == 2
    assert message in run.output
    assert not (files / "x.jpg").exists()


def test_plate_with_a_person_in_it_writes_no_profile(files):
    person = [str(files / "still.jpg")] * 3
    run = CliRunner().invoke(calibrate.app, ["plate", *person, "--out", str(files / "b.profile")])
    assert run.exit_code == 1
    assert "stands before" in run.output
    assert not (files / "b.profile").exists()


@pytest.mark.parametrize(
    ("args", "spread"),
    [
        ("a --plate p q --out x", "a --plate p --plate q --out x"),
        ("a b --out x --plate p q r", "a b --out x --plate p --plate q --plate r"),
        ("--plate p a --out x", "--plate p a --out x"),
        ("a --plate p --json --plate q", "a --plate p --json --plate q"),
        ("--json a --plate p q --standard=chsi", "--json a --plate p --plate q --standard=chsi"),
    ],
)
def test_several_plates_may_follow_one_option(args, spread):
    assert spread_plates(args.split()) == spread.split()


def test_call_with_a_pattern_of_plates(files):
    plates = [str(f) for f in sorted((files / "plates").iterdir())]
    out = files / "pattern.jpg"
    run = CliRunner().invoke(
        app, [str(files / "still.jpg"), "--plate", *plates, "--standard", "chsi", "--out", str(out)]
    )
    assert run.exit_code == 0, run.output
    assert out.exists()
