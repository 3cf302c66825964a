"""What is refused about an import: a file that cannot be read, a preview that nobody saw, a total that is not met."""

from __future__ import annotations

from dataclasses import dataclass

from chalicelib.domain.errors import Conflict, Refused


@dataclass(eq=False)
class PreviewStale(Conflict):
    """The preview is not what stands there now."""

    given: str
    digest: str
    changed: tuple[str, ...]

    @property
    def detail(self) -> str:
        if self.changed:
            return f"The ledger has moved since it was previewed ({', '.join(self.changed)}): preview it again, look, and commit that."
        return f"You saw the preview {self.given[:12]} and it is now {self.digest[:12]}: read it again, and commit that."


@dataclass(eq=False)
class ControlTotalDiffers(Conflict):
    """The file's own total is not what its rows come to."""

    row: int
    stated_pence: int
    counted_pence: int

    @property
    def detail(self) -> str:
        return (
            f"Row {self.row} states a total of {self.stated_pence} pence and the rows before it come to {self.counted_pence}: put the file "
            "right, or say accept_difference when you have found why."
        )


@dataclass(eq=False)
class NothingToConfirm(Refused):
    """These documents have no correction that could be confirmed."""

    numbers: tuple[int, ...]

    @property
    def detail(self) -> str:
        return f"No changed document of the preview with a correction has the number {', '.join(map(str, self.numbers))}."


@dataclass(eq=False)
class ExtractUnreadable(Refused):
    """The file cannot be read."""

    why: str

    @property
    def detail(self) -> str:
        return self.why
