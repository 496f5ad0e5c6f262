"""The one question that an import asks, on a real terminal."""

from pathlib import Path

import pytest

from conftest import Write
from terminal import PROMPT, Terminal


@pytest.mark.parametrize(("rows", "asked"), [(1, "Write 1 record?"), (2, "Write 2 records?")])
def test_the_question_counts_as_people_do(write: Write, folder: Path, rows: int, asked: str) -> None:
    path = write("")
    before = path.read_bytes()
    text = "Title,Provider,Date,Hours\n" + "".join(f"Session {n},B,2026-03-02,1\n" for n in range(rows))
    (folder / "x.csv").write_text(text, encoding="utf-8")
    with Terminal(["import", "x.csv"], folder) as terminal:
        terminal.read(lambda screen: screen.endswith(PROMPT))
        terminal.type("n\n")
        ended = terminal.talk()
    assert (ended.code, asked in ended.screen) == (0, True), ended.screen
    assert path.read_bytes() == before
