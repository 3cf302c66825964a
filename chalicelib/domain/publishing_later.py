"""Publishing a draft later: what its chain says of it, where it is too large for the request that asks for it."""

from __future__ import annotations

from typing import ClassVar

from chalicelib.domain.values import Struct


class PublishingAsked(Struct, frozen=True, kw_only=True):
    """Somebody who may publish asked for this draft to be published. The schedule does it in their name."""

    KIND: ClassVar = "publishing_asked"

    by: str


class PublishingEnded(Struct, frozen=True, kw_only=True):
    """This draft is not to be published after all, for now: it was refused, or somebody cancelled it."""

    KIND: ClassVar = "publishing_ended"

    why: str
