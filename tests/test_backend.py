"""The backend: what an environment makes of it, and that it is made once."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import pytest

from chalicelib.backend import Lazily, backend_from, mail_from
from chalicelib.settings import SettingsIncomplete, settings_from
from chalicelib.storage.dynamo import DynamoStore
from chalicelib.storage.mail import FolderMail, SesMail
from chalicelib.storage.objects import FolderObjects, S3Objects
from chalicelib.storage.workshop import SqsQueue

ENVIRONMENT = {
    "STREETLIGHT_OFFICE_NAME": "Office of Tests",
    "STREETLIGHT_CODE_VERSION": "1.2.3",
    "STREETLIGHT_TABLE": "table",
    "STREETLIGHT_BUCKET": "bucket",
    "STREETLIGHT_TOKEN_ISSUER": "https://sign-in.test",
    "STREETLIGHT_TOKEN_AUDIENCE": "streetlight",
    "STREETLIGHT_TOKEN_JWKS_URL": "https://sign-in.test/keys",
    "AWS_REGION": "eu-west-2",
}


def test_a_deployment_works_on_dynamodb_and_s3() -> None:
    backend = backend_from(ENVIRONMENT)

    assert isinstance(backend.store, DynamoStore)
    assert isinstance(backend.objects, S3Objects)
    assert backend.settings.office_name == "Office of Tests"


def test_a_machine_of_ones_own_keeps_files_in_a_folder(tmp_path: Path) -> None:
    local = {
        "STREETLIGHT_DYNAMODB_ENDPOINT": "http://127.0.0.1:9",
        "STREETLIGHT_LOCAL_OBJECTS": str(tmp_path),
        "STREETLIGHT_LOCAL_LINK_BASE": "http://127.0.0.1:8000/files",
        "STREETLIGHT_LOCAL_SIGNING_KEY": "k" * 32,
    }

    assert isinstance(backend_from({**ENVIRONMENT, **local}).objects, FolderObjects)


def test_exports_are_made_in_parts_where_a_queue_and_a_place_for_pieces_are_set() -> None:
    queue = "https://sqs.eu-west-2.amazonaws.com/123456789012/parts"
    workshop = {"STREETLIGHT_PIECES_BUCKET": "pieces", "STREETLIGHT_PARTS_QUEUE": queue}
    made = backend_from({**ENVIRONMENT, **workshop}).workshop

    assert made is not None
    assert isinstance(made.pieces, S3Objects)
    assert isinstance(made.queue, SqsQueue)
    assert (made.pieces.bucket, made.queue.url) == ("pieces", queue)
    assert backend_from(ENVIRONMENT).workshop is None
    for one, value in workshop.items():
        with pytest.raises(SettingsIncomplete, match="with STREETLIGHT_PIECES_BUCKET and STREETLIGHT_PARTS_QUEUE: give both, or neither"):
            backend_from({**ENVIRONMENT, one: value})


def test_a_folder_without_its_key_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsIncomplete, match="STREETLIGHT_LOCAL_SIGNING_KEY"):
        backend_from({**ENVIRONMENT, "STREETLIGHT_LOCAL_OBJECTS": str(tmp_path)})


def test_evidence_may_have_25_mib_unless_the_environment_says_otherwise() -> None:
    assert settings_from(ENVIRONMENT).evidence_largest_bytes == 26_214_400
    assert settings_from({**ENVIRONMENT, "STREETLIGHT_EVIDENCE_LARGEST_BYTES": "1000"}).evidence_largest_bytes == 1000


def test_an_extract_may_have_as_much_and_up_to_1_gib_where_the_environment_says_so() -> None:
    assert settings_from(ENVIRONMENT).extract_largest_bytes == 26_214_400
    assert settings_from({**ENVIRONMENT, "STREETLIGHT_EXTRACT_LARGEST_BYTES": "1073741824"}).extract_largest_bytes == 1_073_741_824


@pytest.mark.parametrize("text", ["0", "-1", "1.5", "25MB", "52428801", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_a_size_that_cannot_be_is_refused_by_name(text: str) -> None:
    with pytest.raises(SettingsIncomplete, match="STREETLIGHT_EVIDENCE_LARGEST_BYTES is a number of bytes from 1 to 52428800"):
        settings_from({**ENVIRONMENT, "STREETLIGHT_EVIDENCE_LARGEST_BYTES": text})


def test_mail_goes_through_ses_unless_a_folder_is_named(tmp_path: Path) -> None:
    assert isinstance(mail_from(ENVIRONMENT), SesMail)
    assert mail_from({**ENVIRONMENT, "STREETLIGHT_LOCAL_MAIL": str(tmp_path)}) == FolderMail(tmp_path)


SENDER = {"STREETLIGHT_REMINDER_SENDER": "grants@office.example"}


@pytest.mark.parametrize(("text", "days"), [("", ()), (" ", ()), ("0", (0,)), ("10,-5, 0,10", (-5, 0, 10)), ("-250", (-250,))])
def test_the_days_of_reminders_are_the_offices_own(text: str, days: tuple[int, ...]) -> None:
    assert settings_from({**ENVIRONMENT, **SENDER, "STREETLIGHT_REMINDER_DAYS": text}).reminder_days == days


@pytest.mark.parametrize("text", ["five", "1.5", "1;2", "1,", ",", "251", "+5", "1,2,3,4,5,6,7,8,9,10,11", "\N{ARABIC-INDIC DIGIT ONE}"])
def test_days_that_cannot_be_are_refused_by_name(text: str) -> None:
    with pytest.raises(SettingsIncomplete, match=r"STREETLIGHT_REMINDER_DAYS is .*: give up to 10 numbers of working days"):
        settings_from({**ENVIRONMENT, **SENDER, "STREETLIGHT_REMINDER_DAYS": text})


def test_reminders_need_a_sender() -> None:
    with pytest.raises(SettingsIncomplete, match="STREETLIGHT_REMINDER_DAYS needs STREETLIGHT_REMINDER_SENDER"):
        settings_from({**ENVIRONMENT, "STREETLIGHT_REMINDER_DAYS": "0"})


@pytest.mark.parametrize(("text", "prefix"), [("", ""), (" 360G-example ", "360G-example")])
def test_the_prefix_at_360giving_is_the_offices_own(text: str, prefix: str) -> None:
    assert settings_from({**ENVIRONMENT, "STREETLIGHT_360GIVING_PREFIX": text}).giving_prefix == prefix


@pytest.mark.parametrize("text", ["example", "360G-", "360G-an office", "360g-example"])
def test_what_is_no_prefix_is_refused_by_name(text: str) -> None:
    with pytest.raises(SettingsIncomplete, match=r"STREETLIGHT_360GIVING_PREFIX is .*: give the office's own prefix"):
        settings_from({**ENVIRONMENT, "STREETLIGHT_360GIVING_PREFIX": text})


@pytest.mark.parametrize(("text", "at_once"), [("", False), ("draft", False), (" publish ", True)])
def test_the_schedule_drafts_unless_the_office_says_otherwise(text: str, at_once: bool) -> None:
    assert settings_from({**ENVIRONMENT, "STREETLIGHT_PUBLISH_MONTHLY": text}).publish_monthly is at_once


@pytest.mark.parametrize(("text", "demanded"), [("", False), ("optional", False), (" demanded ", True)])
def test_a_quarter_closes_without_an_agreement_unless_the_office_demands_one(text: str, demanded: bool) -> None:
    assert settings_from({**ENVIRONMENT, "STREETLIGHT_AGREEMENT": text}).agreement_demanded is demanded


def test_a_policy_of_agreements_that_is_none_is_refused_by_name() -> None:
    with pytest.raises(SettingsIncomplete, match="STREETLIGHT_AGREEMENT is 'yes': say optional or demanded"):
        settings_from({**ENVIRONMENT, "STREETLIGHT_AGREEMENT": "yes"})


def test_what_the_schedule_cannot_do_is_refused_by_name() -> None:
    with pytest.raises(SettingsIncomplete, match="STREETLIGHT_PUBLISH_MONTHLY is 'yes': say draft or publish"):
        settings_from({**ENVIRONMENT, "STREETLIGHT_PUBLISH_MONTHLY": "yes"})


def test_publishers_are_told_at_their_addresses_from_a_sender() -> None:
    told = {**ENVIRONMENT, "STREETLIGHT_PUBLISHER_EMAILS": "a@office.example, b@office.example"}

    assert settings_from({**told, **SENDER}).publisher_emails == ("a@office.example", "b@office.example")
    with pytest.raises(SettingsIncomplete, match="STREETLIGHT_PUBLISHER_EMAILS needs STREETLIGHT_REMINDER_SENDER"):
        settings_from(told)
    with pytest.raises(SettingsIncomplete, match="STREETLIGHT_PUBLISHER_EMAILS is to be e-mail addresses"):
        settings_from({**told, **SENDER, "STREETLIGHT_PUBLISHER_EMAILS": "the publisher"})


def test_the_policy_of_exports_is_kept_as_it_is_written_and_what_is_not_set_is_not_there() -> None:
    said = {
        "STREETLIGHT_BUDGET_PHASING": "20, 25,25,30",
        "STREETLIGHT_VARIANCE_RED": "7.5",
        "STREETLIGHT_ACCOUNT_CODES": "accruals=21-05/1",
    }

    kept = settings_from({**ENVIRONMENT, **said, "STREETLIGHT_VARIANCE_AMBER": " "}).export_policy
    assert kept == {**said, "STREETLIGHT_BUDGET_PHASING": "20,25,25,30"}


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("STREETLIGHT_BUDGET_PHASING", "25,25,25", "four per cents that make 100"),
        ("STREETLIGHT_BUDGET_PHASING", "25,25,25,26", "four per cents that make 100"),
        ("STREETLIGHT_VARIANCE_AMBER", "-5", "a per cent of the budget, such as 5 or 2.5"),
        ("STREETLIGHT_VARIANCE_RED", "10%", "a per cent of the budget, such as 10 or 7.5"),
        ("STREETLIGHT_ACCOUNT_CODES", "accruals:2105", "accounts and codes: accruals=2105,grant_income=9040"),
    ],
)
def test_a_policy_of_exports_that_cannot_be_read_is_refused_with_what_would_be_right(name: str, text: str, right: str) -> None:
    with pytest.raises(SettingsIncomplete, match=f"{name} is {text!r}: give {right}"):
        settings_from({**ENVIRONMENT, name: text})


def test_what_is_made_lazily_is_made_once_by_any_number_of_threads() -> None:
    made: list[object] = []
    together = Barrier(8)

    def make() -> object:
        made.append(object())
        return made[-1]

    lazily = Lazily(make)

    def use(_: int) -> object:
        together.wait()
        return lazily()

    with ThreadPoolExecutor(8) as pool:
        used = list(pool.map(use, range(8)))

    assert len(made) == 1
    assert set(used) == set(made)


def test_a_failure_to_make_it_is_not_kept() -> None:
    attempts = [RuntimeError("not yet"), RuntimeError("not yet either")]

    def make() -> str:
        if attempts:
            raise attempts.pop()
        return "made"

    lazily = Lazily(make)
    for _ in range(2):
        with pytest.raises(RuntimeError):
            lazily()

    assert lazily() == "made"
