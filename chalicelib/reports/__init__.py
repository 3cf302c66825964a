"""Pure formatters: figures and rows in, bytes of CSV, JSON and HTML out. No store, no clock."""
