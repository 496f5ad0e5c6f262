"""The words screens share: states, verdicts, figures, dates, and whom to ask."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction

from cmmctl.amounts import shown, shown_down, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.outlook import short
from cmmctl.renewal import Standing, meeting
from cmmctl.rules import Rule, RuleSet
from cmmctl.screen import Cell, Text
from cmmctl.tally import Reading

STATE_WORDS = {
    "past-due": "DATE PASSED", "at-risk": "AT RISK", "behind": "BEHIND", "on-pace": "ON PACE",
    "met-hours-only": "HOURS THERE", "met": "MEETS", "filed": "FILED", "accepted": "ACCEPTED",
}  # fmt: skip
STATE_TONES = {
    "past-due": "bad", "at-risk": "bad", "behind": "warn", "on-pace": "ok", "met-hours-only": "warn",
    "met": "ok", "filed": "ok", "accepted": "ok",
}  # fmt: skip
QUIET = ("on-pace", "met-hours-only", "met")  # nothing is said beside the figures
TITLE = 60  # characters that leave room for the day
NUMBERS = {2: "both", 3: "all three"}
LISTED = 6  # records of one fate that are named


def name_of(rules: RuleSet) -> str:
    """Name a credential and who issues it, in full where the day stands beside it."""
    full = f"{rules.short}  {rules.name}, {rules.issuer}"
    return full if len(full) <= TITLE else brief_name(rules)


def brief_name(rules: RuleSet) -> str:
    """Name a credential by its letters, and who issues it."""
    return f"{rules.short}, {rules.issuer}"


def issuer_of(rules: RuleSet) -> str:
    """Name the issuer, and how to reach it where that is known."""
    return f"{rules.issuer} ({rules.contact})" if rules.contact else rules.issuer


def days(count: int) -> str:
    """Count days in words."""
    return "1 day" if abs(count) == 1 else f"{abs(count)} days"


def until(day: dt.date, on: dt.date) -> str:
    """Say a day and how far it is."""
    return f"{weekday(day)}, {_far(day, on)}"


def _far(day: dt.date, on: dt.date) -> str:
    left = (day - on).days
    return "today" if left == 0 else f"in {days(left)}" if left > 0 else f"{days(left)} ago"


def of(have: Fraction, want: Fraction) -> str:
    """Say how much of what is wanted is there, never rounded up to look complete."""
    return f"{shown_down(have)} of {shown(want)}"


def to_go(hours: Fraction) -> str:
    """Say what is missing, never rounded down to nothing."""
    return f"{shown_up(hours)} to go" if hours else "nothing to go"


def some(names: Sequence[str]) -> str:
    """Name records, of many the first ones."""
    more = f" and {len(names) - LISTED} more" if len(names) > LISTED else ""
    return ", ".join(names[:LISTED]) + more


def every(count: int) -> str:
    """Say that several are meant, and how many there are."""
    return NUMBERS.get(count, f"all {count}")


def state_cell(s: Standing) -> Cell:
    """Say the worst state of the readings that are not set aside, and how many of them are in it."""
    judged = s.standing_readings
    return Cell(_state_words(s, judged), STATE_TONES[s.state_all])


def _state_words(s: Standing, judged: Sequence[Reading]) -> str:
    word = STATE_WORDS[s.state_all]
    several = len(judged) > 1
    match s.state_all:
        case "filed" | "accepted" if s.renewal:
            return f"{word} {plain(s.renewal.accepted or s.renewal.filed)}"
        case "met":
            label = s.own.edition.label if s.rules.known else "YOUR OWN FIGURES"
            return f"{word} ALL {len(judged)} READINGS" if several else f"{word} {label}"
        case "met-hours-only":
            lacking = " AND ".join(c.condition.name.upper() for c in s.conditions if c.verdict != "met")
            return f"{word}, {lacking} SHORT"
        case "at-risk" | "behind" if several:
            alike = sum(reading.state == s.state_all for reading in judged)
            return f"{word} in {alike} of {len(judged)} readings"
        case "on-pace" if several:
            return f"{word} in all {len(judged)} readings"
        case _:
            return word


def due_words(s: Standing, on: dt.date) -> str:
    """Say when a credential must be renewed, and that nobody has confirmed the date where that is so."""
    day = s.own.cycle.due
    return f"{plain(day)}, {_far(day, on)}, ASSUMED" if s.due_is == "assumed" else until(day, on)


def bar_of(reading: Reading) -> tuple[Fraction, Fraction]:
    """Give what a bar shows: full only where nothing is to go, whatever counts beyond one of its parts."""
    return reading.required - reading.remaining, reading.required


def progress(reading: Reading) -> str:
    """Say what counts under a reading, by its parts where one excludes the other."""
    parts = reading.tallies[1:]
    apart = {part.requirement.select for part in parts} == {"approved", "recognized"}
    counted = " + ".join(shown_down(tally.counted) for tally in (parts if apart else reading.tallies[:1]))
    return f"{counted} of {shown(reading.required)}"


def missing(reading: Reading) -> Cell:
    """Say what a reading still asks for, and how pressing that is."""
    if reading.met:
        return Cell(to_go(reading.remaining), "ok")
    amount = shown_up(reading.remaining)
    if reading.state == "past-due":
        return Cell(f"{amount} short", "bad")
    parts = meeting([reading]).parts
    text = f"{amount} {next(iter(parts))}" if _one(parts, reading.remaining) else f"{amount} to go"
    if reading.set_aside:
        return Cell(text, "dim")
    urgent = "" if reading.state in QUIET else f", {STATE_WORDS[reading.state]}"
    return Cell(text + urgent, STATE_TONES[reading.state])


def _one(parts: Mapping[str, Fraction], remaining: Fraction) -> bool:
    """Tell whether all that is to go is of one kind."""
    return list(parts.values()) == [remaining]


def conclusion(s: Standing) -> Cell | None:
    """Say in one sentence what comes of all readings; None where there is nothing more to say."""
    own = s.own
    if s.state == "past-due":
        return Cell(f"Ask {s.rules.issuer}: the date has passed under {own.edition.label}.", "bad")
    if s.renewal:
        return None
    judged = s.standing_readings
    what = every(len(judged)) if len(judged) > 1 else own.edition.label
    by, remaining, parts, met = meeting(judged)
    if met:
        return _meets(what, s)
    if len(judged) == 1 and not parts:
        return None
    labels = {tally.requirement.name: tally.requirement.label for r in judged for tally in r.tallies}
    one = _one(parts, remaining)
    kind = labels[next(iter(parts))] if one else "hours"
    listed = ", ".join(f"{shown_up(amount)} {name}" for name, amount in parts.items())
    among = f": {listed}" if parts and not one else ""
    figure = shown_up(remaining)
    said = (
        f"1 more {kind.removesuffix('s')} by {plain(by)} meets"
        if figure == "1"
        else f"{figure} more {kind} by {plain(by)} meet"
    )
    return Cell(f"{said} {what}{among}.", "strong")


def _meets(what: str, s: Standing) -> Cell:
    day = _checked(reading.edition for reading in s.standing_readings)
    when = f" as checked on {plain(day)}" if day else ""
    if lacking := " and ".join(c.condition.name for c in s.conditions if c.verdict != "met"):
        return Cell(f"Hours meet {what}{when}; {lacking} is short.", "warn")
    return Cell(f"These records meet {what}{when}.", "ok")


def _checked(rules: Iterable[Rule]) -> dt.date | None:
    """Find the day the rules were read, the oldest of several; None where no source is known."""
    return min((rule.checked for rule in rules if rule.grade != "unknown"), default=None)


def footer(known: Sequence[RuleSet], rules: Iterable[Rule]) -> Text:
    """Say who decides, when the rules were read, and where every figure is explained with its source."""
    issuers = {r.issuer for r in known}
    who = f"{issuers.pop()} decides" if len(issuers) == 1 else "the issuers decide"
    day = _checked(rules)
    when = f"Checked {plain(day)}" if day else "No source is known"
    reasons = f"explain {short(known[0].id)}" if len(known) == 1 else "rules"
    return Text(Cell(f"cmmctl counts, {who}. {when}: cmmctl {reasons}", "dim"))
