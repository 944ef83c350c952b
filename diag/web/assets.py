"""The files that pages load: the style, the script and the icon, each under an address that changes with its content."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from typing import Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from diag.web.answers import has_already, tag_headers
from diag.web.backend import Service

_TYPES: Final = {"style.css": "text/css", "live.js": "text/javascript", "icon.svg": "image/svg+xml"}
_CONTENTS: Final = {name: files("diag.web").joinpath("static", name).read_bytes() for name in _TYPES}
_TAGS: Final = {name: hashlib.sha256(content).hexdigest()[:16] for name, content in _CONTENTS.items()}


class AssetRoutes:
    """The files, as they are in the package; they are the same for every service."""

    def __init__(self, _service: Service) -> None:
        pass

    def routes(self) -> list[Route]:
        """What they are reached by."""
        return [Route("/assets/{name:str}", self.asset)]

    async def asset(self, request: Request) -> Response:
        """One file."""
        name = request.path_params["name"]
        if name not in _TYPES:
            raise HTTPException(404)
        if has_already(request, _TAGS[name]):
            return Response(status_code=304, headers=tag_headers(_TAGS[name]))
        return Response(_CONTENTS[name], media_type=_TYPES[name], headers=tag_headers(_TAGS[name]))


def asset_address(name: str) -> str:
    """The address of a file; another one for another content, so that no old copy is ever used."""
    return f"/assets/{name}?{_TAGS[name]}"
