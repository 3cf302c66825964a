"""An office's publication as open data, and 360Giving's own schemas to hold it against."""

import json
from datetime import UTC, datetime
from pathlib import Path

import jsonschema_rs

from chalicelib.services import publications
from tests.services.large_offices import publisher
from tests.services.offices import Office
from tests.services.public_files import public_files

NOW = datetime(2024, 4, 1, 5, 0, tzinfo=UTC)
SCHEMAS = Path(__file__).parents[1] / "data" / "360giving"
REFERRED = "https://raw.githubusercontent.com/ThreeSixtyGiving/standard/1.4.2/schema/360-giving-schema.json"
"""What the package's schema calls the grant's."""


def published(office: Office, prefix: str = "360G-example") -> dict[str, bytes]:
    context = publisher(office, NOW, giving_prefix=prefix)
    publication = publications.publish(context)
    return public_files(context, publication.id)


def schema(name: str) -> dict[str, object]:
    held = json.loads((SCHEMAS / name).read_text(encoding="utf-8"))
    assert isinstance(held, dict)
    return held


def mistakes(package: bytes) -> list[str]:
    """What 360Giving's schema, with its formats asserted, has against a JSON file."""
    registry = jsonschema_rs.Registry([(REFERRED, schema("360-giving-schema.json"))])
    validator = jsonschema_rs.validator_for(schema("360-giving-package-schema.json"), registry=registry, validate_formats=True)
    return [error.message for error in validator.iter_errors(json.loads(package))]
