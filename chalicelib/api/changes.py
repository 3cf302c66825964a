"""What a PATCH really changes: the members that were sent."""

from __future__ import annotations

from typing import Any

from msgspec import UNSET, structs

from chalicelib.api.schemas import Body


# Each value's type is the body's own field's; `replace` takes keywords of many types.
def given(body: Body) -> dict[str, Any]:
    """The members of a body that were sent, by name."""
    return {name: value for name, value in structs.asdict(body).items() if value is not UNSET}
