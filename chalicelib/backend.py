"""The stores and settings behind a deployment, made once and only when first needed.

Clients take longer to build than everything else a cold start does, so importing the app builds none:
`lazily` holds the recipe, and the first request (or scheduled run) of a process follows it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Generic, TypeVar, cast

from chalicelib.domain.values import Struct
from chalicelib.settings import Settings, SettingsIncomplete, settings_from
from chalicelib.storage.mail import FolderMail, Mail, SesMail, mail_client_on_first_use
from chalicelib.storage.objects import Drops, Objects
from chalicelib.storage.store import Store
from chalicelib.storage.workshop import SqsQueue, Workshop, queue_client_on_first_use

if TYPE_CHECKING:
    from chalicelib.storage.objects.drops import DropsClient

T = TypeVar("T")


class Backend(Struct, frozen=True, kw_only=True):
    """What requests and scheduled runs work on."""

    settings: Settings
    store: Store
    objects: Objects
    workshop: Workshop | None = None


class Lazily(Generic[T]):
    """A thing that is built on its first use, once, whatever the number of threads; a failed build is tried again."""

    def __init__(self, build: Callable[[], T]) -> None:
        self._build = build
        self._lock = Lock()
        self._built: tuple[T] | None = None

    def __call__(self) -> T:
        """The thing itself."""
        if self._built is None:
            with self._lock:
                if self._built is None:
                    self._built = (self._build(),)
        return self._built[0]


def backend_from(environment: Mapping[str, str]) -> Backend:
    """The backend that an environment describes. Raises SettingsIncomplete."""
    # Imported here: botocore alone costs more than the rest of the app together.
    from chalicelib.storage.dynamo import DynamoStore, dynamodb_client  # noqa: PLC0415

    settings = settings_from(environment)
    region = _region(environment)
    client = dynamodb_client(region=region, endpoint_url=settings.endpoint_url)
    return Backend(
        settings=settings,
        store=DynamoStore(client, settings.table_name),
        objects=_folder(settings) if settings.local_objects else _bucket(settings.bucket_name, region),
        workshop=_workshop(settings, region),
    )


def mail_from(environment: Mapping[str, str]) -> Mail:
    """Whoever sends the mail of a deployment. Raises SettingsIncomplete."""
    folder = settings_from(environment).local_mail
    return FolderMail(Path(folder)) if folder else SesMail(mail_client_on_first_use(region=_region(environment)))


def drops_from(environment: Mapping[str, str]) -> Drops:
    """Where files are dropped for a deployment: in its bucket. Raises SettingsIncomplete."""
    from chalicelib.storage.objects import S3Drops, s3_client  # noqa: PLC0415  as for the backend

    client = s3_client(region=_region(environment))
    return S3Drops(cast("DropsClient", client), settings_from(environment).bucket_name)


def _region(environment: Mapping[str, str]) -> str:
    return environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION") or "eu-west-2"


def _bucket(name: str, region: str) -> Objects:
    from chalicelib.storage.objects import S3Objects, s3_client_on_first_use  # noqa: PLC0415  for the same reason

    return S3Objects(s3_client_on_first_use(region=region), name)


def _workshop(settings: Settings, region: str) -> Workshop | None:
    if not (settings.pieces_bucket and settings.parts_queue):
        return None
    return Workshop(_bucket(settings.pieces_bucket, region), SqsQueue(queue_client_on_first_use(region=region), settings.parts_queue))


def _folder(settings: Settings) -> Objects:
    from chalicelib.storage.objects import FolderObjects  # noqa: PLC0415  Lambda never needs it

    if not (settings.local_objects and settings.local_link_base and settings.local_signing_key):
        raise SettingsIncomplete(
            "A local object folder needs STREETLIGHT_LOCAL_OBJECTS, STREETLIGHT_LOCAL_LINK_BASE and STREETLIGHT_LOCAL_SIGNING_KEY."
        )
    return FolderObjects(Path(settings.local_objects), settings.local_link_base, settings.local_signing_key.encode())
