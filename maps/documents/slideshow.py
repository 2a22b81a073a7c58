"""The story of a workshop session as one HTML file that opens on any laptop, without internet, and prints."""

import html
from collections.abc import Sequence
from dataclasses import dataclass

from i18n import Translator
from maps import house_style, style


@dataclass(frozen=True)
class Slide:
    """One step: its title, its sentence, what was added, and its map as SVG."""

    title: str
    sentence: str
    added: str
    picture: str


def render_slideshow(
    say: Translator, *, title: str, subtitle: str, slides: Sequence[Slide], closing: str
) -> str:
    """Create the file: every map is in it, the arrow keys and a clicker move it, and the text can be read alone.

    Examples
    --------
    >>> import i18n
    >>> slide = Slide("Kern", "Zin.", "", "<svg/>")
    >>> made = render_slideshow(i18n.get_translator("nl"), title="<b>", subtitle="", slides=[slide], closing="")
    >>> "&lt;b&gt;" in made, "http" in made
    (True, False)
    """
    text = html.escape
    parts = [
        f'<section class="slide{" on" if at == 0 else ""}" aria-roledescription="{text(say("reveal_story.step"))}"'
        f' aria-label="{text(slide.title)}"><h2>{text(slide.title)}</h2><div class="map">{slide.picture}</div>'
        f'<p class="said">{text(slide.sentence)}</p>'
        + (f'<p class="added">{text(slide.added)}</p>' if slide.added else "")
        + "</section>"
        for at, slide in enumerate(slides)
    ]
    lines = "".join(
        f"<li><strong>{text(slide.title)}.</strong> {text(slide.sentence)} {text(slide.added)}</li>"
        for slide in slides
    )
    return (
        f'<!doctype html><html lang="{say.language}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>{text(title)}</title><style>{house_style.current().as_css()}{_SHEET}</style>"
        f"<header><h1>{text(title)}</h1><p>{text(subtitle)}</p></header><main>{''.join(parts)}"
        f'<nav><button id="back" type="button">{text(say("reveal_story.back"))}</button>'
        f'<span id="at" role="status" aria-live="polite"></span>'
        f'<button id="next" type="button">{text(say("reveal_story.next"))}</button></nav>'
        f"<details><summary>{text(say('reveal_story.as_text'))}</summary><ol>{lines}</ol></details></main>"
        f"<footer>{text(closing)}</footer><script>{_SCRIPT}</script></html>"
    )


_SHEET = f"""
*{{box-sizing:border-box}}
body{{margin:0;background:var(--paper);color:var(--ink);font:22px/1.4 "Source Sans 3","Segoe UI",system-ui,sans-serif;
min-height:100vh;display:flex;flex-direction:column}}
header{{padding:18px 32px 0}}h1{{margin:0;font-size:34px}}header p{{margin:2px 0 0}}
main{{flex:1;padding:8px 32px;display:flex;flex-direction:column}}
.slide{{display:none}}.slide.on{{display:block}}h2{{font-size:44px;margin:8px 0}}
.map svg{{display:block;width:100%;max-height:60vh;border:1px solid #c9c2b4;border-radius:14px}}
.said{{font-size:34px;line-height:1.25;margin:14px 0 0;font-weight:600;max-width:60ch}}
.added{{font-size:28px;margin:8px 0 0}}
nav{{display:flex;gap:20px;align-items:center;margin:18px 0}}
button{{font:inherit;font-weight:600;min-height:56px;padding:0 28px;border-radius:14px;border:2px solid var(--action);
background:var(--action);color:var(--action-text);cursor:pointer}}
button:disabled{{background:#dfe5e8;border-color:#dfe5e8;color:#5b6670}}
button:focus-visible,summary:focus-visible{{outline:4px solid {style.DRAWN};outline-offset:3px}}
footer{{padding:12px 32px;font-size:16px}}
@media print{{.slide{{display:block!important;break-inside:avoid;break-after:page}}nav,details{{display:none}}
h2{{font-size:28px}}.said{{font-size:20px}}.added{{font-size:18px}}}}
@media(max-width:700px){{body{{font-size:18px}}h2{{font-size:28px}}.said{{font-size:22px}}.added{{font-size:19px}}
header,main,footer{{padding-left:14px;padding-right:14px}}}}
"""

_SCRIPT = """
(function(){
  var slides=[].slice.call(document.querySelectorAll('.slide')),at=0,say=document.getElementById('at');
  var back=document.getElementById('back'),next=document.getElementById('next');
  function go(n){
    at=Math.max(0,Math.min(slides.length-1,n));
    slides.forEach(function(s,i){s.classList.toggle('on',i===at)});
    say.textContent=(at+1)+' / '+slides.length;
    back.disabled=at===0;next.disabled=at===slides.length-1;
  }
  back.onclick=function(){go(at-1)};next.onclick=function(){go(at+1)};
  var keys={ArrowRight:1,PageDown:1,ArrowLeft:-1,PageUp:-1};
  addEventListener('keydown',function(e){if(keys[e.key]){e.preventDefault();go(at+keys[e.key])}
    else if(e.key==='Home')go(0);else if(e.key==='End')go(slides.length-1)});
  if(slides.length)go(0);
})();
"""
