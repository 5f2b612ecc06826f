"""What a release may say of users and folders, looked at before systemd carries it out as root.

A release brings the two files install.sh begins with, in the words of sysusers.d(5) and
tmpfiles.d(5). Of those only the words that make something are taken: nothing here can remove or
empty what is there, age it away, give away what is not the booth's, or make its users mighty. So
there is nothing to take back but the files themselves: a user or a folder that a release made stays
when it goes, because there may be data that belongs to it. Standard library only.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator

from kiosk.update.errors import UnitsRefused

USERS = "campus-capture-kiosk.sysusers.conf"
FOLDERS = "campus-capture-kiosk.tmpfiles.conf"

_OURS = re.compile(r"^kiosk(-[a-z]+)*$")
_GROUP = re.compile(r"^[a-z_][a-z0-9_-]{0,30}$")
_MIGHTY = frozenset(
    {"root", "wheel", "sudo", "adm", "shadow", "disk", "kmem", "docker", "lxd", "libvirt", "staff"}
)
"""Groups whose members are root, or nearly."""
_PLACE = re.compile(
    r"^/(etc|var/lib|var/cache|run)/campus-capture-[a-z]+(-[a-z]+)*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*$"
)
_MODE = re.compile(r"^0[0-7][0-7][0145]$")  # others write nowhere, and nothing is set-user-id


def check_users(content: bytes) -> None:
    """Look at a sysusers.d file.

    Raises:
        UnitsRefused: it makes anything but users and groups of ours, without a number or a shell
            of their own, or has them join a group that is as good as root.
    """
    for line, words in _lines(content):
        kind, name, *more = words
        fits = _OURS.match(name) is not None and (
            (kind == "u" and _is_user(more))
            or (kind == "g" and more in ([], ["-"]))
            or (kind == "m" and len(more) == 1 and _may_join(more[0]))
        )
        if not fits:
            raise UnitsRefused(f"{USERS} may not say: {line}")


def check_folders(content: bytes) -> None:
    """Look at a tmpfiles.d file.

    Raises:
        UnitsRefused: it does anything but make folders and empty files of the booth's, and give
            them to root or to users of ours.
    """
    for line, words in _lines(content):
        kind, path, *more = words
        mode, user, group, *rest = [*more, *["-"] * (3 - len(more))]
        fits = (
            kind in ("d", "f", "z")
            and _PLACE.match(path) is not None
            and _MODE.match(mode) is not None
            and all(name == "root" or _OURS.match(name) for name in (user, group))
            and rest in ([], ["-"])
        )
        if not fits:
            raise UnitsRefused(f"{FOLDERS} may not say: {line}")


def _is_user(more: list[str]) -> bool:
    number, _, home, shell = [*more, *["-"] * (4 - len(more))][:4]
    return (
        len(more) <= 4  # noqa: PLR2004 - number, name for people, home, shell
        and number == "-"
        and (home == "-" or _PLACE.match(home) is not None)
        and shell in ("-", "/usr/sbin/nologin")
    )


def _may_join(group: str) -> bool:
    return _GROUP.match(group) is not None and group not in _MIGHTY


def _lines(content: bytes) -> Iterator[tuple[str, list[str]]]:
    """Yield lines and their words, of which there are at least two."""
    try:
        text = content.decode("ascii")
    except UnicodeDecodeError as error:
        raise UnitsRefused(f"Users and folders are not written in plain text: {error}") from error
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            words = shlex.split(line)
        except ValueError as error:
            raise UnitsRefused(f"Users and folders may not say: {line} ({error})") from error
        if len(words) < 2:  # noqa: PLR2004 - what, and of whom
            raise UnitsRefused(f"Users and folders may not say: {line}")
        yield line, words
