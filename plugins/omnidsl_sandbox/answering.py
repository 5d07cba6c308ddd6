"""From an endpoint's reply, or its refusal, to an HTTP response."""

from collections.abc import Awaitable, Callable

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from omnidsl_sandbox.errors import Refused
from omnidsl_sandbox.gateway import Gateway
from omnidsl_sandbox.profiles import Reply

Handler = Callable[[Request], Awaitable[Reply | Response]]
Endpoint = Callable[[Request], Awaitable[Response]]


def answer(gateway: Gateway, handler: Handler) -> Endpoint:
    """Return an endpoint that answers with the handler's reply, or with the profile's words for its refusal."""

    async def endpoint(request: Request) -> Response:
        try:
            reply = await handler(request)
        except Refused as refusal:
            reply = gateway.profile.refusal(refusal.name, refusal.values, request_id(request))
        except ClientDisconnect:
            return Response(status_code=499)  # nobody is there to read it
        return reply if isinstance(reply, Response) else response(reply)

    return endpoint


def response(reply: Reply) -> Response:
    """Return the HTTP response of a reply."""
    return Response(reply.body, reply.status, headers={"content-type": reply.media_type})


def request_id(request: Request) -> str:
    """Return the number that the envelope gave this request."""
    return str(request.scope.get("omnidsl.request_id", ""))
