"""A Chinese font is found, its Chinese face is used, and its absence is said clearly."""

from __future__ import annotations

import struct

import pytest
from PIL import Image, ImageDraw, ImageFont

from kiosk.screens import fonts
from kiosk.screens.errors import FontMissingError
from kiosk.screens.fonts import FontFace, choose, extract_face, single_face
from kiosk.screens.translations import table


def face(family, style="Regular", path="a.ttc", index=0):
    return FontFace(fonts.Path(path), index, family, style)


def collection(*faces):
    """Return a tiny font collection; each face is a dict of table tag to content."""
    head = struct.pack(">4sIII", b"ttcf", 0x10000, len(faces), 0)[:12]
    place = 12 + 4 * len(faces)
    offsets, body = [], b""
    for tables in faces:
        offsets.append(place + len(body))
        directory = struct.pack(">IHHHH", 0x4F54544F, len(tables), 0, 0, 0)
        at = place + len(body) + 12 + 16 * len(tables)
        content = b""
        for tag, data in tables.items():
            directory += struct.pack(">4sIII", tag, 7, at + len(content), len(data))
            content += data + bytes(-len(data) % 4)
        body += directory + content
    return head + struct.pack(f">{len(offsets)}I", *offsets) + body


def tables_of(font):
    (count,) = struct.unpack_from(">H", font, 4)
    found = {}
    for number in range(count):
        tag, _sum, offset, length = struct.unpack_from(">4sIII", font, 12 + 16 * number)
        assert offset % 4 == 0
        found[tag] = font[offset : offset + length]
    return found


def test_the_most_preferred_family_is_chosen_with_its_bold():
    family, regular, bold = choose(
        [
            face("WenQuanYi Zen Hei"),
            face("Noto Sans CJK SC", "Black"),
            face("Noto Sans CJK SC", "Bold", index=2),
            face("Noto Sans CJK SC", "Regular", index=2),
        ]
    )
    assert family == "Noto Sans CJK SC"
    assert (regular.style, bold.style) == ("Regular", "Bold")


def test_a_family_without_bold_is_used_for_both():
    _, regular, bold = choose([face("WenQuanYi Micro Hei")])
    assert regular == bold


def test_no_chinese_font_names_the_package_to_install():
    with pytest.raises(FontMissingError, match="apt install fonts-noto-cjk"):
        choose([face("DejaVu Sans")])


def test_a_face_is_copied_out_of_a_collection_whole():
    japanese = {b"CFF ": b"abcde", b"cmap": b"jp"}
    chinese = {b"CFF ": b"abcde", b"cmap": b"sc-longer", b"name": b"n"}
    font = extract_face(collection(japanese, chinese), 1)
    assert tables_of(font) == chinese


@pytest.mark.parametrize("data", [collection({b"cmap": b"x"}), b"\0\1\0\0" + bytes(60)])
def test_a_face_that_is_not_there_is_refused(data):
    with pytest.raises(ValueError, match="no face 1"):
        extract_face(data, 1)


def test_the_copy_is_made_once_and_again_when_the_font_changes(tmp_path):
    source = tmp_path / "x.ttc"
    source.write_bytes(collection({b"cmap": b"a"}, {b"cmap": b"b"}))
    first = single_face(face("x", path=source, index=1), tmp_path / "cache")
    assert first.parent == tmp_path / "cache"
    assert tables_of(first.read_bytes()) == {b"cmap": b"b"}
    assert single_face(face("x", path=source, index=1), tmp_path / "cache") == first
    source.write_bytes(collection({b"cmap": b"a"}, {b"cmap": b"new"}))
    again = single_face(face("x", path=source, index=1), tmp_path / "cache")
    assert tables_of(again.read_bytes()) == {b"cmap": b"new"}


def test_a_plain_font_is_used_where_it_is(tmp_path):
    source = tmp_path / "x.ttf"
    source.write_bytes(b"\0\1\0\0" + bytes(20))
    assert single_face(face("x", path=source), tmp_path / "cache") == source
    assert not (tmp_path / "cache").exists()


def test_a_broken_collection_is_a_clear_error(tmp_path, monkeypatch):
    source = tmp_path / "x.ttc"
    source.write_bytes(b"ttcf" + bytes(4))
    broken = face("Noto Sans CJK SC", path=source, index=2)
    monkeypatch.setattr(fonts, "_from_fontconfig", lambda: [broken])
    with pytest.raises(FontMissingError, match="cannot be used"):
        fonts.find(tmp_path / "cache")


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    try:
        return fonts.find(tmp_path_factory.mktemp("fonts"))
    except FontMissingError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize("weight", ["regular", "bold"])
def test_the_installed_font_has_every_character_of_the_screens(installed, weight):
    font = ImageFont.truetype(str(getattr(installed, weight)), 20)
    characters = sorted({c for lang in ("zh", "en") for t in table(lang).values() for c in t})
    wanted = [c for c in characters if not c.isspace()] + [*"•学位照直角骨"]

    def drawn(character):
        image = Image.new("L", (40, 40))
        ImageDraw.Draw(image).text((4, 4), character, font=font, fill=255)
        return image.tobytes()

    missing = drawn("\U000f0000")
    assert [c for c in wanted if drawn(c) == missing] == []


def test_the_font_has_the_rare_characters_of_names(tmp_path):
    try:
        found = fonts.find(tmp_path)
    except FontMissingError as error:
        pytest.skip(str(error))
    if not found.family.startswith("Noto Sans CJK"):
        pytest.skip(f"{found.family} is not the font that is recommended")
    for file in (found.regular, found.bold):
        font = ImageFont.truetype(str(file), 40)
        box = bytes(font.getmask("\U0010fffe"))  # no font has it
        lacking = [c for c in "·𠮷㛃䶮龘𬭚𫘧𬍡㐂" if bytes(font.getmask(c)) == box]
        assert lacking == []
