"""Every sentence exists in both languages, and every sentence that is used exists."""

from __future__ import annotations

import re
import string
from pathlib import Path

import pytest

import calibration
import kiosk.codes.errors as code_errors
import kiosk.portrait.errors as portrait_errors
import kiosk.screens
from calibration.evenness import FlawKind
from calibration.second_camera import PLACES
from calibration.step import Step
from calibration.wizard import Placing
from hardware import errors as hardware_errors
from hardware.errors import FaultKind, HardwareError
from kiosk.guidance.hints import HINTS
from kiosk.guidance.rules import RULES
from kiosk.screens import translations
from kiosk.screens.translations import has, table, tr, tr_or
from kiosk.visit.model import EndReason, Fault, Notice, State

ROOM = Path(kiosk.screens.__file__).parent
KEY = re.compile(r'"([a-z_]+\.[a-z_]*[a-z])"')


def fields(sentence):
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def test_both_languages_have_the_same_keys():
    assert set(table("zh")) == set(table("en"))


def test_both_languages_fill_in_the_same_values():
    differing = [k for k in table("zh") if fields(table("zh")[k]) != fields(table("en")[k])]
    assert differing == []


@pytest.mark.parametrize("language", translations.LANGUAGES)
def test_no_sentence_is_empty(language):
    assert [key for key, text in table(language).items() if not text.strip()] == []


def test_the_chinese_is_chinese_and_the_english_is_not():
    letters = re.compile("[一-鿿]")
    chinese = [k for k, t in table("en").items() if letters.search(t) and k != "common.language"]
    assert chinese == []
    without = [k for k, t in table("zh").items() if not letters.search(t)]
    assert set(without) == {"common.language", "pay.amount", "staff.payment_none"}


def used_keys():
    for path in [*ROOM.rglob("*.kv"), *ROOM.rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        for call in re.findall(r"tr(?:_or)?\(([^\n]*)", text):
            yield from ((path.name, key) for key in KEY.findall(call))


def test_every_key_in_the_layouts_exists():
    used = list(used_keys())
    assert len(used) > 100
    assert [(file, key) for file, key in used if not has(key)] == []


def test_every_sentence_is_used_somewhere():
    named = {key for _, key in used_keys()}
    # Asked for by a name that another room gives.
    tables = ("hints", "notices", "remarks", "checks", "fault", "ended", "places", "devices")
    tables += ("steps", "staff", "calibrate", "calibrate_steps", "calibrate_places")
    tables += ("calibrate_findings", "calibrate_figures", "calibrate_problems",
               "calibrate_units", "explanations", "declarations")  # fmt: skip
    tables += ("device_faults", "device_notes")
    unused = [k for k in table("zh") if k not in named and k.split(".")[0] not in tables]
    assert [k for k in unused if not k.startswith("last_four.brackets_")] == []


def test_every_hint_of_the_coach_has_a_sentence():
    assert [key for key in HINTS if not has(f"hints.{key}")] == []


def test_every_rule_has_a_remark():
    assert [rule for rule in RULES if not has(f"remarks.{rule}")] == []


def test_every_state_fault_and_end_has_its_words():
    over = {State.HELP, State.STAFF, State.CALIBRATE, State.FAULT, State.ENDED}
    assert [s for s in State if s not in over and not has(f"places.{s.value}")] == []
    assert [f for f in Fault if not has(f"fault.{f.value}")] == []
    assert [r for r in EndReason if not has(f"ended.{r.value}")] == []


def test_every_step_placing_and_finding_of_calibration_has_its_words():
    assert [s for s in Step if not has(f"calibrate_steps.{s.value}")] == []
    assert [p for p in Placing if not has(f"calibrate_places.{p.value}")] == []
    source = "".join(p.read_text("utf-8") for p in Path(calibration.__file__).parent.glob("*.py"))
    keys = set(re.findall(r'(?:Finding|_unseen)\(\s*(?:upright,\s*)?"([a-z_]+)"', source))
    keys |= set(re.findall(r'"(plate_(?!still)[a-z_]+)",?\n\s*\)', source))
    keys |= {f"{way}_{more}" for way in ("tilt", "turn", "roll") for more in ("more", "less")}
    keys |= {f"flaw_{kind}" for kind in FlawKind} | {f"unread_{place}" for place in PLACES}
    assert len(keys) > 40
    assert sorted(key for key in keys if not has(f"calibrate_findings.{key}")) == []
    problems = set(re.findall(r'Problem\("([a-z_]+)"', source))
    assert sorted(key for key in problems if not has(f"calibrate_problems.{key}")) == []


def test_every_fault_of_a_device_has_words_that_say_what_to_do():
    """Each is two sentences, but for what needs nobody yet."""
    assert [kind for kind in FaultKind if not has(f"device_faults.{kind.value}")] == []
    one = {"not_open", "paper_low", "supply_low", "waste_nearly_full"}
    for language, stop in (("zh", "。"), ("en", ".")):
        sentences = {
            key.removeprefix("device_faults."): text.count(stop)
            for key, text in table(language).items()
            if key.startswith("device_faults.")
        }
        assert {key for key, count in sentences.items() if count < 2} <= one


def test_every_class_of_hardware_error_has_a_kind_of_its_own():
    classes = [c for c in vars(hardware_errors).values() if isinstance(c, type)]
    kinds = [c.own_kind for c in classes if issubclass(c, HardwareError) and c is not HardwareError]
    assert len(set(kinds)) == len(kinds) >= 6
    assert FaultKind.UNKNOWN not in kinds


def test_every_notice_of_the_visit_has_a_sentence():
    assert [n for n in Notice if not has(f"notices.{n.value}")] == []


def keys_of(module, base):
    kinds = [c for c in vars(module).values() if isinstance(c, type) and issubclass(c, base)]
    return {kind.key for kind in kinds}


def test_every_way_a_code_can_be_wrong_has_a_sentence():
    # These three stop the booth from starting; no student ever sees them.
    not_shown = {"code_key_file", "code_decoder_missing", "code_engine_missing"}
    keys = keys_of(code_errors, code_errors.CodeError) - not_shown
    assert [key for key in keys if not has(f"notices.{key}")] == []


def test_every_way_a_portrait_can_fail_has_a_sentence():
    keys = keys_of(portrait_errors, portrait_errors.PortraitError)
    assert [key for key in keys if not has(f"notices.portrait_{key}")] == []


def test_values_are_filled_in():
    assert tr("en", "still_there.question", seconds=8).endswith("8 s")


def test_a_key_without_a_sentence_is_a_mistake_of_ours():
    with pytest.raises(KeyError):
        tr("zh", "look.nothing")
    with pytest.raises(KeyError):
        table("fr")


def test_a_key_of_another_room_without_a_sentence_gets_the_general_one(caplog):
    assert tr_or("zh", "notices.from_the_future", "notices.other") == tr("zh", "notices.other")
    assert "from_the_future" in caplog.text
