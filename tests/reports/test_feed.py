"""The Atom feed: every publication, newest first, with ids that stay."""

from datetime import UTC, date, datetime
from xml.etree import ElementTree as ET

from chalicelib.domain.publications import File, Publication, PublicationState
from chalicelib.domain.values import replace
from chalicelib.reports.feed import feed

NS = {"a": "http://www.w3.org/2005/Atom"}
MANIFEST = File(name="manifest.json", sha256="ab" * 32, size=9)
FIRST = Publication(
    id="2024-04-01-1",
    on=date(2024, 4, 1),
    code_version="1",
    requested_by="publisher",
    files=(MANIFEST,),
    state=PublicationState.MADE,
    made_at=datetime(2024, 4, 3, 9, 30, tzinfo=UTC),
)
SECOND = replace(FIRST, id="2024-05-01-1", on=date(2024, 5, 1), made_at=None)
DRAFT = replace(FIRST, id="2024-06-01-1", state=PublicationState.DRAFTED)
WITHDRAWN = replace(FIRST, state=PublicationState.WITHDRAWN, withdrawn_at=datetime(2024, 5, 2, tzinfo=UTC), why="A <name> was in it & more")


def read(*publications: Publication) -> ET.Element:
    return ET.fromstring(feed(publications, "Office & Co", "bucket"))  # noqa: S314  our own text


def texts(element: ET.Element, path: str) -> list[str]:
    return [found.text or "" for found in element.findall(path, NS)]


def test_it_has_what_an_atom_feed_must_have() -> None:
    atom = read(SECOND, FIRST)

    assert atom.tag == "{http://www.w3.org/2005/Atom}feed"
    assert (texts(atom, "a:title"), texts(atom, "a:author/a:name")) == (["Office & Co: publications"], ["Office & Co"])
    assert texts(atom, "a:updated") == ["2024-05-01T00:00:00Z"]
    assert texts(atom, "a:entry/a:title") == ["Publication 2024-05-01-1", "Publication 2024-04-01-1"]
    assert texts(atom, "a:entry/a:updated") == ["2024-05-01T00:00:00Z", "2024-04-03T09:30:00Z"]
    assert [link.attrib["href"] for link in atom.findall("a:entry/a:link", NS)] == [
        "published/2024-05-01-1/index.html",
        "published/2024-04-01-1/index.html",
    ]
    assert texts(atom, "a:entry/a:summary")[0] == f"SHA-256 of manifest.json: {'ab' * 32}"


def test_ids_stay_whatever_comes_after_and_are_each_ones_own() -> None:
    assert texts(read(FIRST), "a:entry/a:id") == texts(read(SECOND, WITHDRAWN), "a:entry/a:id")[1:]
    assert texts(read(FIRST), "a:id") == ["urn:uuid:0f5eab73-36c7-5e16-83b4-16c54d629a66"]
    assert texts(read(FIRST), "a:id") != texts(read(FIRST), "a:entry/a:id")


def test_a_draft_is_not_in_it_and_a_withdrawn_publication_says_why() -> None:
    atom = read(DRAFT, WITHDRAWN)

    assert texts(atom, "a:entry/a:title") == ["Withdrawn: publication 2024-04-01-1"]
    assert texts(atom, "a:entry/a:summary") == ["Withdrawn: A <name> was in it & more"]
    assert texts(atom, "a:updated") == ["2024-05-02T00:00:00Z"]
    assert [link.attrib["href"] for link in atom.findall("a:entry/a:link", NS)] == ["published/2024-04-01-1/withdrawn.json"]


def test_a_feed_without_publications_is_one_all_the_same() -> None:
    assert texts(read(), "a:updated") == ["1970-01-01T00:00:00Z"]
