"""Where things are kept: one DynamoDB table and one object store, each behind a protocol."""
