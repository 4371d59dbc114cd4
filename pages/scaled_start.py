"""scaled_start."""

from view import frame

frame.enter()
