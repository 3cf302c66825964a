"""E-mail addresses: one mailbox, and nothing smuggled in beside it."""

import pytest

from chalicelib.domain.email_addresses import address_problem


@pytest.mark.parametrize("text", ["returns@council.example", "safer.streets+returns@stoke-on-trent.council.example", "_x@a-b.example"])
def test_an_address_is_taken(text: str) -> None:
    assert address_problem(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "returns",
        "returns@council",
        "@council.example",
        "returns @council.example",
        "Returns <returns@council.example>",
        "a@council.example,b@council.example",
        "returns@council.example\n",
        "returns@council.example\r\nBcc: b@council.example",
        "returns@-council.example",
        "r\u00e9turns@council.example",
        "a@" + "b." * 130 + "example",
    ],
)
def test_what_is_no_single_plain_address_is_refused(text: str) -> None:
    assert address_problem(text) == f"{text!r} is not an e-mail address such as returns@council.example"
