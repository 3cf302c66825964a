"""Who may do what, for routes about which nobody decides for another.

Who prepares, reviews, approves, certifies, accepts, publishes and overrides is in the one table of
`chalicelib.domain.separation`, which routes ask by `may`.
"""

from __future__ import annotations

from chalicelib.domain.matters import Matter
from chalicelib.domain.people import OFFICE, Role
from chalicelib.domain.separation import TABLE, Step, may

READ = OFFICE
"""Everybody in the office reads everything. A partner's reading is named where it is allowed."""

READ_OWN = frozenset(Role)
"""The office, and each partner for its own initiatives."""

KEEP_REGISTERS = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
"""Funds, organisations and variance codes."""

RUN_INITIATIVES = frozenset({Role.OFFICER, Role.ADMINISTRATOR})
RUN_GRANTS = frozenset({Role.OFFICER, Role.FINANCE, Role.ADMINISTRATOR})
"""Offers and their acceptance."""

SET_RULES = frozenset({Role.CERTIFIER, Role.ADMINISTRATOR})
"""A grant's rules. Not for those who post and allocate under them."""

OVERRIDE = frozenset(role for steps in TABLE.values() for role in steps.get(Step.OVERRIDE, ()))
"""Letting a preparer decide, for one request."""

ALLOCATE = frozenset({Role.OFFICER, Role.FINANCE})
POST_MONEY = frozenset({Role.FINANCE})
KEEP_EVIDENCE = frozenset({Role.OFFICER, Role.FINANCE, Role.PARTNER})
"""Announcing and uploading; a partner, for its own initiatives."""

WITHDRAW_EVIDENCE = frozenset({Role.OFFICER, Role.FINANCE})
READ_WITHDRAWN = frozenset({Role.CERTIFIER, Role.ADMINISTRATOR})
"""The files of withdrawn evidence: for whoever answers to the auditors. That it was withdrawn, everybody can read."""

KEEP_ASSETS = frozenset({Role.OFFICER, Role.FINANCE})

CLOSE_QUARTERS = frozenset({Role.FINANCE})
"""Holding a quarter, and closing it."""

REPORT = may(Matter.RETURN, Step.PREPARE)
"""Writing and submitting returns: each partner its own."""

REVIEW = may(Matter.RETURN, Step.ACCEPT)
"""Accepting what a partner submitted, or requesting changes to it."""

PREPARE_CLAIMS = may(Matter.CLAIM, Step.PREPARE)
"""Drafting, sending, withdrawing, and recording what the Home Office pays and asks."""

REVIEW_CLAIMS = may(Matter.CLAIM, Step.REVIEW)
CERTIFY_CLAIMS = may(Matter.CLAIM, Step.CERTIFY)
"""The chief finance officer alone. Who drafted or reviewed a claim is barred besides: `chalicelib.domain.claiming` sees to that."""

KEEP_PROFILES = frozenset({Role.FINANCE})
IMPORT = may(Matter.SUSPENSE, Step.PREPARE)
"""Announcing, previewing and committing extracts, and posting what waits in suspense."""

DISMISS_SUSPENSE = may(Matter.SUSPENSE, Step.DISMISS)
"""Whoever committed the import is barred besides: `chalicelib.domain.suspense` sees to that."""

DISCLOSE = frozenset({Role.OFFICER, Role.FINANCE})
"""Saying what the public is told of payments."""

WITHHOLD = frozenset({Role.CERTIFIER, Role.ADMINISTRATOR})
"""Keeping some of that from the public, and lifting it: neither for those who state and pay, nor for whoever publishes."""

EXPORT = frozenset({Role.FINANCE, Role.CERTIFIER})
PUBLISH = may(Matter.PUBLICATION, Step.PUBLISH)
DRAFT = may(Matter.PUBLICATION, Step.PREPARE)
WITHDRAW = may(Matter.PUBLICATION, Step.WITHDRAW)
"""Alone: what must not stay in public cannot wait for a second person. Who did it and why is public."""

VERIFY = frozenset({Role.FINANCE, Role.CERTIFIER, Role.ADMINISTRATOR})
