"""Our own files that pages load: held in memory, named by their content, and kept by browsers for a year."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

from aiohttp import web

from adapters.web.pages.headers import static_headers

FOLDER = "/static/"

_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}


class Statics:
    """The files of some folders. A page names one as `address("desk.css")`."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._served: dict[str, tuple[bytes, str]] = {}
        self._names: dict[str, str] = {}
        for folder in folders:
            for file in sorted(folder.iterdir() if folder.is_dir() else ()):
                if file.suffix in _TYPES:
                    content = file.read_bytes()
                    name = f"{file.stem}.{sha256(content).hexdigest()[:12]}{file.suffix}"
                    self._served[name] = content, _TYPES[file.suffix]
                    self._names[file.name] = name

    def address(self, name: str) -> str:
        """Its path on the server. Raises KeyError for a file that was never ours."""
        return FOLDER + self._names[name]

    def route(self, *, secure: bool) -> web.RouteDef:
        headers = static_headers(secure=secure)

        async def serve(request: web.Request) -> web.Response:
            found = self._served.get(request.match_info["name"])
            if found is None:
                return web.Response(status=404, text="Not found.\n", headers={**headers, "Cache-Control": "no-store"})
            content, type = found
            return web.Response(body=content, content_type=type, charset="utf-8", headers=headers)

        return web.get(FOLDER + "{name}", serve)
