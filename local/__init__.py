"""What runs only on a developer's machine: the server, the embedded DynamoDB, the sign-in keys, the example."""
