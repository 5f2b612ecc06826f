"""The bare framework: FastAPI under uvicorn answering what it was given, for comparison.

``python central_bare.py FOLDER``: answers ``GET`` and ``POST`` /x with the bytes of FOLDER/x, and
takes in a multipart upload by ``PUT`` /x, without a look at it. Prints its address.
"""

from __future__ import annotations

import functools
import socket
import sys
from pathlib import Path

import uvicorn
from fastapi import FastAPI, Request
from starlette.responses import HTMLResponse, Response


def application(folder: Path) -> FastAPI:
    """Return the application that answers from a folder."""
    app = FastAPI()

    @functools.cache
    def content(name: str) -> bytes:
        return (folder / name).read_bytes()

    @app.get("/{name}")
    @app.post("/{name}")
    def answer(name: str) -> Response:
        return HTMLResponse(content(name))

    @app.put("/{name}")
    async def take(name: str, request: Request) -> Response:
        async with request.form(max_files=2, max_fields=1) as parts:
            for part in ("photo", "original"):
                while await parts[part].read(1 << 20):
                    pass
        return Response(content(name), media_type="application/json")

    return app


def main() -> None:
    """Serve on any free port."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(100)
        print(f"http://127.0.0.1:{listener.getsockname()[1]}", flush=True)
        config = uvicorn.Config(application(Path(sys.argv[1])), log_level="warning")
        uvicorn.Server(config).run([listener])


if __name__ == "__main__":
    main()
