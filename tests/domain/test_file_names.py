"""Names of files: what people call them is kept, and what could mislead anybody or anything is refused."""

import pytest

from chalicelib.domain.file_names import composed, in_ascii, problem_with

GRAVE = "e\N{COMBINING GRAVE ACCENT}"


@pytest.mark.parametrize(
    "name",
    [
        "Invoice 1041.pdf",
        "t.csv",
        "Photo (2) of the lamp-post, Hanley & Burslem.jpg",
        "Goleuadau T\N{LATIN SMALL LETTER Y WITH CIRCUMFLEX}.pdf",
        "\N{CYRILLIC SMALL LETTER A}\N{CYRILLIC SMALL LETTER BE}.pdf",
        "O'Brien + sons.pdf",
        "_draft-3.docx",
        "2024..final.pdf",
        "console.txt",
        "com10.txt",
        "a" * 196 + ".pdf",
    ],
)
def test_a_name_that_people_give_to_a_file_is_taken(name: str) -> None:
    assert problem_with(name) is None


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "must have 1 to 200 bytes"),
        ("a" * 197 + ".pdf", "must have 1 to 200 bytes"),
        ("\N{LATIN SMALL LETTER Y WITH CIRCUMFLEX}" * 99 + ".pdf", "must have 1 to 200 bytes"),
        ("../invoice.pdf", "may not hold /"),
        ("/etc/passwd", "may not hold /"),
        ("a\\b.pdf", "may not hold \\"),
        ("C:invoice.pdf", "may not hold :"),
        ("a\N{FULLWIDTH SOLIDUS}b.pdf", "U+FF0F"),
        ("a\N{FRACTION SLASH}b.pdf", "U+2044"),
        ("a\N{VULGAR FRACTION ONE HALF}.pdf", "U+2044"),
        ("a\0.pdf", "U+0000"),
        ("a\r\nSet-Cookie: b.pdf", "U+000D"),
        ("a\x1b[2J.pdf", "U+001B"),
        ("a\x7f.pdf", "U+007F"),
        ("a\N{RIGHT-TO-LEFT OVERRIDE}fdp.exe", "U+202E"),
        ("a\N{RIGHT-TO-LEFT MARK}.pdf", "U+200F"),
        ("a\N{RIGHT-TO-LEFT ISOLATE}.pdf", "U+2067"),
        ("a\N{ZERO WIDTH JOINER}.pdf", "U+200D"),
        ("a\N{NO-BREAK SPACE}b.pdf", "U+00A0"),
        ("a\N{LINE SEPARATOR}b.pdf", "U+2028"),
        ("a\ud800.pdf", "U+D800"),
        ("a\ue000.pdf", "U+E000"),
        ('a".pdf', 'may not hold "'),
        ("a;b.pdf", "may not hold ;"),
        ("a%2fb.pdf", "may not hold %"),
        ("a*.pdf", "may not hold *"),
        ("=cmd|x.csv", "may not hold ="),
        (".htaccess", "must begin with"),
        (" a.pdf", "must begin with"),
        ("(1).pdf", "must begin with"),
        ("\N{COMBINING GRAVE ACCENT}a.pdf", "must begin with"),
        ("a.pdf ", "must not end with"),
        ("a.pdf.", "must not end with"),
        ("CON", "must not be what Windows calls a device"),
        ("nul.pdf", "must not be what Windows calls a device"),
        ("Com1.tar.pdf", "must not be what Windows calls a device"),
        ("lpt9 .pdf", "must not be what Windows calls a device"),
        ("COM\N{SUPERSCRIPT ONE}.pdf", "must not be what Windows calls a device"),
    ],
)
def test_a_name_that_misleads_is_refused_and_the_refusal_misleads_nobody(name: str, why: str) -> None:
    problem = problem_with(name)

    assert problem is not None
    assert why in problem
    assert problem.isascii()
    assert problem.isprintable()


def test_an_accent_that_was_typed_by_itself_joins_its_letter() -> None:
    assert composed(GRAVE) == "\N{LATIN SMALL LETTER E WITH GRAVE}"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Invoice 1041.pdf", "Invoice 1041.pdf"),
        ("T\N{LATIN SMALL LETTER Y WITH CIRCUMFLEX} & co.pdf", "Ty _ co.pdf"),
        ("\N{CYRILLIC SMALL LETTER A}.pdf", "_.pdf"),
    ],
)
def test_a_name_can_be_nearly_written_in_ascii(name: str, plain: str) -> None:
    assert in_ascii(name) == plain
