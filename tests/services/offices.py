"""A small office on any store: one fund, one grant of £10,000 capital a year, two initiatives; and who works there."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

from chalicelib.context import Context, Once
from chalicelib.domain.cells import Nature
from chalicelib.domain.disclosures import Statement
from chalicelib.domain.documents import SplitLine, Uncharged
from chalicelib.domain.entries import Document, DocumentKind
from chalicelib.domain.funds import Fund
from chalicelib.domain.grants import Grant, GrantState
from chalicelib.domain.initiatives import Category, Initiative
from chalicelib.domain.organisations import Organisation, VatStatus
from chalicelib.domain.people import Actor, Role
from chalicelib.domain.spending import Budgeted, PaymentLine
from chalicelib.domain.variations import AwardLine
from chalicelib.services import disclosures, entries, grants, registers
from chalicelib.services.unit import Written
from chalicelib.settings import settings_from
from chalicelib.storage.memory import MemoryStore
from chalicelib.storage.objects import FolderObjects
from chalicelib.storage.store import RequestKey, Store

NOW = datetime(2024, 2, 1, 9, 30, tzinfo=UTC)
SETTINGS = settings_from(
    {
        "STREETLIGHT_OFFICE_NAME": "Example Commissioner's Office",
        "STREETLIGHT_CODE_VERSION": "test",
        "STREETLIGHT_TABLE": "streetlight",
        "STREETLIGHT_BUCKET": "streetlight",
        "STREETLIGHT_TOKEN_ISSUER": "https://issuer.example",
        "STREETLIGHT_TOKEN_AUDIENCE": "streetlight",
        "STREETLIGHT_TOKEN_JWKS_URL": "https://issuer.example/jwks.json",
    }
)
FINANCE = Actor(subject="finance", roles=frozenset({Role.FINANCE}))
CERTIFIER = Actor(subject="certifier", roles=frozenset({Role.CERTIFIER}))
PARTNER = Actor(subject="partner", roles=frozenset({Role.PARTNER}), organisation_id="council")
OTHER_PARTNER = Actor(subject="other-partner", roles=frozenset({Role.PARTNER}), organisation_id="charity")


@dataclass
class Office:
    """The office's store, and a context for whoever acts. `slept` lists the attempts after which a request waited."""

    store: Store = field(default_factory=MemoryStore)
    folder: Path = Path("objects")
    slept: list[int] = field(default_factory=list)

    def context(self, actor: Actor = FINANCE, *, key: str = "", body: str = "", expected: str | None = None) -> Context:
        """A request's context; with a key, the request happens once and answers with its result's text."""
        once = Once(
            request=RequestKey(actor.subject, key),
            fingerprint=sha256(body.encode()).hexdigest(),
            answer=lambda result: f"answer: {_seq(result)}",
        )
        return Context(
            actor=actor,
            now=NOW,
            request_id="request",
            store=self.store,
            objects=FolderObjects(self.folder, "http://127.0.0.1/objects", b"a key that signs links"),
            settings=SETTINGS,
            new_id=lambda: "0" * 32,
            pause=self.slept.append,
            once=once if key else None,
            expected_version=expected,
        )

    def open(self) -> "Office":
        """Set up the office, and allocate £6,000 to `lighting` and £1,000 to `cctv` in 2023-24."""
        context = self.context()
        registers.create_fund(context, Fund(id="ssf-4", title="Safer Streets Fund round 4", funder="Home Office"))
        for organisation, vat in (("office", VatStatus.RECOVERS), ("council", VatStatus.RECOVERS), ("charity", VatStatus.DOES_NOT_RECOVER)):
            registers.create_organisation(context, Organisation(id=organisation, name=organisation.title(), vat_status=vat))
        self.start(grant("ssf-4-example"))
        for initiative, partner, category in (
            ("lighting", "council", Category.STREET_LIGHTING),
            ("cctv", "charity", Category.CCTV),
        ):
            plan = Initiative(id=initiative, title=initiative.title(), category=category, partner_id=partner)
            registers.create_initiative(context, plan)
        self.allocate("lighting", 600_000)
        self.allocate("cctv", 100_000)
        return self

    def start(self, offered: Grant) -> None:
        """Offer, accept and start a grant."""
        grants.offer(self.context(), offered)
        grants.move(self.context(), offered.id, GrantState.ACCEPTED, offered.starts, "")
        grants.move(self.context(), offered.id, GrantState.ACTIVE, offered.starts, "")

    def disclose(self, *initiative_ids: str) -> "Office":
        """Say of initiatives' payments what a publication must tell: they are no onward grants."""
        said = Statement(onward_grant=False, purpose="Safer streets", value_for_money="The lowest of three quotations")
        for initiative_id in initiative_ids:
            disclosures.state(self.context(), initiative_id, said)
        return self

    def allocate(self, initiative_id: str, pence: int, grant_id: str = "ssf-4-example") -> None:
        """Allocate some of 2023-24's capital."""
        share = Budgeted(initiative_id=initiative_id, financial_year="2023-24", nature=Nature.CAPITAL, on=date(2023, 4, 1))
        entries.allocate(self.context(), grant_id, share, pence, "As planned")


def grant(grant_id: str) -> Grant:
    """A grant from April 2023 to March 2025: £10,000 of capital for each year."""
    return Grant(
        id=grant_id,
        title="Example grant",
        fund_id="ssf-4",
        lead_recipient_id="office",
        force_area="E23000015",
        starts=date(2023, 4, 1),
        ends=date(2025, 3, 31),
        lines=tuple(AwardLine(financial_year=year, nature=Nature.CAPITAL, awarded_pence=1_000_000) for year in ("2023-24", "2024-25")),
    )


def invoice(number: str, net_pence: int, vat_pence: int = 0, kind: DocumentKind = DocumentKind.INVOICE) -> Document:
    """An invoice of 1 October 2023."""
    return Document(kind=kind, number=number, date=date(2023, 10, 1), supplier="Lamps Ltd", net_pence=net_pence, vat_pence=vat_pence)


def line(
    initiative_id: str,
    net_pence: int = 0,
    vat_pence: int = 0,
    *,
    grant_id: str = "ssf-4-example",
    shares: int | None = None,
    commitment: str | None = None,
) -> SplitLine:
    """A line of capital."""
    return SplitLine(
        line=PaymentLine(
            grant_id=grant_id,
            initiative_id=initiative_id,
            nature=Nature.CAPITAL,
            net_pence=net_pence,
            vat_pence=vat_pence,
            commitment=commitment,
        ),
        shares=shares,
    )


def pay(
    context: Context, document: Document, *lines: SplitLine, on: date = date(2023, 10, 2), payer: str = "office"
) -> tuple[Written[Grant], ...]:
    """Pay a document in full on 2 October 2023."""
    return entries.pay(context, document, lines, Uncharged(), payer, on)


def before_each_write(store: Store, act: Callable[[], None]) -> Store:
    """The same store, except that somebody else acts just before each write."""
    return _Interrupted(store, act)


class _Interrupted(MemoryStore):
    def __init__(self, inner: Store, act: Callable[[], None]) -> None:
        self.__dict__.update(vars(inner))
        self._act = act

    def record(self, batch: object) -> None:
        self._act()
        super().record(batch)  # type: ignore[arg-type]  # the inner store's own batch


def _seq(result: object) -> str:
    first = result[0] if isinstance(result, tuple) else result
    return str(first.position) if isinstance(first, Written) else ""
