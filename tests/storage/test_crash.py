"""The server is killed while eight writers write: what was acknowledged is there afterwards, whole."""

import time
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
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


def write_until(stopped: Event, store: Store, writer: int) -> dict[str, str]:
    """Pay and pay from two grants in turn; the answers that came, by key. Where none came, the request is repeated."""
    answers: dict[str, str] = {}
    while not stopped.is_set():
        key = f"writer-{writer}-{len(answers)}"
        try:
            answers[key] = pay(store, key, 100 + writer, (grant(0), grant(1)) if writer % 2 else (grant(writer % 4),))
        except StoreUnreachable:
            continue
    return answers


def test_nothing_acknowledged_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    stopped = Event()
    with embedded_dynamodb(tmp_path) as dynamodb, ThreadPoolExecutor(WRITERS) as writers:
        ensure_table("ledger", region=REGION, endpoint_url=dynamodb.endpoint_url)
        store = DynamoStore(dynamodb_client(region=REGION, endpoint_url=dynamodb.endpoint_url), "ledger")
        writing = [writers.submit(partial(write_until, stopped, store, number)) for number in range(WRITERS)]
        try:
            for _ in range(KILLS):
                time.sleep(0.4)
                dynamodb.kill()
                dynamodb.start()
        finally:
            stopped.set()  # or the writers would go on for ever
        acknowledged = answers_of(writing)
        paid = [check(store, grant(number)) for number in range(4)]

        assert len(acknowledged) > 50
        kept = {key for grants_own in paid for key in grants_own}
        assert acknowledged.keys() <= kept
        assert len(kept - acknowledged.keys()) <= WRITERS  # written, but killed before the answer, and then told to stop
        for key, answer in acknowledged.items():
            answered = store.load(Wanted(request=RequestKey("officer-1", key))).answered
            assert answered is not None
            assert answered.body == answer


def answers_of(writing: list[Future[dict[str, str]]]) -> dict[str, str]:
    """All writers' answers together."""
    return {key: answer for writer in writing for key, answer in writer.result().items()}
