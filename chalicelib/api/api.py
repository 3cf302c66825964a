"""The whole API: every blueprint, registered on one app."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from chalicelib.api.agreements import agreements
from chalicelib.api.approvals import approvals
from chalicelib.api.assets import assets
from chalicelib.api.auth import Fetch, fetched
from chalicelib.api.certificate_wording import certificate_wording
from chalicelib.api.changes_in_words import changes_in_words
from chalicelib.api.claims import claims
from chalicelib.api.closings import closings
from chalicelib.api.debtors import debtors
from chalicelib.api.disclosures import disclosures
from chalicelib.api.entries import entries
from chalicelib.api.evidence import evidence
from chalicelib.api.exports import exports
from chalicelib.api.funds import funds
from chalicelib.api.grants import grants
from chalicelib.api.history import history
from chalicelib.api.host import Api
from chalicelib.api.imports import imports
from chalicelib.api.initiatives import initiatives
from chalicelib.api.meta import meta
from chalicelib.api.money import money
from chalicelib.api.organisations import organisations
from chalicelib.api.payments import payments
from chalicelib.api.periods import periods
from chalicelib.api.profiles import profiles
from chalicelib.api.proposals import proposals
from chalicelib.api.publications import publications
from chalicelib.api.reminders import reminders
from chalicelib.api.return_lists import return_lists
from chalicelib.api.returns import returns
from chalicelib.api.rules import rules
from chalicelib.api.separation import separation
from chalicelib.api.summaries import summaries
from chalicelib.api.suspense import suspense
from chalicelib.api.variance_codes import variance_codes
from chalicelib.api.variations import variations
from chalicelib.backend import Backend
from chalicelib.context import the_time

BLUEPRINTS = (
    meta,
    funds,
    organisations,
    grants,
    variations,
    rules,
    proposals,
    approvals,
    separation,
    periods,
    closings,
    initiatives,
    returns,
    return_lists,
    variance_codes,
    reminders,
    money,
    payments,
    entries,
    evidence,
    assets,
    claims,
    certificate_wording,
    debtors,
    profiles,
    imports,
    suspense,
    agreements,
    summaries,
    disclosures,
    publications,
    exports,
    history,
    changes_in_words,
)
"""In the order in which the documentation shows them."""


def build_api(backend: Callable[[], Backend], *, fetch: Fetch = fetched, now: Callable[[], datetime] = the_time) -> Api:
    """The app with every route. The backend is first built when a request needs it."""
    api = Api(backend, fetch=fetch, now=now)
    for blueprint in BLUEPRINTS:
        api.register_blueprint(blueprint)
    return api
