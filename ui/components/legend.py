"""Legend swatches."""

from maps.class_styles import ClassStyle


def legend_swatch(look: ClassStyle) -> str:
    """Return a small sample of a look, as HTML."""
    if not look.fill:
        kind = "solid" if not look.dash else ("dotted" if float(look.dash.split()[0]) < 4 else "dashed")
        return f'<i class="buurt-line" style="border-top:{look.weight}px {kind} {look.line}"></i>'
    pattern = f" buurt-{look.pattern}" if look.pattern else ""
    edge = look.line or "transparent"
    tint = f"--tint:{look.fill};--dense:{look.opacity};border-color:{edge}"
    return f'<i class="buurt-swatch{pattern}" style="{tint}"></i>'
