"""Onward grants as 360Giving data, for those who compare grant makers: 360giving.json, and the same flattened for spreadsheets.

One grant of 360Giving's is what one grant of ours pays to one recipient for one initiative. Its id is that of its first payment,
behind the office's own prefix, so it stays the same from publication to publication.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from chalicelib.domain.disclosures import Particular
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.organisations import Organisation
from chalicelib.domain.statutory_lists import Row
from chalicelib.reports.contents import Contents
from chalicelib.reports.giving_sheets import Given, as_csv, as_workbook
from chalicelib.reports.json_text import as_json
from chalicelib.reports.statutory_lists import shown, title_of

LICENCE = "https://www.nationalarchives.gov.uk/doc/open-government-licence/version/3/"
VERSION = "1.4"

_MOST_TITLE = 140


def giving_files(contents: Contents) -> dict[str, bytes]:
    """The three files by name; none where the office has no prefix of 360Giving's, or has made no grant."""
    grants = tuple(_grants(contents)) if contents.giving_prefix else ()
    if not grants:
        return {}
    about = _about(contents)
    return {
        "360giving.json": as_json({**about, "grants": grants}),
        "360giving.csv": as_csv(grants),
        "360giving.xlsx": as_workbook(about, grants),
    }


def _about(contents: Contents) -> Given:
    """What the package says of itself."""
    return {
        "version": VERSION,
        "title": f"Crime and disorder reduction grants of {contents.office}",
        **({"description": contents.note} if contents.note else {}),
        "issued": str(contents.publication.on),
        "identifier": f"{contents.giving_prefix}-{contents.publication.id}",
        "publisher": {"name": contents.office},
        "license": LICENCE,
    }


def _grants(contents: Contents) -> Iterator[Given]:
    together: dict[tuple[str, str, str], list[Row]] = {}
    for row in contents.lists.grants_made:
        # Recipients that are withheld may be different ones: nobody learns whether they are.
        recipient = row.id if Particular.RECIPIENT in row.withheld else row.texts[Particular.RECIPIENT]
        together.setdefault((row.grant_id, row.initiative_id, recipient), []).append(row)
    for rows in together.values():
        yield _grant(contents, rows)


def _grant(contents: Contents, rows: Sequence[Row]) -> Given:
    first = rows[0]
    grant, initiative = contents.grants[first.grant_id], contents.initiatives[first.initiative_id]
    fund = contents.funds[grant.fund_id]
    return {
        "id": f"{contents.giving_prefix}-{first.id}",
        "title": title_of(contents, first)[:_MOST_TITLE],
        "description": " ".join(dict.fromkeys(shown(row, Particular.PURPOSE) for row in rows)),
        "currency": "GBP",
        "amountAwarded": _pounds(sum(row.paid_pence for row in rows)),
        "amountDisbursed": _pounds(sum(row.amount_pence for row in rows)),
        "awardDate": first.on,
        "recipientOrganization": [_recipient(contents, first)],
        "fundingOrganization": [_organisation(contents, contents.organisations[grant.lead_recipient_id])],
        "grantProgramme": [{"code": fund.id, "title": fund.title}],
        "beneficiaryLocation": [*_places(initiative), {"geoCode": grant.force_area, "geoCodeType": "PFA"}],
    }


def _pounds(pence: int) -> int | float:
    # The standard wants a number. No amount that the ledger takes is so large that its nearest float is written otherwise.
    return pence // 100 if pence % 100 == 0 else pence / 100


def _recipient(contents: Contents, row: Row) -> Given:
    """Who got it: by the identifiers of the organisation whose name that is, otherwise by an id of the office's own."""
    if Particular.RECIPIENT in row.withheld:
        return {"id": f"{contents.giving_prefix}-withheld-{row.id}", "name": shown(row, Particular.RECIPIENT)}
    name = row.texts[Particular.RECIPIENT]
    known = next((each for each in contents.organisations.values() if each.name.casefold() == name.casefold()), None)
    if known:
        return _organisation(contents, known)
    return {"id": f"{contents.giving_prefix}-recipient-{re.sub(r'[^a-z0-9]+', '-', name.casefold()).strip('-')}", "name": name}


def _organisation(contents: Contents, organisation: Organisation) -> Given:
    return {"id": next(iter(organisation.identifiers), f"{contents.giving_prefix}-{organisation.id}"), "name": organisation.name}


def _places(initiative: Initiative) -> Iterator[Given]:
    """Where it helped, by ONS code where one is known; nowhere, where an initiative's places are withheld."""
    for place in initiative.places if initiative.may_publish("places") else ():
        code = place.area_code
        yield {"name": place.name, "geoCode": code, "geoCodeType": "WD" if code[1:3] == "05" else "LSOA"} if code else {"name": place.name}
