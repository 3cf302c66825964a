"""Variance codes: added, retired once, never changed."""

import pytest

from chalicelib.domain.errors import NotInState
from chalicelib.domain.variance_codes import VarianceCode, VarianceCodeAdded, VarianceCodeRetired, apply, retire

CODE = VarianceCode(id="late-supplier", words="A supplier was late")


def test_a_retired_code_keeps_its_words() -> None:
    retired = apply(apply(None, VarianceCodeAdded(code=CODE), 1), retire(CODE), 2)

    assert retired == VarianceCode(id="late-supplier", words="A supplier was late", retired=True)


def test_a_code_is_retired_once() -> None:
    with pytest.raises(NotInState, match="is retired; this needs it to be in use"):
        retire(VarianceCode(id="late-supplier", words="A supplier was late", retired=True))


def test_a_code_begins_with_its_addition() -> None:
    with pytest.raises(ValueError, match="a variance code begins with its addition"):
        apply(None, VarianceCodeRetired(), 1)
