"""Eight people at once on the embedded DynamoDB: no penny lost, no allocation passed, no gap, every request once."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest

from chalicelib.context import Context, wait_a_moment
from chalicelib.domain.chain import Kind, Name, unbroken
from chalicelib.domain.entries import EntryKind
from chalicelib.domain.entry_refusals import DocumentAlreadyEntered
from chalicelib.domain.errors import TooBusy
from chalicelib.domain.refusals import AllocationExhausted
from chalicelib.domain.summaries import Dimension
from chalicelib.services import reading
from chalicelib.services.summaries import AsAt, summary
from chalicelib.services.unit import Replayed
from chalicelib.services.verification import verify_all
from chalicelib.storage.store import Store
from tests.services.offices import Office, grant, invoice, line, pay

WRITERS = 8
REQUESTS = 160
POUND = 100


class Waiting(Office):
    """An office whose people really wait before they try again."""

    def context(self, *arguments: object, **named: object) -> Context:
        made = super().context(*arguments, **named)  # type: ignore[arg-type]  # passed on as they came
        return Context(**{name: getattr(made, name) for name in Context.__struct_fields__} | {"pause": wait_a_moment})


@pytest.fixture
def office(live_store: Store) -> Office:
    office = Waiting(store=live_store).open()
    office.start(grant("ssf-4-second"))
    office.allocate("lighting", 100_000, "ssf-4-second")
    return office


def persistently(request: Callable[[], object]) -> str:
    """Repeat a request that was turned away as busy, with the same key, as its sender would; say how it ended."""
    while True:
        try:
            request()
        except TooBusy:
            continue
        except (Replayed, AllocationExhausted, DocumentAlreadyEntered) as end:
            return type(end).__name__
        return "posted"


def test_eight_writers_lose_no_penny_and_pass_no_allocation(office: Office) -> None:
    """160 requests of £50 for an allocation of £6,000 over one grant and of £50 each over two: every one is sent twice."""

    def request(number: int) -> str:
        key = f"request {number}"
        context = office.context(key=key, body=key)
        if number % 4:
            return persistently(lambda: pay(context, invoice(key, 50 * POUND), line("lighting", 50 * POUND)))
        halves = line("lighting", 25 * POUND), line("lighting", 25 * POUND, grant_id="ssf-4-second")
        return persistently(lambda: pay(context, invoice(key, 50 * POUND), *halves))

    sent = [number for number in range(REQUESTS) for _ in range(2)]
    Random(7).shuffle(sent)
    with ThreadPoolExecutor(WRITERS) as writers:
        ends = list(writers.map(request, sent))

    posted = [number for number, end in zip(sent, ends, strict=True) if end == "posted"]
    assert Counter(posted).most_common(1)[0][1] == 1
    _holds(office, posted)


def _holds(office: Office, posted: list[int]) -> None:
    context = office.context()
    singles, halves = sum(1 for number in posted if number % 4), sum(1 for number in posted if not number % 4)
    made = summary(context, (Dimension.GRANT,), {}, AsAt())
    spent = {row.group[Dimension.GRANT]: row.measures["spent"] for row in made.rows}
    assert spent == {
        "ssf-4-example": singles * 50 * POUND + halves * 25 * POUND,
        "ssf-4-second": halves * 25 * POUND,
    }
    assert spent["ssf-4-example"] <= 600_000
    assert spent["ssf-4-second"] <= 100_000
    assert 600_000 - spent["ssf-4-example"] < 50 * POUND, "as much was spent as there was"
    for grant_id in spent:
        name = Name(Kind.GRANT, str(grant_id))
        links = list(unbroken(name, context.store.links(name)))
        assert [link.seq for link in links] == list(range(1, len(links) + 1))
    assert made == summary(context, (Dimension.GRANT,), {}, AsAt(position=reading.position_now(context)))
    assert [verdict for verdict in verify_all(context) if verdict.problems] == []


def test_one_key_sent_by_eight_at_once_is_answered_alike_and_posted_once(office: Office) -> None:
    def request(_sender: int) -> str:
        context = office.context(key="the key", body="the body")
        while True:
            try:
                (written,) = pay(context, invoice("one", 1_000), line("cctv", 1_000))
            except TooBusy:
                continue
            except Replayed as replay:
                return replay.body
            return f"answer: {written.position}"

    with ThreadPoolExecutor(WRITERS) as senders:
        answers = set(senders.map(request, range(WRITERS)))

    assert len(answers) == 1
    assert _payments(office) == [1_000]


def test_one_invoice_entered_by_eight_at_once_is_entered_once(office: Office) -> None:
    def request(sender: int) -> str:
        context = office.context(key=f"sender {sender}", body="")
        return persistently(lambda: pay(context, invoice("one", 1_000), line("cctv", 1_000)))

    with ThreadPoolExecutor(WRITERS) as senders:
        ends = Counter(senders.map(request, range(WRITERS)))

    assert ends == {"posted": 1, "DocumentAlreadyEntered": 7}
    assert _payments(office) == [1_000]


def _payments(office: Office) -> list[int]:
    posted = (entry for _, _, entry in reading.entries(office.context(), "ssf-4-example"))
    return [entry.amount_pence for entry in posted if entry.kind is EntryKind.PAYMENT]
