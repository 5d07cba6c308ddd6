"""What belongs to the simulator and to no gateway: `GET /_sandbox/books` and `GET /_sandbox/faults`."""

import attrs
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from omnidsl_sandbox.gateway import Gateway


def control_routes(gateway: Gateway) -> list[Route]:
    """Return the routes below `/_sandbox/`; they need no key."""

    async def books(_: Request) -> Response:
        return JSONResponse(attrs.asdict(gateway.store.books()))

    async def faults(_: Request) -> Response:
        return JSONResponse(dict(gateway.faults.counts()))

    return [
        Route("/_sandbox/books", books, methods=["GET"]),
        Route("/_sandbox/faults", faults, methods=["GET"]),
    ]
