"""HTML that may be shown: an allow list, applied to fully decoded text.

What comes out is shown in a sandboxed frame with a policy of its own; this is the first of the two
defences and has to hold without the second.
"""

import re
from urllib.parse import quote, unquote

import nh3

from intake.mail import dom
from intake.mail.limits import MAX_HTML, Defects
from intake.mail.sets import listed

_TAGS = listed(
    "a abbr address article aside b bdi bdo big blockquote br caption center cite code col",
    "colgroup dd del dfn div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i",
    "img ins kbd li main mark ol p pre q s samp section small span strike strong sub sup table",
    "tbody td tfoot th thead tr tt u ul var wbr",
)
_DROPPED = listed(
    "script style title template noscript svg math iframe object embed applet xml audio video",
    "canvas frame frameset noframes",
)
_CELL = {"colspan", "rowspan", "width", "height", "align", "valign", "bgcolor"}
_ATTRIBUTES = {
    "*": {"dir", "lang", "style", "title", "align"},
    "a": {"href"},
    "col": {"span", "width"},
    "colgroup": {"span", "width"},
    "font": {"color", "face", "size"},
    "hr": {"width", "size", "color"},
    "img": {"src", "alt", "width", "height"},
    "li": {"value"},
    "ol": {"start", "type"},
    "table": {"border", "cellpadding", "cellspacing", "width", "bgcolor"},
    "td": _CELL,
    "th": _CELL,
    "tr": {"align", "valign", "bgcolor"},
}
_SIDES = ("top", "right", "bottom", "left")
_STYLES = listed(
    "background background-color border border-collapse border-spacing border-radius clear color",
    "direction display font font-family font-size font-style font-variant font-weight height",
    "letter-spacing line-height list-style list-style-type margin max-width min-width",
    "overflow-wrap padding table-layout text-align text-decoration text-indent text-transform",
    "unicode-bidi vertical-align white-space width word-break word-spacing word-wrap",
    "border-color border-style border-width",
    *(f"border-{side} margin-{side} padding-{side}" for side in _SIDES),
    *(f"border-{side}-color border-{side}-style border-{side}-width" for side in _SIDES),
)
_SCHEMES = listed("http https mailto tel cid data")
_FETCHING_STYLE = re.compile(
    r"url\s*\(|expression|@|\\|image\s*\(|image-set|javascript:|behaviou?r|binding", re.I
)
_NEGATIVE = re.compile(r"(?:margin|text-indent)[^:;]*:[^;]*-\s*[\d.]+", re.I)
_RASTER = re.compile(r"data:image/(?:png|gif|jpe?g|webp|bmp);base64,[A-Za-z0-9+/=%\s]+", re.I)
# An ampersand that begins no character reference; the parser takes its time over each of them.
_STRAY_AMPERSAND = re.compile(r"&(?!#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31})")
_DATA_URI = re.compile(r"""(src\s*=\s*["']?)data:[^"'>\s]{10000,}""", re.I)
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\u202a-\u202e\u2066-\u2069]")


def prepared(html: str, defects: Defects) -> str:
    """HTML that is safe to parse: not too long, not too deep."""
    if len(html) > MAX_HTML:
        html = _DATA_URI.sub(r"\1", html)
    if len(html) > MAX_HTML:
        html = html[:MAX_HTML].rpartition("<")[0] or html[:MAX_HTML]
        defects.add("The HTML is longer than 1 MB; the rest was left out.")
    html = _STRAY_AMPERSAND.sub("&amp;", html)
    if dom.is_too_deep(html):
        html = dom.without_tags(html)
        defects.add("The HTML is nested too deeply; it is shown as text.")
    return html


def sanitised(html: str) -> str:
    """Prepared HTML without anything that acts, fetches unasked, or leaves its place."""
    text = nh3.clean(
        _CONTROLS.sub("", html),
        tags=set(_TAGS),
        clean_content_tags=set(_DROPPED),
        attributes=_ATTRIBUTES,
        attribute_filter=_filtered,
        generic_attribute_prefixes=set(),
        set_tag_attribute_values={"a": {"target": "_blank"}},
        filter_style_properties=set(_STYLES),
        link_rel="noopener noreferrer nofollow",
        url_schemes=set(_SCHEMES),
        strip_comments=True,
    )
    return _CONTROLS.sub("", text).strip()


def escaped(text: str) -> str:
    """Plain text as HTML."""
    for char, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(char, entity)
    return "<div>" + text.replace("\n", "<br>\n") + "</div>"


def content_id(value: str) -> str:
    """A Content-ID in the one form that both the HTML and the attachments use."""
    return quote(unquote(value.strip().strip("<>").strip()), safe="@._+=$!~*-")[:500]


def _filtered(tag: str, name: str, value: str) -> str | None:
    if name == "href":
        return _link(value)
    if name == "src":
        return _image(value)
    if name == "style":
        return _style(value)
    return value[:2_000]


def _link(value: str) -> str | None:
    value = value.strip()
    if value.startswith("//"):
        return "https:" + value
    return value if re.match(r"(?:https?|mailto|tel):", value, re.I) else None


def _image(value: str) -> str | None:
    """Pictures of the mail itself by `cid:`, small ones in it, and remote ones by https only."""
    value = value.strip()
    lowered = value[:10].lower()
    if lowered.startswith("cid:"):
        return "cid:" + content_id(value[4:])
    if lowered.startswith("data:"):
        return value if _RASTER.fullmatch(value) else None
    if lowered.startswith("//"):
        return "https:" + value
    if lowered.startswith("http://"):
        return "https://" + value[7:]
    return value if lowered.startswith("https://") else None


def _style(value: str) -> str | None:
    if len(value) > 5_000:
        return None
    kept = (
        part
        for part in value.split(";")
        if not _FETCHING_STYLE.search(part) and not _NEGATIVE.search(part)
    )
    return ";".join(kept) or None
