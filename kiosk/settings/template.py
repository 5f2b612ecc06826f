"""A settings file with every setting in it, commented out, to be edited."""

from __future__ import annotations

import textwrap

from kiosk.settings.catalogue import as_toml, sections, settings

_WIDTH = 96
_HEAD = """\
# Settings of a booth. Every line that begins with "#" and a key holds the default: take the "#"
# away to change it. Relative paths start from this file's folder unless a line says otherwise.
# Environment variables win over this file: KIOSK_BOOTH__NAME over [booth] name.
# Check it with: kiosk config check kiosk.toml
"""


def template() -> str:
    """Return the text of a ``kiosk.toml`` that says nothing but the defaults."""
    lines = [_HEAD]
    for section, cls in sections().items():
        lines.append(f"[{section}]")
        lines += _comment((cls.__doc__ or "").strip().splitlines()[0])
        lines.append("")
        for setting in settings():
            if setting.section != section:
                continue
            lines += _comment(f"{setting.description} ({setting.allowed})")
            if setting.default is None:
                lines.append(f'#{setting.name} = ""  # not set')
            else:
                lines.append(f"#{setting.name} = {as_toml(setting.default)}")
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent="# ", subsequent_indent="#   ")
