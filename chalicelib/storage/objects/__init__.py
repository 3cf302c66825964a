"""Files that are written once and never changed: one protocol, kept in an S3 bucket or in a folder."""

from chalicelib.storage.objects.bucket import S3Client, S3Objects, s3_client, s3_client_on_first_use
from chalicelib.storage.objects.contract import (
    LinkRefused,
    NameUnusable,
    ObjectExists,
    ObjectMissing,
    Objects,
    Stored,
    Upload,
    UploadDiffers,
    attachment,
    chunks_of,
    measured,
)
from chalicelib.storage.objects.drops import Drops, FolderDrops, S3Drops
from chalicelib.storage.objects.folder import FolderObjects

__all__ = [
    "Drops",
    "FolderDrops",
    "FolderObjects",
    "LinkRefused",
    "NameUnusable",
    "ObjectExists",
    "ObjectMissing",
    "Objects",
    "S3Client",
    "S3Drops",
    "S3Objects",
    "Stored",
    "Upload",
    "UploadDiffers",
    "attachment",
    "chunks_of",
    "measured",
    "s3_client",
    "s3_client_on_first_use",
]
