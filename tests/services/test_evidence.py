"""Evidence as use cases: what each request costs, what a broken upload leaves, and that verification reads the files."""

import hashlib
import io
import re
import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.errors import Missing, NotInState, StaleView, TooBusy
from chalicelib.domain.evidence import Evidence, EvidenceState, NotUploaded, Subject, SubjectKind
from chalicelib.domain.file_types import FileType
from chalicelib.domain.people import Actor
from chalicelib.domain.returns import ReturnNotDue
from chalicelib.domain.values import replace
from chalicelib.services import evidence, kept_files, registers
from chalicelib.services.evidence import Announced
from chalicelib.services.unit import Replayed, Written
from chalicelib.services.verification import verify, verify_all
from chalicelib.storage import keys
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.store import Store
from tests.services.counted import CountedStore
from tests.services.offices import FINANCE, OTHER_PARTNER, PARTNER, Office, invoice, line, pay
from tests.services.reporting import RETURN, hand_in, reporting, write

INVOICE = b"%PDF-1.7\nan invoice"
MEGABYTE = 1024 * 1024
LIGHTING, CCTV, ALLOCATION, AWARD = (f"ssf-4-example.{seq}" for seq in (8, 9, 6, 3))


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return opened(CountedStore(), tmp_path)


def opened(store: Store, folder: Path) -> Office:
    """An office with one payment for lighting, which the council delivers, and one for cameras, which the charity does."""
    office = Office(store=store, folder=folder).open()
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))
    pay(office.context(), invoice("2", 1_000), line("cctv", 1_000))
    return office


def counted(office: Office) -> CountedStore:
    assert isinstance(office.store, CountedStore)
    office.store.spent()
    return office.store


_IDS = count(1)


def as_(office: Office, actor: Actor = FINANCE, *, key: str = "", expected: str | None = None) -> Context:
    return replace(office.context(actor, key=key, expected=expected), new_id=lambda: f"{next(_IDS):032x}")


def subject(entry: str = LIGHTING) -> Subject:
    return Subject(kind=SubjectKind.ENTRY, id=entry)


def announced(content: bytes = INVOICE, name: str = "Invoice 1.pdf", kind: FileType = FileType.PDF) -> Announced:
    return Announced(file_name=name, content_type=kind, size=len(content), sha256=hashlib.sha256(content).hexdigest())


def asked(office: Office, entry: str = LIGHTING, content: bytes = INVOICE, actor: Actor = FINANCE) -> str:
    return evidence.request(as_(office, actor), subject(entry), announced(content)).evidence.state.id


def put(office: Office, evidence_id: str, content: bytes = INVOICE) -> None:
    office.context().objects.put(f"evidence/{evidence_id}", io.BytesIO(content), content_type="application/pdf")


def stored(office: Office, entry: str = LIGHTING, actor: Actor = FINANCE) -> Written[Evidence]:
    evidence_id = asked(office, entry, actor=actor)
    put(office, evidence_id)
    return evidence.check(as_(office, actor), evidence_id)


def test_a_file_that_is_what_was_announced_is_stored_and_can_be_had(office: Office) -> None:
    written = stored(office)

    assert (written.state.state, written.state.kept, written.position.seq) == (EvidenceState.STORED, True, 2)
    assert [record.kind for record in written.records] == ["evidence_stored"]
    assert "filename=Invoice+1.pdf" in evidence.link(office.context(), written.state)


def test_a_file_that_is_something_else_is_refused_and_cannot_be_had(office: Office) -> None:
    evidence_id = asked(office)
    put(office, evidence_id, b"MZ a program")

    refused = evidence.check(as_(office), evidence_id).state

    assert refused.state is EvidenceState.REFUSED
    assert refused.wrong[0] == "It has 12 bytes; 19 were announced."
    assert len(refused.wrong) == 3
    with pytest.raises(NotInState, match="is refused; this needs it to be stored"):
        evidence.link(office.context(), refused)


def test_an_upload_that_never_came_leaves_nothing_that_looks_whole(office: Office) -> None:
    evidence_id = asked(office)

    with pytest.raises(NotUploaded):
        evidence.check(as_(office), evidence_id)

    held = evidence.find(office.context(), evidence_id)
    assert (held.state.state, held.state.kept, held.position.seq) == (EvidenceState.REQUESTED, False, 1)
    with pytest.raises(NotInState, match="is requested; this needs it to be stored"):
        evidence.link(office.context(), held.state)
    assert verify(office.context(), held.name).problems == ()


def test_bytes_that_came_and_were_never_checked_are_not_handed_out(office: Office) -> None:
    evidence_id = asked(office)
    put(office, evidence_id)

    with pytest.raises(NotInState):
        evidence.link(office.context(), evidence.find(office.context(), evidence_id).state)


def test_what_nobody_needs_any_more_is_withdrawn_with_the_reason_on_the_record(office: Office) -> None:
    held = stored(office)

    gone = evidence.withdraw(as_(office), held.state.id, "It belongs to another invoice.")

    assert (gone.state.state, gone.state.kept) == (EvidenceState.WITHDRAWN, True)
    assert gone.records[0].reason == "It belongs to another invoice."
    assert evidence.link(office.context(), gone.state)
    assert verify(office.context(), held.name).problems == ()


def test_an_upload_can_be_asked_for_again_until_it_is_settled(office: Office) -> None:
    evidence_id = asked(office)

    assert evidence.upload(office.context(), evidence_id).method == "PUT"
    put(office, evidence_id)
    evidence.check(as_(office), evidence_id)
    with pytest.raises(NotInState, match="is stored; this needs it to be requested"):
        evidence.upload(office.context(), evidence_id)


def test_a_repeated_announcement_gets_the_first_answer_and_makes_nothing(office: Office) -> None:
    first = as_(office, key="k")
    evidence.request(first, subject(), announced())

    with pytest.raises(Replayed):
        evidence.request(as_(office, key="k"), subject(), announced())
    assert len(list(office.store.heads(Kind.EVIDENCE))) == 1


@pytest.mark.parametrize("entry", ["ssf-4-example.99", "ssf-4-example.1", "no-such-grant.1", "nonsense"])
def test_nothing_is_evidence_of_what_is_not_there(office: Office, entry: str) -> None:
    with pytest.raises(Missing):
        evidence.request(as_(office), subject(entry), announced())


def test_a_change_on_an_old_view_is_refused(office: Office) -> None:
    held = stored(office)

    with pytest.raises(StaleView):
        evidence.withdraw(as_(office, expected="1"), held.state.id, "By mistake")


def test_a_partner_brings_evidence_for_its_own_initiative(office: Office) -> None:
    own = stored(office, LIGHTING, PARTNER)

    assert own.state.requested_by == "partner"
    assert evidence.find(office.context(PARTNER), own.state.id).state == own.state


@pytest.mark.parametrize("entry", [CCTV, AWARD, "ssf-4-example.99"])
def test_what_is_not_a_partners_own_is_to_it_as_if_it_were_not_there(office: Office, entry: str) -> None:
    with pytest.raises(Missing, match=f"There is no entry with the id '{entry}'"):
        evidence.request(as_(office, PARTNER), subject(entry), announced())


def each_use(office: Office, evidence_id: str, actor: Actor) -> list[Callable[[], object]]:
    return [
        lambda: evidence.find(office.context(actor), evidence_id),
        lambda: evidence.upload(office.context(actor), evidence_id),
        lambda: evidence.check(as_(office, actor), evidence_id),
        lambda: evidence.withdraw(as_(office, actor), evidence_id, "Not mine"),
    ]


def test_a_partner_meets_nothing_of_another_partner(office: Office) -> None:
    theirs = asked(office, CCTV, actor=OTHER_PARTNER)
    put(office, theirs)

    for use in each_use(office, theirs, PARTNER):
        with pytest.raises(Missing, match=f"There is no evidence with the id '{theirs}'"):
            use()
    assert evidence.find(office.context(), theirs).position.seq == 1


def test_what_belongs_to_no_initiative_is_the_offices_alone(office: Office) -> None:
    held = stored(office, AWARD)

    assert held.state.initiative_id is None
    with pytest.raises(Missing):
        evidence.find(office.context(PARTNER), held.state.id)


def test_evidence_is_listed_by_entry_by_grant_and_by_whoever_may_see_it(office: Office) -> None:
    first, second, third = asked(office), asked(office), asked(office, CCTV)

    def listed(actor: Actor = FINANCE, entry: str | None = None, grant: str | None = None, after: str = "") -> list[str]:
        of = subject(entry) if entry else None
        return [held.state.id for held in evidence.every(office.context(actor), of, grant, after, 10)]

    assert listed() == listed(grant="ssf-4-example") == [first, second, third]
    assert listed(entry=LIGHTING) == listed(PARTNER) == listed(PARTNER, LIGHTING) == [first, second]
    assert listed(after=first) == [second, third]
    assert listed(OTHER_PARTNER) == listed(OTHER_PARTNER, grant="ssf-4-example") == [third]
    assert listed(OTHER_PARTNER, LIGHTING) == []
    assert listed(entry="ssf-4-example.80") == listed(grant="ssf-4") == listed(entry=CCTV, grant="ssf-5") == []


def test_each_request_takes_the_round_trips_that_are_promised(office: Office) -> None:
    store = counted(office)

    evidence_id = asked(office)
    assert store.spent() == {"links": 1, "load": 1, "record": 1}
    put(office, evidence_id)
    evidence.check(as_(office), evidence_id)
    assert store.spent() == {"load": 1, "record": 1}
    evidence.find(office.context(), evidence_id)
    assert store.spent() == {"load": 1}
    list(evidence.every(office.context(), subject(), None, "", 10))
    assert store.spent() == {"heads": 1}
    evidence.withdraw(as_(office), evidence_id, "By mistake")
    assert store.spent() == {"load": 1, "record": 1}

    theirs = asked(office, actor=PARTNER)
    assert store.spent() == {"links": 1, "load": 1, "record": 1}
    put(office, theirs)
    evidence.check(as_(office, PARTNER), theirs)
    assert store.spent() == {"load": 2, "record": 1}
    evidence.find(office.context(PARTNER), theirs)
    assert store.spent() == {"load": 2}
    list(evidence.every(office.context(PARTNER), subject(), None, "", 10))
    assert store.spent() == {"heads": 2}

    assert "Announcing a file of evidence is one query, one load and one record" in re.sub(r"\s+", " ", keys.__doc__ or "")


def of_return(office: Office, actor: Actor = PARTNER, return_id: str = RETURN) -> str:
    """A file for a return, announced and put."""
    behind = Subject(kind=SubjectKind.RETURN, id=return_id)
    evidence_id = evidence.request(as_(office, actor), behind, announced()).evidence.state.id
    put(office, evidence_id)
    return evidence_id


def test_a_returns_file_takes_the_round_trips_that_are_promised_whoever_asks(tmp_path: Path) -> None:
    office = reporting(CountedStore(), tmp_path)
    write(office)
    store, behind = counted(office), Subject(kind=SubjectKind.RETURN, id=RETURN)

    for actor in (PARTNER, FINANCE):
        evidence_id = of_return(office, actor)
        assert store.spent() == {"load": 2, "record": 1}
        evidence.check(as_(office, actor), evidence_id)
        assert store.spent() == {"load": 1, "record": 1}
        evidence.find(office.context(actor), evidence_id)
        assert store.spent() == {"load": 1}
        list(evidence.every(office.context(actor), behind, None, "", 10))
        assert store.spent() == {"heads": 1}

    assert "Of a return, announcing takes two loads and one record" in re.sub(r"\s+", " ", keys.__doc__ or "")


def test_a_returns_file_stays_with_the_partner_that_began_the_return(tmp_path: Path) -> None:
    office = reporting(folder=tmp_path)
    write(office)
    evidence_id = of_return(office)
    registers.amend_initiative(office.context(), "lighting", lambda held: replace(held, partner_id="charity"), "charity")
    behind = Subject(kind=SubjectKind.RETURN, id=RETURN)

    assert evidence.check(as_(office, PARTNER), evidence_id).state.partner_id == "council"
    assert [held.state.id for held in evidence.every(office.context(PARTNER), behind, None, "", 10)] == [evidence_id]
    assert list(evidence.every(office.context(OTHER_PARTNER), behind, None, "", 10)) == []
    assert list(evidence.every(office.context(OTHER_PARTNER), None, None, "", 10)) == []
    for use in each_use(office, evidence_id, OTHER_PARTNER):
        with pytest.raises(Missing, match="There is no evidence with the id"):
            use()
    with pytest.raises(Missing, match="There is no return with the id"):
        of_return(office, OTHER_PARTNER)


def test_a_return_that_nobody_has_begun_takes_no_file(tmp_path: Path) -> None:
    office = reporting(folder=tmp_path)

    with pytest.raises(NotInState, match="is due; this needs it to be draft"):
        of_return(office)
    with pytest.raises(Missing, match="There is no return with the id"):
        of_return(office, OTHER_PARTNER)
    with pytest.raises(ReturnNotDue):
        of_return(office, FINANCE, "lighting.2030-31-Q1")
    with pytest.raises(Missing):
        of_return(office, FINANCE, "nowhere.2023-24-Q2")
    write(office)
    assert of_return(office).startswith("return.lighting.2023-24-Q2.")


@pytest.mark.parametrize("gone", ["return", "evidence"])
def test_a_return_and_its_files_verify_until_one_of_them_is_gone(tmp_path: Path, gone: str) -> None:
    office = reporting(folder=tmp_path)
    hand_in(office)
    evidence_id = of_return(office)
    evidence.check(as_(office, PARTNER), evidence_id)
    names = {"return": Name(Kind.RETURN, RETURN), "evidence": Name(Kind.EVIDENCE, evidence_id)}
    assert not any(verdict.problems for verdict in verify_all(office.context()))

    assert isinstance(office.store, MemoryStore)
    del office.store._heads[names[gone]]
    del office.store._links[names[gone]]

    broken = [problem for verdict in verify_all(office.context()) for problem in verdict.problems]
    if gone == "return":
        said = f"Record 1 of {names['evidence']} names it."
        assert broken == [f"There is neither a head nor a record of {names['return']}. {said}"]
    else:
        assert broken == []  # nothing mentions it; its file is told of as one that no record names
        assert [line.partition(":")[0] for line in kept_files.unrecorded(office.context())] == [f"evidence/{evidence_id}"]


def test_a_large_file_is_checked_and_verified_in_flat_memory(office: Office) -> None:
    content = b"%PDF-1.7\n" + bytes(24 * MEGABYTE)
    evidence_id = asked(office, content=content)
    put(office, evidence_id, content)

    tracemalloc.start()
    held = evidence.check(as_(office), evidence_id)
    assert verify(office.context(), held.name).problems == ()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert held.state.state is EvidenceState.STORED
    assert peak < 8 * MEGABYTE


def test_of_many_who_check_at_once_one_settles_it(live_store: Store, tmp_path: Path) -> None:
    office = opened(live_store, tmp_path)
    evidence_id = asked(office)
    put(office, evidence_id)

    def settles(_: int) -> bool:
        try:
            evidence.check(as_(office, expected="1"), evidence_id)
        except (StaleView, NotInState, TooBusy):
            return False
        return True

    with ThreadPoolExecutor(8) as people:
        assert list(people.map(settles, range(8))).count(True) == 1
    assert evidence.find(office.context(), evidence_id).position.seq == 2


def test_verification_reads_the_files_of_evidence(office: Office) -> None:
    held = stored(office)

    verdicts = {verdict.name: verdict for verdict in verify_all(office.context())}
    assert verdicts[held.name].files == 1
    assert not any(verdict.problems for verdict in verdicts.values())


def file_of(office: Office, held: Written[Evidence]) -> Path:
    return office.folder / "evidence" / held.state.id


def test_a_file_of_which_one_byte_was_changed_does_not_verify(office: Office) -> None:
    held = stored(office)
    file_of(office, held).write_bytes(INVOICE.replace(b"an", b"no"))

    (problem,) = verify(office.context(), held.name).problems
    assert problem.startswith(f"evidence/{held.state.id} holds 19 bytes with the SHA-256 ")
    assert problem.endswith(f": record 2 of {held.name} says that it holds 19 bytes with the SHA-256 {held.state.sha256[:12]}.")


def test_a_file_that_is_gone_does_not_verify_withdrawn_or_not(office: Office) -> None:
    held = stored(office)
    evidence.withdraw(as_(office), held.state.id, "By mistake")
    file_of(office, held).unlink()

    (problem,) = verify(office.context(), held.name).problems
    said = f"record 2 of {held.name} says that it holds 19 bytes with the SHA-256 {held.state.sha256[:12]}"
    assert problem == f"evidence/{held.state.id} is gone: {said}."


def test_what_was_recorded_of_a_file_cannot_be_changed_unseen(office: Office) -> None:
    held = stored(office)
    store = counted(office)
    links = store._links[Name(Kind.EVIDENCE, held.state.id)]
    links[0] = links[0]._replace(body=links[0].body.replace("Invoice 1.pdf", "Invoice 2.pdf"))

    (problem,) = verify(office.context(), held.name).problems
    assert problem.startswith(f"Record 1 of {held.name} does not match its hash")
