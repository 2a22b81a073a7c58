"""An evening on the screen: prepare it, join it, watch it grow, tell it, agree on it, and thank for it."""

from ui.pages.workshop.agree import page as agree
from ui.pages.workshop.guest import join, thanks, vote
from ui.pages.workshop.prepare import page as prepare
from ui.pages.workshop.reveal import page as reveal
from ui.pages.workshop.screen import page as screen

__all__ = ["agree", "join", "prepare", "reveal", "screen", "thanks", "vote"]
