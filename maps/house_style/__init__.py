"""Colours of the pages and documents: our own, or those of a municipality's design tokens (`BUURT_THEME`)."""

from maps.house_style.palette import OURS, Adjustment, Palette, adjustments, current, fit

__all__ = ["OURS", "Adjustment", "Palette", "adjustments", "current", "fit"]
