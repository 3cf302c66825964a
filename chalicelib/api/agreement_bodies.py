"""What requests about agreements carry, and how agreements are shown."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Annotated, Literal

from msgspec import Meta

from chalicelib.api.fields import EntryId, Instant, NonZeroPence, Pence, QuarterText, Reason, RecordNumber, Sha256, ShownPence, Slug, Text
from chalicelib.api.import_bodies import ImportId
from chalicelib.api.paging import PageQuery
from chalicelib.api.schemas import Body, Shown, Versioned
from chalicelib.domain.agreeing import CodedTotal, Total
from chalicelib.domain.agreement_rows import Item
from chalicelib.domain.agreements import AgreementState, Cause, Causes, Explanation, Line, Scope
from chalicelib.domain.cells import Nature
from chalicelib.domain.errors import Contradictory, FieldError
from chalicelib.services import agreements as services
from chalicelib.services.agreement_drawing import Stated

CauseGiven = Literal["not_imported", "in_suspense", "timing", "correction"]


class ControlTotal(Body, frozen=True, kw_only=True):
    """What the office's ledger has spent in the quarter, in pence: on an initiative, of a nature, both; or all that no other total names.

    As our `spent`: payments, corrected, less refunds. Accruals are no part of it. Instead of an initiative and a nature it may have the
    `codes` of the ledger, as many as the profile has columns of codes; `*` stands for any.
    """

    office_pence: Pence
    initiative_id: Slug | None = None
    nature: Nature | None = None
    codes: Annotated[tuple[Text, ...], Meta(max_length=5)] = ()


class ControlTotals(Body, frozen=True, kw_only=True):
    """The office's control totals of a quarter of a grant, where they come from, and imports that were a mistake and are not to be read.

    `profile_id` is whose codings map the totals that have codes.
    """

    totals: Annotated[tuple[ControlTotal, ...], Meta(min_length=1, max_length=20)]
    reason: Reason
    profile_id: Slug | None = None
    set_aside: Annotated[tuple[ImportId, ...], Meta(max_length=20)] = ()

    def stated(self) -> Stated:
        """As the service takes it. Raises Contradictory."""
        if errors := tuple(self._problems()):
            raise Contradictory(errors)
        return Stated(
            totals=tuple(
                Total(scope=Scope(each.initiative_id, each.nature), office_pence=each.office_pence)
                for each in self.totals
                if not each.codes
            ),
            coded=tuple(
                CodedTotal(place=place, codes=each.codes, office_pence=each.office_pence)
                for place, each in enumerate(self.totals)
                if each.codes
            ),
            profile_id=self.profile_id or "",
            set_aside=self.set_aside,
        )

    def _problems(self) -> Iterator[FieldError]:
        for place, each in enumerate(self.totals):
            if each.codes and (each.initiative_id or each.nature):
                yield FieldError(f"/totals/{place}", "must have codes, or an initiative and a nature: not both")
        if self.profile_id is None and any(each.codes for each in self.totals):
            yield FieldError("/profile_id", "must name the profile that maps the codes")


class NewExplanation(Body, frozen=True, kw_only=True):
    """Part of a total's difference, in pence (office less ours), its cause, and how that is known."""

    cause: CauseGiven
    pence: NonZeroPence
    reason: Reason
    initiative_id: Slug | None = None
    nature: Nature | None = None

    def explanation(self, by: str) -> Explanation:
        """As the service takes it."""
        return Explanation(scope=Scope(self.initiative_id, self.nature), cause=Cause(self.cause), pence=self.pence, by=by)


class AgreementStep(Body, frozen=True, kw_only=True):
    """Why it is signed, or why an explanation is withdrawn."""

    reason: Reason


class CausesView(Shown, frozen=True, kw_only=True):
    """What explains a difference, in pence by cause."""

    not_imported: ShownPence
    in_suspense: ShownPence
    timing: ShownPence
    correction: ShownPence

    @classmethod
    def of(cls, causes: Causes) -> CausesView:
        """As the API shows it."""
        return cls(**{name: causes.get(name, 0) for name in cls.__struct_fields__})


class LineView(Shown, frozen=True, kw_only=True):
    """A control total with ours beside it; one that was not stated has what no total names, against nothing.

    `extracts_pence` is what the extracts say of the quarter. The difference is the sum of the causes, as `computed` and given
    `by_hand`, and of what is unexplained. `since_pence` is what came to ours since it was drawn.
    """

    initiative_id: Slug | None
    nature: Nature | None
    stated: bool
    office_pence: ShownPence
    ours_pence: ShownPence
    difference_pence: ShownPence
    extracts_pence: ShownPence
    computed: CausesView
    by_hand: CausesView
    unexplained_pence: ShownPence
    since_pence: ShownPence

    @classmethod
    def of(cls, line: Line, now_pence: int) -> LineView:
        """As the API shows it."""
        return cls(
            initiative_id=line.scope.initiative_id,
            nature=line.scope.nature,
            stated=line.stated,
            office_pence=line.office_pence,
            ours_pence=line.ours_pence,
            difference_pence=line.difference_pence,
            extracts_pence=line.extracts_pence,
            computed=CausesView.of(line.causes),
            by_hand=CausesView.of(line.by_hand),
            unexplained_pence=line.unexplained_pence,
            since_pence=now_pence - line.ours_pence,
        )


class ExplanationView(Shown, frozen=True, kw_only=True):
    """Part of a difference that a person explained; `number` is its record's in the grant's chain."""

    number: RecordNumber
    cause: Cause
    pence: ShownPence
    initiative_id: Slug | None
    nature: Nature | None
    explained_by: str
    explained_at: Instant
    reason: str

    @classmethod
    def of(cls, explained: services.Explained) -> ExplanationView:
        """As the API shows it."""
        explanation = explained.explanation
        return cls(
            number=explained.number,
            cause=explanation.cause,
            pence=explanation.pence,
            initiative_id=explanation.scope.initiative_id,
            nature=explanation.scope.nature,
            explained_by=explanation.by,
            explained_at=explained.at,
            reason=explained.reason,
        )


class AgreementView(Versioned, frozen=True, kw_only=True):
    """The office's ledger beside ours for one quarter of one grant: its totals, what explains the differences, and who agreed.

    It was drawn as record `position` of the grant's chain, from `imports` by how far each had come. The documents behind it are at
    `/items`, and have the SHA-256 `items_sha256`.
    """

    grant_id: Slug
    quarter: QuarterText
    state: AgreementState
    lines: tuple[LineView, ...]
    explanations: tuple[ExplanationView, ...]
    prepared_by: tuple[str, ...]
    position: RecordNumber
    imports: dict[str, RecordNumber]
    set_aside: tuple[ImportId, ...]
    items_sha256: Sha256
    overridden_by: str | None
    signed_by: str | None
    signed_in: RecordNumber | None

    @classmethod
    def of(cls, shown: services.Shown) -> AgreementView:
        """As the API shows it."""
        agreement, drawn = shown.agreement, shown.drawn
        return cls(
            grant_id=shown.grant_id,
            quarter=str(shown.quarter),
            state=agreement.state,
            lines=tuple(LineView.of(line, now) for line, now in zip(agreement.lines, shown.now, strict=True)),
            explanations=tuple(ExplanationView.of(each) for each in shown.explained),
            prepared_by=agreement.prepared_by,
            position=agreement.drawn_in,
            imports=dict(drawn.imports),
            set_aside=drawn.set_aside,
            items_sha256=drawn.sha256,
            overridden_by=agreement.override.by if agreement.override else None,
            signed_by=agreement.signed_by or None,
            signed_in=agreement.signed_in,
            version=services.version_of(agreement),
        )


class ItemQuery(PageQuery, frozen=True, kw_only=True):
    """Which documents to list: those behind one cause, or all."""

    cause: Cause | None = None


class ItemView(Shown, frozen=True, kw_only=True):
    """A document behind a difference, in pence, office less ours: the row of the extract, our entries, and why the two differ.

    `line` is the total's place in the agreement, from 1 (0: a row that could not be placed). What is under `unexplained` may be behind
    it, and is counted nowhere; the others add up to their causes.
    """

    cause: Cause
    line: int
    pence: ShownPence
    why: str
    document: str
    on: date | None
    import_id: ImportId | None
    number: int | None
    entries: tuple[EntryId, ...]

    @classmethod
    def of(cls, item: Item) -> ItemView:
        """As the API shows it."""
        return cls(
            cause=item.cause,
            line=item.line,
            pence=item.pence,
            why=item.why,
            document=item.document,
            on=item.on,
            import_id=item.import_id or None,
            number=item.number,
            entries=item.entries,
        )


class AgreedView(Shown, frozen=True, kw_only=True):
    """How far a grant is with agreeing a quarter: `state` is null where no control totals were stated."""

    grant_id: Slug
    state: AgreementState | None
    difference_pence: ShownPence
    unexplained_pence: tuple[ShownPence, ...]
    prepared_by: tuple[str, ...]
    signed_by: str | None

    @classmethod
    def of(cls, standing: services.Standing) -> AgreedView:
        """As the API shows it."""
        agreement = standing.agreement
        return cls(
            grant_id=standing.grant_id,
            state=agreement.state if agreement else None,
            difference_pence=sum(line.difference_pence for line in agreement.lines) if agreement else 0,
            unexplained_pence=tuple(line.unexplained_pence for line in agreement.unexplained) if agreement else (),
            prepared_by=agreement.prepared_by if agreement else (),
            signed_by=agreement.signed_by or None if agreement else None,
        )
