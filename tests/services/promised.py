"""What the docstring of `keys` promises that requests cost."""

from chalicelib.storage import keys


def promised_of(about: str) -> dict[str, list[str]]:
    """The calls that each request takes, in order, from the table that begins `Requests about ...`."""
    table = (keys.__doc__ or "").partition(f"Requests about {about}")[2].partition("Requests about")[0]
    rows = [line.strip().strip("|").split("|") for line in table.splitlines() if line.strip().startswith("|")]
    return {request.strip(): calls.strip().split(", ") for request, calls in rows[2:]}
