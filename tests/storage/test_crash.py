"""The server is killed while eight writers write: what was acknowledged is there afterwards, whole."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from threading import Event

from chalicelib.storage.dynamo import DynamoStore, dynamodb_client
from chalicelib.storage.store import RequestKey, Store, StoreUnreachable, Wanted
from local.embedded import embedded_dynamodb
from local.table import ensure_table
from tests.storage.conftest import REGION
from tests.storage.posting import check, grant, pay

WRITERS = 8
KILLS = 4
ANSWERS_BETWEEN_KILLS = 20


def write_until(stopped: Event, store: Store, writer: int, answers: dict[str, str]) -> None:
    """Pay and pay, keeping each answer under its key. Where no answer came, the request is repeated."""
    grants = (grant(0), grant(1)) if writer % 2 else (grant(writer % 4),)
    payments = 0
    while not stopped.is_set():
        key = f"writer-{writer}-{payments}"
        try:
            answers[key] = pay(store, key, 100 + writer, grants)
        except StoreUnreachable:
            continue
        payments += 1


def wait_for(more: int, answers: dict[str, str], writing: list[Future[None]]) -> None:
    """Wait until so many more answers have come, or a writer has failed."""
    enough = len(answers) + more
    while len(answers) < enough and not any(writer.done() for writer in writing):
        time.sleep(0.005)


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    stopped, answers = Event(), dict[str, str]()
    with embedded_dynamodb(tmp_path) as dynamodb, ThreadPoolExecutor(WRITERS) as writers:
        ensure_table("ledger", region=REGION, endpoint_url=dynamodb.endpoint_url)
        store = DynamoStore(dynamodb_client(region=REGION, endpoint_url=dynamodb.endpoint_url), "ledger")
        writing = [writers.submit(write_until, stopped, store, number, answers) for number in range(WRITERS)]
        try:
            for _ in range(KILLS):
                wait_for(ANSWERS_BETWEEN_KILLS, answers, writing)
                dynamodb.kill()
                dynamodb.start()
            wait_for(ANSWERS_BETWEEN_KILLS, answers, writing)
        finally:
            stopped.set()  # or the writers would go on for ever
        for writer in writing:
            writer.result()
        kept = {key for number in range(4) for key in check(store, grant(number))}

        assert len(answers) >= 100
        assert answers.keys() <= kept
        assert len(kept - answers.keys()) <= WRITERS  # written, not answered, and then told to stop
        assert {key: answered(store, key) for key in answers} == answers


def answered(store: Store, key: str) -> str | None:
    """The answer that the store keeps for a key."""
    kept = store.load(Wanted(request=RequestKey("officer-1", key))).answered
    return kept.body if kept else None
