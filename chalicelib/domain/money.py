"""Money is whole pence, as `int`, from the parser to the formatter.

Pounds exist only as text: what people type and files hold comes in through `parse_pounds`, and
goes out through `pounds` (for people) and `decimal_pounds` (for CSV).
"""

import re
from collections.abc import Sequence

# Thirteen digits of pounds stay below 2**53 pence, so that a reader whose JSON numbers are
# doubles (every browser, most spreadsheets) still sees the exact pence.
MOST_POUNDS_DIGITS = 13
_LONGEST_TEXT = 64

_MINUS = "[-\N{MINUS SIGN}]"
_THREE = "[0-9]{3}(?![0-9])"
_WHOLE = r"[0-9]+ | [1-9][0-9]{0,2} (?: ,[0-9]{3} )+"
_AMOUNT = re.compile(
    rf"""
    (?: (?P<open> \( ) | (?P<minus> {_MINUS} ) )?
    \s* £? \s*
    (?(open) | (?(minus) | (?P<inner> {_MINUS} )? ) )
    (?P<whole> {_WHOLE} )
    (?: \. (?P<pence> [0-9]{{1,2}} ) )?
    \s* (?(open) \) )
    """,
    re.VERBOSE,
)

_RIGHT = "write an amount in pounds such as £1,234.56, 1234.5, -1,234.56 or (1,234.56)"
_SLIPS = (
    (re.compile(r""), "is empty"),
    (re.compile(r".*[0-9][eE][-+]?[0-9].*"), "has an exponent"),
    (re.compile(r".*[^\W\d_].*|.*[$€¥].*"), "has letters or the sign of another currency"),
    (re.compile(r".*\.[0-9]{3,}\D*"), "has more than two decimals"),
    (re.compile(r".*[0-9]\.(?![0-9]).*"), "has no pence after the point"),
    (re.compile(r"\D*\.[0-9]+\D*"), "has no pounds before the point"),
    (re.compile(rf".*{_MINUS}.*{_MINUS}.*"), "has more than one minus sign"),
    (re.compile(rf".*[()].*{_MINUS}.*|.*{_MINUS}.*[()].*"), "has both brackets and a minus sign"),
    (re.compile(r"[^()]*[()][^()]*"), "has one bracket without the other"),
    (re.compile(rf".*(?:,(?!{_THREE})|(?<![0-9]),|[0-9]{{4}},|\..*,).*"), "has a misplaced comma"),
    (re.compile(r"\D*0[0-9]*,.*"), "has thousands that start with 0"),
)


class MoneyUnreadable(ValueError):
    """The text is not an amount of money in pounds."""

    def __init__(self, *, text: str, detail: str) -> None:
        super().__init__(f"{text!r} {detail}")
        self.text = text
        self.detail = detail


class MoneyNotText(MoneyUnreadable, TypeError):
    """Something other than text was given where an amount is read from text."""


class NotWholePence(TypeError):
    """Something other than an `int` was given where money is whole pence."""

    def __init__(self, given: object) -> None:
        super().__init__(f"{given!r} is {type(given).__name__}; money is whole pence, as an int")
        self.given = given


class SharesUnusable(ValueError):
    """The shares do not say how to split an amount."""

    def __init__(self, *, shares: Sequence[int], detail: str) -> None:
        super().__init__(detail)
        self.shares = tuple(shares)
        self.detail = detail


def parse_pounds(text: str) -> int:
    """Read an amount in pounds as pence.

    Spaces round the amount, of any width, are passed over, and so are those beside the pound
    sign. Brackets mean a negative amount, as in accounts. Commas must part thousands, and at most
    two decimals may follow the point.

    Raises `MoneyUnreadable` for any other text, and its kind `MoneyNotText` for what is not text:
    a float has already lost its pennies, so it is refused and never rounded.
    """
    if not isinstance(text, str):
        raise MoneyNotText(text=repr(text), detail=f"is {type(text).__name__}, not text: {_RIGHT}")
    if len(text) > _LONGEST_TEXT:
        raise MoneyUnreadable(text=text[:_LONGEST_TEXT], detail=f"is only its beginning: {_RIGHT}")
    read = _AMOUNT.fullmatch(text.strip())
    if read is None:
        raise MoneyUnreadable(text=text, detail=f"{_slip(text.strip())}: {_RIGHT}")
    whole = read["whole"].replace(",", "").lstrip("0")
    if len(whole) > MOST_POUNDS_DIGITS:
        raise MoneyUnreadable(text=text, detail=f"has more than {MOST_POUNDS_DIGITS} digits of pounds: write fewer")
    pence = int(whole + (read["pence"] or "").ljust(2, "0"))
    return -pence if read["open"] or read["minus"] or read["inner"] else pence


def _slip(text: str) -> str:
    """Say what is wrong with an amount that could not be read."""
    return next((what for slip, what in _SLIPS if slip.fullmatch(text)), "is not an amount")


def pounds(pence: int) -> str:
    """Write pence for people: `£1,234.56`, and `-£1,234.56` below nothing."""
    sign, whole, part = _parts(pence)
    return f"{sign}£{whole:,}.{part:02}"


def decimal_pounds(pence: int) -> str:
    """Write pence as a plain decimal of pounds, for CSV: `-1234.56`."""
    sign, whole, part = _parts(pence)
    return f"{sign}{whole}.{part:02}"


def _parts(pence: int) -> tuple[str, int, int]:
    whole, part = divmod(abs(_whole_pence(pence)), 100)
    return ("-" if pence < 0 else ""), whole, part


def _whole_pence(pence: int) -> int:
    # bool is an int to Python; `type` keeps True from becoming a penny.
    if type(pence) is not int:
        raise NotWholePence(pence)
    return pence


def split(total_pence: int, shares: Sequence[int]) -> tuple[int, ...]:
    """Split an amount by whole-number shares into parts that always add up to it.

    The remainder rule: every part is first rounded down towards nothing, then the pennies left
    over go one each to the parts that lost the largest fraction; of equal fractions, the earliest
    line comes first. A negative amount is split as its positive and then negated, so a refund
    mirrors its payment to the penny. A share of nothing gets nothing.

    Raises `SharesUnusable` when there are no shares, one is negative, or all are nothing.
    """
    whole = sum(_checked(shares))
    size = abs(_whole_pence(total_pence))
    parts = [size * share // whole for share in shares]
    # Sorting is stable, so equal fractions keep the order of their lines.
    by_loss = sorted(range(len(shares)), key=lambda line: -(size * shares[line] % whole))
    for line in by_loss[: size - sum(parts)]:
        parts[line] += 1
    return tuple(-part for part in parts) if total_pence < 0 else tuple(parts)


def _checked(shares: Sequence[int]) -> Sequence[int]:
    if any(type(share) is not int for share in shares):
        raise SharesUnusable(shares=shares, detail="shares are whole numbers: give ints")
    if any(share < 0 for share in shares):
        raise SharesUnusable(shares=shares, detail="a share is negative: give 0 or more to each")
    if not any(shares):
        raise SharesUnusable(shares=shares, detail="nothing has a share: give at least one share above 0")
    return shares


def percentage(amount_pence: int, basis_points: int) -> int:
    """Take a percentage of an amount, in hundredths of a per cent, rounded up to the penny.

    Rounded up because it says what is required: half a penny short is short. `5000` basis points
    are 50 per cent.
    """
    return -(-_whole_pence(amount_pence) * _whole_pence(basis_points) // 10_000)
