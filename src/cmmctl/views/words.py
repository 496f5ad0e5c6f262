"""The words screens share: states, verdicts, figures, dates."""

import datetime as dt
from collections.abc import Iterable
from fractions import Fraction

from cmmctl.amounts import shown, shown_down, shown_up
from cmmctl.dates import plain, weekday
from cmmctl.renewal import STATES, Standing
from cmmctl.rules import Rule
from cmmctl.screen import Cell
from cmmctl.tally import Reading

STATE_WORDS = {
    "past-due": "DATE PASSED", "at-risk": "AT RISK", "behind": "BEHIND", "on-pace": "ON PACE",
    "met-hours-only": "HOURS THERE", "met": "MEETS", "filed": "FILED", "accepted": "ACCEPTED",
}  # fmt: skip
STATE_TONES = {
    "past-due": "bad", "at-risk": "bad", "behind": "warn", "on-pace": "ok", "met-hours-only": "warn",
    "met": "ok", "filed": "ok", "accepted": "ok",
}  # fmt: skip
VERDICT_WORDS = {"met": "YES", "short": "NOT YET", "ask-issuer": "ASK THE ISSUER"}
VERDICT_TONES = {"met": "ok", "short": "warn", "ask-issuer": "warn"}


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


def to_go(missing: Fraction) -> str:
    """Say what is missing, never rounded down to nothing."""
    return f"{shown_up(missing)} to go" if missing else "none to go"


def state_cell(standing: Standing) -> Cell:
    """Say the worst state of the readings that are not set aside, and how many of them are in it."""
    judged = standing.standing_readings
    state = standing.state_all
    word = STATE_WORDS[state]
    if state == "met":
        what = judged[0].edition.label if len(judged) == 1 else f"all {len(judged)} readings"
        return Cell(f"{word} {what}", STATE_TONES[state])
    if state in {"filed", "accepted"} and standing.renewal:
        return Cell(f"{word} {plain(standing.renewal.accepted or standing.renewal.filed)}", STATE_TONES[state])
    if state == "met-hours-only":
        return Cell(f"{word}, membership is not", STATE_TONES[state])
    alike = sum(reading.state == state for reading in judged)
    among = STATES.index(state) >= STATES.index("on-pace")
    where = (
        ""
        if len(judged) == 1
        else f" in all {len(judged)} readings"
        if among
        else f" in {alike} of {len(judged)} readings"
    )
    return Cell(word + where, STATE_TONES[state])


def reading_progress(reading: Reading) -> str:
    """Say what counts under a reading: the total, or its parts where it has some."""
    parts = [tally for tally in reading.tallies[1:] if tally.requirement.min is not None]
    if not parts:
        return of(reading.counted, reading.required)
    return " + ".join(of(part.counted, Fraction(part.requirement.min or 0)) for part in parts)


def reading_missing(reading: Reading) -> Cell:
    """Say what a reading still asks for, and how pressing that is."""
    if reading.met:
        return Cell("nothing to go", "ok")
    parts = [tally for tally in reading.tallies[1:] if tally.remaining]
    text = ", ".join(f"{shown_up(part.remaining)} {part.requirement.name}" for part in parts) or to_go(
        reading.remaining
    )
    pressing = reading.state in {"past-due", "at-risk", "behind"}
    return Cell(f"{text}, {STATE_WORDS[reading.state]}" if pressing else text, STATE_TONES[reading.state])


def checked(rules: Iterable[Rule]) -> str:
    """Say when the rules were read, the oldest first day of several."""
    known = [rule.checked for rule in rules if rule.grade != "unknown"]
    return f"Rules checked {plain(min(known))}." if known else "No source is known for these rules."
