"""Year-end journals as a table: a line for each account, debits and credits apart, and together nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from chalicelib.domain.grants import Grant
from chalicelib.domain.journals import Account, JournalLine
from chalicelib.domain.periods import FinancialYear
from chalicelib.reports.tables import Row, Table, dates, pounds, text

_COLUMNS = (
    *text("journal", width=20),
    *dates("date"),
    *text("account", "account_code", width=20),
    *text("fund", "grant", "initiative", width=22),
    *text("nature"),
    *text("description", width=50),
    *pounds("debit", "credit", "amount"),
)


def journal_table(lines: Iterable[JournalLine], codes: Mapping[Account, str], grants: Mapping[str, Grant], year: FinancialYear) -> Table:
    """A row for each line, dated the last day of the year. `amount` is the debit, or the credit below nothing: it adds up to nothing."""
    return Table(title="Journals", columns=_COLUMNS, rows=(_row(each, codes, grants, year) for each in lines))


def _row(each: JournalLine, codes: Mapping[Account, str], grants: Mapping[str, Grant], year: FinancialYear) -> Row:
    pence = each.amount_pence
    grant, kind = grants[each.grant_id], each.kind.replace("_", " ").capitalize()
    return (
        each.kind.value,
        year.last_day,
        each.account.value,
        codes[each.account],
        grant.fund_id,
        grant.id,
        each.initiative_id,
        each.nature.value if each.nature else None,
        f"{kind} {year}, {grant.title}",
        pence if pence > 0 else None,
        -pence if pence < 0 else None,
        pence,
    )
