"""Evidence: announced, then found to be what was announced, or not; never replaced."""

from datetime import date

import pytest

from chalicelib.domain.errors import Contradictory, NotInState
from chalicelib.domain.evidence import (
    Evidence,
    EvidenceRefused,
    EvidenceRequested,
    EvidenceState,
    EvidenceStored,
    EvidenceWithdrawn,
    FileTooLarge,
    Found,
    Subject,
    SubjectKind,
    apply,
    id_of,
    request,
    settle,
    withdraw,
)
from chalicelib.domain.file_types import FileType
from chalicelib.domain.values import replace

SUBJECT = Subject(kind=SubjectKind.ENTRY, id="ssf-5-warwickshire.42")
ANNOUNCED = Evidence(
    id="entry.ssf-5-warwickshire.42.1f",
    on=date(2024, 2, 1),
    subject=SUBJECT,
    initiative_id="lighting",
    file_name="Invoice 1041.pdf",
    content_type=FileType.PDF,
    size=1000,
    sha256="a" * 64,
    requested_by="finance",
)
WHOLE = Found(size=1000, sha256="a" * 64, first=b"%PDF-1.7\n")


def test_the_id_begins_with_what_it_is_evidence_of() -> None:
    assert id_of(SUBJECT, "1f") == "entry.ssf-5-warwickshire.42.1f"


def test_a_name_is_kept_with_its_accents_joined_to_their_letters() -> None:
    typed = replace(ANNOUNCED, file_name="Re\N{COMBINING ACUTE ACCENT}sume\N{COMBINING ACUTE ACCENT}.PDF")

    asked = request(typed, 1000).evidence

    assert asked.file_name == "R\N{LATIN SMALL LETTER E WITH ACUTE}sum\N{LATIN SMALL LETTER E WITH ACUTE}.PDF"


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("../invoice.pdf", "may not hold /"),
        ("invoice.pdf.exe", r"must end with \.pdf, as it is declared to be application/pdf"),
        ("invoice", r"must end with \.pdf"),
    ],
)
def test_a_name_that_misleads_is_refused_where_it_stands(name: str, why: str) -> None:
    with pytest.raises(Contradictory, match=why) as refused:
        request(replace(ANNOUNCED, file_name=name), 1000)
    assert [error.pointer for error in refused.value.errors] == ["/file_name"]


def test_a_file_may_have_as_many_bytes_as_the_office_takes_and_no_more() -> None:
    assert request(ANNOUNCED, 1000) == EvidenceRequested(evidence=ANNOUNCED)
    with pytest.raises(FileTooLarge, match="has 1,000 bytes and up to 999 are taken"):
        request(ANNOUNCED, 999)


def test_the_bytes_that_were_announced_are_stored() -> None:
    fact = settle(ANNOUNCED, WHOLE)
    stored = apply(ANNOUNCED, fact, 2)

    assert fact == EvidenceStored(size=1000, sha256="a" * 64)
    assert (stored.state, stored.kept, stored.wrong) == (EvidenceState.STORED, True, ())


def test_other_bytes_are_refused_with_everything_that_is_wrong() -> None:
    fact = settle(ANNOUNCED, Found(size=1001, sha256="b" * 64, first=b"MZ\x90\0"))
    refused = apply(ANNOUNCED, fact, 2)

    assert (refused.state, refused.kept) == (EvidenceState.REFUSED, False)
    assert refused.wrong == (
        "It has 1,001 bytes; 1,000 were announced.",
        f"Its SHA-256 is {'b' * 64}; {'a' * 64} was announced.",
        "It does not begin as a file of the type application/pdf does.",
    )


@pytest.mark.parametrize("state", [EvidenceState.STORED, EvidenceState.REFUSED, EvidenceState.WITHDRAWN])
def test_what_was_settled_is_settled_once(state: EvidenceState) -> None:
    with pytest.raises(NotInState, match=f"is {state}; this needs it to be requested"):
        settle(replace(ANNOUNCED, state=state), WHOLE)


@pytest.mark.parametrize("kept", [True, False])
def test_withdrawing_changes_the_state_and_nothing_else(kept: bool) -> None:
    before = replace(ANNOUNCED, state=EvidenceState.STORED if kept else EvidenceState.REQUESTED, kept=kept)

    assert withdraw(before) == EvidenceWithdrawn()
    assert apply(before, EvidenceWithdrawn(), 3) == replace(before, state=EvidenceState.WITHDRAWN)


@pytest.mark.parametrize("state", [EvidenceState.REFUSED, EvidenceState.WITHDRAWN])
def test_what_stands_behind_nothing_cannot_be_withdrawn(state: EvidenceState) -> None:
    with pytest.raises(NotInState):
        withdraw(replace(ANNOUNCED, state=state))


@pytest.mark.parametrize("fact", [EvidenceStored(size=1, sha256="a" * 64), EvidenceRefused(wrong=("",)), EvidenceWithdrawn()])
def test_nothing_can_happen_to_what_was_never_announced(fact: EvidenceStored | EvidenceRefused | EvidenceWithdrawn) -> None:
    with pytest.raises(ValueError, match=f"evidence cannot begin with {fact.KIND}"):
        apply(None, fact, 1)
