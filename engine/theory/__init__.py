"""Closed forms, each beside its LaTeX. Functions take numbers, never runs, and import nothing of ours.

Symbols as on the pages: eta learning rate, lam L2 coefficient, n training examples, m mini-batch size.
Rates say "per update" or "per epoch"; an epoch is one pass over the training examples.
"""

from engine.theory.decay import *
from engine.theory.floor import *
from engine.theory.lengths import *
from engine.theory.saturation import *
from engine.theory.sheet import SHEET as SHEET
from engine.theory.solvable import *
