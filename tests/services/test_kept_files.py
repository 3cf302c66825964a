"""Files of publications and exports: every changed or missing one is found, and what no record names is told."""

from io import BytesIO
from pathlib import Path

import pytest

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.evidence import Subject, SubjectKind
from chalicelib.domain.exports import Scope
from chalicelib.domain.file_types import FileType
from chalicelib.services import evidence, exports, kept_files, publications
from chalicelib.services.verification import verify, verify_all
from tests.services.large_offices import PUBLISHER
from tests.services.offices import Office
from tests.services.tampering import memory

PUBLICATION = Name(Kind.PUBLICATION, "2024-02-01-1")
EXPORT = Name(Kind.EXPORT, "0" * 32)
ROWS = f"exports/{EXPORT.id}/entries-ssf-4-example.csv"


@pytest.fixture
def office(tmp_path: Path) -> Office:
    office = Office(folder=tmp_path / "objects").open()
    publications.publish(office.context(PUBLISHER))
    exports.make(office.context(), Scope(grant_id="ssf-4-example"))
    return office


def problems(office: Office, name: Name) -> tuple[str, ...]:
    return verify(office.context(), name).problems


def unrecorded(office: Office) -> list[str]:
    return list(kept_files.unrecorded(office.context()))


def leave(office: Office, key: str) -> None:
    office.context().objects.put(key, BytesIO(b"left behind"), content_type="text/plain")


def test_files_that_are_as_recorded_hold(office: Office) -> None:
    verdicts = {str(each.name): each for each in verify_all(office.context())}

    assert not any(each.problems for each in verdicts.values())
    assert (verdicts[str(PUBLICATION)].files, verdicts[str(EXPORT)].files, verdicts["fund#ssf-4"].files) == (14, 2, 0)
    assert unrecorded(office) == []


def test_a_published_file_of_which_one_byte_was_changed_is_found(office: Office) -> None:
    summary = office.folder / "published/2024-02-01-1/summary.csv"
    content = summary.read_bytes()
    summary.write_bytes(content[:-3] + b"1" + content[-2:])

    (problem,) = problems(office, PUBLICATION)

    size = f"{len(content):,} bytes with the SHA-256"
    assert problem.startswith(f"published/2024-02-01-1/summary.csv holds {size} ")
    assert f": record 2 of publication#2024-02-01-1 says that it holds {size} " in problem


def test_a_published_file_that_is_gone_is_found(office: Office) -> None:
    (office.folder / "published/2024-02-01-1/manifest.json").unlink()

    (problem,) = problems(office, PUBLICATION)

    assert problem.startswith("published/2024-02-01-1/manifest.json is gone: record 2 of publication#2024-02-01-1 says that it holds ")


def test_a_page_that_only_the_manifest_lists_is_held_to_it(office: Office) -> None:
    folder = office.folder / "published/2024-02-01-1"
    (folder / "places.html").unlink()
    (folder / "style.css").write_bytes(b"")

    first, second = problems(office, PUBLICATION)

    manifest = "published/2024-02-01-1/manifest.json says that it holds"
    assert first.startswith(f"published/2024-02-01-1/places.html is gone: {manifest} ")
    assert second.startswith(f"published/2024-02-01-1/style.css holds 0 bytes with the SHA-256 e3b0c44298fc: {manifest} ")
    assert unrecorded(office) == []


def test_pages_whose_manifest_is_gone_are_told_as_named_by_nothing(office: Office) -> None:
    (office.folder / "published/2024-02-01-1/manifest.json").unlink()

    assert "published/2024-02-01-1/places.html: publication#2024-02-01-1, which is made, does not name it" in unrecorded(office)


def test_an_exported_file_that_was_cut_short_is_found(office: Office) -> None:
    (office.folder / ROWS).write_bytes(b"")

    (problem,) = problems(office, EXPORT)

    assert problem.startswith(f"{ROWS} holds 0 bytes with the SHA-256 e3b0c44298fc: record 1 of {EXPORT} says that it holds ")


def test_a_lost_folder_breaks_every_publication_and_export(office: Office) -> None:
    office.folder.rename(office.folder.with_name("elsewhere"))

    broken = {str(each.name): len(each.problems) for each in verify_all(office.context()) if each.problems}

    assert broken == {str(PUBLICATION): 14, str(EXPORT): 2}


def test_files_that_no_record_names_are_told_and_break_nothing(office: Office) -> None:
    leave(office, "published/2024-02-01-1/notes.txt")
    leave(office, f"exports/{EXPORT.id}/notes.txt")
    leave(office, f"exports/{'1' * 32}/entries.csv")
    leave(office, "published/index.html")
    leave(office, "readme.txt")

    assert unrecorded(office) == [
        f"exports/{EXPORT.id}/notes.txt: {EXPORT} does not name it",
        f"exports/{'1' * 32}/entries.csv: there is no export#{'1' * 32}",
        "published/2024-02-01-1/notes.txt: publication#2024-02-01-1, which is made, does not name it",
        "published/index.html: it is no publication's, no export's, no import's, no claim's, no agreement's and no evidence",
        "readme.txt: it is no publication's, no export's, no import's, no claim's, no agreement's and no evidence",
    ]
    assert not any(verdict.problems for verdict in verify_all(office.context()))


def test_files_of_a_head_that_cannot_be_read_are_told(office: Office) -> None:
    heads = memory(office)._heads
    heads[EXPORT] = type(heads[EXPORT])(EXPORT, heads[EXPORT].position, "{")

    assert [told.partition(": ")[2] for told in unrecorded(office)] == [f"the head of {EXPORT} cannot be read"] * 2


def test_a_file_put_to_be_evidence_is_named_from_its_announcement_on(office: Office) -> None:
    leave(office, "evidence/entry.ssf-4-example.6.1")

    assert unrecorded(office) == ["evidence/entry.ssf-4-example.6.1: there is no evidence#entry.ssf-4-example.6.1"]

    announced = evidence.Announced(file_name="1.txt", content_type=FileType.TEXT, size=11, sha256="0" * 64)
    asked = evidence.request(office.context(), Subject(kind=SubjectKind.ENTRY, id="ssf-4-example.6"), announced).evidence
    office.context().objects.put(evidence.key_of(asked.state.id), BytesIO(b"left behind"), content_type="text/plain")

    assert unrecorded(office) == ["evidence/entry.ssf-4-example.6.1: there is no evidence#entry.ssf-4-example.6.1"]
    assert verify(office.context(), asked.name).problems == ()


def test_a_lost_head_of_evidence_is_found_by_its_file(office: Office) -> None:
    announced = evidence.Announced(file_name="1.txt", content_type=FileType.TEXT, size=11, sha256="0" * 64)
    asked = evidence.request(office.context(), Subject(kind=SubjectKind.ENTRY, id="ssf-4-example.6"), announced).evidence
    office.context().objects.put(evidence.key_of(asked.state.id), BytesIO(b"left behind"), content_type="text/plain")
    del memory(office)._heads[asked.name]

    broken = {str(each.name): each.problems for each in verify_all(office.context()) if each.problems}

    assert broken == {str(asked.name): (f"{asked.name} has records and no head.", f"evidence/{asked.state.id} is kept for it.")}
