"""The report's page: what it shows, and that it trusts nothing it is given."""

from __future__ import annotations

import hashlib
import json

import pytest
import typer
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from kiosk.central.signature import public_key, sign
from kiosk.cli.report import report as report_command
from kiosk.guidance.model import RuleResult, Verdict
from kiosk.guidance.rules import RULES
from kiosk.portrait.report import (
    BackgroundReport,
    FileReport,
    GeometryReport,
    MatteReport,
    Provenance,
    Remark,
    Report,
)
from kiosk.portrait.report_page import render, words
from kiosk.standards import load

PHOTO = b"a photo"
CHSI = load("chsi")
app = typer.Typer()
app.command()(report_command)


def made(*remarks: Remark, crown: float = 80.0) -> dict:
    return Report(
        conforms=not any(r.serious for r in remarks),
        remarks=remarks,
        geometry=GeometryReport(crown, 250.0, 240.0, 3.0, 0.5),
        file=FileReport(
            39_000, hashlib.sha256(PHOTO).hexdigest(), 480, 640, 300.0, 92, "4:4:4", 20_480, 40_960
        ),
        background=BackgroundReport("blue", (100, 197, 255), 1, 0.3),
        matte=MatteReport("plate", (0.1, 0.0), 1.0, 0.02, (1080, 1080)),
        provenance=Provenance("0" * 64, "hall-1-x", "kiosk 1", "chsi", "hall-1"),
        measurements={"roll_deg": 1.0, "yaw_deg": -2.0, "pitch_deg": 0.5, "shoulder_tilt_deg": 7.0},
        rules={"eyes_open": RuleResult("eyes_open", Verdict.PASS, 0.31, 0.2)},
    ).as_dict()


def test_page_shows_figures_ranges_and_origin():
    page = render(made(), CHSI, photo=PHOTO, signature="valid")
    for text in ("合格", "50 – 110", "20480 – 40960", "39000", "hall-1-x", "签名有效", "双眼睁开"):
        assert text in page
    assert page.count("data:image/jpeg") == 1
    assert "http" not in page


def test_every_figure_of_the_standard_is_judged_again():
    """A shoulder line of 7 degrees and a crown at 30 pixels do not hold, whatever was remarked."""
    page = render(made(crown=30.0), CHSI)
    assert page.count('<td class="fail">') == 2


def test_what_is_missed_is_said_with_its_amount():
    page = render(made(Remark("crown_missed", True, 42.0, 50.0, 8.0)), CHSI)
    assert "不可使用" in page
    assert "头顶位置超出范围" in page
    assert "42" in page
    assert "8" in page


@pytest.mark.parametrize("signature", ["invalid", "unknown_key"])
def test_changed_report_or_foreign_booth_is_never_shown_as_good(signature):
    assert 'class="verdict fail"' in render(made(), CHSI, signature=signature)


def test_another_photo_is_noticed():
    page = render(made(), CHSI, photo=b"another")
    assert "不是本报告的照片" in page
    assert 'class="verdict pass"' not in page


def test_foreign_report_is_escaped_and_its_gaps_are_shown():
    page = render(
        {"conforms": True, "remarks": [{"key": "<script>x</script>"}, 7], "rules": {"<b>": 3},
         "file": None, "provenance": {"booth": "<img src=x>"}, "background": {"name": "<i>"}},
        CHSI,
    )  # fmt: skip
    assert "<script>" not in page
    assert "<img src=x>" not in page
    assert "未能测量" in page


def test_every_rule_and_remark_has_words_in_both_languages():
    known = words()
    assert set(RULES) <= set(known["rules"])
    ranges = [f"{w}_{e}" for w in ("eyes", "crown", "face_width", "centre")
              for e in ("missed", "near_limit")]  # fmt: skip
    edges = [f"cut_off_{e}" for e in ("top", "bottom", "left", "right")]
    assert set(ranges + edges) <= set(known["remarks"])
    for section in known.values():
        assert all(zh and en and zh != en for zh, en in section.values())


def test_command_writes_the_page_and_checks_the_signature(tmp_path):
    key = Ed25519PrivateKey.generate()
    (tmp_path / "r.json").write_text(json.dumps(sign(made(), key)), encoding="utf-8")
    (tmp_path / "p.jpg").write_bytes(PHOTO)
    call = [str(tmp_path / "r.json"), "--out", str(tmp_path / "r.html")]
    good = CliRunner().invoke(
        app, [*call, "--photo", str(tmp_path / "p.jpg"), "--public-key", public_key(key)]
    )
    assert good.exit_code == 0, good.output
    assert "签名有效" in (tmp_path / "r.html").read_text(encoding="utf-8")
    other = public_key(Ed25519PrivateKey.generate())
    assert CliRunner().invoke(app, [*call, "--public-key", other]).exit_code == 1
    (tmp_path / "p.jpg").write_bytes(b"another")
    assert CliRunner().invoke(app, [*call, "--photo", str(tmp_path / "p.jpg")]).exit_code == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [("no json", "not JSON"), ("[]", "no photo's report"), (None, "cannot be read")],
)
def test_what_is_no_report_is_a_wrong_call(tmp_path, text, message):
    file = tmp_path / "r.json"
    if text is not None:
        file.write_text(text)
    run = CliRunner().invoke(app, [str(file), "--out", str(tmp_path / "r.html")])
    assert run.exit_code == 2
    assert message in run.output
