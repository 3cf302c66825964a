import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import botocore.session
import pytest
from botocore.config import Config

from local import dynamodb_programs
from local.dynamodb_programs import launch_on
from local.embedded import EmbeddedDynamoDB, EmbeddedDynamoDBFailed, embedded_dynamodb, end_the_leftover, free_port

ROOT = Path(__file__).resolve().parents[2]


def client(dynamodb: EmbeddedDynamoDB) -> Any:  # noqa: ANN401  botocore makes its clients' methods at run time
    return botocore.session.Session().create_client(
        "dynamodb",
        region_name="eu-west-2",
        endpoint_url=dynamodb.endpoint_url,
        aws_access_key_id="local",
        aws_secret_access_key="local",
        config=Config(retries={"max_attempts": 1}),
    )


def make_table(dynamodb: EmbeddedDynamoDB) -> None:
    client(dynamodb).create_table(
        TableName="things",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )


def put(dynamodb: EmbeddedDynamoDB, key: str) -> None:
    client(dynamodb).put_item(TableName="things", Item={"pk": {"S": key}})


def keys(dynamodb: EmbeddedDynamoDB) -> list[str]:
    return sorted(item["pk"]["S"] for item in client(dynamodb).scan(TableName="things")["Items"])


def test_data_in_a_folder_outlives_the_process(tmp_path: Path) -> None:
    with embedded_dynamodb(tmp_path) as dynamodb:
        make_table(dynamodb)
        put(dynamodb, "kept")

    with embedded_dynamodb(tmp_path) as dynamodb:
        assert keys(dynamodb) == ["kept"]


def test_what_was_acknowledged_outlives_a_kill(tmp_path: Path) -> None:
    with embedded_dynamodb(tmp_path) as dynamodb:
        make_table(dynamodb)
        put(dynamodb, "acknowledged")
        dynamodb.kill()
        dynamodb.restart()

        assert keys(dynamodb) == ["acknowledged"]


def test_a_store_knows_whether_it_runs() -> None:
    with embedded_dynamodb() as dynamodb:
        running = [dynamodb.is_running]
        dynamodb.kill()
        running.append(dynamodb.is_running)

    assert running == [True, False]


def test_data_in_memory_goes_with_the_process() -> None:
    with embedded_dynamodb() as dynamodb:
        make_table(dynamodb)
        dynamodb.restart()

        assert client(dynamodb).list_tables()["TableNames"] == []


def test_a_port_that_is_taken_is_named() -> None:
    with embedded_dynamodb() as first, pytest.raises(EmbeddedDynamoDBFailed, match=f"Port {first.port} is taken"):
        EmbeddedDynamoDB(port=first.port).start()


def test_a_store_that_cannot_start_says_why(tmp_path: Path) -> None:
    (tmp_path / "dynamodb.sqlite").mkdir()

    with pytest.raises(EmbeddedDynamoDBFailed, match="unable to open database file"):
        EmbeddedDynamoDB(tmp_path).start()


def test_what_a_killed_run_left_running_is_ended_before_the_next(tmp_path: Path) -> None:
    leaves_it_running = (
        "import sys; from pathlib import Path; from local.embedded import EmbeddedDynamoDB as E; E(Path(sys.argv[1])).start()"
    )
    subprocess.run([sys.executable, "-W", "ignore", "-c", leaves_it_running, str(tmp_path)], cwd=ROOT, check=True)
    left = int((tmp_path / "dynamodb.pid").read_text().split(" ")[0])
    os.kill(left, 0)  # it runs

    with embedded_dynamodb(tmp_path) as dynamodb:
        assert dynamodb.is_running
        with pytest.raises(ProcessLookupError):
            os.kill(left, 0)


def test_an_innocent_process_with_the_same_number_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]) as innocent:
        (tmp_path / "dynamodb.pid").write_text(f"{innocent.pid} /some/dynoxide")

        end_the_leftover(tmp_path)

        assert innocent.poll() is None
        innocent.send_signal(signal.SIGKILL)


def test_without_the_binary_the_stand_in_is_started_and_announced(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "ministack").touch()
    monkeypatch.setattr(dynamodb_programs, "_DYNOXIDE", tmp_path / "missing")
    monkeypatch.setattr(dynamodb_programs, "_MINISTACK_VENV", tmp_path)
    port = free_port()

    launch = launch_on(port, tmp_path)

    assert launch.command == (str(tmp_path / "bin" / "ministack"),)
    assert launch.environment["GATEWAY_PORT"] == str(port)
    assert launch.environment["STATE_DIR"] == str(tmp_path / "ministack")
    assert "CAN BE LOST" in capsys.readouterr().err
