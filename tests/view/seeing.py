"""Colours as they are seen: contrast and distance, and those of the two themes."""

import tomllib

import numpy as np

from tests.conftest import ROOT

THEMES = {name: tomllib.loads((ROOT / ".streamlit/config.toml").read_text())["theme"][name] for name in ("light", "dark")}


def parts(colour):
    """Of "#rrggbb" or "#rrggbbaa", 0 to 1."""
    return np.array([int(colour[k : k + 2], 16) / 255 for k in range(1, len(colour), 2)])


def contrast(one, other):
    """Of two colours, 1 to 21 (WCAG 2.2)."""
    dark, light = sorted(luminance_and_lab(colour)[0] for colour in (one, other))
    return (light + 0.05) / (dark + 0.05)


def luminance_and_lab(encoded):
    """Of red, green and blue, 0 to 1: relative luminance, 0 to 1, and CIE L*a*b* under daylight (IEC 61966-2-1, CIE 15)."""
    linear = np.where(encoded <= 0.04045, encoded / 12.92, ((encoded + 0.055) / 1.055) ** 2.4)
    to_xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]])
    xyz = to_xyz @ linear
    share = xyz / [0.9505, 1.0, 1.089]
    x, y, z = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return xyz[1], np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])
