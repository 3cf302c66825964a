"""The example: published awards of four offices, loaded through the API, with spending that says it is illustrative."""

from __future__ import annotations

from collections.abc import Mapping

from local.example.calls import Api, ExampleNotLoaded
from local.example.figures import Figures
from local.example.loading import Loading, Say
from local.example.plan import read_plan

__all__ = ["ExampleNotLoaded", "load"]


def load(base_url: str, tokens: Mapping[str, str], *, say: Say = print) -> None:
    """Load the example into the office at an address and publish it once; what is there already stays as it is.

    `tokens` holds a token for each role by its name. Raises ExampleNotLoaded; a load that was broken off is repeated.
    """
    say("Loading the example through the API (once; it takes some seconds) ...")
    with Api(base_url, tokens) as api:
        loading = Loading(api, read_plan(), Figures.published(), say)
        loading.run()
        loading.publish()
