"""What the example is made from: published rows, and a plan that names them."""

from pathlib import Path

import msgspec
import pytest

from local.example.figures import Figures, NoSuchFigure
from local.example.plan import FOLDER, read_plan


def test_no_published_amount_is_typed_in_the_plan() -> None:
    published = {abs(figure.amount_pence) for figure in Figures.published()}
    plan = "".join(path.read_text() for path in FOLDER.glob("*.toml"))

    typed = [text for text in plan.split('"') if text.replace(",", "").replace(".", "").removeprefix("-").isdigit() and "." in text]
    assert len(typed) > 100
    assert [text for text in typed if int(text.replace(",", "").replace(".", "").removeprefix("-")) in published] == []


@pytest.mark.parametrize(
    ("named", "basis"),
    [
        ("SSF 1 | Staffordshire PFCC | Fenton", "lower_bound"),
        ("SSF 4 | Stoke-on-Trent (via Staffordshire PFCC) | Etruria", "rounded"),
        ("SSF 4 | Newcastle-under-Lyme BC (via Staffordshire PFCC) | ASB/VAWG", "rounded"),
        ("SSF 5 | Tunstall (Stoke-on-Trent, via Staffordshire PFCC) | 14 CCTV", "lower_bound"),
        ("SSF 2 | Staffordshire PFCC | Hanley", "exact"),
    ],
)
def test_a_rows_own_words_say_how_firm_its_amount_is(named: str, basis: str) -> None:
    assert Figures.published()[named].basis == basis


@pytest.mark.parametrize(
    ("named", "why"),
    [
        ("SSF 5 | Warwickshire PCC | Year 2", "3 published rows"),
        ("SSF 5 | Warwickshire PCC | Year 3", "0 published rows .* there are: Year 1 allocation; Year 2 original allocation"),
        ("SSF 6 | Warwickshire PCC | Year 1", "0 published rows .* there are: none"),
    ],
)
def test_a_name_that_does_not_mean_exactly_one_row_is_refused(named: str, why: str) -> None:
    with pytest.raises(NoSuchFigure, match=why):
        Figures.published()[named]


def test_every_plan_stands_in_the_file_of_its_grants_name() -> None:
    assert [file.grant.id for file in read_plan().grants] == sorted(path.stem for path in FOLDER.glob("*.toml") if path.stem != "registers")


def test_a_plan_with_a_word_that_nobody_knows_is_refused_with_its_place(tmp_path: Path) -> None:
    for name in ("registers", "ssf-1-staffordshire"):
        text = (FOLDER / f"{name}.toml").read_text()
        (tmp_path / f"{name}.toml").write_text(text.replace("payer =", "payor =", 1))

    with pytest.raises(msgspec.ValidationError, match=r"unknown field `payor` - at `\$.spending"):
        read_plan(tmp_path)
