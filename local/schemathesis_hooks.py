"""What schemathesis must know of this API and its configuration cannot say. `local.fuzzing` names it to schemathesis."""

from __future__ import annotations

import schemathesis


def whole(value: object) -> object:
    """JSON with 1902 for 1902.0: JSON Schema calls both an integer, and the API takes no amount with a point in it."""
    if isinstance(value, dict):
        return {name: whole(each) for name, each in value.items()}
    if isinstance(value, list):
        return [whole(each) for each in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


@schemathesis.hook
def map_body(_context: schemathesis.HookContext, body: object) -> object:
    """A body as it is sent."""
    return whole(body)
