"""What requests about imports cost, as the docstring of the keys promises."""

from collections.abc import Callable
from pathlib import Path

from chalicelib.context import Context
from chalicelib.domain.imports import Import
from chalicelib.domain.previews import Status
from chalicelib.domain.suspense import Suspended
from chalicelib.domain.values import replace
from chalicelib.services import import_posting, imports, registers, suspense
from chalicelib.services.import_posting import Asked
from chalicelib.services.suspense import Elsewhere
from tests.extracts.layouts import row
from tests.services.counting import counting
from tests.services.importing import announced, announcement, as_, committed, csv, opened, previewed
from tests.services.offices import CERTIFIER, Office


def test_a_request_about_imports_costs_what_is_promised(tmp_path: Path) -> None:
    office = opened(Office(folder=tmp_path).open())
    ten = csv(*(row(number=str(number), amount="1.00") for number in range(10)))
    posted = committed(office, previewed(office, ten).state)
    refused = committed(office, previewed(office, csv(*(row(number=each, centre="SS5", amount="2,000.00") for each in "xy"))).state)
    office.allocate("cctv", 200_000)
    anew, again = announced(office, csv(row(number="new"))), announced(office, ten)
    to_commit = previewed(office, csv(*(row(number=f"more {number}", amount="1.00") for number in range(10)))).state
    assert to_commit.preview
    digest = to_commit.preview.digest
    office_as = as_(office)

    costs: dict[str, Callable[[Context], object]] = {
        "announce an extract": lambda context: imports.announce(context, "payments", announcement(b"a")),
        "preview an extract": lambda context: imports.preview(context, anew),
        "preview what was posted": lambda context: imports.preview(context, again),
        "commit a preview of ten documents": lambda context: import_posting.commit(context, to_commit.id, Asked(digest=digest)),
        "list the rows of a preview": lambda context: list(
            imports.rows(context, registers.find(context, Import, posted.id).state, Status.ADDED)
        ),
        "what waits in suspense": lambda context: list(registers.every(context, Suspended)),
        "post out of suspense": lambda context: suspense.post(context, f"{refused.id}.1", Elsewhere(), "There is room now"),
        "dismiss from suspense": lambda context: suspense.dismiss(
            replace(context, actor=CERTIFIER), f"{refused.id}.2", "Paid by the council"
        ),
    }
    found = {}
    for request, ask in costs.items():
        store = counting(office.store)
        ask(replace(office_as, store=store))
        found[request] = store.calls
    assert found == {
        "announce an extract": ["load", "record"],
        "preview an extract": [*["load"] * 5, "record"],
        "preview what was posted": [*["load"] * 5, "links", "load", "record"],
        "commit a preview of ten documents": ["load", "load", "record", "load", "load", "record"],
        "list the rows of a preview": ["load"],
        "what waits in suspense": ["heads of suspense"],
        "post out of suspense": ["load", "load", "record"],
        "dismiss from suspense": ["load", "record"],
    }
