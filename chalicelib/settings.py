"""The environment, read once into frozen settings; what is missing or wrong is named."""

from __future__ import annotations

import re
from collections.abc import Mapping

from msgspec import Struct, field


class SettingsIncomplete(Exception):
    """Settings are missing from the environment, or cannot be read; the message names each."""


_MIB = 1024 * 1024


class Settings(Struct, frozen=True, kw_only=True):
    """What differs between deployments. `endpoint_url` and the `local_*` settings exist on a developer's machine only.

    `evidence_largest_bytes` is the most that one file of evidence may have. A function reads the whole file to check it, in
    less time than API Gateway waits: so it can be set to 50 MiB at most. `extract_largest_bytes` is the same of an extract to be
    imported, which a machine of one's own reads in any time that it takes. `return_working_days` and `claim_working_days` are
    local policy: how many working days after its quarter a return, or a claim, is due (None: nobody has said). `reminder_days` are
    local policy, too: so many working days after the due date a reminder is sent, negative before it; where none is set, none is.
    They come from `reminder_sender`.
    `giving_prefix` is the office's own at 360Giving, `360G-...`, which is given on request; without one nothing is published as
    360Giving data.
    `publish_monthly` says that what the schedule makes is published at once; otherwise it is a draft, and `publisher_emails` are told.
    `pieces_bucket` and `parts_queue` are where exports are made that are too much for one run: a bucket that is cleared after days, and
    the address of a queue.
    `finance_emails` are told of files that were dropped.
    `agreement_demanded` is local policy, too: whether no quarter closes without an agreement with the office's ledger.
    `export_policy` is what the office has said of its exports, as it is written, by the setting's name: what is not set is not there.
    """

    office_name: str
    code_version: str
    table_name: str
    bucket_name: str
    token_issuer: str
    token_audience: str
    token_jwks_url: str
    token_roles_claim: str
    publication_note: str
    evidence_largest_bytes: int
    endpoint_url: str | None
    local_objects: str | None
    local_link_base: str | None
    local_signing_key: str | None
    return_working_days: int | None = None
    claim_working_days: int | None = None
    reminder_days: tuple[int, ...] = ()
    reminder_sender: str = ""
    local_mail: str | None = None
    giving_prefix: str = ""
    publish_monthly: bool = False
    publisher_emails: tuple[str, ...] = ()
    finance_emails: tuple[str, ...] = ()
    agreement_demanded: bool = False
    export_policy: Mapping[str, str] = field(default_factory=dict)
    pieces_bucket: str | None = None
    parts_queue: str | None = None
    extract_largest_bytes: int = 25 * _MIB


_MOST_REMINDERS, _MOST_REMINDER_DAYS = 10, 250

_REQUIRED = {
    "office_name": "STREETLIGHT_OFFICE_NAME",
    "code_version": "STREETLIGHT_CODE_VERSION",
    "table_name": "STREETLIGHT_TABLE",
    "bucket_name": "STREETLIGHT_BUCKET",
    "token_issuer": "STREETLIGHT_TOKEN_ISSUER",
    "token_audience": "STREETLIGHT_TOKEN_AUDIENCE",
    "token_jwks_url": "STREETLIGHT_TOKEN_JWKS_URL",
}

_PER_CENT = r"[0-9]{1,3}(\.[0-9]{1,2})?"
_EXPORT_POLICY = {
    "STREETLIGHT_BUDGET_PHASING": (r"([0-9]{1,3},){3}[0-9]{1,3}", "four per cents that make 100, one for each quarter: 20,25,25,30"),
    "STREETLIGHT_VARIANCE_AMBER": (_PER_CENT, "a per cent of the budget, such as 5 or 2.5"),
    "STREETLIGHT_VARIANCE_RED": (_PER_CENT, "a per cent of the budget, such as 10 or 7.5"),
    "STREETLIGHT_ACCOUNT_CODES": (r"[a-z_]+=[^=,\s]+(,[a-z_]+=[^=,\s]+)*", "accounts and codes: accruals=2105,grant_income=9040"),
}


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings an environment holds.

    Raises SettingsIncomplete, naming every variable that is missing or empty.
    """
    missing = sorted(name for name in _REQUIRED.values() if not environment.get(name, "").strip())
    if missing:
        raise SettingsIncomplete(f"Set these environment variables: {', '.join(missing)}.")
    pieces_bucket, parts_queue = _workshop(environment)
    return Settings(
        **{field: environment[name].strip() for field, name in _REQUIRED.items()},
        token_roles_claim=environment.get("STREETLIGHT_TOKEN_ROLES_CLAIM", "roles"),
        publication_note=environment.get("STREETLIGHT_PUBLICATION_NOTE", ""),
        evidence_largest_bytes=_bytes(environment, "STREETLIGHT_EVIDENCE_LARGEST_BYTES", most=50 * _MIB),
        endpoint_url=environment.get("STREETLIGHT_DYNAMODB_ENDPOINT") or None,
        local_objects=environment.get("STREETLIGHT_LOCAL_OBJECTS") or None,
        local_link_base=environment.get("STREETLIGHT_LOCAL_LINK_BASE") or None,
        local_signing_key=environment.get("STREETLIGHT_LOCAL_SIGNING_KEY") or None,
        return_working_days=_number(environment, "STREETLIGHT_RETURN_WORKING_DAYS"),
        claim_working_days=_number(environment, "STREETLIGHT_CLAIM_WORKING_DAYS"),
        reminder_days=_reminder_days(environment),
        reminder_sender=environment.get("STREETLIGHT_REMINDER_SENDER", "").strip(),
        local_mail=environment.get("STREETLIGHT_LOCAL_MAIL") or None,
        giving_prefix=_giving_prefix(environment),
        publish_monthly=_publishes(environment),
        publisher_emails=_addresses(environment, "STREETLIGHT_PUBLISHER_EMAILS"),
        finance_emails=_addresses(environment, "STREETLIGHT_FINANCE_EMAILS"),
        agreement_demanded=_demands_agreement(environment),
        export_policy=_export_policy(environment),
        pieces_bucket=pieces_bucket,
        parts_queue=parts_queue,
        extract_largest_bytes=_bytes(environment, "STREETLIGHT_EXTRACT_LARGEST_BYTES", most=1024 * _MIB),
    )


def _bytes(environment: Mapping[str, str], name: str, *, most: int) -> int:
    text = environment.get(name, "") or str(25 * _MIB)
    if not (text.isascii() and text.isdigit() and 1 <= int(text) <= most):
        raise SettingsIncomplete(f"{name} is a number of bytes from 1 to {most}, not {text!r}.")
    return int(text)


def _giving_prefix(environment: Mapping[str, str]) -> str:
    name = "STREETLIGHT_360GIVING_PREFIX"
    text = environment.get(name, "").strip()
    if text and not re.fullmatch(r"360G-[A-Za-z0-9_]{1,40}", text):
        raise SettingsIncomplete(f"{name} is {text!r}: give the office's own prefix, 360G- and its short name, or leave it out.")
    return text


def _publishes(environment: Mapping[str, str]) -> bool:
    """Whether the schedule publishes at once: `publish`, or `draft`, which it is unless somebody says otherwise."""
    name = "STREETLIGHT_PUBLISH_MONTHLY"
    said = environment.get(name, "").strip() or "draft"
    if said not in ("draft", "publish"):
        raise SettingsIncomplete(f"{name} is {said!r}: say draft or publish, or leave it out, which means draft.")
    return said == "publish"


def _demands_agreement(environment: Mapping[str, str]) -> bool:
    """Whether a quarter closes only with an agreement: `demanded`, or `optional`, which it is unless somebody says otherwise."""
    name = "STREETLIGHT_AGREEMENT"
    said = environment.get(name, "").strip() or "optional"
    if said not in ("optional", "demanded"):
        raise SettingsIncomplete(f"{name} is {said!r}: say optional or demanded, or leave it out, which means optional.")
    return said == "demanded"


def _addresses(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    """The addresses that are told of something, with commas between them; they need a sender."""
    found = tuple(each.strip() for each in environment.get(name, "").split(",") if each.strip())
    if not all(re.fullmatch(r"[^@\s]+@[^@\s]+", each) for each in found):
        raise SettingsIncomplete(f"{name} is to be e-mail addresses with commas between them.")
    if found and "@" not in environment.get("STREETLIGHT_REMINDER_SENDER", ""):
        raise SettingsIncomplete(f"{name} needs STREETLIGHT_REMINDER_SENDER, the e-mail address that messages come from.")
    return found


def _number(environment: Mapping[str, str], name: str) -> int | None:
    text = environment.get(name, "").strip()
    if text and not re.fullmatch(r"[0-9]{1,3}", text):
        raise SettingsIncomplete(f"{name} is {text!r}: give a whole number up to 999, or leave it out.")
    return int(text) if text else None


def _reminder_days(environment: Mapping[str, str]) -> tuple[int, ...]:
    """The policy of reminders, `-5,0,10`, in order and each once; it needs a sender."""
    name = "STREETLIGHT_REMINDER_DAYS"
    text = environment.get(name, "").strip()
    if not text:
        return ()
    days = sorted({int(each) for each in text.split(",")}) if re.fullmatch(r"\s*-?[0-9]{1,3}\s*(,\s*-?[0-9]{1,3}\s*)*", text) else []
    if not days or len(days) > _MOST_REMINDERS or max(map(abs, days)) > _MOST_REMINDER_DAYS:
        raise SettingsIncomplete(
            f"{name} is {text!r}: give up to {_MOST_REMINDERS} numbers of working days after the due date with commas between them, "
            f"negative before it, none above {_MOST_REMINDER_DAYS}; or leave it out."
        )
    if "@" not in environment.get("STREETLIGHT_REMINDER_SENDER", ""):
        raise SettingsIncomplete(f"{name} needs STREETLIGHT_REMINDER_SENDER, the e-mail address that reminders come from.")
    return tuple(days)


def _workshop(environment: Mapping[str, str]) -> tuple[str | None, str | None]:
    """Where exports are made in parts: both settings, or neither."""
    names = ("STREETLIGHT_PIECES_BUCKET", "STREETLIGHT_PARTS_QUEUE")
    bucket, queue = (environment.get(name, "").strip() or None for name in names)
    if (bucket is None) != (queue is None):
        raise SettingsIncomplete(f"Exports are made in parts with {' and '.join(names)}: give both, or neither.")
    return bucket, queue


def _export_policy(environment: Mapping[str, str]) -> dict[str, str]:
    """What the office has said of its exports, each as it is written, without spaces."""
    found: dict[str, str] = {}
    for name, (pattern, right) in _EXPORT_POLICY.items():
        text = environment.get(name, "").replace(" ", "")
        whole = name != "STREETLIGHT_BUDGET_PHASING" or sum(int(each) for each in text.split(",") if re.fullmatch("[0-9]+", each)) == 100
        if text and not (re.fullmatch(pattern, text) and whole):
            raise SettingsIncomplete(f"{name} is {text!r}: give {right}; or leave it out.")
        if text:
            found[name] = text
    return found
