"""What holds of every command of `python -m local`: its help, its exit codes, and what a program reads of it."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import jwt
import pytest

from chalicelib.domain.people import Role
from chalicelib.services import profiles
from local.__main__ import main
from local.commands import COMMANDS, Command, Needs
from local.exit_codes import ExitCode
from local.machine import ROOT, Machine
from local.offline import data_of
from tests.extracts.layouts import PAYMENTS, row
from tests.services.importing import csv
from tests.services.offices import Office

NOTHING = "0" * 32
DIGEST = "0" * 64


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of a small office with a profile, as a server would have left it."""
    machine = Machine(folder=tmp_path_factory.mktemp("data"))
    with data_of(machine, Role.FINANCE) as context:
        office = Office(store=context.store, folder=machine.objects).open()
        profiles.add(office.context(), PAYMENTS)
    return machine.folder


def extract(folder: Path, *rows: Sequence[str]) -> str:
    file = folder / "October.csv"
    file.write_bytes(csv(*(list(each) for each in rows)))
    return str(file)


def read(capsys: pytest.CaptureFixture[str]) -> dict[str, object]:
    """The one document that was printed."""
    (line,) = capsys.readouterr().out.splitlines()
    document: dict[str, object] = json.loads(line)
    return document


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_every_command_says_what_it_needs_how_it_ends_and_how_it_is_used(command: Command, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main([command.name, "--help"])

    told = capsys.readouterr().out
    assert command.summary in told
    assert command.needs.value in told
    assert f"\n  0  {ExitCode.DONE.meaning}\n  1  {command.ends}\n  2  {ExitCode.MISUSED.meaning}\n" in told
    assert command.examples
    assert all(f"\n  python -m local {example}" in told for example in command.examples)
    assert ("--json" in told) is (command.needs is not Needs.SERVER)


def test_the_help_lists_every_command_under_what_it_works_on(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--help"])

    serving, stopped, always = (part.splitlines() for part in capsys.readouterr().out.split("\n\n")[3:6])
    assert [line.split()[0] for line in serving] == ["serve:", "run", "schemathesis"]
    assert "work on the data folder, with the server stopped:" in stopped
    assert [line.split()[0] for line in always] == ["at", "token", "tokens"]
    assert len(serving) + len(stopped) + len(always) == len(COMMANDS) + 3


REFUSED = [
    (["import", "extract", "--profile", "nowhere"], 404, "There is no profile with the id 'nowhere'."),
    (["preview", NOTHING], 404, f"There is no import with the id '{NOTHING}'."),
    (["commit", NOTHING, DIGEST], 404, f"There is no import with the id '{NOTHING}'."),
    (["publish", "2024-04-01-1"], 404, "There is no publication with the id '2024-04-01-1'."),
    (["rebuild", "2024-04-01-1"], 404, "There is no finished publication or export with the id '2024-04-01-1'."),
]


@pytest.mark.parametrize(("words", "status", "detail"), REFUSED, ids=lambda each: each[0] if isinstance(each, list) else None)
def test_a_program_is_told_of_a_refusal_in_problem_details(
    data: Path, tmp_path: Path, words: list[str], status: int, detail: str, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [extract(tmp_path, row()) if word == "extract" else word for word in words]
    assert main(["--data", str(data), *words, "--json"]) == ExitCode.NOT_DONE

    problem = read(capsys)
    assert (problem["type"], problem["status"], problem["detail"]) == ("/problems/missing", status, detail)
    assert "instance" not in problem

    assert main(["--data", str(data), *words]) == ExitCode.NOT_DONE
    assert capsys.readouterr() == ("", f"{detail}\n")


def test_a_refused_option_is_named_as_it_is_typed(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "export", "entries", "--year", "2023-24", "--quarter", "2022-23-Q1", "--json"]) == ExitCode.NOT_DONE

    assert read(capsys)["errors"] == [{"pointer": "/quarter", "detail": "2022-23-Q1 is not in 2023-24", "option": "--quarter"}]


def test_data_that_a_server_has_is_told_to_a_program_too(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with Machine(folder=data).held():
        assert main(["--data", str(data), "verify", "--json"]) == ExitCode.NOT_DONE

    problem = read(capsys)
    assert (problem["type"], problem["title"]) == ("about:blank", "Another Streetlight runs on the same data.")
    assert problem["detail"] == f"Another Streetlight is running on the data in {data}. Stop it first."


@pytest.mark.parametrize(
    ("words", "detail"),
    [
        (["import", "October.csv", "--profile", "p"], "argument file: there is no file 'October.csv'"),
        (["import", "README.md"], "the following arguments are required: --profile"),
        (["verify", "docs"], "argument folder: there is no manifest.json in 'docs': a publication's files have one"),
        (["publish", "2024-04-01-1", "--draft"], "argument --draft: not allowed with argument draft"),
        (["export", "entries", "--year", "2023"], "argument --year"),
        (["token", "king"], "argument role: invalid choice"),
    ],
)
def test_what_is_not_understood_ends_with_2_and_is_told_to_a_program_too(
    words: list[str], detail: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with pytest.raises(SystemExit, match="2"):
        main([*words, "--json"])

    told = capsys.readouterr()
    problem = json.loads(told.out)
    assert problem["title"] == "The command was not understood."
    assert detail in problem["detail"]
    assert told.err.startswith("usage: python -m local ")


def test_the_hash_of_a_manifest_goes_with_a_folder(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--data", str(data), "verify", "--manifest-sha256", DIGEST]) == ExitCode.MISUSED
    assert capsys.readouterr().err == "--manifest-sha256 and --earlier go with a publication's folder.\n"


def test_a_program_imports_previews_anew_and_commits(data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = extract(tmp_path, row(number="31", amount="£1,000.00"), row(number="32", on="x"))
    assert main(["--data", str(data), "import", file, "--profile", "payments", "--json"]) == ExitCode.NOT_DONE
    brought = read(capsys)
    assert brought["complaints"] == [
        {
            "sheet": "",
            "row": 3,
            "column": "Payment date",
            "value": "x",
            "wrong": "is not a date",
            "right": "a date such as 25/06/2012, 25-Jun-2012 or 2012-06-25",
        }
    ]

    assert main(["--data", str(data), "preview", str(brought["id"]), "--json"]) == ExitCode.NOT_DONE
    again = read(capsys)
    assert (again["id"], again["state"], again["version"]) == (brought["id"], "previewed", "3")

    preview = again["preview"]
    assert isinstance(preview, dict)
    commit = ["commit", str(again["id"]), preview["digest"], "--json"]
    assert main(["--data", str(data), *commit]) == ExitCode.DONE
    committed = read(capsys)
    assert (committed["state"], committed["posted_pence"], committed["suspense"]) == ("committed", 100_000, [])

    assert main(["--data", str(data), "preview", str(again["id"]), "--json"]) == ExitCode.NOT_DONE
    assert (problem := read(capsys))["type"] == "/problems/not-in-state", problem


def test_a_changed_row_says_by_which_number_its_correction_is_confirmed(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    brought = commit_of(data, extract(tmp_path, row(number="41", amount="100.00")), capsys)
    assert brought["posted"] == 1

    main(["--data", str(data), "import", extract(tmp_path, row(number="41", amount="90.00")), "--profile", "payments"])
    assert "    row 2: £100.00 is entered, it says £90.00 now; to correct it, commit with --confirm 1\n" in capsys.readouterr().out

    corrected = commit_of(data, extract(tmp_path, row(number="41", amount="90.00")), capsys, "--confirm", "1")
    assert (corrected["posted"], corrected["posted_pence"]) == (1, -1_000)


def commit_of(data: Path, file: str, capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, object]:
    """An extract, imported and committed."""
    main(["--data", str(data), "import", file, "--profile", "payments", "--json"])
    brought = read(capsys)
    preview = brought["preview"]
    assert isinstance(preview, dict)
    main(["--data", str(data), "commit", str(brought["id"]), preview["digest"], "--json", *words])
    return read(capsys)


def test_a_draft_is_made_published_verified_and_made_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--data", str(tmp_path)]
    assert main([*command, "publish", "--draft", "--json"]) == ExitCode.DONE
    draft = read(capsys)
    assert draft["state"] == "drafted"
    assert Path(str(draft["place"])).is_file()

    assert main([*command, "publish", str(draft["id"]), "--json"]) == ExitCode.DONE
    made = read(capsys)
    assert (made["id"], made["state"]) == (draft["id"], "made")

    folder, digest = str(made["place"]), str(made["manifest_sha256"])
    assert main([*command, "verify", folder, "--manifest-sha256", digest, "--json"]) == ExitCode.DONE
    assert read(capsys)["holds"] is True
    assert main([*command, "verify", folder, "--manifest-sha256", DIGEST]) == ExitCode.NOT_DONE
    assert capsys.readouterr().out.splitlines()[-1].startswith("VERDICT: IT DOES NOT HOLD.")

    assert main([*command, "rebuild", str(made["id"]), "--json"]) == ExitCode.DONE
    again = read(capsys)
    assert isinstance(again["files"], list)
    assert all(file["is_the_same"] for file in again["files"])


def test_verifying_tells_a_program_what_is_broken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--data", str(tmp_path)]
    main([*command, "publish", "--json"])
    made = read(capsys)
    assert main([*command, "verify", "--json"]) == ExitCode.DONE
    verdict = read(capsys)
    assert (verdict["holds"], verdict["chains"], verdict["broken"]) == (True, 2, [])

    folder = Path(str(made["place"]))
    (folder / "summary.csv").write_text("another")
    assert main([*command, "verify", "--json"]) == ExitCode.NOT_DONE
    broken = read(capsys)["broken"]
    assert isinstance(broken, list)
    assert [each["name"] for each in broken] == [f"publication#{made['id']}"]
    assert main([*command, "verify", str(folder), "--json"]) == ExitCode.NOT_DONE
    assert "summary.csv" in str(read(capsys)["problems"])


def test_closing_and_reminding_tell_a_program(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREETLIGHT_REMINDER_DAYS", raising=False)
    assert main(["--data", str(data), "close", "2022-23-Q4", "--json"]) in (ExitCode.DONE, ExitCode.NOT_DONE)
    closed = read(capsys)
    assert closed["quarter"] == "2022-23-Q4"
    assert isinstance(closed["grants"], list)
    assert all(each.keys() == {"grant_id", "ending", "stopped_by"} for each in closed["grants"])

    assert main(["--data", str(data), "reminders", "--json"]) == ExitCode.DONE
    assert read(capsys) == {"reminders": [], "messages": []}


def test_a_token_for_one_role_or_for_each(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["--data", str(tmp_path), "--port", "8123"]
    main([*command, "token", "finance", "--json"])
    one = read(capsys)
    assert (one["role"], one["issuer"]) == ("finance", "http://127.0.0.1:8123")
    assert jwt.decode(str(one["token"]), options={"verify_signature": False})["roles"] == ["finance"]

    main([*command, "tokens", "--json"])
    every = read(capsys)["tokens"]
    assert isinstance(every, dict)
    assert sorted(every) == sorted(role.value for role in Role)
    main([*command, "tokens"])
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == [role.value for role in Role]


def test_reset_wants_a_yes_and_nobody_is_there_to_say_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--data", str(tmp_path), "token", "viewer"])
    capsys.readouterr()

    assert main(["--data", str(tmp_path), "reset"]) == ExitCode.NOT_DONE
    assert capsys.readouterr().err == f"Nothing was thrown away: say --yes to throw away everything in {tmp_path}.\n"
    assert main(["--data", str(tmp_path), "reset", "--json"]) == ExitCode.NOT_DONE
    assert read(capsys)["title"] == "Nothing was thrown away."
    assert (tmp_path / "signing-key.pem").exists()


def test_reset_leaves_a_folder_alone_that_has_something_else_in_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "thesis.odt").touch()

    assert main(["--data", str(tmp_path), "reset", "--yes"]) == ExitCode.NOT_DONE
    assert capsys.readouterr().err == f"Nothing was thrown away: thesis.odt in {tmp_path} is not Streetlight's.\n"
    assert (tmp_path / "thesis.odt").exists()


@pytest.mark.slow
@pytest.mark.parametrize(("said", "code", "left"), [("yes", 0, False), ("y", 1, True)])
def test_reset_asks_whoever_is_at_the_terminal(tmp_path: Path, said: str, code: int, left: bool) -> None:
    folder = tmp_path / "data"
    main(["--data", str(folder), "token", "viewer"])

    told = "".join(typed(["--data", str(folder), "reset"], f"{said}\n"))

    assert f"Throw away everything in {folder}? Nothing brings it back. Type yes: " in told
    assert told.endswith(f"[{code}]")
    assert folder.exists() is left


@pytest.mark.slow
def test_a_bar_is_drawn_on_a_terminal_beside_one_document_on_stdout(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "out.json"

    told = "".join(typed(["--data", str(data), "export", "entries", "--year", "2023-24", "--json"], "", out=file))

    assert "[##############################]" in told
    assert json.loads(file.read_text())["files"]


def typed(arguments: list[str], keys: str, *, out: Path | None = None) -> Iterator[str]:
    """What a command says at a terminal of its own, and at the end its exit code."""
    ours, theirs = pty.openpty()
    with (out or Path(os.devnull)).open("w") as file:
        command = [sys.executable, "-m", "local", *arguments]
        process = subprocess.Popen(command, cwd=ROOT, stdin=theirs, stdout=file if out else theirs, stderr=theirs)
        os.close(theirs)
        os.write(ours, keys.encode())
        while chunk := _read(ours):
            yield chunk
        yield f"[{process.wait()}]"
    os.close(ours)


def _read(terminal: int) -> str:
    try:
        return os.read(terminal, 4096).decode()
    except OSError:  # the other end is closed
        return ""
