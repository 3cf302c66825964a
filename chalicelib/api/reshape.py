"""Chalice's own refusals, and anything that got past a view, in the shape of every other problem."""

from __future__ import annotations

from collections.abc import Callable

from chalice.app import Request, Response

from chalicelib.api.headers import SECURITY
from chalicelib.api.incoming import id_of
from chalicelib.api.problems import MEDIA, ApiError, InternalError, MethodNotAllowed, NotServed, body_of


def reshaped(request: Request, respond: Callable[[Request], Response]) -> Response:
    """A middleware: leaves our own answers alone and reshapes Chalice's."""
    response = respond(request)
    if isinstance(response.body, str | bytes):
        return response
    request_id = id_of(request)
    allow = {name: value for name, value in response.headers.items() if name == "Allow"}
    return Response(
        body=body_of(_error(response), request_id),
        status_code=_error(response).status,
        headers={**SECURITY, "Content-Type": MEDIA, "X-Request-Id": request_id, **allow},
    )


def _error(response: Response) -> ApiError:
    if response.status_code == 405:
        return MethodNotAllowed()
    return NotServed() if response.status_code < 500 else InternalError()
