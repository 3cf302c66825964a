import io
import signal
import socket
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path

import jwt
import pytest

from chalicelib.domain.chain import Kind, Name
from chalicelib.domain.disclosures import Particular, ParticularWithheld, Withholding
from chalicelib.domain.exports import Export, ExportMade, Scope
from chalicelib.domain.grounds import Ground
from chalicelib.domain.people import Role
from chalicelib.domain.publications import File
from chalicelib.domain.values import replace
from chalicelib.services import publications
from chalicelib.services.rebuilding import Rebuilding, Rebuilt
from chalicelib.services.unit import Part, Plan, View, change
from chalicelib.storage.objects import FolderObjects
from chalicelib.storage.store import Snapshot
from local.__main__ import main
from local.files import NotAllowed
from local.machine import Machine
from local.office import store_of
from local.offline import context_as
from local.publishing import comparison
from local.streetlight import signed_links


def test_the_token_command_prints_a_token_and_nothing_else(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["--data", str(tmp_path), "--port", "8123", "token", "partner", "--organisation", "a-partner"])

    claims = jwt.decode(capsys.readouterr().out.strip(), options={"verify_signature": False})
    assert code == 0
    assert (claims["iss"], claims["roles"], claims["organisation"]) == ("http://127.0.0.1:8123", ["partner"], "a-partner")


def issuer_of(token: str) -> str:
    return str(jwt.decode(token.strip(), options={"verify_signature": False})["iss"])


def test_a_token_is_for_the_port_that_the_server_ran_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PORT", raising=False)
    command = ["--data", str(tmp_path), "token", "viewer"]

    main(command)
    assert issuer_of(capsys.readouterr().out) == "http://127.0.0.1:8000"  # no server ran yet

    (tmp_path / "port").write_text("8177")
    main(command)
    assert issuer_of(capsys.readouterr().out) == "http://127.0.0.1:8177"

    monkeypatch.setenv("PORT", "8178")
    main(command)
    assert issuer_of(capsys.readouterr().out) == "http://127.0.0.1:8178"


@pytest.mark.parametrize("port", ["abc", "0", "65536", "-1", "80.5"])
def test_a_port_that_is_none_is_refused_in_words(
    port: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", port)

    with pytest.raises(SystemExit, match="2"):
        main(["--data", str(tmp_path), "token", "viewer"])

    assert f"a port (also the one in PORT) is a number from 1 to 65535, not '{port}'" in capsys.readouterr().err


def test_a_port_that_is_taken_is_named_with_another_to_try(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        before = {sign: signal.getsignal(sign) for sign in (signal.SIGINT, signal.SIGTERM)}
        code = main(["--data", str(tmp_path), "--port", str(port), "run"])
        for sign, handler in before.items():
            signal.signal(sign, handler)

    assert code == 1
    assert capsys.readouterr().err == f"Another program is using port {port}. Choose another: PORT={port + 1}\n"


@pytest.mark.parametrize("arguments", [[], ["token"], ["token", "king"], ["sing"], ["close"], ["close", "2023-24-Q5"]])
def test_a_command_that_is_not_understood_ends_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(arguments)

    assert "usage: python -m local" in capsys.readouterr().err


def test_reset_throws_the_data_away(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    main(["--data", str(folder), "token", "viewer"])

    assert main(["--data", str(folder), "reset", "--yes"]) == 0
    assert not folder.exists()


@pytest.mark.parametrize("command", [["reset", "--yes"], ["verify"]])
def test_what_needs_the_data_for_itself_says_so_while_a_server_has_it(
    tmp_path: Path, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with Machine(folder=tmp_path).held():
        code = main(["--data", str(tmp_path), *command])

    assert code == 1
    assert "Another Streetlight is running" in capsys.readouterr().err


def test_an_empty_store_verifies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "verify"]) == 0
    assert capsys.readouterr().out == "0 chains and 0 files verified, none broken.\n"


def test_a_published_file_that_is_gone_and_one_that_nobody_named_are_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--data", str(tmp_path)]
    main([*command, "publish"])
    folder = Path(capsys.readouterr().out.strip().rpartition(" ")[2])
    (folder / "notes.txt").write_text("left here")
    key = f"published/{folder.name}"

    assert main([*command, "verify"]) == 0
    assert capsys.readouterr().out.splitlines()[2:] == [
        "2 chains and 14 files verified, none broken.",
        "Beside them, 1 file that no record names:",
        f"    {key}/notes.txt: publication#{folder.name}, which is made, does not name it",
    ]

    (folder / "summary.csv").unlink()
    assert main([*command, "verify"]) == 1
    office, publication, problem, total, *_ = capsys.readouterr().out.splitlines()
    assert (office[:31], office[-5:]) == ("publications#office  2 records ", "whole")
    assert publication.startswith(f"publication#{folder.name}  2 records and 14 files  ")
    assert publication.endswith("BROKEN")
    assert problem.startswith(f"    {key}/summary.csv is gone: record 2 of publication#{folder.name} says that it holds ")
    assert total == "2 chains and 14 files verified, 1 broken."


def test_a_publication_is_made_again_and_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--data", str(tmp_path)]
    main([*command, "publish"])
    folder = Path(capsys.readouterr().out.strip().rpartition(" ")[2])
    manifest = (folder / "manifest.json").read_bytes()

    assert main([*command, "rebuild", folder.name]) == 0
    heading, *files, total = capsys.readouterr().out.splitlines()
    assert heading.startswith(f"publication#{folder.name}, made by version 0.1.0+")
    assert files[-1] == f"    manifest.json  {len(manifest):,} bytes  {sha256(manifest).hexdigest()}  the same"
    assert total == "14 files made again, none different."


@pytest.mark.parametrize(("running", "hints"), [("0.1.0", 0), ("0.2.0", 1)])
def test_what_comes_out_different_is_told_and_so_is_other_code(running: str, hints: int) -> None:
    was, other = File(name="summary.csv", sha256="aa", size=1_200), File(name="summary.csv", sha256="bb", size=1_201)
    files = (
        Rebuilt(name="index.html", recorded=None, made=replace(was, name="index.html")),
        Rebuilt(name="manifest.json", recorded=was, made=was),
        Rebuilt(name="summary.csv", recorded=was, made=other),
    )
    again = Rebuilding(name=Name(Kind.PUBLICATION, "2024-04-01-1"), code_version="0.1.0", files=files)

    heading, *lines = comparison(again, running)

    assert heading == "publication#2024-04-01-1, made by version 0.1.0 of the code:"
    assert lines[:4] == [
        "    index.html  1,200 bytes  aa  DIFFERENT: recorded were nothing",
        "    manifest.json  1,200 bytes  aa  the same",
        "    summary.csv  1,201 bytes  bb  DIFFERENT: recorded were 1,200 bytes  aa",
        "3 files made again, 2 different.",
    ]
    hint = "This is version 0.2.0, and other code may write other bytes: make it again with the version that made it first."
    assert lines[4:] == [hint] * hints


def test_a_file_that_comes_out_different_ends_the_command_with_1(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--data", str(tmp_path)]
    main([*command, "publish"])
    publication = Path(capsys.readouterr().out.strip().rpartition(" ")[2]).name
    with store_of(Machine(folder=tmp_path)):
        context = context_as(Role.VIEWER)
        made = publications.find(context, publication)
        export = Export(id="1", on=made.on, scope=Scope(grant_id="g"), position={}, rows=0, totals_pence={}, files=made.files[:2])
        name = Name(Kind.EXPORT, "1")
        change(context, lambda: View(Snapshot()), lambda _: Plan(parts=(Part(name, None, (ExportMade(export=export),)),)), lambda _: None)

    assert main([*command, "rebuild", "1"]) == 1
    assert capsys.readouterr().out.splitlines()[-2:-1] == ["2 files made again, 2 different."]


def test_every_gap_is_told_and_nothing_is_published(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    day = date(2020, 1, 1)
    withheld = Withholding(
        particular=Particular.PURPOSE, ground=Ground.SAFETY, review_on=day, decided_by="certifier", decided_on=day - timedelta(days=1)
    )
    main(["--data", str(tmp_path), "verify"])
    capsys.readouterr()
    with store_of(Machine(folder=tmp_path)):
        fact = ParticularWithheld(subject="lighting", withholding=withheld)
        part = Part(Name(Kind.DISCLOSURE, "lighting"), None, (fact,))
        change(context_as(Role.CERTIFIER), lambda: View(Snapshot()), lambda _: Plan(parts=(part,)), lambda _: None)

    assert main(["--data", str(tmp_path), "publish"]) == 1
    assert capsys.readouterr().err.splitlines() == [
        "Nothing was published:",
        "    lighting: withholding the purpose was to be looked at again by 2020-01-01: withhold it anew, or lift it.",
    ]


def test_what_is_not_there_cannot_be_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "rebuild", "2024-04-01-1"]) == 1
    assert capsys.readouterr().err == "There is no finished publication or export with the id '2024-04-01-1'.\n"


def test_what_can_be_no_id_is_refused_in_words(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["--data", str(tmp_path), "rebuild", "publication#1"])
    assert "an id has digits, small letters and '-', unlike 'publication#1'" in capsys.readouterr().err


def test_an_empty_store_has_no_quarter_to_close(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(tmp_path), "close", "2023-24-Q3"]) == 0
    assert capsys.readouterr().out == "2023-24-Q3: 0 closed, 0 closed before, 0 stopped.\n"


def test_a_link_that_the_app_signed_opens_its_file_under_its_name(tmp_path: Path) -> None:
    machine = Machine(folder=tmp_path)
    guard = signed_links(machine)

    assert guard("exports/1.csv", link_query(machine)) == {"Content-Disposition": 'attachment; filename="entries 2023-24.csv"'}


@pytest.mark.parametrize(
    ("key", "days_ago", "why"),
    [("exports/2.csv", 0, "was not signed here, or was changed since"), ("exports/1.csv", 2, "has expired")],
)
def test_another_files_link_or_an_old_one_opens_nothing(tmp_path: Path, key: str, days_ago: int, why: str) -> None:
    machine = Machine(folder=tmp_path)
    query = link_query(machine, days_ago=days_ago)

    with pytest.raises(NotAllowed, match=why):
        signed_links(machine)(key, query)


def link_query(machine: Machine, *, days_ago: int = 0) -> str:
    objects = FolderObjects(machine.objects, machine.objects_url, machine.link_key().encode())
    objects.put("exports/1.csv", io.BytesIO(b"a,b\n"), content_type="text/csv")
    now = datetime.now(UTC) - timedelta(days=days_ago)
    return objects.link("exports/1.csv", seconds=86400, now=now, filename="entries 2023-24.csv").partition("?")[2]
