"""Uploads that no honest booth sends."""

from __future__ import annotations

import io
import json
import struct
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import requests
from central_requests import parcel, put, refusal, seeds
from central_samples import jpeg, sha256, submission
from central_server import RunningCentral

from kiosk.central.client import CentralClient
from kiosk.central.contract import (
    ErrorAnswer,
)


def png_bomb() -> bytes:
    """60,000 × 60,000 black pixels in a few kilobytes."""
    size = 60_000

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    packer = zlib.compressobj(9)
    rows = packer.compress(bytes(1 << 20)) + packer.flush()
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", struct.pack(">IIBBBBB", size, size, 8, 0, 0, 0, 0))
        + chunk(b"IDAT", rows)
        + chunk(b"IEND", b"")
    )


def plain_jpeg(width: int, height: int, mode: str = "RGB") -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.new(mode, (width, height)).save(out, "JPEG", quality=10)
    return out.getvalue()


def as_format(name: str) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    Image.open(io.BytesIO(jpeg(5))).save(out, name)
    return out.getvalue()


class TestHostileUploads:
    @pytest.mark.parametrize(
        ("photo", "code"),
        [
            pytest.param(b"not a picture at all", "photo_unreadable", id="text"),
            pytest.param(b"", "photo_unreadable", id="empty"),
            pytest.param(b"\xff\xd8\xff\xe0" + b"A" * 500, "photo_unreadable", id="rubbish"),
            pytest.param(jpeg(3)[:-4000], "photo_unreadable", id="cut"),
            pytest.param(png_bomb(), "photo_unreadable", id="bomb"),
            pytest.param(as_format("PNG"), "photo_unreadable", id="png"),
            pytest.param(as_format("GIF"), "photo_unreadable", id="gif"),
            pytest.param(jpeg(3, 640, 480), "photo_size", id="on its side"),
            pytest.param(plain_jpeg(4800, 6400), "photo_size", id="huge"),
            pytest.param(plain_jpeg(480, 640, "L"), "photo_colour", id="grey"),
            pytest.param(b"A" * 1_000_001, "photo_too_large", id="a megabyte"),
            pytest.param(b"<svg onload='alert(1)'/>", "photo_unreadable", id="svg"),
        ],
    )
    def test_photos(self, client: CentralClient, photo: bytes, code: str) -> None:
        original = jpeg(7)
        message = submission(photo, original, code_hash=sha256(b"hostile"))
        assert refusal(client.submit, message, photo, original).code == code
        assert client.find_submission(message) is None

    @pytest.mark.parametrize(
        ("original", "kind", "code"),
        [
            pytest.param(b"reboot\n", "image/jpeg", "original_unreadable", id="script"),
            pytest.param(jpeg(8)[:-3000], "image/jpeg", "original_unreadable", id="cut"),
            pytest.param(png_bomb(), "image/png", "original_pixels", id="bomb"),
            pytest.param(as_format("PNG")[:-600], "image/png", "original_unreadable", id="cut png"),
            pytest.param(as_format("PNG"), "image/jpeg", "original_unreadable", id="lying"),
            pytest.param(b"<script>", "text/html", "original_type", id="html"),
            pytest.param(jpeg(8), "image/jpeg\r\nX: 1", "original_type", id="header"),
        ],
    )
    def test_originals(
        self, central: RunningCentral, original: bytes, kind: str, code: str
    ) -> None:
        photo = jpeg(next(seeds) + 50_000)
        message = submission(photo, original, original_media_type=kind)
        answer = put(central, message, photo, original)
        assert ErrorAnswer.model_validate_json(answer.content).code == code

    def test_a_png_original_is_fine(self, client: CentralClient) -> None:
        photo, original = jpeg(next(seeds) + 60_000), as_format("PNG")
        message = submission(
            photo, original, original_media_type="image/png", code_hash=sha256(b"png")
        )
        assert client.submit(message, photo, original).version == 1

    def test_wrong_hashes(self, central: RunningCentral) -> None:
        message, photo, original = parcel()
        for sent in ((jpeg(99_999), original), (photo, jpeg(99_999))):
            answer = put(central, message, *sent)
            assert answer.status_code == 422
            assert answer.json()["code"] == "hash_mismatch"
        answer = put(central, message, photo, original, path="0" * 64)
        assert answer.json()["code"] == "message_malformed"

    def test_a_gigabyte_is_refused_before_it_is_sent(self, central: RunningCentral) -> None:
        import socket
        from urllib.parse import urlsplit

        parts = urlsplit(central.address)
        with socket.create_connection((parts.hostname, parts.port), 30) as line:
            line.sendall(
                f"PUT /api/v1/submissions/{'a' * 64} HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Bearer {central.demo.booth_token}\r\n"
                "Content-Type: multipart/form-data; boundary=b\r\n"
                "Content-Length: 1000000000\r\n\r\n".encode()
            )
            line.settimeout(30)
            assert b"413" in line.recv(200)

    def test_a_body_that_grows_without_saying_so(self, central: RunningCentral) -> None:
        def pieces() -> Iterator[bytes]:
            yield b'{"reference": "'
            for _ in range(400):
                yield b"A" * 1000

        headers = {
            "Authorization": f"Bearer {central.demo.booth_token}",
            "Content-Type": "application/json",
        }
        answer = requests.post(
            central.address + "/api/v1/payments", data=pieces(), headers=headers, timeout=30
        )
        assert answer.status_code == 413
        assert answer.json()["code"] == "too_large"

    @pytest.mark.parametrize(
        "path", ["..%2f..%2fetc%2fpasswd", "....//", "A" * 64, "z" * 64, "%00"]
    )
    def test_path_tricks(self, central: RunningCentral, path: str) -> None:
        message, photo, original = parcel()
        answer = put(central, message, photo, original, path=path)
        assert answer.status_code in (404, 422)
        ErrorAnswer.model_validate_json(answer.content)
        folder = central.demo.config_path.parent
        assert {p.name for p in folder.iterdir()} <= {
            "central.toml", "central.db", "central.db-wal", "central.db-shm",
            "secret.key", "storage", "service.log",
        }  # fmt: skip

    @pytest.mark.parametrize(
        "meta",
        [
            "", "{}", "[]", "null", "not json", '{"batch": "Z3K8F7"}',
            '{"report": ' + "[" * 5000 + "]" * 5000 + "}",
        ],
        ids=lambda meta: meta[:12],
    )  # fmt: skip
    def test_messages_that_make_no_sense(self, central: RunningCentral, meta: str) -> None:
        answer = put(central, None, jpeg(1), jpeg(2), path="a" * 64, meta=meta)
        assert answer.status_code == 422
        assert answer.json()["code"] == "message_malformed"

    @pytest.mark.parametrize("name", ["shot_at", "consent_at"])
    def test_moments_without_a_zone_are_utc(self, central: RunningCentral, name: str) -> None:
        message, photo, original = parcel()
        plain = datetime.now(UTC).replace(tzinfo=None).isoformat()
        meta = message.model_dump(mode="json") | {name: plain}
        path = message.photo_sha256
        answer = put(central, None, photo, original, path=path, meta=json.dumps(meta))
        assert answer.status_code == 200, answer.text

    def test_bodies_that_are_no_form(self, central: RunningCentral) -> None:
        headers = {"Authorization": f"Bearer {central.demo.booth_token}"}
        for kind, body in (
            ("application/json", b"{}"),
            ("multipart/form-data", b"no boundary"),
            ("multipart/form-data; boundary=x", b"--x\r\ngarbage"),
            ("multipart/form-data; boundary=x", b""),
        ):
            answer = requests.put(
                f"{central.address}/api/v1/submissions/{'a' * 64}",
                data=body,
                headers=headers | {"Content-Type": kind},
                timeout=30,
            )
            assert answer.status_code == 422, (kind, body)
            ErrorAnswer.model_validate_json(answer.content)

    def test_unknown_addresses_and_verbs_get_the_contracts_answer(
        self, central: RunningCentral
    ) -> None:
        for verb, path, status in (
            ("GET", "/api/v1/nothing", 404),
            ("DELETE", "/api/v1/payments", 405),
            ("POST", "/healthz", 405),
        ):
            answer = requests.request(verb, central.address + path, timeout=30)
            assert answer.status_code == status
            ErrorAnswer.model_validate_json(answer.content)
