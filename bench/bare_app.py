"""What a cold start is measured against: an empty Chalice app that makes boto3's DynamoDB and S3 clients."""

import boto3  # type: ignore[import-untyped]  # boto3 carries no types
from chalice.app import Chalice

app = Chalice("bare")
DYNAMODB = boto3.client("dynamodb")
S3 = boto3.client("s3")
