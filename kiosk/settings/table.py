"""The documentation's tables of all settings: ``python -m kiosk.settings.table``.

`docs/settings.md` holds exactly this text; a test says so.
"""

from __future__ import annotations

import sys

from kiosk.settings.catalogue import as_toml, sections, settings


def markdown() -> str:
    """Return the documentation's tables, one for each section."""
    parts = []
    for section, cls in sections().items():
        lines = [f"### [{section}]", "", (cls.__doc__ or "").strip().splitlines()[0], ""]
        lines += ["| setting | takes | default | what it is |", "|---|---|---|---|"]
        for setting in settings():
            if setting.section == section:
                default = "–" if setting.default is None else f"`{as_toml(setting.default)}`"
                cells = (f"`{setting.name}`", setting.allowed, default, setting.description)
                lines.append("| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |")
        parts.append("\n".join(lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    sys.stdout.write(markdown())
