"""The use cases: load, decide, record. Rules live in the domain, HTTP in the api."""
