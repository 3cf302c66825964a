"""What was published or exported is made again to the same SHA-256, whatever was posted since; and where it is not, that shows."""

from datetime import date
from pathlib import Path

import pytest

from chalicelib.domain.chain import Kind, Name, Position, hash_of
from chalicelib.domain.errors import ChainBroken, Missing
from chalicelib.domain.exports import Scope
from chalicelib.domain.publication_refusals import PublicationOvertaken
from chalicelib.domain.publications import PublicationState
from chalicelib.domain.values import replace
from chalicelib.services import entries, exports, publications, rebuilding, registers
from chalicelib.services.verification import verify_all
from tests.services.large_offices import PUBLISHER
from tests.services.offices import NOW, Office, invoice, line, pay
from tests.services.tampering import GRANT, memory

PUBLICATION = "2024-02-01-1"
EXPORT = "0" * 32
LISTS = ("grants-made.csv", "grants-made.json", "spending-over-500.csv", "spending-over-500.json")

FILES = (
    *("summary.json", "summary.csv", *LISTS),
    *("entries.json", "figures.json", "changes.json", "changes.csv", "datapackage.json", "verify_publication.py", "index.html"),
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """An office that has published and exported, and gone on since."""
    office = Office(folder=tmp_path / "objects").open().disclose("lighting")
    pay(office.context(), invoice("1", 120_000), line("lighting", 120_000))
    publications.publish(office.context(PUBLISHER))
    exports.make(office.context(), Scope(grant_id="ssf-4-example"))
    entries.refund(office.context(), "ssf-4-example.8", date(2023, 12, 1), 100, "CN 1", "Sent back")
    registers.amend_organisation(office.context(), "office", lambda held: replace(held, name="Renamed"))
    return office


@pytest.mark.parametrize(
    ("aggregate_id", "names"),
    [
        (PUBLICATION, [*FILES, "manifest.json"]),
        (EXPORT, ["entries-ssf-4-example.csv", "entries-ssf-4-example.totals.json"]),
    ],
)
def test_every_file_is_made_again_to_the_same_sha256(office: Office, aggregate_id: str, names: list[str]) -> None:
    again = rebuilding.rebuild(office.context(), aggregate_id)

    assert [file.name for file in again.files] == names
    assert all(file.is_the_same for file in again.files)
    assert (again.name.id, again.code_version) == (aggregate_id, "test")


def test_the_files_themselves_are_neither_read_nor_written(office: Office) -> None:
    office.folder.rename(office.folder.with_name("elsewhere"))

    assert all(file.is_the_same for file in rebuilding.rebuild(office.context(), PUBLICATION).files)
    assert not office.folder.exists()


def rewrite(office: Office, seq: int, old: str, new: str) -> None:
    """Write the grant's chain anew from a record on, so that every hash and the head fit again."""
    store = memory(office)
    links = store._links[GRANT]
    links[seq - 1] = links[seq - 1]._replace(body=links[seq - 1].body.replace(old, new))
    for place in range(seq - 1, len(links)):
        before = links[place - 1]
        links[place] = links[place]._replace(hash=hash_of(before.hash, links[place].body))
    store._heads[GRANT] = replace(store._heads[GRANT], position=Position(links[-1].seq, links[-1].hash))


def test_a_chain_that_was_written_anew_with_hashes_that_fit_comes_out_different(office: Office) -> None:
    rewrite(office, 8, "Lamps Ltd", "Lamps Inc")
    memory(office)._documents = {"lampsinc|invoice|1": "ssf-4-example.8"}
    assert not any(verdict.problems for verdict in verify_all(office.context()))

    published, exported = (rebuilding.rebuild(office.context(), each) for each in (PUBLICATION, EXPORT))

    assert [file.name for file in published.files if not file.is_the_same] == [*LISTS[2:], "datapackage.json", "manifest.json"]
    assert [file.name for file in exported.files if not file.is_the_same] == ["entries-ssf-4-example.csv"]


def test_nothing_is_made_again_from_a_broken_chain(office: Office) -> None:
    links = memory(office)._links[GRANT]
    links[3] = links[3]._replace(body=links[3].body.replace("1000000", "1000001"))

    for aggregate_id in (PUBLICATION, EXPORT):
        with pytest.raises(ChainBroken, match="Record 4 of grant#ssf-4-example"):
            rebuilding.rebuild(office.context(), aggregate_id)


def test_a_file_that_other_code_makes_more_or_less_is_told(office: Office) -> None:
    name = Name(Kind.PUBLICATION, PUBLICATION)
    links = memory(office)._links[name]
    body = links[1].body.replace("summary.csv", "summary.tsv")
    links[1] = links[1]._replace(body=body, hash=hash_of(links[0].hash, body))

    files = {file.name: file for file in rebuilding.rebuild(office.context(), PUBLICATION).files}

    assert (files["summary.tsv"].made, files["summary.csv"].recorded) == (None, None)
    assert [file.name for file in files.values() if not file.is_the_same] == ["summary.tsv", "summary.csv"]


def test_what_was_never_made_cannot_be_made_again(office: Office) -> None:
    with pytest.raises(Missing, match="There is no finished publication or export with the id '2024-02-01-2'"):
        rebuilding.rebuild(office.context(), "2024-02-01-2")


def test_a_publication_that_was_abandoned_cannot_be_made_again(office: Office) -> None:
    blocked = replace(office.context(PUBLISHER), now=NOW.replace(month=3))
    (office.folder / "published/2024-03-01-1").mkdir()
    (office.folder / "published/2024-03-01-1/summary.csv").write_bytes(b"other")
    with pytest.raises(PublicationOvertaken):
        publications.publish(blocked)
    assert [head.state for head in memory(office).heads(Kind.PUBLICATION) if PublicationState.ABANDONED in head.state]

    with pytest.raises(Missing):
        rebuilding.rebuild(office.context(), "2024-03-01-1")
