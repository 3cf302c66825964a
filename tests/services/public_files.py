"""What everybody can read of a publication."""

from chalicelib.context import Context
from chalicelib.services import publications


def public_files(context: Context, publication_id: str) -> dict[str, bytes]:
    """Every file by name: those that are recorded, and those that the manifest lists."""
    folder = publications.key_of(publication_id, "")
    return {key.removeprefix(folder): context.objects.get(key) for key in context.objects.list(folder)}
