"""Restatement: what has changed since the earlier publication, so that v1 and the differences make v2."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from chalicelib.context import Context
from chalicelib.domain.publication_refusals import EarlierChanged
from chalicelib.domain.publications import Publication
from chalicelib.domain.values import replace
from chalicelib.reports.verify_publication import check
from chalicelib.services import entries, publications, registers
from tests.services.large_offices import publisher, staffordshire
from tests.services.offices import Office
from tests.services.public_files import public_files

APRIL, MAY, JUNE = (datetime(2024, month, 1, 5, 0, tzinfo=UTC) for month in (4, 5, 6))
LAMPS = "ssf-1-staffordshire.6"
Files = dict[str, bytes]
Record = dict[str, object]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return staffordshire(tmp_path)


def kept(context: Context, publication: Publication) -> Files:
    return public_files(context, publication.id)


def publish(office: Office, now: datetime) -> Files:
    context = publisher(office, now)
    return kept(context, publications.publish(context))


def figures(files: Files) -> dict[str, int]:
    return {
        f"{line['id']}.{measure}": pence
        for line in json.loads(files["figures.json"])["figures"]
        for measure, pence in line["pence"].items()
    }


def change(files: Files, figure: str) -> Record:
    (found,) = (each for each in json.loads(files["changes.json"])["changes"] if each["figure"] == figure)
    assert isinstance(found, dict)
    return found


def with_the_changes(first: Files, second: Files) -> dict[str, int]:
    """The first publication's figures with the second one's changes, applied as a reader would who has only the two files."""
    changes, lines = json.loads(second["changes.json"]), json.loads(first["figures.json"])["figures"]
    made = {
        f"{line['id']}.{measure}": pence
        for place, line in enumerate(lines)
        if place not in changes["gone_lines"]
        for measure, pence in line["pence"].items()
    }
    for each in changes["changes"]:
        assert made.get(each["figure"]) == each["old_pence"]
        made[each["figure"]] = each["new_pence"]
    return made


def test_the_first_publication_says_that_there_is_nothing_to_compare(office: Office) -> None:
    files = publish(office, APRIL)
    said = json.loads(files["changes.json"])

    assert said["about"] == "This is the first publication that has figures to compare with: there is nothing to tell."
    assert (said["compared_with"], said["changes"], said["entries"]) == (None, [], {})
    assert files["changes.csv"].decode("utf-8-sig") == "figure,name,old_pounds,new_pounds,change_pounds,entries,entry_ids,why\r\n"


def test_the_earlier_figures_with_the_changes_are_the_later_figures(office: Office) -> None:
    first = publish(office, APRIL)
    entries.correct(office.context(), LAMPS, date(2021, 1, 10), 12_345, "The invoice says £123.45 more")
    entries.refund(office.context(), LAMPS, date(2021, 2, 1), 45, "CN 9", "Carriage")
    second = publish(office, MAY)

    assert with_the_changes(first, second) == figures(second) != figures(first)
    assert check(second.get, earlier=first.get).problems == []
    spent = change(second, "total.spent")
    assert spent == {
        "figure": "total.spent",
        "name": "Total: spent",
        "old_pence": 104_858_805,
        "new_pence": 104_871_105,
        "entries": ["ssf-1-staffordshire.11", "ssf-1-staffordshire.12"],
        "elsewhere": 0,
    }
    assert change(second, "fund.ssf-1.refunded")["entries"] == ["ssf-1-staffordshire.12"]
    assert not any(each["figure"].startswith("fund.ssf-5") for each in json.loads(second["changes.json"])["changes"])


def test_each_change_says_why(office: Office) -> None:
    publish(office, APRIL)
    entries.correct(office.context(), LAMPS, date(2021, 1, 10), 12_345, "The invoice says £123.45 more")
    entries.refund(office.context(), LAMPS, date(2021, 2, 1), 45, "CN 9", "Carriage")
    second = publish(office, MAY)

    assert json.loads(second["changes.json"])["entries"] == {
        "ssf-1-staffordshire.11": {"kind": "correction", "reason": "The invoice says £123.45 more"},
        "ssf-1-staffordshire.12": {"kind": "refund", "reason": "Carriage"},
    }
    rows = {row["figure"]: row for row in csv.DictReader(io.StringIO(second["changes.csv"].decode("utf-8-sig"), newline=""))}
    assert rows["total.spent"] == {
        "figure": "total.spent",
        "name": "Total: spent",
        "old_pounds": "1048588.05",
        "new_pounds": "1048711.05",
        "change_pounds": "123.00",
        "entries": "2",
        "entry_ids": "ssf-1-staffordshire.11 ssf-1-staffordshire.12",
        "why": "1 correction, 1 refund; The invoice says £123.45 more; Carriage",
    }


def test_a_closed_quarters_difference_moves_and_what_was_reported_does_not(office: Office) -> None:
    first = publish(office, APRIL)
    entries.correct(office.context(), "swan-staffordshire.6", date(2022, 4, 12), -100, "A pound less")
    second = publish(office, MAY)

    changed = [each["figure"] for each in json.loads(second["changes.json"])["changes"]]
    assert change(second, "closed_quarter.difference.swan-staffordshire.2021-22-Q4.spent")["new_pence"] == -1_300
    assert change(second, "closed_quarter.difference.swan-staffordshire.2021-22-Q4.spent")["old_pence"] == -1_200
    assert not any(figure.startswith("closed_quarter.as_reported") for figure in changed)
    assert with_the_changes(first, second) == figures(second)


def test_nothing_that_is_withheld_since_is_in_a_restatement(office: Office) -> None:
    first = publish(office, APRIL)
    registers.amend_initiative(
        office.context(), "night-training", lambda held: replace(held, unpublished_fields=("title", "partner")), None
    )
    entries.correct(office.context(), "swan-staffordshire.6", date(2022, 4, 12), -100, "Hanley, Stoke & Partners charged a pound too much")
    second = publish(office, MAY)

    for withheld in (b"Training for door staff", b"night-training", b"hanley-partners", b"Hanley, Stoke"):
        assert any(withheld in content for content in first.values()) or withheld == b"night-training"
        assert [name for name, content in second.items() if withheld in content] == []
    assert json.loads(second["changes.json"])["entries"] == {"swan-staffordshire.16": {"kind": "correction", "reason": None}}
    assert with_the_changes(first, second) == figures(second)


def test_a_line_that_is_no_longer_shown_is_only_numbered(office: Office) -> None:
    first = publish(office, APRIL)
    registers.amend_initiative(office.context(), "night-training", lambda held: replace(held, unpublished_fields=("partner",)), None)
    second = publish(office, MAY)

    lines = [line["id"] for line in json.loads(first["figures.json"])["figures"]]
    assert [lines[place] for place in json.loads(second["changes.json"])["gone_lines"]] == ["partner.hanley-partners"]
    paid = change(second, "partner.withheld.paid")
    assert (paid["old_pence"], paid["new_pence"], paid["entries"], paid["elsewhere"]) == (None, 120_000, [], 1)
    assert with_the_changes(first, second) == figures(second)


def test_each_publication_is_compared_with_the_one_before(office: Office) -> None:
    publish(office, APRIL)
    entries.refund(office.context(), LAMPS, date(2021, 2, 1), 45, "CN 9", "Carriage")
    second, third = publish(office, MAY), publish(office, JUNE)

    assert json.loads(second["changes.json"])["compared_with"]["publication"] == "2024-04-01-1"
    said = json.loads(third["changes.json"])
    assert (said["compared_with"]["publication"], said["changes"]) == ("2024-05-01-1", [])
    assert third["figures.json"] != second["figures.json"]
    assert figures(third) == figures(second)


def test_a_restatement_is_made_again_byte_for_byte_whatever_came_after(office: Office) -> None:
    publish(office, APRIL)
    entries.correct(office.context(), LAMPS, date(2021, 1, 10), 12_345, "The invoice says £123.45 more")
    made = publish(office, MAY)
    entries.refund(office.context(), LAMPS, date(2021, 2, 1), 45, "CN 9", "Carriage")
    publish(office, JUNE)

    assert publications.rebuild(publisher(office, JUNE), "2024-05-01-1") == made


def test_nothing_is_compared_with_files_that_were_changed(office: Office, tmp_path: Path) -> None:
    publish(office, APRIL)
    file = next(office.folder.rglob("figures.json"))
    file.chmod(0o600)
    file.write_bytes(file.read_bytes().replace(b"104858805", b"104858806"))

    with pytest.raises(EarlierChanged, match=r"figures\.json of publication 2024-04-01-1"):
        publish(office, MAY)
    assert len(publications.made(office.context())) == 1


def test_the_verifier_names_a_figure_that_the_changes_do_not_lead_to(office: Office) -> None:
    first = publish(office, APRIL)
    entries.refund(office.context(), LAMPS, date(2021, 2, 1), 45, "CN 9", "Carriage")
    second = publish(office, MAY)
    forged = {**second, "changes.json": second["changes.json"].replace(b'"new_pence":104858760', b'"new_pence":104858771')}
    changed = {**second, "changes.json": second["changes.json"].replace(b'"new_pence":104858760', b'"new_pence":104858761')}

    found = "\n".join(check(forged.get, earlier=first.get).problems)
    assert "changes.json: with the changes, total.spent comes to £1,048,587.71; figures.json says £1,048,587.60." in found
    (slip,) = check(changed.get, earlier=first.get).problems
    assert slip.endswith("'104858761' stands where '104858760' was published. That is in total.spent.")


def test_a_cell_of_the_sheet_does_not_grow_with_the_entries(office: Office) -> None:
    publish(office, APRIL)
    for number in range(201):
        entries.correct(office.context(), LAMPS, date(2021, 1, 10), -1, f"Reason {number}")
    second = publish(office, MAY)

    rows = {row["figure"]: row for row in csv.DictReader(io.StringIO(second["changes.csv"].decode("utf-8-sig"), newline=""))}
    row = rows["total.corrected"]
    assert (row["entries"], row["entry_ids"], row["change_pounds"]) == ("201", "more than 200: see changes.json", "-2.01")
    assert row["why"].startswith("201 corrections; Reason 0; Reason 1; ")
    assert row["why"].endswith("; Reason 19; and 181 more reasons: see changes.json")
    entries_of = change(second, "total.corrected")["entries"]
    assert isinstance(entries_of, list)
    assert len(entries_of) == 201
