"""Names and numbers as a screen in public may show them."""

from __future__ import annotations

_COMPOUND_FAMILY_NAMES = frozenset({
    "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "司徒",
    "长孙", "宇文", "夏侯", "南宫", "端木", "百里", "东郭", "呼延", "闻人", "赫连", "澹台",
    "公冶", "宗政", "濮阳", "淳于", "单于", "太叔", "申屠", "轩辕", "钟离", "司空", "鲜于",
    "闾丘", "亓官", "司寇", "子车", "颛孙", "巫马", "公西", "漆雕", "乐正", "公良", "拓跋",
    "夹谷", "宰父", "谷梁", "段干", "第五", "独孤", "纳兰", "万俟", "仲孙", "左丘", "梁丘",
    "西门", "公羊", "公仪", "南门", "羊舌", "微生", "东门", "欧陽", "司馬", "諸葛", "東方",
    "尉遲", "公孫", "長孫", "鍾離",
})  # fmt: skip
"""Family names of two characters; all others have one."""

_SHOWN_EACH_END = 2
_IDEOGRAPHS = ((0x3400, 0x4DBF), (0x4E00, 0x9FFF), (0xF900, 0xFAFF), (0x20000, 0x3FFFF))
"""Blocks of CJK ideographs: extension A, the unified ones, compatibility, extensions B and on.
Source: the Unicode Standard, chapter 18."""


def mask_name(name: str) -> str:
    """Return the name with the family name kept: ``张*``, ``欧阳**``.

    A name with a middle dot keeps its first part (``阿卜杜·***``); one of several words, as
    Latin letters write it, keeps the first letter of each (``J*** S****``).
    """
    words = name.split()
    # Registers pad names of two characters with a space, often a wide one: 王　伟.
    name = ("" if all(map(_is_ideographic, words)) else " ").join(words)
    if " " in name or name.isascii():
        return " ".join(word[:1] + "*" * (len(word) - 1) for word in name.split())
    for dot in "·•‧・":
        first, found, rest = name.partition(dot)
        if found and first:
            return first + dot + "*" * len(rest)
    family = 2 if len(name) > 2 and name[:2] in _COMPOUND_FAMILY_NAMES else 1  # noqa: PLR2004
    return name[:family] + "*" * (len(name) - family)


def mask_number(number: str) -> str:
    """Return a student number with two characters at each end kept: ``20******17``.

    One of six characters or fewer keeps only its last.
    """
    number = "".join(number.split())
    if len(number) <= 3 * _SHOWN_EACH_END:
        return "*" * (len(number) - 1) + number[-1:]
    hidden = "*" * (len(number) - 2 * _SHOWN_EACH_END)
    return number[:_SHOWN_EACH_END] + hidden + number[-_SHOWN_EACH_END:]


def _is_ideographic(word: str) -> bool:
    """Whether a word is written in Chinese characters: CJK ideographs of Unicode, any plane."""
    return all(
        any(first <= ord(character) <= last for first, last in _IDEOGRAPHS) for character in word
    )
