"""tail_off."""

from view import frame

frame.enter()
