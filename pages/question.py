"""question."""

from view import frame

frame.enter()
