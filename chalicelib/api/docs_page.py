"""The OpenAPI document as one readable page: no script, nothing loaded from elsewhere, headings and tables in order."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from html import escape
from typing import cast

Json = Mapping[str, object]

STYLE = """
body { margin: 0 auto; max-width: 62rem; padding: 1rem 1.5rem 4rem; color: #0b0c0c; background: #fff;
  font: 1.1875rem/1.4 "Helvetica Neue", Arial, sans-serif; }
h1 { font-size: 2.5rem; } h2 { font-size: 1.75rem; margin-top: 3.5rem; border-top: 2px solid #1d70b8; padding-top: 1rem; }
h3 { font-size: 1.3rem; margin-top: 2.5rem; } h4 { font-size: 1.0625rem; margin-bottom: .25rem; }
a { color: #1d70b8; } a:hover { color: #003078; } a:visited { color: #4c2c92; }
a:focus { outline: 3px solid transparent; color: #0b0c0c; background: #fd0; box-shadow: 0 -2px #fd0, 0 4px #0b0c0c; }
code { font: .9375em/1.3 ui-monospace, Menlo, Consolas, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; margin: 0 0 1rem; font-size: 1rem; }
caption { text-align: left; font-weight: bold; padding: .5rem 0; }
th, td { text-align: left; vertical-align: top; padding: .4rem 1rem .4rem 0; border-bottom: 1px solid #b1b4b6; }
.method { display: inline-block; min-width: 4rem; } .roles { color: #505a5f; }
.skip { position: absolute; left: -9999px; } .skip:focus { position: static; }
@media (max-width: 45rem) {
  body { padding: 1rem 1rem 4rem; font-size: 1.0625rem; } h1 { font-size: 2rem; } h1, h2, h3, a { overflow-wrap: anywhere; }
  nav ul { padding-left: 1.25rem; }
  table, caption, tbody, tr, td { display: block; } thead { position: absolute; left: -9999px; }
  tr { border-bottom: 1px solid #b1b4b6; padding: .4rem 0; } td { border: 0; padding: .1rem 0; overflow-wrap: anywhere; }
}
"""

POLICY = (
    f"default-src 'none'; style-src 'sha256-{b64encode(sha256(STYLE.encode()).digest()).decode()}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
"""The page's Content-Security-Policy: its own style sheet and nothing else."""


def page(document: Json) -> str:
    """The document as HTML."""
    info = _object(document["info"])
    title = f"{info['title']} API {info['version']}"
    return "".join(
        (
            f'<!doctype html>\n<html lang="en-GB"><head><meta charset="utf-8"><title>{escape(title)}</title>',
            f'<meta name="viewport" content="width=device-width, initial-scale=1"><style>{STYLE}</style></head><body>',
            f'<a class="skip" href="#main">Skip to main content</a><main id="main"><h1>{escape(title)}</h1>',
            _prose(str(info["description"])),
            '<p>The same as an <a href="openapi.json">OpenAPI 3.1 document</a>.</p>',
            _contents(document),
            *(_section(tag, document) for tag in _tags(document)),
            _schemas(document),
            "</main></body></html>\n",
        )
    )


def _tags(document: Json) -> list[str]:
    return [str(_object(tag)["name"]) for tag in _list(document["tags"])]


def _operations(document: Json, tag: str) -> Iterator[tuple[str, str, Json]]:
    for path, methods in _object(document["paths"]).items():
        for method, operation in _object(methods).items():
            if tag in _list(_object(operation)["tags"]):
                yield method.upper(), path, _object(operation)


def _contents(document: Json) -> str:
    def entries(tag: str) -> str:
        links = (
            f'<li><a href="#{operation["operationId"]}">{escape(str(operation["summary"]))}</a> <code>{method} {escape(path)}</code></li>'
            for method, path, operation in _operations(document, tag)
        )
        return f'<li><a href="#tag-{tag}">{escape(tag.capitalize())}</a><ul>{"".join(links)}</ul></li>'

    return f'<nav aria-label="Contents"><ul>{"".join(map(entries, _tags(document)))}</ul></nav>'


def _section(tag: str, document: Json) -> str:
    operations = (_operation(*each) for each in _operations(document, tag))
    return f'<h2 id="tag-{tag}">{escape(tag.capitalize())}</h2>{"".join(operations)}'


def _operation(method: str, path: str, operation: Json) -> str:
    body = _object(operation.get("requestBody", {}))
    return "".join(
        (
            f'<h3 id="{operation["operationId"]}">{escape(str(operation["summary"]))}</h3>',
            f'<p><code><b class="method">{method}</b> {escape(path)}</code></p>',
            _prose(str(operation["description"])),
            _parameters(_list(operation["parameters"])),
            f"<h4>Body</h4><p>{_type(_content(body))}</p>" if body else "",
            _answers(_object(operation["responses"])),
        )
    )


def _parameters(parameters: Iterable[object]) -> str:
    rows = [
        (
            f"<code>{escape(str(each['name']))}</code>",
            f"{escape(str(each['in']))}{', required' if each['required'] else ''}",
            _type(_object(each["schema"])),
            escape(str(each.get("description", ""))),
        )
        for each in map(_object, parameters)
    ]
    return _table("Parameters", ("Name", "Where", "Type", "Meaning"), rows)


def _answers(responses: Json) -> str:
    rows = []
    for status, response in responses.items():
        facts = _object(response)
        names = ", ".join(f"<code>{escape(str(each))}</code>" for each in _list(facts.get("x-problems", [])))
        what = names or (_type(_content(facts)) if "content" in facts else "")
        rows.append((f"<b>{status}</b>", escape(str(facts["description"])), what))
    return _table("Answers", ("Status", "Meaning", "Body, or problem types"), rows)


def _schemas(document: Json) -> str:
    schemas = _object(_object(document["components"])["schemas"])
    return '<h2 id="schemas">What is sent and answered</h2>' + "".join(_schema(name, _object(each)) for name, each in schemas.items())


def _schema(name: str, schema: Json) -> str:
    required = _list(schema.get("required", []))
    rows = [
        (
            f"<code>{escape(member)}</code>{'' if member in required else ' (optional)'}",
            _type(_object(facts)),
            escape(_meaning(_object(facts))),
        )
        for member, facts in _object(schema.get("properties", {})).items()
    ]
    about = _prose(str(schema.get("description", "")))
    values = "" if "properties" in schema else f"<p>{_type(schema)}</p>"
    table = _table("Members", ("Name", "Type", "Meaning"), rows)
    return f'<h3 id="schema-{escape(name)}">{escape(str(schema.get("title", name)))}</h3>{about}{values}{table}'


def _meaning(schema: Json) -> str:
    """A schema's description, or that of the one alternative that has one, with an example."""
    inner = [_object(each) for each in _list(schema.get("anyOf", []))]
    found = next((each for each in (schema, *inner) if "description" in each), schema)
    examples = _list(found.get("examples", []))
    return f"{found.get('description', '')}{f' Example: {examples[0]}' if examples else ''}".strip()


def _type(schema: Json) -> str:
    """A schema in a few words, with links to the named ones."""
    if "$ref" in schema:
        name = str(schema["$ref"]).rpartition("/")[2]
        return f'<a href="#schema-{escape(name)}">{escape(name)}</a>'
    if "anyOf" in schema:
        return " or ".join(_type(_object(each)) for each in _list(schema["anyOf"]))
    if "enum" in schema:
        return "one of " + ", ".join(f"<code>{escape(str(each))}</code>" for each in _list(schema["enum"]))
    if schema.get("type") == "array":
        return f"list of {_type(_object(schema.get('items', {})))}"
    bounds = ", ".join(f"{words} {schema[key]}" for key, words in _BOUNDS.items() if key in schema)
    form = f" <code>{escape(str(schema['pattern']))}</code>" if len(str(schema.get("pattern", "x" * 99))) < 60 else ""
    return escape(str(schema.get("format") or schema.get("type", "anything"))) + form + (f", {escape(bounds)}" if bounds else "")


_BOUNDS = {
    "minimum": "at least",
    "maximum": "at most",
    "minLength": "characters at least",
    "maxLength": "characters at most",
    "default": "otherwise",
}


def _content(facts: Json) -> Json:
    first = next(iter(_object(facts["content"]).values()))
    return _object(_object(first)["schema"])


def _table(caption: str, columns: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    # On a narrow screen rows become blocks, and to some screen readers a table is none then: the roles say that it still is.
    lines = ["".join(f'<td role="cell">{cell}</td>' for cell in row) for row in rows]
    if not lines:
        return ""
    head = "".join(f'<th scope="col" role="columnheader">{escape(column)}</th>' for column in columns)
    body = "".join(f'<tr role="row">{line}</tr>' for line in lines)
    return (
        f'<table role="table"><caption>{escape(caption)}</caption><thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )


_CODE = re.compile("`([^`]+)`")
_AS_CODE = r"<code>\1</code>"


def _prose(text: str) -> str:
    paragraphs = (escape(each).replace("\n", " ") for each in text.split("\n\n") if each)
    return "".join(f"<p>{_CODE.sub(_AS_CODE, each)}</p>" for each in paragraphs)


def _object(value: object) -> Json:
    return cast("Json", value)


def _list(value: object) -> list[object]:
    return cast("list[object]", value)
