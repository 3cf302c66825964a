"""The facts of imports, and what each says in words."""

from datetime import date

from chalicelib.domain.aggregates import Fact, State
from chalicelib.domain.entries import Document, DocumentKind
from chalicelib.domain.extract_sheets import Passed
from chalicelib.domain.file_types import FileType
from chalicelib.domain.imports import (
    FinanceNotTold,
    FinanceTold,
    Import,
    ImportAnnounced,
    ImportCommitted,
    ImportPosted,
    ImportPreviewed,
    ImportRefused,
    ImportSettled,
)
from chalicelib.domain.payment_status import Paid, PaidEntry, PaymentsPaid
from chalicelib.domain.previews import Count, Preview, PreviewRow, Status
from chalicelib.domain.profiles import ProfileAdded, ProfileSet
from chalicelib.domain.suspense import DocumentSuspended, Suspended, SuspenseDismissed, SuspensePosted
from chalicelib.domain.values import replace
from tests.extracts.layouts import PAYMENTS

IMPORT = Import(
    id="1f",
    on=date(2023, 11, 1),
    profile_id="payments",
    file_name="October.csv",
    content_type=FileType.CSV,
    size=12_345,
    sha256="a" * 64,
    announced_by="finance",
)
PREVIEW = Preview(
    digest="b" * 64,
    position={},
    counts={status.value: Count(documents=2 if status is Status.LEFT_OUT else 0) for status in Status},
    totals=(),
    footers=(),
    passed=Passed(),
    repaired=0,
    files=(),
)
SUSPENDED = Suspended(
    id="1f.2",
    import_id="1f",
    on=date(2023, 11, 1),
    row=PreviewRow(
        number=2,
        status=Status.ADDED,
        sheet="",
        rows=(3,),
        document=Document(
            kind=DocumentKind.INVOICE, number="1041", date=date(2023, 10, 1), supplier="Lamps Ltd", net_pence=120_000, vat_pence=0
        ),
    ),
    payer_id="office",
    place="ssf-4-example 2023-24-Q3",
    pence=120_000,
    problem="This quarter is closed.",
    reason="It is closed.",
    committed_by="finance",
)

TOLD: list[tuple[Fact, State | None, str, list[str]]] = [
    (
        ProfileAdded(profile=PAYMENTS),
        None,
        "Added the mapping profile: One line for each payment, 3 codings, paid by office.",
        [],
    ),
    (
        ProfileSet(profile=PAYMENTS),
        None,
        "Set anew the mapping profile: One line for each payment, 3 codings, paid by office.",
        [],
    ),
    (ImportAnnounced(announced=IMPORT), None, "Announced an extract of the ledger: October.csv, 13 KB, read by payments.", []),
    (
        ImportAnnounced(announced=replace(IMPORT, dropped_as="incoming/payments/October.csv")),
        None,
        "Announced an extract of the ledger: October.csv, 13 KB, read by payments, dropped as incoming/payments/October.csv.",
        [],
    ),
    (FinanceTold(of="b" * 64, message_id="m-1"), None, "Told finance of the file that was dropped.", []),
    (FinanceNotTold(why="It is full."), None, "Finance was not told of the file that was dropped: It is full.", []),
    (ImportRefused(wrong=("It has 1 byte.",)), None, "Refused the file. It has 1 byte.", ["state: announced > refused"]),
    (ImportPreviewed(size=1, sha256="a" * 64, preview=PREVIEW), None, "Previewed the extract: 2 left out.", []),
    (
        ImportCommitted(digest="b" * 64, committed_by="finance", confirmed=(3,)),
        None,
        "Committed the preview bbbbbbbbbbbb, with 1 correction confirmed.",
        [],
    ),
    (
        ImportPosted(done=3, posted=2, posted_pence=115_000, entries=("ssf-4-example.8",), suspended=("1f.2",)),
        None,
        "Posted 2 documents, £1,150.00; 1 document went to suspense.",
        [],
    ),
    (
        ImportPosted(done=4, posted=0, posted_pence=0, entries=(), paid=2),
        None,
        "Posted 0 documents, £0.00; noted how 2 documents had been paid.",
        [],
    ),
    (
        PaymentsPaid(
            entries=(
                PaidEntry(entry_id="ssf-4-example.8", paid=Paid(on=date(2023, 11, 3), reference="BACS 77", import_id="1f")),
                PaidEntry(entry_id="ssf-4-example.9", paid=Paid(on=date(2023, 11, 6), import_id="1f")),
            )
        ),
        None,
        "Noted when 2 payments went out, as import 1f says.",
        ["ssf-4-example.8 paid on:  > 3 November 2023 BACS 77", "ssf-4-example.9 paid on:  > 6 November 2023"],
    ),
    (
        ImportSettled(suspense_id="1f.2", place="ssf-4-example 2023-24-Q3", pence=120_000, entries=("ssf-4-example.9",)),
        None,
        "Document 1f.2 left suspense: it was posted as ssf-4-example.9.",
        [],
    ),
    (DocumentSuspended(suspended=SUSPENDED), None, "Put 1041 from Lamps Ltd, £1,200.00, into suspense: It is closed.", []),
    (SuspensePosted(entries=("ssf-4-example.9",)), None, "Posted the document as ssf-4-example.9.", ["state: waiting > posted"]),
    (SuspenseDismissed(), None, "Dismissed the document.", ["state: waiting > dismissed"]),
]
