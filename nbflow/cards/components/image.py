"""Pictures: bytes, figures of matplotlib, images of PIL. They are copied when given, so that they stay as they were."""

from __future__ import annotations

import base64
import binascii
import contextlib
import io
import re
import struct
import sys
import warnings
from typing import Any

from nbflow.cards import html
from nbflow.cards.components.component import CardComponent, trouble
from nbflow.cards.components.rows import is_one_of
from nbflow.cards.html import Html
from nbflow.cards.printable import one_line

#: how files of each kind begin
_STARTS = (
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"BM", "bmp"),
)
_DATA = re.compile(r"\s*data:image/(png|jpeg|jpg|gif|webp|bmp|svg\+xml);base64,([A-Za-z0-9+/=\s]+)\Z")
_STYLE = "max-width:100%;height:auto;border-radius:4px"


class Image(CardComponent):
    """A picture, kept in the card itself.

    Args:
        src: the bytes of a PNG, JPEG, GIF, WebP or SVG file, or a `data:image/…;base64,…` address.
        label: what is written below it.
        disable_updates: `update` leaves it as it is.
    """

    REALTIME_UPDATABLE = True
    needs = frozenset[str]()

    def __init__(self, src: Any = None, label: Any = None, disable_updates: bool = True) -> None:  # noqa: FBT001, FBT002 - as in Metaflow
        self.REALTIME_UPDATABLE = not disable_updates
        self._label = label
        self._take(src)

    @classmethod
    def from_matplotlib(cls, plot: Any, label: Any = None, disable_updates: bool = False) -> Image:  # noqa: FBT001, FBT002 - Metaflow's signature
        """Return the picture of a figure, or of the figure that axes are in."""
        return cls(plot, label, disable_updates)

    @classmethod
    def from_pil_image(cls, pilimage: Any, label: Any = None, disable_updates: bool = False) -> Image:  # noqa: FBT001, FBT002 - Metaflow's signature
        """Return the picture of an image of PIL."""
        return cls(pilimage, label, disable_updates)

    def update(self, image: Any, label: Any = None) -> None:
        """Show another picture: of bytes, a figure or an image of PIL."""
        if not self.REALTIME_UPDATABLE:
            why = "the picture stays as it is: Image(…, disable_updates=False) can be changed"
            warnings.warn(why, stacklevel=2)
            return
        self._label = self._label if label is None else label
        self._take(image)

    def _take(self, given: Any) -> None:
        self._wrong, self._kind, self._data, self._density = "", "", b"", 1
        try:
            self._kind, self._data, self._density = _picture_of(given)
        except Exception as failure:  # noqa: BLE001 - whatever a person's figure raises when it draws itself
            self._wrong = one_line(failure, 300) or type(failure).__name__

    @property
    def is_wrong(self) -> bool:
        """What it was given is no picture."""
        return bool(self._wrong)

    def render(self) -> Html:
        if self._wrong:
            return trouble("This picture cannot be shown", self._wrong)
        size = _size_of_png(self._data)
        width = size[0] // self._density if size else None
        label = one_line(self._label, 500) if self._label is not None else ""
        source = f"data:image/{self._kind};base64,{base64.b64encode(self._data).decode('ascii')}"
        picture = html.tag("img", src=source, alt=label or "picture", width=width, style=_STYLE)
        below = html.block(html.faint(label), style="font-size:12px;margin-top:4px") if label else ""
        return html.block(picture, below)

    def text(self) -> str:
        if self._wrong:
            return f"(no picture: {self._wrong})"
        size = _size_of_png(self._data)
        about = f", {size[0]} × {size[1]}" if size else ""
        label = f"{one_line(self._label, 200)} " if self._label is not None else ""
        return f"{label}({self._kind.upper().removesuffix('+XML')} picture{about})"

    def height(self) -> int:
        if (size := _size_of_png(self._data)) is None:
            return 60 if self._wrong else 320
        scale = min(1, 850 * self._density / max(1, size[0]))
        return round(size[1] / self._density * scale) + (22 if self._label is not None else 0)


class Figure(Image):
    """A figure of matplotlib, or axes of one, as a picture."""

    def __init__(self, plot: Any, label: Any = None, disable_updates: bool = False) -> None:  # noqa: FBT001, FBT002 - as Image
        super().__init__(plot, label, disable_updates)


def _picture_of(given: Any) -> tuple[str, bytes, int]:
    """Return a picture's kind and bytes, and how many of its pixels are one on the page."""
    if isinstance(given, str):
        return *_decoded(given), 1
    if isinstance(given, bytes | bytearray | memoryview):
        return _kind_of(bytes(given)), bytes(given), 1
    if is_one_of(given, "PIL.Image", "Image"):
        buffer = io.BytesIO()
        plain = given if given.mode in {"1", "L", "LA", "P", "RGB", "RGBA", "I", "I;16"} else given.convert("RGB")
        plain.save(buffer, format="PNG")
        return "png", buffer.getvalue(), 1
    return "png", _drawn(given), 2


def _drawn(plot: Any) -> bytes:
    figure = _figure_of(plot)
    if figure is None:
        raise TypeError(
            f"it is neither bytes nor a figure of matplotlib nor an image of PIL, but {type(plot).__name__}"
        )
    buffer = io.BytesIO()
    # twice as many pixels: sharp on good screens
    figure.savefig(buffer, format="png", dpi=2 * figure.get_dpi(), bbox_inches="tight")
    if (pyplot := sys.modules.get("matplotlib.pyplot")) is not None:
        # else the notebook shows it a second time, and a loop keeps them all
        with contextlib.suppress(Exception):
            pyplot.close(figure)
    return buffer.getvalue()


def _figure_of(plot: Any) -> Any:
    """Return the figure that `plot` is or is in, as an array of axes is; None when there is none."""
    if hasattr(plot, "flat"):
        plot = next(iter(plot.flat), None)
    if not is_one_of(plot, "matplotlib.figure", "FigureBase") and not is_one_of(plot, "matplotlib.artist", "Artist"):
        # what stands on matplotlib, as a grid of seaborn
        plot = getattr(plot, "figure", None)
    figure = plot.get_figure(root=True) if hasattr(plot, "get_figure") else None
    return figure if figure is not None and hasattr(figure, "savefig") else None


def _decoded(address: str) -> tuple[str, bytes]:
    found = _DATA.match(address)
    if found is None:
        raise ValueError("a picture given as text begins with 'data:image/png;base64,'; addresses are not fetched")
    try:
        return found[1].replace("jpg", "jpeg"), base64.b64decode(found[2])
    except binascii.Error:
        raise ValueError("what follows 'base64,' is no base64") from None


def _kind_of(data: bytes) -> str:
    for start, kind in _STARTS:
        if data.startswith(start):
            return kind
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "webp"
    if b"<svg" in data[:1000].lower():
        return "svg+xml"
    raise ValueError("its bytes are of no picture that a browser shows (PNG, JPEG, GIF, WebP, SVG)")


def _size_of_png(data: bytes) -> tuple[int, int] | None:
    if not data.startswith(_STARTS[0][0]) or len(data) < 24:
        return None
    width, height = struct.unpack(">II", data[16:24])
    return int(width), int(height)
