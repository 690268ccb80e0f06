"""Foreign pictures, drawn anew: what leaves here holds pixels and nothing else."""

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

# Decoding costs about 4 bytes a pixel and, at worst, a second for this many.
MOST_PIXELS = 25_000_000
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")


@dataclass(frozen=True, slots=True)
class Picture:
    """A raster that we have encoded ourselves."""

    content: bytes
    content_type: str


def redraw(content: bytes, *, longest_side: int) -> Picture | None:
    """The picture in our own encoding, turned upright, at most `longest_side` pixels long.

    Of an animation the first frame. None if it is no picture of a known kind, broken, or has more
    than `MOST_PIXELS`.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            return _redraw(content, longest_side)
    except (
        UnidentifiedImageError,
        Image.DecompressionBombError,
        Image.DecompressionBombWarning,
        OSError,
        SyntaxError,
        ValueError,
        EOFError,
    ):
        # What the library raises for files that only pretend to be pictures.
        return None


def _redraw(content: bytes, longest_side: int) -> Picture | None:
    with Image.open(io.BytesIO(content), formats=FORMATS) as opened:
        width, height = opened.size
        if width * height > MOST_PIXELS:
            return None
        opened.draft("RGB", (longest_side, longest_side))
        upright = ImageOps.exif_transpose(opened)
        has_alpha = upright.has_transparency_data
        drawn = upright.convert("RGBA" if has_alpha else "RGB")
    drawn.thumbnail((longest_side, longest_side))
    out = io.BytesIO()
    if has_alpha:
        drawn.save(out, "PNG")
        return Picture(out.getvalue(), "image/png")
    drawn.save(out, "JPEG", quality=85)
    return Picture(out.getvalue(), "image/jpeg")
