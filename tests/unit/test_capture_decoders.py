"""Decoders as plug-ins: found by entry point, asked in order, kept from doing harm."""

from __future__ import annotations

import logging
from importlib.metadata import EntryPoint
from pathlib import Path
from types import SimpleNamespace

import pytest

from kiosk.codes.capture import ENTRY_POINT_GROUP, CaptureCode, decode, load_decoders
from kiosk.codes.errors import (
    DecoderMissing,
    EmptyCode,
    ForgedCode,
    NotACaptureCode,
    OverlongCode,
)
from kiosk.codes.keys import load_keys
from kiosk.codes.simulated import issue
from kiosk.settings.codes import CodeSettings


class School:
    """A third party's decoder: its codes begin with SCHOOL."""

    name = "school"

    def __init__(self, settings: CodeSettings) -> None:
        self.settings = settings

    def decode(self, text: str, policy: str = "count") -> CaptureCode | None:
        if text == "SCHOOL-bad":
            raise ForgedCode("forged")
        if text == "SCHOOL-crash":
            raise ZeroDivisionError("a bug in the plug-in")
        if text == "SCHOOL-nonsense":
            return "not a CaptureCode"
        return CaptureCode("0" * 64, self.name) if text.startswith("SCHOOL") else None


def breaks_when_made(settings: CodeSettings) -> School:
    raise RuntimeError(f"no licence for {type(settings).__name__}")


def not_a_decoder(settings: CodeSettings) -> object:
    return SimpleNamespace(settings=settings)


def point(name: str, target: str) -> EntryPoint:
    return EntryPoint(name, f"{__name__}:{target}", ENTRY_POINT_GROUP)


@pytest.fixture(autouse=True)
def _importable(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, __name__, SimpleNamespace(**globals()))


def test_the_installed_decoders_are_found_in_the_order_of_the_settings(tmp_path: Path) -> None:
    settings = CodeSettings(decoders=("opaque", "simulated"), key_file=Path("keys.json"))
    decoders = load_decoders(settings, tmp_path)
    assert [d.name for d in decoders] == ["opaque", "simulated"]
    assert (tmp_path / "keys.json").exists()


def test_a_simulated_code_is_not_taken_for_opaque(tmp_path: Path) -> None:
    decoders = load_decoders(CodeSettings(key_file=Path("keys.json")), tmp_path)
    key = load_keys(tmp_path / "keys.json").current
    code = decode(issue("20231234567", "张三", "11010519491231002X", key), decoders)
    assert (code.decoder, code.masked_name, code.last_four) == ("simulated", "张*", "002X")
    assert decode("some other payload", decoders).decoder == "opaque"


def test_a_forged_code_is_not_passed_on_to_the_next_decoder(tmp_path: Path) -> None:
    decoders = load_decoders(CodeSettings(key_file=Path("keys.json")), tmp_path)
    key = load_keys(tmp_path / "keys.json").current
    text = issue("20231234567", "张三", "11010519491231002X", key)
    with pytest.raises(ForgedCode):
        decode(text[:-6] + "AAAAAA", decoders)


def test_a_third_partys_decoder_takes_part() -> None:
    settings = CodeSettings(decoders=("school", "opaque"))
    points = [point("school", "School"), *opaque()]
    decoders = load_decoders(settings, available=points)
    assert decode("SCHOOL-1", decoders).decoder == "school"
    assert decode("something else", decoders).decoder == "opaque"
    with pytest.raises(ForgedCode):
        decode("SCHOOL-bad", decoders)


@pytest.mark.parametrize("text", ["SCHOOL-crash", "SCHOOL-nonsense"])
def test_a_failing_plug_in_is_passed_over_and_logged_without_the_text(
    text: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = CodeSettings(decoders=("school", "opaque"))
    decoders = load_decoders(settings, available=[point("school", "School"), *opaque()])
    with caplog.at_level(logging.ERROR):
        assert decode(text, decoders).decoder == "opaque"
    assert "school" in caplog.text
    assert text not in caplog.text


@pytest.mark.parametrize("target", ["breaks_when_made", "not_a_decoder", "missing_attribute"])
def test_a_plug_in_that_cannot_be_loaded_is_left_out(
    target: str, caplog: pytest.LogCaptureFixture
) -> None:
    settings = CodeSettings(decoders=("broken", "unknown", "opaque"))
    decoders = load_decoders(settings, available=[point("broken", target), *opaque()])
    assert [d.name for d in decoders] == ["opaque"]
    assert "'broken'" in caplog.text
    assert "'unknown' is not installed" in caplog.text


def test_a_plug_in_whose_module_is_gone_is_left_out() -> None:
    settings = CodeSettings(decoders=("gone", "opaque"))
    gone = EntryPoint("gone", "no_such_module_anywhere:Decoder", ENTRY_POINT_GROUP)
    assert len(load_decoders(settings, available=[gone, *opaque()])) == 1


def test_no_decoder_at_all_says_what_is_installed() -> None:
    with pytest.raises(DecoderMissing, match=r"(?s)nobody.*Installed are: school"):
        load_decoders(CodeSettings(decoders=("nobody",)), available=[point("school", "School")])


def test_texts_nobody_can_mean_are_refused_before_anybody_is_asked() -> None:
    decoders = load_decoders(
        CodeSettings(decoders=("school",)), available=[point("school", "School")]
    )
    with pytest.raises(EmptyCode):
        decode("  ", decoders)
    with pytest.raises(OverlongCode):
        decode("SCHOOL" + "x" * 2000, decoders)
    with pytest.raises(NotACaptureCode) as caught:
        decode("nobody knows this", decoders)
    assert caught.value.key == "code_not_a_capture_code"


def test_all_keys_are_different() -> None:
    from kiosk.codes import errors

    family = [e for e in vars(errors).values() if isinstance(e, type)]
    keys = [e.key for e in family if issubclass(e, errors.CodeError)]
    assert len(keys) == len(set(keys)) > 10


def opaque() -> list[EntryPoint]:
    return [EntryPoint("opaque", "kiosk.codes.opaque:OpaqueDecoder", ENTRY_POINT_GROUP)]
