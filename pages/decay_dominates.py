"""decay_dominates."""

from view import frame

frame.enter()
