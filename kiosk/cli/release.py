"""`kiosk release …`: for operations: build, sign and publish versions for booths."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from securesystemslib.signer import CryptoSigner, Key

app = typer.Typer(
    name="release",
    help="For operations: build, sign and publish versions for booths.",
    no_args_is_help=True,
)

PASSPHRASE = "KIOSK_RELEASE_PASSPHRASE"  # noqa: S105 - where it is, not what it is
"""Variable with a key's passphrase, where nobody can be asked."""

FolderArgument = Annotated[Path, typer.Argument(help="The folder of signed releases.")]
KeyOption = Annotated[Path, typer.Option("--key", help="Your own signing key.", dir_okay=False)]
SnapshotOption = Annotated[Path, typer.Option("--snapshot-key", help="The server's.")]
TimestampOption = Annotated[Path, typer.Option("--timestamp-key", help="The server's.")]


@app.command("key")
def key(
    file: Annotated[Path, typer.Argument(help="The new key; its public half goes beside it.")],
    *,
    bare: Annotated[
        bool, typer.Option("--bare", help="Without a passphrase, for a server's key.")
    ] = False,
) -> None:
    """Make a signing key: one for each person who signs, and two for the server.

    FILE.pub is what goes into 'init' and 'keys'; FILE itself never leaves its
    owner.
    """
    import json

    from kiosk.update.publishing.keys import make_key

    with _told():
        passphrase = None if bare else _passphrase(confirm=True)
        signer = make_key(file, passphrase)
        public = signer.public_key
        content = json.dumps({"keyid": public.keyid, **public.to_dict()})
        file.with_name(f"{file.name}.pub").write_text(content, encoding="utf-8")
    typer.echo(f"{file}: {public.keyid[:12]}…")


@app.command("init")
def init(
    folder: FolderArgument,
    root: Annotated[list[Path], typer.Option("--root", help="Public key of who may change keys.")],
    targets: Annotated[
        list[Path], typer.Option("--targets", help="Public key of who signs releases.")
    ],
    snapshot: Annotated[Path, typer.Option("--snapshot", help="The server's public key.")],
    timestamp: Annotated[Path, typer.Option("--timestamp", help="The server's public key.")],
    root_threshold: Annotated[int, typer.Option(min=1, help="Root keys that must sign.")] = 2,
    targets_threshold: Annotated[int, typer.Option(min=1, help="Keys a release needs.")] = 2,
) -> None:
    """Begin a folder of signed releases. Then: sign root, sign targets, publish."""
    from kiosk.update.publishing.repository import PublishedRepository

    with _told():
        PublishedRepository(folder).create(
            {
                "root": [_public(path) for path in root],
                "targets": [_public(path) for path in targets],
                "snapshot": [_public(snapshot)],
                "timestamp": [_public(timestamp)],
            },
            {"root": root_threshold, "targets": targets_threshold},
        )
    typer.echo("Staged. Now 'kiosk release sign' with each key, for root and for targets.")


@app.command("keys")
def keys(
    folder: FolderArgument,
    role: Annotated[str, typer.Option(help="root, targets, snapshot or timestamp.")],
    public: Annotated[list[Path], typer.Option("--public", help="All keys it is to have.")],
    threshold: Annotated[int, typer.Option(min=1, help="How many must sign.")] = 1,
) -> None:
    """Give a role other keys. Old and new holders of root must sign it; then publish."""
    from kiosk.update.publishing.repository import PublishedRepository

    if role not in ("root", "targets", "snapshot", "timestamp"):
        typer.echo(f"{role} is no role.", err=True)
        raise typer.Exit(2)
    with _told():
        PublishedRepository(folder).stage_keys(
            {role: [_public(path) for path in public]},  # type: ignore[dict-item]
            {role: threshold},  # type: ignore[dict-item]
        )
    typer.echo("Staged. Now 'kiosk release sign --role root' with each key.")
    if role == "targets":
        typer.echo("Then 'kiosk release sign' with the new keys: the list of releases, anew.")


@app.command("build")
def build(
    checkout: Annotated[Path, typer.Argument(help="The project at the state to be released.")],
    out: Annotated[Path, typer.Argument(help="An empty folder; the release is put there.")],
    platform: Annotated[str, typer.Option(help="Such as linux-aarch64-cp311.")],
    version: Annotated[str, typer.Option(help="As in pyproject.toml.")],
    notes: Annotated[str, typer.Option(help="For people.")] = "",
) -> None:
    """Collect all wheels of a version for one platform and describe them."""
    from kiosk.update.publishing import build as building

    with _told():
        release = building.build(checkout, platform, out, version=version, notes=notes)
        (out / "release.json").write_text(release.model_dump_json(indent=1), encoding="utf-8")
    typer.echo(f"{release.slot}: {len(release.wheels)} wheels, {release.size / 1e6:.0f} MB.")


@app.command("stage")
def stage(
    folder: FolderArgument,
    built: Annotated[Path, typer.Argument(help="What 'build' made.", exists=True)],
) -> None:
    """Put a built version among the releases, to be signed."""
    from kiosk.update.publishing.repository import PublishedRepository
    from kiosk.update.release import Release

    with _told():
        release = Release.read((built / "release.json").read_bytes())
        PublishedRepository(folder).stage_release(release, sorted(built.glob("*.whl")))
    typer.echo(f"{release.version} is staged. Now 'kiosk release sign' with each key.")


@app.command("withdraw")
def withdraw(folder: FolderArgument, version: Annotated[str, typer.Argument()]) -> None:
    """Take a version back: booths that have it keep it, no other gets it. To be signed too."""
    from kiosk.update.publishing.repository import PublishedRepository

    with _told():
        PublishedRepository(folder).withdraw_release(version)
    typer.echo(f"{version} is taken out, staged. Now 'kiosk release sign' with each key.")


@app.command("sign")
def sign(
    folder: FolderArgument,
    key_file: KeyOption,
    role: Annotated[str, typer.Option(help="root or targets.")] = "targets",
) -> None:
    """Add your signature to what is staged."""
    from kiosk.update.publishing.repository import PublishedRepository

    if role not in ("root", "targets"):
        typer.echo("Only root and targets are signed by people.", err=True)
        raise typer.Exit(2)
    with _told():
        repository = PublishedRepository(folder)
        repository.sign(role, _signer(key_file))  # type: ignore[arg-type]
        missing = repository.missing_signatures(role)  # type: ignore[arg-type]
    typer.echo(f"Signed. {missing} more to come." if missing else "Signed; ready to publish.")


@app.command("publish")
def publish(
    folder: FolderArgument, snapshot_key: SnapshotOption, timestamp_key: TimestampOption
) -> None:
    """Publish what is staged and signed by enough people."""
    from kiosk.update.publishing.repository import PublishedRepository

    with _told():
        roles = PublishedRepository(folder).publish(_signer(snapshot_key), _signer(timestamp_key))
    typer.echo(f"Published: {', '.join(roles)}.")


@app.command("renew")
def renew(
    folder: FolderArgument, snapshot_key: SnapshotOption, timestamp_key: TimestampOption
) -> None:
    """Say again that this is the newest state. The server does this once a day."""
    from kiosk.update.publishing.repository import PublishedRepository

    with _told():
        PublishedRepository(folder).renew(_signer(snapshot_key), _signer(timestamp_key))


@app.command("stick")
def stick(
    folder: FolderArgument, where: Annotated[Path, typer.Argument(help="A folder on the stick.")]
) -> None:
    """Copy all that is published to a stick: kiosk update run --stick FOLDER."""
    from kiosk.update.publishing.repository import copy_to_stick

    with _told():
        copy_to_stick(folder, where)


def _public(path: Path) -> Key:
    import json

    from securesystemslib.signer import Key

    from kiosk.update.errors import PublishError

    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        return Key.from_dict(data.pop("keyid"), data)
    except (OSError, ValueError, KeyError, AttributeError) as error:
        raise PublishError(f"{path} is no public key of 'kiosk release key': {error}") from error


def _signer(path: Path) -> CryptoSigner:
    from kiosk.update.errors import PublishError
    from kiosk.update.publishing.keys import load_key

    try:
        return load_key(path, None)
    except PublishError:
        return load_key(path, _passphrase(confirm=False))


def _passphrase(*, confirm: bool) -> str:
    given = os.environ.get(PASSPHRASE)
    if given is not None:
        return given
    asked: str = typer.prompt("Passphrase", hide_input=True, confirmation_prompt=confirm)
    return asked


@contextmanager
def _told() -> Iterator[None]:
    """Say in a sentence what went wrong, and exit with 1."""
    from kiosk.update.errors import UpdateError

    try:
        yield
    except (UpdateError, OSError) as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
