"""What the time line says: times, shares and reasons in few words. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

from segstudio.counting import percent
from segstudio.project.versions import Version

_NOTHING = 5e-7


def told_time(when: datetime, now: datetime) -> str:
    """Return a time as people say it: `14:03`, `yesterday 14:03`, `Mon 12 Jan 14:03`, or with its year."""
    there, here = when.astimezone(), now.astimezone()
    clock = f"{there:%H:%M}"
    if there.date() == here.date():
        return clock
    if there.date() == (here - timedelta(days=1)).date():
        return f"yesterday {clock}"
    day = f"{there:%a} {there.day} {there:%b}"
    return f"{day} {clock}" if there.year == here.year else f"{there.day} {there:%b %Y} {clock}"


def told_share(share: float) -> str:
    """Return how much of a photo differs from now."""
    if share < _NOTHING:
        return "same as now"
    return f"{percent(share)} differs from now"


def told_version(version: Version, now: datetime) -> str:
    """Return when a version was painted and by whom, in one line."""
    return " · ".join(part for part in (told_time(version.when, now), version.who) if part)


def told_reason(version: Version) -> str:
    """Return why a version is kept, where there is more to say than that it was painted over."""
    return f"before: {version.what}" if version.what else ""
