"""The sandbox as one ASGI application: every endpoint family, and the gateway's own words for everything else."""

import logging
import os
import sqlite3

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp

from omnidsl_sandbox.answering import refuse, response
from omnidsl_sandbox.endpoints.actions import Actions
from omnidsl_sandbox.endpoints.audio import Audio
from omnidsl_sandbox.endpoints.chats import Chats
from omnidsl_sandbox.endpoints.compositions import Compositions
from omnidsl_sandbox.endpoints.control import control_routes
from omnidsl_sandbox.endpoints.edits import Edits
from omnidsl_sandbox.endpoints.embeddings import Embeddings
from omnidsl_sandbox.endpoints.images import Images
from omnidsl_sandbox.endpoints.models import Models
from omnidsl_sandbox.endpoints.songs import SongFiles
from omnidsl_sandbox.endpoints.submissions import Submissions
from omnidsl_sandbox.endpoints.suno import Suno
from omnidsl_sandbox.endpoints.tasks import Tasks
from omnidsl_sandbox.endpoints.udio import Udio
from omnidsl_sandbox.endpoints.uploads import Uploads
from omnidsl_sandbox.endpoints.videos import Videos
from omnidsl_sandbox.envelope import Envelope
from omnidsl_sandbox.faults.misbehaving import Misbehaving
from omnidsl_sandbox.gateway import Gateway

_LOGGER = logging.getLogger(__name__)


def build(gateway: Gateway) -> ASGIApp:
    """Return the application; it opens nothing and closes nothing, its gateway belongs to the server."""

    async def unknown_url(request: Request, _: Exception) -> Response:
        values = {"method": request.method, "path": request.scope["path"]}
        return response(refuse(gateway, request, "unknown-url", values))

    async def crashed(request: Request, error: Exception) -> Response:
        wanted = os.environ.get("OMNI_TRACEBACK", "0") not in ("", "0")
        path, trace = request.scope["path"], error if wanted else None
        _LOGGER.error("the sandbox failed over %s: %s", path, error, exc_info=trace)
        return response(refuse(gateway, request, "crashed", {}))

    async def no_room(request: Request, error: Exception) -> Response:
        # What is sold is written with the sale or before it, so nothing was: 503 with words says so.
        path = request.scope["path"]
        _LOGGER.error("the sandbox cannot write its state, asked for %s: %s", path, error)
        words = {"error": {"message": f"simulator: {error}", "type": "new_api_error"}}
        return JSONResponse(words, 503)

    images = Images(gateway)
    routes = [
        *Submissions(gateway).routes(),
        *Compositions(gateway).routes(),
        *Uploads(gateway).routes(),
        *Videos(gateway).routes(),
        *Actions(gateway).routes(),
        *Tasks(gateway).routes(),
        *Chats(gateway).routes(),
        *images.routes(),
        *Edits(gateway, images).routes(),
        *Audio(gateway).routes(),
        *Embeddings(gateway).routes(),
        *Models(gateway).routes(),
        *Suno(gateway).routes(),
        *Udio(gateway).routes(),
        *SongFiles(gateway).routes(),
        *control_routes(gateway),
    ]
    # A wrong method is an unknown URL to these gateways, too.
    handlers = {404: unknown_url, 405: unknown_url, Exception: crashed}
    handlers |= {sqlite3.OperationalError: no_room}
    application = Starlette(routes=routes, exception_handlers=handlers)
    application.router.redirect_slashes = False
    faulty = Misbehaving(application, gateway.faults, gateway.closing)
    return Envelope(faulty if gateway.options.faults else application, gateway)
