"""From an endpoint's reply, or its refusal, to an HTTP response."""

from collections.abc import Awaitable, Callable, Mapping

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
            reply = refuse(gateway, request, refusal.name, refusal.values)
        except ClientDisconnect:
            return Response(status_code=499)  # nobody is there to read it
        return reply if isinstance(reply, Response) else response(reply)

    return endpoint


def refuse(gateway: Gateway, request: Request, name: str, values: Mapping[str, str | int]) -> Reply:
    """Return a refusal in the words of whoever answers for the request's path."""
    path = str(request.scope["path"])
    return gateway.speaker(path).refusal(name, values, request_id(request), path)


def response(reply: Reply) -> Response:
    """Return the HTTP response of a reply."""
    headers = {"content-type": reply.media_type} if reply.media_type else {}
    return Response(reply.body, reply.status, headers=headers)


def request_id(request: Request) -> str:
    """Return the number that the envelope gave this request."""
    return str(request.scope.get("omnidsl.request_id", ""))
