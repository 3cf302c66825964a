"""Profiles for tests, made after layouts that offices publish."""

from chalicelib.domain.cells import Nature
from chalicelib.domain.entries import DocumentKind
from chalicelib.domain.extract_reading import read as read_sheets
from chalicelib.domain.extract_rows import Rows
from chalicelib.domain.extract_sheets import Complaint, Sheet
from chalicelib.domain.profiles import Amounts, Coding, Columns, Profile
from chalicelib.domain.values import replace

LIGHTING = Coding(codes=("SS4", "*"), grant_id="ssf-4-example", initiative_id="lighting", nature=Nature.CAPITAL)
CCTV = Coding(codes=("SS5", "*"), grant_id="ssf-4-example", initiative_id="cctv", nature=Nature.CAPITAL)
OTHERS = Coding(codes=("GEN", "*"), left_out="Not of a grant")
CODINGS = (LIGHTING, CCTV, OTHERS)
CODES = (("Cost centre",), ("Subjective",))

PAYMENTS = Profile(
    id="payments",
    title="One line for each payment",
    payer_id="office",
    columns=Columns(
        on=("Payment date", "DATE PAID"),
        supplier=("Supplier", "Supplier Final"),
        codes=CODES,
        amount=("Amount", "Total Invoice Amount"),
        reference=("Invoice number",),
        description=("Description",),
    ),
    codings=CODINGS,
)
PAID = replace(PAYMENTS, columns=replace(PAYMENTS.columns, paid_on=("Cleared on",), payment_reference=("Cheque or BACS",)))
"""The same layout, with two columns more."""

JOURNAL = Profile(
    id="journal",
    title="A journal of debits and credits",
    payer_id="office",
    columns=Columns(on=("Posted",), supplier=("Party",), codes=CODES, debit=("Debit",), credit=("Credit",), reference=("Journal",)),
    codings=CODINGS,
)
INVOICES = Profile(
    id="invoices",
    title="Lines of invoices, with the invoices' totals",
    payer_id="office",
    columns=Columns(
        on=("Paid on",),
        supplier=("Vendor",),
        codes=CODES,
        amount=("Line gross",),
        vat=("Line VAT",),
        reference=("Doc no",),
        document_on=("Doc date",),
        document_type=("Type",),
        document_total=("Doc total",),
    ),
    codings=CODINGS,
    amounts=Amounts.GROSS,
    types={"INV": DocumentKind.INVOICE, "CRN": DocumentKind.CREDIT_NOTE},
    credits_unsigned=True,
)
LAMBETH = Profile(
    id="lambeth",
    title="A borough's payments",
    payer_id="office",
    columns=Columns(
        on=("Invoice Creation Date",),
        supplier=("Supplier Name",),
        codes=(("Department",), ("Subj Description",)),
        amount=("Invoice Nett Amount",),
    ),
    codings=(replace(LIGHTING, codes=("*", "*")),),
    repairs_dates=True,
)

HEADING = ["Payment date", "Supplier", "Cost centre", "Subjective", "Amount", "Invoice number", "Description"]

PAID_HEADING = [*HEADING, "Cleared on", "Cheque or BACS"]


def row(
    on: str = "02/10/2023",
    supplier: str = "Lamps Ltd",
    centre: str = "SS4",
    amount: str = "100.00",
    number: str = "1",
    description: str = "Lamps",
) -> list[str]:
    """A row of the first layout."""
    return [on, supplier, centre, "4000", amount, number, description]


def read(rows: list[list[str]], profile: Profile = PAYMENTS) -> Rows:
    """A sheet's rows, few enough to be read at once, whose header must be there."""
    (found,) = read_sheets([Sheet("", rows)], profile)
    assert not isinstance(found, Complaint), found
    return found
