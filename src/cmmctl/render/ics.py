"""Dates as a calendar file that every calendar reads: whole days, alarms ahead, the same names every time.

Needs the extra `documents`.
"""

import datetime as dt
from collections.abc import Iterable

from cmmctl.documents.calendar import ALARM_DAYS, Event
from cmmctl.render.pdf import needs_extra
from cmmctl.render.text import safe


def ics(events: Iterable[Event], on: dt.date) -> bytes:
    """Write the calendar. `on` stands as the moment it was made, so that the same dates give the same file."""
    needs_extra("icalendar")
    from icalendar import Alarm, Calendar  # noqa: PLC0415 - only for a calendar
    from icalendar import Event as Component  # noqa: PLC0415 - as above

    calendar = Calendar()
    calendar.add("prodid", "-//cmmctl//certification dates//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", "Certification dates")
    for event in events:
        component = Component()
        component.add("uid", event.uid)
        component.add("dtstamp", dt.datetime(on.year, on.month, on.day, tzinfo=dt.UTC))
        component.add("dtstart", event.day)
        component.add("dtend", event.day + dt.timedelta(days=1))
        component.add("summary", safe(event.summary))
        component.add("description", safe(event.text))
        component.add("transp", "TRANSPARENT")
        for days in ALARM_DAYS:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", f"in {days} days: {safe(event.summary)}")
            alarm.add("trigger", dt.timedelta(days=-days))
            component.add_component(alarm)
        calendar.add_component(component)
    return bytes(calendar.to_ical())
