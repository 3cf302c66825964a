"""HTML from plain functions: text is escaped unless it was made here, so nothing that somebody typed becomes markup."""

from __future__ import annotations

from html import escape


class Markup(str):
    """HTML that is safe as it stands."""

    __slots__ = ()


# A page that can be read in its source, and compared line by line.
_ON_A_LINE = frozenset({"caption", "dd", "h1", "h2", "head", "header", "li", "main", "p", "rect", "section", "style", "tr"})


def element(tag: str, *inside: str, **attributes: str) -> Markup:
    """An element: `element("td", "£1", class_="money")`. An attribute's underscores are hyphens, but for one at the end."""
    end = "\n" if tag in _ON_A_LINE else ""
    return Markup(f"{_opening(tag, attributes)}{joined(*inside)}</{tag}>{end}")


def void(tag: str, **attributes: str) -> Markup:
    """An element that holds nothing and is not closed, such as `meta`."""
    return Markup(_opening(tag, attributes))


def joined(*inside: str) -> Markup:
    """Several pieces one after another: markup as it stands, any other text escaped."""
    return Markup("".join(each if isinstance(each, Markup) else escape(each) for each in inside))


def _opening(tag: str, attributes: dict[str, str]) -> str:
    written = "".join(f' {name.rstrip("_").replace("_", "-")}="{escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>"
