"""method."""

from view import frame

frame.enter()
