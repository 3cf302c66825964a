"""A document and its lines: whatever way it is split, the parts add up to what the document says."""

from __future__ import annotations

from collections.abc import Sequence

from chalicelib.domain.entries import Document, DocumentKind
from chalicelib.domain.entry_refusals import DocumentDoesNotAddUp
from chalicelib.domain.errors import Contradictory, FieldError, contradiction
from chalicelib.domain.money import split
from chalicelib.domain.spending import PaymentLine
from chalicelib.domain.values import Struct, replace


class Uncharged(Struct, frozen=True, kw_only=True):
    """The part of a document that no grant pays, in pence."""

    net_pence: int = 0
    vat_pence: int = 0


class SplitLine(Struct, frozen=True, kw_only=True):
    """A line as it was entered: amounts, or a number of shares in what the document charges."""

    line: PaymentLine
    shares: int | None = None


def split_document(document: Document, entered: Sequence[SplitLine], uncharged: Uncharged) -> tuple[PaymentLine, ...]:
    """The document's lines with their amounts: by shares (`chalicelib.domain.money.split`), or as entered.

    Raises Contradictory (signs, or shares and amounts mixed) and DocumentDoesNotAddUp.
    """
    _check_signs(document, entered, uncharged)
    net, vat = document.net_pence - uncharged.net_pence, document.vat_pence - uncharged.vat_pence
    shares = [each.shares for each in entered if each.shares is not None]
    if shares and len(shares) != len(entered):
        raise contradiction("/lines", "give every line shares, or every line amounts")
    if shares and not any(shares):
        raise contradiction("/lines", "at least one line must have a share above 0")
    lines = tuple(each.line for each in entered)
    if shares:
        parts = zip(lines, split(net, shares), split(vat, shares), strict=True)
        return tuple(replace(line, net_pence=n, vat_pence=v) for line, n, v in parts)
    _check_sum(document.net_pence, uncharged.net_pence + sum(line.net_pence for line in lines), "net")
    _check_sum(document.vat_pence, uncharged.vat_pence + sum(line.vat_pence for line in lines), "VAT")
    return lines


def _check_sum(document_pence: int, lines_pence: int, part: str) -> None:
    if lines_pence != document_pence:
        raise DocumentDoesNotAddUp(document_pence=document_pence, lines_pence=lines_pence, part=part)


def _check_signs(document: Document, entered: Sequence[SplitLine], uncharged: Uncharged) -> None:
    """An invoice asks for money and a credit note gives it back; a journal may do either, line by line."""
    if document.kind is DocumentKind.JOURNAL:
        return
    sign = -1 if document.kind is DocumentKind.CREDIT_NOTE else 1
    right = "nothing or less on a credit note" if sign < 0 else "nothing or more on an invoice"
    amounts = [
        ("/document/net_pence", document.net_pence),
        ("/document/vat_pence", document.vat_pence),
        ("/uncharged/net_pence", uncharged.net_pence),
        ("/uncharged/vat_pence", uncharged.vat_pence),
    ]
    for place, each in enumerate(entered):
        amounts.append((f"/lines/{place}/net_pence", each.line.net_pence))
        amounts.append((f"/lines/{place}/vat_pence", each.line.vat_pence))
    errors = [FieldError(pointer, f"must be {right}") for pointer, pence in amounts if pence * sign < 0]
    for part in ("net_pence", "vat_pence"):
        whole, kept = getattr(document, part), getattr(uncharged, part)
        if abs(kept) > abs(whole):
            errors.append(FieldError(f"/uncharged/{part}", f"must be no larger than the document's own, {whole}"))
    if not document.net_pence:
        errors.append(FieldError("/document/net_pence", "must not be nothing"))
    if errors:
        raise Contradictory(tuple(errors))
