"""Small sets of design tokens of our own, in the shapes in which municipalities publish theirs."""

import json
from pathlib import Path

NESTED = {
    "stad": {
        "color": {"groen": {"40": {"value": "#1d6b2f"}, "80": {"value": "hsl(130, 30%, 96%)"}}},
        "document": {"color": {"value": "#222222"}, "background-color": {"value": "{stad.color.groen.80}"}},
        "button": {
            "primary-action": {
                "background-color": {"value": "{stad.color.groen.40.value}"},
                "color": {"value": "white"},
            },
            "background-color": {"value": "#abcdef"},
        },
        "link": {"color": {"value": "{stad.document.link.that.is.not.there}"}},
        "focus": {"outline-color": {"value": "#000"}, "outline-width": {"value": "2px"}},
    }
}
"""Style Dictionary: groups in groups, ``value``, references in braces. Its link refers to nothing."""

NEWEST = {
    "basis": {
        "$description": "the format of the W3C",
        "color": {
            "default": {
                "bg-document": {"$type": "color", "$value": "#ffffff"},
                "color-document": {
                    "$type": "color",
                    "$value": {"colorSpace": "srgb", "components": [0.1, 0.1, 0.2]},
                },
            },
            "interactive": {"default": {"$value": "#5b2a86"}, "hover": {"$value": "#3b1a66"}},
        },
    },
    "dorp": {
        "links": {"color": {"$value": "{basis.color.interactive}"}},
        "focus": {
            "border-color": {"$value": {"colorSpace": "srgb", "components": [1, 0, 0], "hex": "#b00020"}}
        },
    },
}
"""``$value``, colours as objects, and a key ``default`` that custom properties leave out."""

PROPERTIES = """
/* made from tokens: --stad-link-color: #ff0000; */
.stad-theme {
  --stad-color-rood: #8f1d1d;
  --stad-button-primary-action-background-color: var(--stad-color-rood);
  --stad-button-primary-action-color: var(--stad-color-not-there, #fff);
  --stad-document-color: rgb(17 17 17);
  --stad-link-color: #8f1d1d !important;
  --stad-button-border-radius: 4px;
}
"""

FAINT = """
:root {
  --geel-document-background-color: #777777;
  --geel-document-color: #999999;
  --geel-button-primary-action-background-color: #ffcc00;
  --geel-button-primary-action-color: #fff3c0;
  --geel-link-color: #ffcc00;
  --geel-focus-outline-color: #ffee99;
}
"""
"""A house whose every colour is too faint to read."""


def write(folder: Path, name: str) -> Path:
    """Write one of the sets above, by name, and return its path."""
    content = {"nested": NESTED, "newest": NEWEST, "properties": PROPERTIES, "faint": FAINT}[name]
    path = folder / f"{name}.{'css' if isinstance(content, str) else 'json'}"
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path
