"""Agreements from the command line: what is printed of a trial balance, and how the command ends."""

from pathlib import Path

import msgspec
import pytest

from local.__main__ import main
from tests.extracts.layouts import row
from tests.local.test_imports import command, extract

__all__ = ["command"]

QUARTER = "2023-24-Q3"


def balance(folder: Path, *totals: str) -> str:
    file = folder / "balance.csv"
    file.write_text("\n".join(("Cost centre,Subjective,Amount", *totals)))
    return str(file)


def test_what_differs_is_printed_with_its_cause_and_ends_the_command_with_1(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main([*command, "import", extract(tmp_path, row(amount="£1,000.00")), "--profile", "payments"])
    capsys.readouterr()

    def agree(*totals: str, more: tuple[str, ...] = ()) -> int:
        return main([*command, "agreement", "ssf-4-example", QUARTER, balance(tmp_path, *totals), "--profile", "payments", *more])

    assert agree('SS4,*,"1,000.01"', "SS5,*,0") == 1
    assert capsys.readouterr().out == (
        "lighting, capital: £1,000.01 there, £0.00 here\n"
        "    not imported: £1,000.00\n"
        "    UNEXPLAINED: £0.01\n"
        "cctv, capital: £0.00 there, £0.00 here\n"
    )
    assert agree("SS4,4100,900", "SS4,4200,£100.00", "", "SS5,*,0", more=("--json",)) == 0
    shown = msgspec.json.decode(capsys.readouterr().out)
    assert [line["unexplained_pence"] for line in shown["lines"]] == [0, 0, 0]


@pytest.mark.parametrize(
    ("total", "told"),
    [
        ("SS4,*,12.345", "12.345"),
        ("SS9,*,5.00", "/totals/0/codes: must be 2 codes that fit a coding of payments"),
    ],
)
def test_what_cannot_be_read_is_refused(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str], total: str, told: str
) -> None:
    assert main([*command, "agreement", "ssf-4-example", QUARTER, balance(tmp_path, total), "--profile", "payments"]) == 1
    assert told in capsys.readouterr().err
