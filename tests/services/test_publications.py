"""Publications: the same files from the same position, each request once, and nothing half done that looks whole."""

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import pytest

from chalicelib.context import Context
from chalicelib.domain.chain import Kind, Link, Name
from chalicelib.domain.errors import ChainBroken, KeyReused, Missing
from chalicelib.domain.initiatives import PUBLISHABLE
from chalicelib.domain.people import SCHEDULE
from chalicelib.domain.publication_refusals import PublicationOvertaken
from chalicelib.domain.publications import (
    OFFICE,
    Publication,
)
from chalicelib.domain.values import replace
from chalicelib.reports import verify_publication
from chalicelib.reports.site import STYLE
from chalicelib.reports.site.style import COMPILED
from chalicelib.services import entries, grants, publications, reading, registers
from chalicelib.services.unit import Replayed
from chalicelib.services.verification import verify_all
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.objects import FolderObjects, Stored
from chalicelib.storage.store import StoreUnreachable, Wanted
from tests.conftest import Golden
from tests.services.failing_objects import FailingObjects
from tests.services.large_offices import PUBLISHER, publisher, staffordshire
from tests.services.offices import Office, before_each_write
from tests.services.public_files import public_files
from tests.services.tampering import memory

NOW = datetime(2024, 4, 1, 5, 0, tzinfo=UTC)
NOTE = "The awards are published figures. The spending shown is illustrative: none was published."
FILES = (
    *("summary.json", "summary.csv"),
    *("grants-made.csv", "grants-made.json", "spending-over-500.csv", "spending-over-500.json", "360giving.json", "360giving.csv"),
    "360giving.xlsx",
    *("entries.json", "figures.json", "changes.json", "changes.csv", "datapackage.json", "verify_publication.py"),
    *("index.html", "manifest.json"),
)


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return staffordshire(tmp_path)


def keyed(office: Office, key: str, now: datetime = NOW) -> Context:
    """The publisher's request that happens once."""
    return replace(office.context(PUBLISHER, key=key), now=now)


def scheduled(office: Office, now: datetime) -> Context:
    """A run of the schedule, in an office that has set that it publishes at once."""
    context = office.context(SCHEDULE)
    return replace(context, now=now, settings=replace(context.settings, publish_monthly=True))


def kept(context: Context, publication: Publication) -> dict[str, bytes]:
    """A publication's files as they are kept."""
    return public_files(context, publication.id)


def post_more(office: Office) -> None:
    """Post, amend and rename after a publication."""
    context = office.context()
    entries.refund(context, "ssf-1-staffordshire.6", date(2020, 12, 1), 100, "CN 5", "One more lantern")
    grants.amend(context, "ssf-1-staffordshire", lambda held: replace(held, title="Renamed"))
    registers.amend_fund(context, "ssf-1", lambda held: replace(held, title="Renamed"))
    registers.amend_organisation(context, "staffordshire", lambda held: replace(held, name="Renamed"))
    registers.amend_initiative(context, "hanley-lighting", lambda held: replace(held, title="Renamed"), None)


def recorded(office: Office) -> list[tuple[str, str]]:
    """What happened to publications: each fact's kind, and the publication's id."""
    context = office.context()
    names = [head.name for head in context.store.heads(Kind.PUBLICATION)]
    return [(record.kind, name.id) for name in names for record in reading.records(context, name)]


def test_a_publication_is_as_readers_know_it(office: Office, golden: Golden) -> None:
    context = publisher(office, NOW, publication_note=NOTE, code_version="1.2.3", giving_prefix="360G-example")
    publication = publications.publish(context)

    assert (publication.id, tuple(file.name for file in publication.files)) == ("2024-04-01-1", FILES)
    files = kept(context, publication)
    assert files.pop("verify_publication.py") == Path(verify_publication.__file__).read_bytes()
    for name, content in files.items():
        if name != STYLE and (name != "manifest.json" or COMPILED.exists()):  # without npm there is another style, and its SHA-256
            golden(f"publication/{name}", content)


def test_the_files_are_what_the_record_says(office: Office) -> None:
    context = publisher(office, NOW)
    publication = publications.publish(context)
    files = {name: (sha256(content).hexdigest(), len(content)) for name, content in kept(context, publication).items()}

    assert {file.name: (file.sha256, file.size) for file in publication.files} == {
        name: files[name] for name in FILES if not name.startswith("360")
    }
    manifest = json.loads(kept(context, publication)["manifest.json"])
    assert {each["name"]: (each["sha256"], each["size"]) for each in manifest["files"]} == {
        name: said for name, said in files.items() if name != "manifest.json"
    }
    head = next(head for head in office.store.heads(Kind.GRANT) if head.name.id == "ssf-1-staffordshire")
    assert manifest["ledger"]["chains"]["grant#ssf-1-staffordshire"] == {"seq": head.position.seq, "hash": head.position.hash}


def test_each_figure_is_the_sum_of_entries_of_the_ledger(office: Office) -> None:
    context = publisher(office, NOW)
    files = kept(context, publications.publish(context))
    manifest, figures, listed = (json.loads(files[f"{name}.json"]) for name in ("manifest", "figures", "entries"))
    spent = figures["measures"]["spent"]
    total = next(line for line in figures["figures"] if line["id"] == "total")

    assert (spent["plus"], spent["minus"], total["pence"]["spent"]) == (["paid", "corrected"], ["refunded"], 104_858_805)
    published = {
        f"{group['grant']}.{seq}": (group["kind"], dict(zip(group["moves"], pence, strict=True)))
        for group in listed["groups"]
        for seq, *pence in group["entries"]
    }
    grants = [head.name.id for head in office.store.heads(Kind.GRANT)]
    of_ledger = {
        named: (entry.kind.value, entry.moves)
        for grant_id in grants
        for named, _, entry in reading.entries(context, grant_id, manifest["ledger"]["chains"][f"grant#{grant_id}"]["seq"])
    }
    assert published == of_ledger
    assert manifest["entries"]["entries"] == total["entries"] == len(of_ledger) == 33


def test_a_publication_is_made_again_byte_for_byte_whatever_came_after(office: Office) -> None:
    context = publisher(office, NOW, publication_note=NOTE)
    publication = publications.publish(context)
    made = kept(context, publication)

    post_more(office)
    later = publisher(office, datetime(2025, 1, 1, tzinfo=UTC), office_name="Another name", publication_note="Another note")

    assert publications.rebuild(later, publication.id) == made
    assert b"Renamed" in kept(later, publications.publish(later))["index.html"]
    assert publications.rebuild(later, publication.id) == made


def test_nothing_is_published_from_a_chain_that_was_changed(office: Office) -> None:
    links = memory(office)._links[Name(Kind.ORGANISATION, "staffordshire")]
    links[0] = links[0]._replace(body=links[0].body.replace("Staffordshire", "Somebody"))

    with pytest.raises(ChainBroken, match="Record 1 of organisation#staffordshire does not match its hash"):
        publications.publish(publisher(office, NOW))
    assert publications.made(office.context()) == ()
    assert list(office.context().objects.list("published/")) == []


def test_nothing_is_published_from_a_chain_that_was_cut_short(office: Office) -> None:
    del memory(office)._links[Name(Kind.GRANT, "ssf-1-staffordshire")][-1]

    with pytest.raises(ChainBroken, match="the chain had come to record 10"):
        publications.publish(publisher(office, NOW))


@pytest.mark.parametrize("fails_at", [0, 1, 2, 3])
def test_a_publication_that_broke_off_is_finished_as_it_was_begun(office: Office, fails_at: int) -> None:
    context = keyed(office, "key-1")
    with pytest.raises(ConnectionError):
        publications.publish(replace(context, objects=FailingObjects(office.folder, fails_at)))
    assert publications.latest(office.context()) is None
    post_more(office)

    publication = publications.publish(context)

    assert b"Renamed" not in kept(context, publication)["index.html"]
    assert recorded(office) == [("publication_begun", "2024-04-01-1"), ("publication_made", "2024-04-01-1")]
    with pytest.raises(Replayed):
        publications.publish(context)


def test_a_run_without_a_key_takes_up_what_broke_off_when_nothing_has_changed(office: Office) -> None:
    context = publisher(office, NOW)
    with pytest.raises(ConnectionError):
        publications.publish(replace(context, objects=FailingObjects(office.folder, 2)))

    assert publications.publish(context).id == "2024-04-01-1"


def test_what_somebody_else_left_unfinished_is_finished_before_a_new_one_is_begun(office: Office) -> None:
    with pytest.raises(ConnectionError):
        publications.publish(replace(keyed(office, "key-1"), objects=FailingObjects(office.folder, 1)))
    post_more(office)

    second = publications.publish(keyed(office, "key-2"))

    assert second.id == "2024-04-01-2"
    assert [made.id for made in publications.made(office.context())] == ["2024-04-01-2", "2024-04-01-1"]
    assert publications.publish(keyed(office, "key-1")).id == "2024-04-01-1"
    assert len(publications.made(office.context())) == 2


def test_other_code_abandons_what_broke_off_and_begins_anew(office: Office) -> None:
    with pytest.raises(ConnectionError):
        publications.publish(replace(publisher(office, NOW), objects=FailingObjects(office.folder, 1)))

    publication = publications.publish(publisher(office, NOW, code_version="2"))

    assert (publication.id, publication.code_version) == ("2024-04-01-2", "2")
    assert recorded(office) == [
        ("publication_begun", "2024-04-01-1"),
        ("publication_abandoned", "2024-04-01-1"),
        ("publication_begun", "2024-04-01-2"),
        ("publication_made", "2024-04-01-2"),
    ]
    with pytest.raises(Missing):
        publications.find(office.context(), "2024-04-01-1")


class ActingObjects(FolderObjects):
    """A folder that publishes in another's name while it takes the first file."""

    def __init__(self, root: Path, other: Context) -> None:
        super().__init__(root, "http://127.0.0.1/objects", b"a key that signs links")
        object.__setattr__(self, "others", [other])

    def put(self, key: str, content: BinaryIO, *, content_type: str) -> Stored:
        others: list[Context] = self.others  # type: ignore[attr-defined]  # set above: the class that it extends is frozen
        while others:
            publications.publish(others.pop())
        return super().put(key, content, content_type=content_type)


def test_a_publication_that_other_code_abandoned_meanwhile_says_so(office: Office) -> None:
    newer = publisher(office, NOW, code_version="2")
    with pytest.raises(PublicationOvertaken):
        publications.publish(replace(publisher(office, NOW), objects=ActingObjects(office.folder, newer)))

    assert [made.id for made in publications.made(office.context())] == ["2024-04-01-2"]


def test_a_publication_that_another_run_finished_meanwhile_is_the_answer(office: Office) -> None:
    context = publisher(office, NOW)
    publication = publications.publish(replace(context, objects=ActingObjects(office.folder, context)))

    assert publication == publications.latest(context)
    assert len(publications.made(context)) == 1


def test_a_publication_that_somebody_began_in_the_same_moment_is_finished_first(office: Office) -> None:
    rivals = [replace(keyed(office, "key-1"), objects=FailingObjects(office.folder, 1))]

    def begin() -> None:
        while rivals:
            with pytest.raises(ConnectionError):
                publications.publish(rivals.pop())

    mine = replace(keyed(office, "key-2"), store=before_each_write(office.store, begin))

    assert publications.publish(mine).id == "2024-04-01-2"
    assert [made.id for made in publications.made(office.context())] == ["2024-04-01-2", "2024-04-01-1"]


def test_files_that_other_bytes_stand_in_the_way_of_are_given_up(office: Office) -> None:
    context = publisher(office, NOW)
    context.objects.put("published/2024-04-01-1/summary.csv", BytesIO(b"other"), content_type="text/csv")

    with pytest.raises(PublicationOvertaken):
        publications.publish(context)
    assert publications.publish(context).id == "2024-04-01-2"


def test_a_publication_that_cannot_be_built_is_never_begun(office: Office) -> None:
    links = memory(office)._links[Name(Kind.FUND, "ssf-1")]
    whole = links[0]
    links[0] = whole._replace(body=whole.body.replace("Safer", "Other"))
    for _ in range(2):
        with pytest.raises(ChainBroken):
            publications.publish(keyed(office, "key-1"))
    assert recorded(office) == []

    links[0] = whole
    assert publications.publish(keyed(office, "key-1")).id == "2024-04-01-1"


def test_what_broke_off_and_cannot_be_built_again_is_abandoned_with_the_reason(office: Office) -> None:
    with pytest.raises(ConnectionError):
        publications.publish(replace(keyed(office, "key-1"), objects=FailingObjects(office.folder, 1)))
    begun = memory(office)._links[Name(Kind.PUBLICATION, "2024-04-01-1")]
    begun[0] = begun[0]._replace(body=begun[0].body.replace("Example", "Other"))

    publication = publications.publish(keyed(office, "key-1"))

    assert (publication.id, publication.request) == ("2024-04-01-2", "key-1")
    assert [made.id for made in publications.made(office.context())] == ["2024-04-01-2"]
    assert begun[-1].body.count("Its files cannot be made again: ChainBroken: Record 1 of publication#2024-04-01-1 does not match") == 1


class _Silent(MemoryStore):
    """A store that gives no answer when a chain is read."""

    def __init__(self, inner: MemoryStore) -> None:
        self.__dict__.update(vars(inner))

    def links(self, name: Name, *, after: int = 0, until: int | None = None, limit: int | None = None) -> Iterator[Link]:
        raise StoreUnreachable(str(name))


def test_what_broke_off_is_kept_while_the_store_does_not_answer(office: Office) -> None:
    context = keyed(office, "key-1")
    with pytest.raises(ConnectionError):
        publications.publish(replace(context, objects=FailingObjects(office.folder, 1)))

    with pytest.raises(StoreUnreachable):
        publications.publish(replace(context, store=_Silent(memory(office))))
    assert publications.publish(context).id == "2024-04-01-1"


def test_what_the_office_keeps_of_its_publications_does_not_grow(tmp_path: Path) -> None:
    office = Office(folder=tmp_path)
    sizes = []
    for number in range(50):
        publications.publish(keyed(office, f"key-{number}"))
        head = office.store.load(Wanted(heads=(OFFICE,))).heads[OFFICE]
        sizes.append(len(head.state))

    assert sizes == [38] * 9 + [39] * 41
    assert [made.id for made in publications.made(office.context())] == [f"2024-04-01-{number}" for number in range(50, 0, -1)]
    assert max(len(head.state) for head in office.store.heads(Kind.PUBLICATION)) < 2000
    assert not any(verdict.problems for verdict in verify_all(office.context()))


def test_a_run_for_an_earlier_day_takes_the_next_number_of_that_day(office: Office) -> None:
    later = datetime(2024, 5, 1, 5, 0, tzinfo=UTC)
    for key, now in (("key-1", NOW), ("key-2", later), ("key-3", NOW)):
        publications.publish(keyed(office, key, now))

    assert [made.id for made in publications.made(office.context())] == ["2024-05-01-1", "2024-04-01-2", "2024-04-01-1"]


def test_a_repeated_request_is_answered_and_another_under_its_key_refused(office: Office) -> None:
    publications.publish(keyed(office, "key-1"))

    with pytest.raises(Replayed):
        publications.publish(keyed(office, "key-1"))
    with pytest.raises(KeyReused):
        publications.publish(replace(office.context(PUBLISHER, key="key-1", body="other"), now=NOW))
    assert len(publications.made(office.context())) == 1


def test_the_same_event_twice_publishes_once(office: Office) -> None:
    first = publications.publish_monthly(scheduled(office, NOW))
    post_more(office)

    assert publications.publish_monthly(scheduled(office, NOW)) == first
    assert publications.publish_monthly(scheduled(office, datetime(2024, 4, 30, 22, 59, tzinfo=UTC))) == first
    assert len(publications.made(office.context())) == 1


def test_an_event_that_comes_again_after_a_crash_finishes_the_months_publication(office: Office) -> None:
    context = scheduled(office, NOW)
    with pytest.raises(ConnectionError):
        publications.publish_monthly(replace(context, objects=FailingObjects(office.folder, 3)))
    post_more(office)

    assert publications.publish_monthly(context).id == "2024-04-01-1"
    assert len(publications.made(context)) == 1


def test_the_next_month_begins_at_midnight_in_london(office: Office) -> None:
    publications.publish_monthly(scheduled(office, NOW))
    may = publications.publish_monthly(scheduled(office, datetime(2024, 4, 30, 23, 0, tzinfo=UTC)))

    assert (may.id, may.requested_by) == ("2024-05-01-1", "streetlight schedule")
    assert [made.id for made in publications.made(office.context())] == ["2024-05-01-1", "2024-04-01-1"]


def test_what_an_initiative_withholds_is_in_no_file(office: Office) -> None:
    for initiative_id in ("hanley-lighting", "night-training"):
        registers.amend_initiative(
            office.context(), initiative_id, lambda held: replace(held, unpublished_fields=tuple(sorted(PUBLISHABLE))), None
        )
    context = publisher(office, NOW)
    files = kept(context, publications.publish(context))

    secrets = ("Lamp columns", "hanley-lighting", "Etruria", "Training for door staff", "night-training", "Burton town centre")
    for secret in (*secrets, "burton-cctv", "Hanley, Stoke", "hanley-partners"):
        for name, content in files.items():
            assert secret not in content.decode(), f"{secret} in {name}"
    assert b"Not published" in files["initiatives.html"]


def test_the_position_of_a_publication_covers_whatever_its_files_name(office: Office) -> None:
    context = publisher(office, NOW)
    position = publications.position_of(context, publications.publish(context).id)

    assert _kinds(position) == {"disclosure", "fund", "grant", "initiative", "organisation"}
    assert position["grant#ssf-1-staffordshire"] == 10


def _kinds(position: Mapping[str, int]) -> set[str]:
    return {key.split("#")[0] for key in position}


def test_an_office_without_anything_publishes_nothing_at_all_and_says_so() -> None:
    context = Office().context()

    assert publications.latest(context) is None
    with pytest.raises(Missing):
        publications.find(context, "2024-04-01-1")
    with pytest.raises(Missing):
        publications.rebuild(context, "2024-04-01-1")
