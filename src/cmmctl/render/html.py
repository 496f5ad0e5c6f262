"""A document as one HTML file, made from the same Markdown; it prints well and loads nothing."""

from collections.abc import Iterable
from html import escape

from markdown_it import MarkdownIt

from cmmctl.documents.paper import Chart, Decision, Facts, Ledger, Paper, Part, Signatures
from cmmctl.render.markdown import markdown
from cmmctl.render.text import safe

_STYLE = """\
@page { size: letter; margin: 0.8in; }
body { font: 11pt/1.45 Georgia, "Times New Roman", serif; color: #1a1a1a; }
body { max-width: 7in; margin: 2em auto; padding: 0 1em; }
h1 { font-size: 1.5em; margin: 0 0 .6em; border-bottom: 2px solid #24476b; padding-bottom: .2em; }
h2 { font-size: 1.1em; margin: 1.4em 0 .4em; color: #24476b; break-after: avoid; }
table { border-collapse: collapse; width: 100%; margin: .4em 0; }
th, td { text-align: left; vertical-align: top; overflow-wrap: anywhere; }
th, td { padding: .25em .6em .25em 0; border-bottom: 1px solid #d0d6dd; }
th:empty { padding: 0; border: 0; }
tr { break-inside: avoid; }
.facts td { border: 0; padding-top: .1em; padding-bottom: .1em; }
.facts td:first-child { white-space: nowrap; }
.signatures th { padding-bottom: 3em; border-bottom-color: currentcolor; }
.signatures td { border: 0; font-size: .85em; }
.decision td { height: 2.2em; vertical-align: middle; }
hr { border: 0; break-after: page; }
@media (prefers-color-scheme: dark) { @media screen {
  body { background: #16191d; color: #e6e6e6; } h2 { color: #9dbde0; } th, td { border-color: #3a4149; } } }
"""


def html(paper: Paper) -> str:
    """Write the whole document as one file."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table")
    tokens = reader.parse(markdown(paper))
    tables = [token for token in tokens if token.type == "table_open"]
    for token, kind in zip(tables, _tables(paper.parts), strict=True):
        token.attrSet("class", kind)
    body = reader.renderer.render(tokens, reader.options, {})
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{escape(safe(paper.title))}</title>\n<style>\n{_STYLE}</style>\n</head>\n<body>\n{body}</body>\n</html>\n"
    )


def _tables(parts: Iterable[Part]) -> list[str]:
    """Name the kind of every table of the Markdown, in its order."""
    return [
        type(part).__name__.lower()
        for part in parts
        if isinstance(part, Facts | Ledger | Signatures | Decision | Chart)
    ]
