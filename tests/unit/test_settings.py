"""Settings: defaults that hold together, mistakes that are named with line and remedy."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

from kiosk.settings import Settings, SettingsError, load
from kiosk.settings.catalogue import as_toml, settings
from kiosk.settings.table import markdown
from kiosk.settings.template import template


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "kiosk.toml"


def mistakes(file: Path, text: str) -> list[str]:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError) as caught:
        load(file)
    return str(caught.value).splitlines()


def test_without_a_file_the_defaults_count() -> None:
    assert load() == Settings()


def test_a_file_changes_what_it_names_and_nothing_else(file: Path) -> None:
    file.write_text('[booth]\nname = "library-2"\n\n[guidance]\nhold_s = 2\n', encoding="utf-8")
    found = load(file)
    assert (found.booth.name, found.guidance.hold_s) == ("library-2", 2.0)
    assert found.visit == Settings().visit


def test_the_environment_wins_over_the_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text('[booth]\nname = "from-file"\nbatch = "Z3K8F7"\n', encoding="utf-8")
    monkeypatch.setenv("KIOSK_BOOTH__NAME", "from-environment")
    found = load(file)
    assert (found.booth.name, found.booth.batch) == ("from-environment", "Z3K8F7")


def test_an_unknown_setting_is_named_with_the_likely_one(file: Path) -> None:
    (line,) = mistakes(file, '[booth]\nname = "a"\n\n[visit]\nmax_attempt = 3\n')
    assert line.startswith(f"{file}:5: visit.max_attempt: no such setting.")
    assert "perhaps 'max_attempts' is meant" in line


def test_a_setting_in_the_wrong_table_is_told_where_it_belongs(file: Path) -> None:
    (line,) = mistakes(file, "[booth]\nhold_s = 1.0\n")
    assert line.startswith(f"{file}:2: booth.hold_s: no such setting.")
    assert "guidance.hold_s" in line


def test_an_unknown_table_is_named(file: Path) -> None:
    (line,) = mistakes(file, "[vist]\nwarn_s = 5\n")
    assert line.startswith(f"{file}:1: vist: no such setting.")
    assert "'visit'" in line


def test_a_figure_out_of_range_names_line_range_unit_and_default(file: Path) -> None:
    (line,) = mistakes(file, "# my booth\n[guidance]\nhold_s = 60\n")
    assert line.startswith(f"{file}:3: guidance.hold_s: input should be less than or equal to 5")
    for word in ("found 60", "0.2 to 5.0", "seconds", "default 1.2", "all rules hold so long"):
        assert word in line


def test_a_wrong_kind_and_a_wrong_choice_say_what_is_taken(file: Path) -> None:
    lines = mistakes(file, '[screen]\nlanguage = "fr"\nfullscreen = "perhaps"\nwidth_px = "wide"\n')
    assert [line.split(": ")[1] for line in lines] == [
        "screen.language", "screen.width_px", "screen.fullscreen",
    ]  # fmt: skip
    assert '"zh" or "en"' in lines[0]
    assert "whole number" in lines[1]
    assert "true or false" in lines[2]
    assert [int(line.split(":")[1]) for line in lines] == [2, 4, 3]


def test_all_mistakes_are_named_at_once(file: Path) -> None:
    assert len(mistakes(file, "[visit]\nwarn_s = -1\nmax_attempts = 0\nwarm_s = 1\n")) == 3


def test_dotted_keys_and_inline_tables_are_found(file: Path) -> None:
    assert mistakes(file, "\nvisit.warn_s = -1\n")[0].startswith(f"{file}:2: visit.warn_s")
    assert mistakes(file, "\n\nvisit = { warn_s = -1 }\n")[0].startswith(f"{file}:3: visit.warn_s")
    assert mistakes(file, "visit = 3\n")[0].startswith(f"{file}:1: visit: ")


def test_a_mistake_of_a_whole_table_names_its_header(file: Path) -> None:
    (line,) = mistakes(file, "\n[codes]\nvotes_needed = 9\nvotes_of_frames = 8\n")
    assert line.startswith(f"{file}:2: codes: votes_needed must not be above votes_of_frames")


def test_a_file_that_is_not_toml_names_the_line(file: Path) -> None:
    (line,) = mistakes(file, "[booth]\nname = booth-1\n")
    assert line.startswith(f"{file}:2: not TOML: ")
    (line,) = mistakes(file, '[booth]\nname = "a"\nname = "b"\n')
    assert line.startswith(f"{file}:3: not TOML: ")


def test_a_file_that_cannot_be_read(file: Path, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="kiosk config template"):
        load(file)
    file.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(SettingsError, match="not UTF-8"):
        load(file)
    with pytest.raises(SettingsError, match="cannot be read"):
        load(tmp_path)


def test_a_mistake_in_the_environment_is_not_blamed_on_the_file(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KIOSK_VISIT__WARN_S", "-1")
    (line,) = mistakes(file, "[visit]\n")
    assert line.startswith("environment variable KIOSK_VISIT__WARN_S: visit.warn_s")
    with pytest.raises(SettingsError, match="KIOSK_VISIT__WARN_S"):
        load()


def test_a_list_in_the_environment_that_is_no_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIOSK_CODES__DECODERS", "simulated")
    with pytest.raises(SettingsError, match="written as JSON"):
        load()


def test_a_wrong_secret_is_not_shown(file: Path) -> None:
    (line,) = mistakes(file, "[central]\nbooth_token = 987654321\n")
    assert "987654321" not in line
    assert "found a secret" in line


def test_settings_cannot_be_changed_once_read() -> None:
    with pytest.raises(ValueError, match="frozen"):
        load().visit.warn_s = 3  # type: ignore[misc]


# --- the catalogue: every setting explains itself ---------------------------------------------


@pytest.mark.parametrize("setting", list(settings()), ids=lambda setting: setting.key)
def test_every_setting_has_a_meaning_and_every_figure_its_unit(setting) -> None:
    assert setting.description
    if setting.kind == "number" and not setting.unit:
        plain = ("fraction", "level", "sharpness", "sharpening", "margin", "gaze", "open", "centre",
                 "visibility", "deviation", "spread", "threshold", "ratio", "gain",
                 "confidence")  # fmt: skip
        described = re.search(
            r"second|pixel|degree|megapixel|fraction|times|share|0 to 1|of the|factor|per |widths"
            r"|limit|strength",
            setting.description,
        )
        assert described or any(word in setting.name for word in plain), "which unit?"


def uncommented(text: str) -> str:
    """Take the "#" away from every line that holds a default."""
    lines = (line for line in text.splitlines() if not line.endswith("# not set"))
    return "\n".join(re.sub(r"^#(?=[a-z_0-9]+ = )", "", line) for line in lines)


def test_the_template_says_nothing_but_the_defaults(file: Path) -> None:
    file.write_text(template(), encoding="utf-8")
    assert load(file) == Settings()
    file.write_text(uncommented(template()), encoding="utf-8")
    assert load(file) == Settings()


def test_the_template_holds_every_setting() -> None:
    values = tomllib.loads(uncommented(template()))
    for setting in settings():
        if setting.default is not None:
            assert setting.name in values[setting.section], setting.key
        else:
            assert f'#{setting.name} = ""' in template()


@pytest.mark.parametrize(
    "value", ["plain", 'with "quotes" and \\', "中文", 3, 0.25, True, ("a", "b"), ()]
)
def test_values_are_written_as_toml_reads_them(value: object) -> None:
    found = tomllib.loads(f"x = {as_toml(value)}")["x"]
    assert found == (list(value) if isinstance(value, tuple) else value)


def test_the_documentation_has_every_setting_as_it_is() -> None:
    page = Path(__file__).parents[2] / "docs" / "settings.md"
    assert markdown() in page.read_text(encoding="utf-8"), (
        "docs/settings.md is out of date: "
        "put the output of 'python -m kiosk.settings.table' into it"
    )
