"""Steps of imports, for tests: a file is announced, put, previewed and committed."""

from collections.abc import Iterable
from hashlib import sha256
from io import BytesIO
from itertools import count

from chalicelib.context import Context
from chalicelib.domain.file_types import FileType
from chalicelib.domain.imports import Import, ImportState
from chalicelib.domain.people import Actor
from chalicelib.domain.previews import PreviewRow, Status
from chalicelib.domain.profiles import Profile
from chalicelib.domain.values import replace
from chalicelib.services import import_posting, imports, profiles, registers
from chalicelib.services.evidence import Announced
from chalicelib.services.import_posting import Asked
from chalicelib.services.unit import Held, Written
from tests.extracts.layouts import HEADING, PAYMENTS
from tests.services.offices import FINANCE, Office

_IDS = count(1)


def as_(office: Office, actor: Actor = FINANCE, *, expected: str | None = None) -> Context:
    return replace(office.context(actor, expected=expected), new_id=lambda: f"{next(_IDS):032x}")


def opened(office: Office, profile: Profile = PAYMENTS) -> Office:
    """An open office with a profile."""
    profiles.add(office.context(), profile)
    return office


def csv(*rows: Iterable[str], heading: Iterable[str] = HEADING) -> bytes:
    return "\n".join(",".join(f'"{cell}"' for cell in row) for row in (heading, *rows)).encode()


def announcement(content: bytes, name: str = "Extract.csv") -> Announced:
    kind = FileType.XLSX if name.endswith("xlsx") else FileType.CSV
    return Announced(file_name=name, content_type=kind, size=len(content), sha256=sha256(content).hexdigest())


def announced(office: Office, content: bytes, profile_id: str = "payments", name: str = "Extract.csv", *, says: bytes | None = None) -> str:
    """Announce a file and put it; or put another than `says`."""
    asked = announcement(content if says is None else says, name)
    import_id = imports.announce(as_(office), profile_id, asked).held.state.id
    office.context().objects.put(imports.source_key(import_id), BytesIO(content), content_type=asked.content_type.value)
    return import_id


def previewed(office: Office, content: bytes, profile_id: str = "payments", name: str = "Extract.csv") -> Written[Import]:
    return imports.preview(as_(office), announced(office, content, profile_id, name))


def counts(held: Import) -> dict[str, int]:
    """How many documents have each status, where any has."""
    assert held.preview
    return {status: count.documents for status, count in held.preview.counts.items() if count.documents}


def shown(office: Office, held: Import, status: Status) -> list[PreviewRow]:
    return list(imports.rows(office.context(), held, status))


def committed(office: Office, held: Import, *confirmed: int, accept: bool = False, actor: Actor = FINANCE) -> Import:
    """Commit a preview, and go on until it is whole."""
    assert held.preview
    asked = Asked(digest=held.preview.digest, confirmed=confirmed, accept_difference=accept)
    done: Held[Import] = import_posting.commit(as_(office, actor), held.id, asked)
    while done.state.state is ImportState.COMMITTING:
        done = import_posting.commit(as_(office, actor), held.id, asked)
    return done.state


def found(office: Office, import_id: str) -> Import:
    return registers.find(office.context(), Import, import_id).state
