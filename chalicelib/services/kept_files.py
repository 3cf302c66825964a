"""Kept files: what publications, exports and evidence have in the object store, compared with what their records say."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from chalicelib.context import Context
from chalicelib.domain.aggregates import Fact, State
from chalicelib.domain.agreements import AgreementDrawn
from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.claims import GrantClaims
from chalicelib.domain.evidence import Evidence, EvidenceStored
from chalicelib.domain.exports import Export, ExportMade
from chalicelib.domain.grants import Grant
from chalicelib.domain.imports import Import, ImportPreviewed
from chalicelib.domain.publications import File, Publication, PublicationDrafted, PublicationMade, PublicationWithdrawn
from chalicelib.services import agreements, claim_packs, evidence, exports, imports, publication_places
from chalicelib.services.manifests import MANIFEST, listed
from chalicelib.services.unit import View
from chalicelib.storage.objects import ObjectMissing, Stored, measured
from chalicelib.storage.store import Wanted

Kept = dict[str, File]
"""Files by the key they are kept under."""


def files_of(name: Name, fact: Fact) -> Kept:
    """The files that a fact says are kept."""
    if isinstance(fact, PublicationMade | PublicationDrafted | PublicationWithdrawn):
        return _of_publication(name.id, fact)
    if isinstance(fact, ExportMade):
        return {exports.key_of(name.id, file.name): file for file in fact.export.files}
    if isinstance(fact, EvidenceStored):
        key = evidence.key_of(name.id)
        return {key: File(name=key, sha256=fact.sha256, size=fact.size)}
    if isinstance(fact, ImportPreviewed):
        key = imports.source_key(name.id)
        kept = {imports.key_of(name.id, file.name): file for file in fact.preview.files}
        return {key: File(name=key, sha256=fact.sha256, size=fact.size), **kept}
    if isinstance(fact, AgreementDrawn):
        return {agreements.key_of(fact.file): File(name=fact.file, sha256=fact.sha256, size=fact.size)}
    return {}


def _of_publication(publication_id: str, fact: PublicationMade | PublicationDrafted | PublicationWithdrawn) -> Kept:
    match fact:
        case PublicationMade():
            return {publication_places.key_of(publication_id, file.name): file for file in fact.files}
        case PublicationDrafted():
            return {publication_places.draft_key_of(publication_id, fact.archive.name): fact.archive}
        case PublicationWithdrawn():
            return {publication_places.key_of(publication_id, fact.tombstone.name): fact.tombstone}


def compare(context: Context, kept: Kept, record: str) -> Iterator[str]:
    """What is wrong with files that a record (`record 2 of publication#...`) says are kept. Each is read once, in flat memory.

    Of a publication the record names some, and its manifest the others.
    """
    for key, file in kept.items():
        if problem := _problem(context, key, file, record):
            yield problem
        elif key.startswith("published/") and file.name == MANIFEST:
            yield from _problems_of_site(context, kept, key)


def _problems_of_site(context: Context, kept: Kept, manifest: str) -> Iterator[str]:
    folder = manifest.removesuffix(MANIFEST)
    for file in listed(context.objects.get(manifest)):
        key = folder + file.name
        if key not in kept and (problem := _problem(context, key, file, manifest)):
            yield problem


def _problem(context: Context, key: str, file: File, says: str) -> str | None:
    said = f"{says} says that it holds {_told(file)}"
    try:
        with context.objects.open(key) as content:
            there = measured(key, content)
    except ObjectMissing:
        return f"{key} is gone: {said}."
    if (there.sha256, there.size) != (file.sha256, file.size):
        return f"{key} holds {_told(there)}: {said}."
    return None


def owners(context: Context) -> Iterator[tuple[Name, str]]:
    """Every aggregate that kept files seem to belong to, by their keys, with the first of those keys."""
    for owner, keys in groupby(context.objects.list(""), _owner):
        if owner is not None:
            yield owner, next(keys)


def unrecorded(context: Context) -> Iterator[str]:
    """The keys of files that no publication, export or evidence names, each with what may explain it.

    A run that broke off leaves such files, and an abandoned publication does. They are no break of the ledger. A file that was
    put to be evidence is named from when it was announced, whether it was checked or not, and whatever became of it.
    """
    for owner, keys in groupby(context.objects.list(""), _owner):
        named, why = _named(context, owner)
        for key in keys:
            if key not in named:
                yield f"{key}: {why}"


def _owner(key: str) -> Name | None:
    folder, _, rest = key.partition("/")
    if folder == "evidence" and rest:
        return Name(Kind.EVIDENCE, rest)
    aggregate_id, slash, _ = rest.partition("/")
    if folder == "claims" and slash and "." in aggregate_id:
        return Name(Kind.CLAIMS, aggregate_id.rpartition(".")[0])
    if folder == "agreements" and slash and "." in aggregate_id:
        return Name(Kind.GRANT, aggregate_id.partition(".")[0])
    folders = {"published": Kind.PUBLICATION, "drafts": Kind.PUBLICATION, "exports": Kind.EXPORT, "imports": Kind.IMPORT}
    kind = folders.get(folder)
    return Name(kind, aggregate_id) if kind and slash else None


def _named(context: Context, owner: Name | None) -> tuple[frozenset[str], str]:
    """The keys that an aggregate names, and why there may be others."""
    if owner is None:
        return frozenset(), "it is no publication's, no export's, no import's, no claim's, no agreement's and no evidence"
    view = View(context.store.load(Wanted(heads=(owner,))))
    try:
        held = next(filter(None, (view.find(kind, owner.id) for kind in (Export, Publication, Evidence, Import, GrantClaims, Grant))), None)
    except ValueError:  # `verify` says so, too
        return frozenset(), f"the head of {owner} cannot be read"
    if held is None:
        return frozenset(), f"there is no {owner}"
    which = f", which is {held.state.state}," if isinstance(held.state, Publication) else ""
    return frozenset(_keys_of(context, held.state)), f"{owner}{which} does not name it"


def _keys_of(context: Context, state: State) -> Iterator[str]:
    match state:
        case Export():
            yield from (exports.key_of(state.id, file.name) for file in state.files)
        case Publication():
            yield from (publication_places.key_of(state.id, file.name) for file in (*state.files, *_of_site(context, state)))
            if state.archive:
                yield publication_places.draft_key_of(state.id, state.archive.name)
        case Evidence():
            yield evidence.key_of(state.id)
        case Import():
            yield imports.source_key(state.id)
            yield from (imports.key_of(state.id, file.name) for file in (state.preview.files if state.preview else ()))
        case GrantClaims():
            yield from (key for claim in state.claims for key in claim_packs.keys_of(claim))
        case Grant():
            yield from (agreements.key_of(name) for each in state.periods.values() if each.agreement for name in each.agreement.files)


def _of_site(context: Context, publication: Publication) -> tuple[File, ...]:
    """The files that a publication's manifest lists, as far as it can be read: `verify` says where it cannot."""
    if not publication.files:
        return ()
    try:
        return listed(context.objects.get(publication_places.key_of(publication.id, MANIFEST)))
    except (ObjectMissing, ValueError):
        return ()


def _told(file: File | Stored) -> str:
    return f"{file.size:,} bytes with the SHA-256 {file.sha256[:12]}"
