"""`kiosk codes …` as a person or a script calls it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kiosk.cli.codes import app
from kiosk.codes.qr_image import qr_png

RUNNER = CliRunner()
ID_NUMBER = "11010519491231002X"


def lines(output: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in output.splitlines()]


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "code.png"
    path.write_bytes(qr_png("某大学|066614360"))
    return path


def test_every_image_has_its_line_and_bad_ones_an_error(tmp_path: Path, picture: Path) -> None:
    text = tmp_path / "text.jpg"
    text.write_text("not a picture")
    cut = tmp_path / "cut.png"
    cut.write_bytes(picture.read_bytes()[:200])
    missing = tmp_path / "missing.jpg"
    images = [text, cut, missing, tmp_path, picture]
    result = RUNNER.invoke(app, ["read", *map(str, images), "--json"])
    assert result.exit_code == 1
    answers = lines(result.stdout)
    assert [a["file"] for a in answers] == [str(i) for i in images]
    assert all(a["error"] and "texts" not in a for a in answers[:4])
    assert answers[4] == {"file": str(picture), "texts": ["某大学|066614360"]}
    assert "Traceback" not in result.output


@pytest.mark.parametrize("engine", ["zxing", "pyzbar"])
def test_an_image_is_read_with_either_engine(picture: Path, engine: str) -> None:
    result = RUNNER.invoke(app, ["read", str(picture), "--engine", engine, "--fast"])
    assert result.exit_code == 0
    assert "某大学|066614360" in result.stdout


def test_a_wrong_engine_or_settings_file_is_a_wrong_call(tmp_path: Path, picture: Path) -> None:
    assert RUNNER.invoke(app, ["read", str(picture), "--engine", "other"]).exit_code == 2
    config = tmp_path / "kiosk.toml"
    config.write_text("[codes]\nengin = 'zxing'\n")
    result = RUNNER.invoke(app, ["read", str(picture), "--config", str(config)])
    assert result.exit_code == 2
    assert "codes.engin: no such setting" in result.stderr


def test_a_code_is_issued_read_and_explained(tmp_path: Path) -> None:
    config = tmp_path / "kiosk.toml"
    config.write_text("[booth]\ndata_directory = 'data'\n[codes]\nkey_file = 'keys.json'\n")
    png = tmp_path / "code.png"
    call = ["issue", "20231234567", "欧阳娜娜", ID_NUMBER, "--config", str(config)]
    issued = RUNNER.invoke(app, [*call, "--png", str(png)])
    assert issued.exit_code == 0, issued.output
    assert (tmp_path / "data" / "keys.json").stat().st_mode & 0o777 == 0o600
    read = RUNNER.invoke(app, ["read", str(png), "--json"])
    text = lines(read.stdout)[0]["texts"][0]
    assert text == issued.stdout.strip()
    explained = RUNNER.invoke(app, ["explain", text, "--config", str(config), "--json"])
    assert explained.exit_code == 0
    piped = RUNNER.invoke(
        app, ["explain", "-", "--config", str(config), "--json"], input=text + "\n"
    )
    assert piped.stdout == explained.stdout, "from where no other user sees it"
    found = lines(explained.stdout)[0]
    assert (found["kind"], found["decoder"]) == ("capture_code", "simulated")
    assert (found["masked_name"], found["last_four"]) == ("欧阳**", "002X")
    assert ID_NUMBER not in explained.stdout


@pytest.mark.parametrize(
    ("text", "kind", "code"),
    [("Z3K8F7", "batch_code", 0), ("an unknown payload", "capture_code", 0),
     ("weixin://wxpay/bizpayurl?pr=x", "error", 1)],
)  # fmt: skip
def test_explain_tells_texts_apart(text: str, kind: str, code: int) -> None:
    result = RUNNER.invoke(app, ["explain", text, "--json"])
    assert result.exit_code == code
    assert lines(result.stdout)[0]["kind"] == kind


def test_issue_says_what_is_wrong(tmp_path: Path) -> None:
    without_key = RUNNER.invoke(app, ["issue", "1", "张三", ID_NUMBER])
    assert without_key.exit_code == 2
    assert "--key-file" in without_key.stderr
    key = ["--key-file", str(tmp_path / "keys.json")]
    short = RUNNER.invoke(app, ["issue", "1", "张三", "12", *key])
    assert short.exit_code == 2
    assert "four characters" in short.stderr
    nowhere = RUNNER.invoke(app, ["issue", "1", "张三", ID_NUMBER, *key, "--png", "/nowhere/x.png"])
    assert nowhere.exit_code == 2
    assert "/nowhere/x.png: cannot be written" in nowhere.stderr
