"""What closed quarters reported, as every data file writes it."""

from __future__ import annotations

from chalicelib.domain.columns import Columns


def three_columns(columns: Columns) -> dict[str, dict[str, int]]:
    """The columns in whole pence, by measure: `as_reported_pence`, `as_corrected_pence` and `difference_pence`."""
    return {f"{name}_pence": dict(figures) for name, figures in columns.by_name()}
