"""Every text is data in every format: what came from a file is shown, never obeyed."""

import csv
import io
import json
import shutil
import subprocess
from decimal import Decimal
from fractions import Fraction
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from cmmctl.documents.paper import (
    Chart,
    Decision,
    Facts,
    Heading,
    Ledger,
    PageBreak,
    Paper,
    Paragraph,
    Points,
    Signatures,
)
from cmmctl.render.html import html
from cmmctl.render.markdown import markdown
from cmmctl.render.pdf import pdf, unshown
from cmmctl.render.sheet import sheet
from conftest import Cli, Write

HOSTILE = (
    "*bold* _it_ `code` **b**", "[link](javascript:alert(1))", "![x](http://a.b/c.png)", "<script>alert(1)</script>",
    "&lt; &amp; &#42;", "a | b || c", "# no heading", "## no heading #", "- no list", "+ no list", "1. no list",
    "2) no",
    "> no quote", "=== ---", "--- ", "~~gone~~", "<https://a.b>", "#let x = 1; $ x $ @ref <label> // c", "\\#emph[x]",
    '#read("/etc/passwd")', "=cmd|'/c calc'!A0", "+1+1", "-2+3", "@SUM(A1)", "'quoted", "\x1b[31mred\x1b[0m", "a\nb",
    "a\u202eb", "``` fence", "    indented", "\tx", "C#", "tail \\", "\\", "{{x}}", "100 %", "a  b",
)  # fmt: skip


def whole(text: str) -> Paper:
    """A paper in which a text stands everywhere."""
    parts = (
        Heading(text), Paragraph(text), Paragraph(text, strong=True), Paragraph(text, lead=text), Points([text, text]),
        Facts([(text, text)]), Ledger((text, "n"), [(text, "1"), (text, "2")], frozenset({1}), (text, "3")),
        Signatures([(text, text)]), Decision([text], [text]), Chart(text, [(text, Fraction(3, 2))]), PageBreak(),
        Paragraph("end"),
    )  # fmt: skip
    return Paper(title=text, parts=parts, footer=text, stamp=text)


class Page(HTMLParser):
    """All text of a page, the tags in it, and what they ask for."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.text = ""
        self.style = False
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        self.style = tag in {"style", "title"}

    def handle_endtag(self, tag: str) -> None:  # noqa: ARG002 - the reader's own signature
        self.style = False

    def handle_data(self, data: str) -> None:
        if not self.style:
            self.text += data


def squeezed(text: str) -> str:
    return "".join(text.split())


def visible(text: str) -> str:
    """What a reader should see: control characters as escapes, edges trimmed."""
    return (
        text.replace("\x1b", "\\x1b").replace("\n", "\\n").replace("\u202e", "\\u202e").replace("\t", "\\t").strip()
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_html_shows_what_it_was_given_and_nothing_else(text: str) -> None:
    page = Page(html(whole(text)))
    plain = Page(html(whole("plain")))
    assert page.tags == plain.tags
    assert page.attributes == plain.attributes
    assert squeezed(page.text) == squeezed(plain.text).replace("plain", squeezed(visible(text)))


@given(st.text(alphabet=st.characters(codec="utf-8"), min_size=1, max_size=30).filter(lambda text: text.strip()))
def test_no_text_whatever_becomes_markup(text: str) -> None:
    assert Page(html(whole(text))).tags == Page(html(whole("plain"))).tags


def test_the_whole_page_loads_nothing(cli: Cli, write: Write) -> None:
    write("")
    assert not {"src", "href", "onload"} & Page(cli("export", "summary", "--format", "html").out).attributes


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_says_only_what_it_was_given(text: str) -> None:
    """Read by an independent reader with every extension it has."""
    reader = MarkdownIt("gfm-like", {"linkify": False, "html": True})
    said = Page(reader.render(markdown(whole(text))))
    assert said.tags == Page(reader.render(markdown(whole("plain")))).tags


@pytest.mark.parametrize("text", HOSTILE)
def test_pdf_shows_what_it_was_given(text: str) -> None:
    pytest.importorskip("typst", reason="the extra `documents` is not installed")
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    made = pdf(Paper(title="T", parts=(Paragraph(text), Facts([("F", text)]), Points([text])), footer=""))
    said = subprocess.run(["pdftotext", "-raw", "-", "-"], input=made, capture_output=True, check=True).stdout.decode()
    shown = squeezed(visible(text))
    assert squeezed(said).replace("\u200b", "").count(shown) >= 3


def test_a_word_longer_than_its_column_stays_on_the_page() -> None:
    pytest.importorskip("typst", reason="the extra `documents` is not installed")
    if not shutil.which("pdftotext"):
        pytest.skip("pdftotext is not installed")
    row = ("W" * 120, "S" * 60, "Mar 12, 2026")
    made = pdf(Paper(title="T", parts=(Ledger(("A", "B", "C"), [row]),), footer=""))
    boxes = subprocess.run(
        ["pdftotext", "-bbox", "-", "-"], input=made, capture_output=True, check=True
    ).stdout.decode()
    right = [float(part.split('"')[1]) for part in boxes.split() if part.startswith("xMax=")]
    assert max(right) <= 612 - 0.9 * 72 + 1


@pytest.mark.parametrize("text", HOSTILE)
def test_a_spreadsheet_runs_nothing(text: str) -> None:
    cell = next(csv.reader(io.StringIO(sheet([[text]]))), [""])[0]
    assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    assert cell.removeprefix("'").strip() == visible(text).removeprefix("'")


def test_a_spreadsheet_gets_numbers_as_numbers() -> None:
    rows = [
        [Decimal("1549.00"), Decimal(-5), Fraction(4, 3), Fraction(100), 3, True, None, ["a", "b"], ["a, b"], ("=1",)]
    ]
    assert sheet(rows) == '1549.00,-5,1.3333,100,3,true,,a; b,"a, b;",\'=1\r\n'


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("form", ["md", "html", "csv", "json"])
def test_a_hostile_title_harms_no_document(cli: Cli, write: Write, text: str, form: str) -> None:
    title = json.dumps(text)
    write(
        f"""
        [[ce]]
        id = "ce-1"
        title = {title}
        provider = {title}
        date = 2026-03-12
        hours = 1
        domains = [{title}]

        [[expense]]
        id = "expense-1"
        records = ["ce-1"]
        what = "fee"
        amount = 10
        paid = 2026-03-01
        vendor = {title}
        """
    )
    for name in ("reimbursement", "summary"):
        outcome = cli("export", name, "--format", form)
        assert outcome.code == 0
        assert "\x1b" not in outcome.out
        assert "\u202e" not in outcome.out
        assert "<script>" not in outcome.out or form in {"csv", "json"}


def test_letters_outside_the_fonts_are_found_wherever_they_stand() -> None:
    paper = Paper(title="漢", parts=(Heading("字"), Chart("仮", [("名", Fraction(1))])), footer="あ", stamp="い")
    assert set(unshown(paper)) == set("漢字仮名あい")
    assert unshown(Paper(title="Ærøskøbing ≥ 12 €", parts=(), footer="")) == ""


def test_a_pdf_is_tagged_and_has_a_title(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf", reason="the extra `documents` is not installed")
    pytest.importorskip("typst", reason="the extra `documents` is not installed")
    (tmp_path / "a.pdf").write_bytes(pdf(whole("Summary")))
    read = pypdf.PdfReader(tmp_path / "a.pdf")
    assert read.metadata.title == "Summary"
    assert read.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert (read.pages[0].mediabox.width, read.pages[0].mediabox.height) == (612, 792)
    fonts = {
        str(font["/BaseFont"])
        for page in read.pages
        for font in (entry.get_object() for entry in page["/Resources"]["/Font"].values())
    }
    assert all("Libertinus" in font for font in fonts)
    assert len(read.pages) == 2


def test_without_a_footer_nothing_stands_below() -> None:
    assert markdown(Paper(title="T", parts=(Paragraph("end"),), footer="")) == "# T\n\nend\n"
