"""What `kiosk devices` shows: tables for people, lines for programs."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from hardware.base import Camera, Still
    from kiosk.devices.accessory_trials import AccessoryTrial
    from kiosk.devices.found import Found
    from kiosk.devices.soak import Soak
    from kiosk.devices.trial import Trial
    from kiosk.devices.watching import Seen, WatchedCamera

_TELL_EVERY_S = 10.0


def print_found(found: Sequence[Found]) -> None:
    """Print what is plugged in."""
    if not found:
        typer.echo("Nothing a booth uses is plugged in.")
        return
    table = _table("what", "name", "id for the settings", "driver", "used as", "state")
    for device in found:
        others = "\n".join(device.other_names[:3])
        table.add_row(
            *_texts(device.kind, device.name),
            _dim(device.lasting, others),
            *_texts(device.driver, ", ".join(device.used_as) or "–"),
            _coloured(device.state, well=not device.trouble, unsure=bool(device.holders)),
        )
    _print(table)


def print_trials(trials: Sequence[Trial], accessories: Sequence[AccessoryTrial]) -> None:
    """Print how cameras and the rest did."""
    table = _table("", "what", "found")
    for trial in trials:
        table.add_row(_verdict(passed=trial.passed), trial.name, _plain(trial_words(trial)))
    for each in accessories:
        table.add_row(_verdict(passed=each.passed), each.name, _plain(each.what))
    _print(table)


def trial_words(trial: Trial) -> str:
    """Return what came of trying a camera, for people."""
    parts = []
    if trial.state is not None:
        serial = f", serial {trial.state.serial}" if trial.state.serial else ""
        parts.append(f"{trial.state.model or trial.state.driver}{serial}")
    if trial.opened_s is not None:
        parts.append(f"open after {trial.opened_s:.1f} s")
    if trial.frame_size is not None and trial.frames_per_second is not None:
        width, height = trial.frame_size
        parts.append(f"live view {width} x {height}, {trial.frames_per_second:.1f} a second")
    if trial.still_size is not None and trial.still is not None:
        width, height = trial.still_size
        kilobytes = len(trial.still.data) / 1000
        parts.append(
            f"still {width} x {height}, {kilobytes:.0f} kB, after {trial.still_s or 0:.2f} s"
        )
    if trial.state is not None and trial.state.battery_percent is not None:
        parts.append(f"battery {trial.state.battery_percent} %")
    if trial.state is not None and trial.state.restarts:
        parts.append(f"restarted {trial.state.restarts} times")
    return "\n".join(["; ".join(parts), *trial.remarks, *trial.faults]).strip()


def trial_line(trial: Trial) -> dict[str, Any]:
    """Return what came of trying a camera, for programs."""
    state = trial.state
    return {
        "name": trial.name,
        "passed": trial.passed,
        "driver": None if state is None else state.driver,
        "model": None if state is None else state.model,
        "serial": None if state is None else state.serial,
        "restarts": None if state is None else state.restarts,
        "opened_s": _rounded(trial.opened_s),
        "frame_size": trial.frame_size,
        "frames_per_second": _rounded(trial.frames_per_second),
        "still_size": trial.still_size,
        "still_s": _rounded(trial.still_s),
        "remarks": trial.remarks,
        "faults": trial.faults,
    }


def accessory_line(trial: AccessoryTrial) -> dict[str, Any]:
    """Return what came of trying something else, for programs."""
    return {"name": trial.name, "passed": trial.passed, "what": trial.what}


def watch(
    cameras: Mapping[str, Camera],
    *,
    every_s: float,
    looks: int | None,
    folder: Path | None,
    as_json: bool,
    root: Path = Path("/"),
) -> bool:
    """Watch cameras until Ctrl-C, or for so many looks; return whether all worked at the last.

    Raises:
        OSError: a picture cannot be written.
    """
    from rich.console import Console
    from rich.live import Live

    from kiosk.devices.plugging import Plugging
    from kiosk.devices.watching import WatchedCamera

    plugging = Plugging(root)
    watched = [WatchedCamera(name, camera) for name, camera in cameras.items()]
    seen: list[Seen] = []
    shown: contextlib.AbstractContextManager[Live | None] = contextlib.nullcontext()
    if not as_json:
        shown = Live(console=Console(), auto_refresh=False)
    with contextlib.ExitStack() as stack:
        for each in watched:
            each.start()
            stack.callback(each.stop)
        live = stack.enter_context(shown)
        stack.enter_context(contextlib.suppress(KeyboardInterrupt))
        count = 0
        while looks is None or count < looks:
            time.sleep(every_s)
            seen = _look(watched, folder)
            count += 1
            changes = plugging.look()
            if live is not None:
                for change in changes:  # above the table, where they stay
                    live.console.print(f"{time.strftime('%H:%M:%S')} {change}", markup=False)
                live.update(_seen_table(seen), refresh=True)
            else:
                for change in changes:
                    typer.echo(json.dumps({"came": change.came, "what": change.what}))
                for line in map(_seen_line, seen):
                    typer.echo(json.dumps(line, ensure_ascii=False))
    return all(each.works for each in seen)


def _look(watched: Sequence[WatchedCamera], folder: Path | None) -> list[Seen]:
    from kiosk.devices.snapshots import save_frame

    seen = [each.seen() for each in watched]
    for each in seen:
        if folder is not None and each.frame is not None:
            save_frame(folder, each.name, each.frame)
    return seen


def _seen_table(seen: Sequence[Seen]) -> Table:
    table = _table("camera", "model", "frames/s", "age", "faults", "restarts", "state")
    for each in seen:
        table.add_row(
            *_texts(each.name, each.state.model or each.state.driver),
            f"{each.frames_per_second:.1f}",
            "–" if each.frame_age_s is None else f"{each.frame_age_s:.2f} s",
            str(each.faults),
            str(each.state.restarts),
            _coloured(each.message or "works", well=each.works),
        )
    return table


def _seen_line(seen: Seen) -> dict[str, Any]:
    return {
        "name": seen.name,
        "works": seen.works,
        "model": seen.state.model,
        "condition": seen.state.condition,
        "frames_per_second": _rounded(seen.frames_per_second),
        "frame_age_s": _rounded(seen.frame_age_s),
        "faults": seen.faults,
        "restarts": seen.state.restarts,
        "message": seen.message,
    }


@contextlib.contextmanager
def soaking(stills: int | None, *, as_json: bool) -> Iterator[Callable[[Soak, Still], None]]:
    """Give what is told after each still, and show how far it is."""
    from rich.console import Console

    told_at = 0.0
    with Console(stderr=True).status("Opening the camera …") as status:

        def on_still(soak: Soak, _: Still) -> None:
            nonlocal told_at
            of = f" of {stills}" if stills else ""
            status.update(f"{soak.stills}{of} stills, {soak.faults.total()} faults …")
            if as_json and soak.seconds - told_at >= _TELL_EVERY_S:
                told_at = soak.seconds
                typer.echo(json.dumps({"so_far": soak.as_dict()}, ensure_ascii=False))

        yield on_still


def print_soak(soak: Soak) -> None:
    """Print what came of a soak."""
    figures = soak.as_dict()
    faults = ", ".join(f"{name} {count}" for name, count in soak.faults.items()) or "none"
    rows = (
        ("stills, whole and new", str(soak.stills), soak.stills > 0),
        ("the same file twice", str(soak.repeated), not soak.repeated),
        ("faults", faults, not soak.faults),
        ("longest without stills", f"{figures['away_max_s']} s", True),
        ("restarts of the driver", str(soak.restarts), True),
        ("time of a still: median, 99 %, longest",
         " / ".join(f"{figures[f'still_{k}_s']} s" for k in ("median", "p99", "max")), True),
        ("driver's memory: peak, growth",
         f"{figures['driver_memory_peak_mb']} MB / {figures['driver_memory_growth_mb']} MB",
         True),
        ("handles leaked: driver, here",
         f"{soak.child.handles} / {soak.own.handles}", soak.child.handles <= 0),
        ("took", f"{soak.seconds / 60:.1f} min", True),
    )  # fmt: skip
    table = _table("", "figure", "found")
    for name, found, well in rows:
        table.add_row(_verdict(passed=well), name, _plain(found))
    _print(table)
    for sentence in (soak.last_fault, soak.gave_up):
        if sentence:
            typer.echo(sentence, err=True)
    typer.echo("Passed." if soak.passed else "Not passed.", err=True)


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _table(*columns: str) -> Table:
    from rich.table import Table

    table = Table(show_lines=True)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _print(table: Table) -> None:
    from rich.console import Console

    Console().print(table)


def _plain(text: str) -> Any:
    from rich.text import Text

    return Text(text)


def _texts(*texts: str) -> tuple[Any, ...]:
    return tuple(_plain(text) for text in texts)


def _dim(text: str, more: str) -> Any:
    from rich.text import Text

    return Text.assemble(text, (f"\n{more}" if more else "", "dim"))


def _verdict(*, passed: bool) -> Any:
    return _coloured("ok" if passed else "failed", well=passed)


def _coloured(text: str, *, well: bool, unsure: bool = False) -> Any:
    from rich.text import Text

    return Text(text, "bold red" if not well else "yellow" if unsure else "green")
