"""Streetlight: grants against initiatives, the spend ledger, and what is published from it."""
