"""The gate before a draft goes out, and before a reason is published: nothing in either that is withheld by now.

A draft was looked through when it was made (`chalicelib.services.publication_gaps`), and its bytes do not change. What is withheld may
have: so what is withheld now is held against what was withheld then. Where nothing was recorded about either, that costs two queries.
"""

from __future__ import annotations

from collections.abc import Iterator

from chalicelib.context import Context
from chalicelib.domain.disclosures import Disclosure
from chalicelib.domain.errors import contradiction
from chalicelib.domain.initiatives import Initiative
from chalicelib.domain.periods import london_date
from chalicelib.domain.publication_gaps import Gap, PublicationHasGaps, overdue, withheld_since
from chalicelib.domain.publications import Publication, PublicationBegun
from chalicelib.services import positions, published, registers
from chalicelib.services.positions import Past


def check(context: Context, publication_id: str) -> None:
    """Refuse a draft that shows what is withheld by now, or that withholds what is to be looked at again.

    Raises PublicationHasGaps with every gap there is, ChainBroken.
    """
    found = {gap.key: gap for gap in _gaps(context, publication_id)}
    if found:
        raise PublicationHasGaps(gaps=tuple(found[key] for key in sorted(found)))


def _gaps(context: Context, publication_id: str) -> Iterator[Gap]:
    now = {held.name.id: held for held in registers.every(context, Disclosure)}
    yield from overdue((held.state for held in now.values()), london_date(context.now))
    past = Past(context, published.begun(context, publication_id).position)
    for disclosure in now.values():
        if past.position.get(str(disclosure.name)) != disclosure.position.seq:
            then = past.state(Disclosure, disclosure.name.id).withheld if str(disclosure.name) in past.position else ()
            known = {each.particular for each in then}
            for each in disclosure.state.withheld:
                if each.particular not in known:
                    yield withheld_since(disclosure.name.id, each.particular, publication_id)
    yield from _of_initiatives(context, past, publication_id)


def _of_initiatives(context: Context, past: Past, publication_id: str) -> Iterator[Gap]:
    for held in registers.every(context, Initiative):
        reached = past.position.get(str(held.name))
        # One that came later is in no draft.
        if reached and reached != held.position.seq:
            then = past.state(Initiative, held.name.id).unpublished_fields
            for field in held.state.unpublished_fields:
                if field not in then:
                    yield withheld_since(held.name.id, field, publication_id)


def check_reason(context: Context, file: bytes) -> None:
    """Refuse a reason that says what is withheld, as `file` is about to show it to everybody.

    Where anything is withheld this reads the whole ledger, as publishing does. Raises Contradictory, ChainBroken.
    """
    if not any(held.state.withheld for held in registers.every(context, Disclosure)):
        return
    from chalicelib.reports.withheld_in_files import withheld_in  # noqa: PLC0415  what files are made with is slow to import
    from chalicelib.services.publication_files import contents_of  # noqa: PLC0415  as above

    nobodys = Publication(id="", on=london_date(context.now), code_version="", requested_by=context.actor.subject)
    begun = PublicationBegun(publication=nobodys, position=positions.position_now(context), office=context.settings.office_name)
    subjects = [gap.subject for gap in withheld_in({"reason": file}, contents_of(context, begun))]
    if subjects:
        raise contradiction("/reason", f"is published, and says what is withheld at {', '.join(subjects)}: say it without that")
