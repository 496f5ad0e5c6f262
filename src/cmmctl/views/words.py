"""The words screens share: states, verdicts, figures, dates, and whom to ask."""

import datetime as dt
from collections.abc import Iterable, Sequence
from fractions import Fraction

from cmmctl.amounts import shown, shown_down, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.outlook import short
from cmmctl.renewal import Standing
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
PRESSING = ("past-due", "at-risk", "behind")
SETTLED = ("filed", "accepted")
NUMBERS = {2: "both", 3: "all three"}
DUE_IS = {"given": "", "computed": ", computed", "assumed": ", ASSUMED"}


def name_of(rules: RuleSet) -> str:
    """Name a credential and who issues it."""
    return f"{rules.short}  {rules.name}, {rules.issuer}"


def issuer_of(rules: RuleSet) -> str:
    """Name the issuer, and how to reach it where that is known."""
    return f"{rules.issuer} ({rules.contact})" if rules.contact else rules.issuer


def days(count: int) -> str:
    """Count days in words."""
    return "1 day" if abs(count) == 1 else f"{abs(count)} days"


def until(day: dt.date, on: dt.date) -> str:
    """Say a day and how far it is."""
    left = (day - on).days
    far = "today" if left == 0 else f"in {days(left)}" if left > 0 else f"{days(left)} ago"
    return f"{weekday(day)}, {far}"


def of(have: Fraction, want: Fraction) -> str:
    """Say how much of what is wanted is there, never rounded up to look complete."""
    return f"{shown_down(have)} of {shown(want)}"


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
            return f"{word} {every(len(judged)).upper()} READINGS" if several else f"{word} {judged[0].edition.label}"
        case "met-hours-only":
            lacking = " AND ".join(c.condition.name.upper() for c in s.conditions if c.verdict != "met")
            return f"{word}, {lacking} SHORT"
        case "at-risk" | "behind" if several:
            alike = sum(reading.state == s.state_all for reading in judged)
            return f"{word} in {alike} of {len(judged)} readings"
        case "on-pace" if several:
            return f"{word} in {every(len(judged))} readings"
        case _:
            return word


def bar_of(reading: Reading) -> tuple[Fraction, Fraction]:
    """Give what a bar shows: full only where nothing is to go, whatever counts beyond one of its parts."""
    return reading.required - reading.remaining, reading.required


def progress(reading: Reading) -> str:
    """Say what counts under a reading: the total, or its parts where it has some."""
    parts = [tally for tally in reading.tallies[1:] if tally.requirement.min is not None]
    if not parts:
        return of(reading.counted, reading.required)
    return " + ".join(of(part.counted, Fraction(part.requirement.min or 0)) for part in parts)


def missing(reading: Reading) -> Cell:
    """Say what a reading still asks for, and how pressing that is."""
    if reading.met:
        return Cell("nothing to go", "ok")
    parts = [tally for tally in reading.tallies[1:] if tally.remaining]
    text = ", ".join(f"{shown_up(part.remaining)} {part.requirement.name}" for part in parts)
    text = text or f"{shown_up(reading.remaining)} to go"
    urgent = f", {STATE_WORDS[reading.state]}" if reading.state in (*PRESSING, *SETTLED) else ""
    return Cell(text + urgent, STATE_TONES[reading.state])


def conclusion(s: Standing) -> Cell | None:
    """Say in one sentence what comes of all readings; None where there is nothing more to say."""
    own = s.own
    if s.state == "past-due":
        return Cell(f"Ask {issuer_of(s.rules)}: the date has passed under {own.edition.label}.", "bad")
    if s.renewal:
        return None
    if s.credential.edition or len(s.readings) == 1:
        return Cell(f"These records meet {own.edition.label} {_as_checked([own.edition])}.", "ok") if own.met else None
    if s.all_readings.met:
        which = every(len(s.readings))
        return Cell(f"These records meet {which} {_as_checked([r.edition for r in s.readings])}.", "ok")
    return Cell(_what_meets_all(s), "strong")


def _what_meets_all(s: Standing) -> str:
    by, remaining, parts, _ = s.all_readings
    which = every(len(s.readings))
    labels = {tally.requirement.name: tally.requirement.label for r in s.readings for tally in r.tallies}
    if list(parts.values()) == [remaining]:
        return f"{shown_up(remaining)} more {labels[next(iter(parts))]} by {plain(by)} meet {which}."
    listed = ", ".join(f"{shown_up(amount)} {name}" for name, amount in parts.items())
    return f"{shown_up(remaining)} more hours by {plain(by)} meet {which}" + (f": {listed}." if listed else ".")


def _as_checked(rules: Iterable[Rule]) -> str:
    day = _checked(rules)
    return f"as checked on {plain(day)}" if day else "by figures that have no source"


def _checked(rules: Iterable[Rule]) -> dt.date | None:
    """Find the day the rules were read, the oldest of several; None where no source is known."""
    return min((rule.checked for rule in rules if rule.grade != "unknown"), default=None)


def footer(known: Sequence[RuleSet], rules: Iterable[Rule]) -> Text:
    """Say who decides, when the rules were read, and where their sources are."""
    issuers = {r.issuer for r in known}
    who = f"{issuers.pop()} decides" if len(issuers) == 1 else "the issuers decide"
    day = _checked(rules)
    when = f"Rules checked {plain(day)}" if day else "No source is known for the rules"
    which = f" {short(known[0].id)}" if len(known) == 1 else ""
    return Text(Cell(f"cmmctl counts, {who}. {when}: cmmctl rules{which}", "dim"))
