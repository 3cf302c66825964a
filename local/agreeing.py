"""Agreements on the data folder itself, without a server: a trial balance is put beside the ledger, and what differs is printed."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

from chalicelib.api.agreement_bodies import AgreementView
from chalicelib.domain.agreeing import CodedTotal
from chalicelib.domain.agreements import Line
from chalicelib.domain.errors import AlreadyExists
from chalicelib.domain.money import MoneyUnreadable, parse_pounds, pounds
from chalicelib.domain.people import Role
from chalicelib.domain.periods import Quarter
from chalicelib.services import agreement_drawing
from chalicelib.services.agreement_drawing import Stated
from local.exit_codes import ExitCode
from local.machine import Machine
from local.offline import data_of
from local.told import Told


def agree(machine: Machine, which: tuple[str, Quarter], file: Path, profile_id: str, told: Told) -> ExitCode:
    """Put a trial balance beside a quarter of a grant, for the first time or anew; the exit code is 1 while anything is unexplained."""
    grant_id, quarter = which
    try:
        stated = Stated(coded=tuple(_totals(file.read_text("utf-8-sig"))), profile_id=profile_id)
    except (MoneyUnreadable, UnicodeDecodeError) as refusal:
        return told.refused(refusal)
    reason = f"Control totals of {file.name}"
    with data_of(machine, Role.FINANCE) as context:
        try:
            shown = agreement_drawing.draw(context, grant_id, quarter, stated, reason)
        except AlreadyExists:
            shown = agreement_drawing.draw_anew(context, grant_id, quarter, stated, reason)
    told.program(AgreementView.of(shown))
    told.people(*(each for line in shown.agreement.lines for each in _told(line)))
    return ExitCode.NOT_DONE if shown.agreement.unexplained else ExitCode.DONE


def _totals(text: str) -> Iterator[CodedTotal]:
    """The totals of a CSV: under a heading, the codes of each, and the amount in pounds in the last column. Raises MoneyUnreadable."""
    rows = [row for row in csv.reader(io.StringIO(text)) if any(map(str.strip, row))]
    for place, (*codes, amount) in enumerate(rows[1:]):
        yield CodedTotal(place=place, codes=tuple(map(str.strip, codes)), office_pence=parse_pounds(amount))


def _told(line: Line) -> Iterator[str]:
    if not (line.stated or line.ours_pence):
        return
    yield f"{line.scope}: {pounds(line.office_pence)} there, {pounds(line.ours_pence)} here"
    for cause, pence in line.causes.items():
        yield f"    {cause.replace('_', ' ')}: {pounds(pence)}"
    for cause, pence in line.by_hand.items():
        yield f"    {cause.replace('_', ' ')}, by hand: {pounds(pence)}"
    if line.unexplained_pence:
        yield f"    UNEXPLAINED: {pounds(line.unexplained_pence)}"
