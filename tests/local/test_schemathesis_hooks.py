import tomllib

import pytest

from local.machine import ROOT
from local.schemathesis_hooks import MOVED, POSTED_TO, added_up, whole

PLAN = "\n".join(each.read_text() for each in sorted((ROOT / "local/example/plan").glob("*.toml")))
CONFIGURATION = tomllib.loads((ROOT / "local/schemathesis.toml").read_text())


def test_a_whole_number_is_sent_without_a_point_however_deep_it_lies() -> None:
    assert repr(whole({"a": [1902.0, 0.5, True, None, {"b": -3.0}]})) == "{'a': [1902, 0.5, True, None, {'b': -3}]}"


@pytest.mark.parametrize(
    ("lines", "uncharged", "document"),
    [
        ([(100, 20), (50, 10)], (0, 0), ("invoice", 150, 30)),
        ([(100, 20)], (25, 5), ("invoice", 125, 25)),
        ([(100, 20), (-150, -30)], (0, 0), ("journal", -50, -10)),
        ([(0, 0)], (0, 0), ("journal", 0, 0)),
    ],
)
def test_a_payment_is_made_to_add_up(lines: list[tuple[int, int]], uncharged: tuple[int, int], document: tuple[str, int, int]) -> None:
    body = added_up({"document": {}, "lines": [_amounts(*each) for each in lines], "uncharged": _amounts(*uncharged)})

    kind, net, vat = document
    assert isinstance(body, dict)
    assert body["document"] == {"kind": kind, **_amounts(net, vat)}


def test_a_payment_need_not_say_what_is_uncharged() -> None:
    assert added_up({"document": {}, "lines": [_amounts(1, 2)]}) == {
        "document": {"kind": "invoice", **_amounts(1, 2)},
        "lines": [_amounts(1, 2)],
    }


@pytest.mark.parametrize("body", [None, [], {"lines": []}, {"document": {}, "lines": [{"shares": 1}], "uncharged": {}}])
def test_what_is_no_payment_by_amounts_stays(body: object) -> None:
    assert added_up(body) is body


@pytest.mark.parametrize("name", ["funds", "organisations", "grants", "initiatives"])
def test_the_ids_that_lead_to_the_ledger_are_the_examples(name: str) -> None:
    for each in (*CONFIGURATION["dictionaries"][name]["values"], POSTED_TO, MOVED):
        assert f'id = "{each}"' in PLAN, each


def test_no_check_is_switched_off() -> None:
    assert CONFIGURATION["checks"].keys() == {"positive_data_acceptance", "missing_required_header"}
    assert all(each.keys() == {"expected-statuses"} for each in CONFIGURATION["checks"].values())
    assert not {400, "4xx", 500, "5xx"} & set(CONFIGURATION["checks"]["positive_data_acceptance"]["expected-statuses"])


def _amounts(net: int, vat: int) -> dict[str, int]:
    return {"net_pence": net, "vat_pence": vat}
