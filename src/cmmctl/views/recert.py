"""The screen of `recert`: when must I recertify, and what does every published reading ask of me?"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction

from cmmctl.amounts import shown_up, units
from cmmctl.dates import plain, weekday
from cmmctl.pace import More
from cmmctl.renewal import Standing
from cmmctl.screen import Cell, Fields, Gap, Part, Row, Table, Text, Title, cells
from cmmctl.tally import Reading
from cmmctl.views.holder import details, earlier, headline
from cmmctl.views.pace import filed, latest, planned
from cmmctl.views.words import conclusion, footer, missing, name_of, of, to_go

NONE_HELD = "No credential is held yet: cmmctl add-credential"
HEADER = ("Reading", "Due", "CE hours", "To go")
DUE_IS = {
    "given": "the date on record",
    "computed": "counted from the day certified",
    "assumed": "computed; nobody has confirmed it",
}


def recert(standings: Sequence[Standing], on: dt.date, more: Mapping[str, More]) -> list[Part]:
    """Show each held credential, the nearest date first; `more` by credential is what goes beyond its standing."""
    parts: list[Part] = []
    for s in standings:
        parts += [
            Title(name_of(s.rules), weekday(on)),
            Fields([*headline(s, on), *_cycle(s), *details(s, on), *_more(more[s.rules.id]), *earlier(s)]),
            Gap(),
        ]
        parts.append(Table("", HEADER, [row for reading in s.readings for row in _reading(reading, s)]))
        if (said := conclusion(s)) is not None:
            parts.append(Text(said))
        parts += [footer([s.rules], [reading.edition for reading in s.readings]), Gap()]
    return parts[:-1] or [Text(Cell(NONE_HELD))]


def _more(more: More) -> Iterator[Row]:
    yield from planned(more.planned)
    yield from latest(more.latest, more.lag or 0)
    yield from filed(more.seals)


def _cycle(s: Standing) -> Iterator[Row]:
    cycle = s.own.cycle
    yield cells("Cycle", f"{plain(cycle.start)} to {plain(cycle.due)}, {DUE_IS[s.due_is]}")
    if s.hours_per_month:
        yield cells("Pace", f"{units(shown_up(s.hours_per_month), 'CE hour')} a month until {plain(s.own.cycle.due)}")


def _reading(reading: Reading, s: Standing) -> Iterator[Row]:
    used = " (used)" if reading is s.own and len(s.readings) > 1 else ""
    counted = of(reading.counted, reading.required)
    yield cells(reading.edition.label + used, plain(reading.cycle.due), counted, missing(reading))
    for tally in reading.tallies[1:]:
        asked = Fraction(tally.requirement.min or 0)
        yield cells(f"- {tally.requirement.label}", "", of(tally.counted, asked), to_go(tally.remaining))
