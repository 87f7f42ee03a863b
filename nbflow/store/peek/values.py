"""What is seen of a stored value without opening it: plain, bounded, for whoever draws it."""

from __future__ import annotations

from nbflow.frozen import frozen


@frozen
class Limits:
    """How much of a value is looked at, at most."""

    rows: int = 10
    columns: int = 20
    #: entries of one dictionary or list, and of all of a tree together
    entries: int = 50
    nodes: int = 400
    depth: int = 6
    #: characters of a text, and of one cell
    text: int = 4000
    cell: int = 80
    #: bytes of a picture
    picture: int = 4 << 20
    #: pixels of a side of a picture that is made of an array
    side: int = 360


#: for a saved file, where there are many
SMALL = Limits(rows=5, columns=10, entries=20, nodes=60, depth=3, text=600, cell=48, picture=48 << 10, side=120)
LARGE = Limits()


@frozen
class Column:
    """The first cells of a column; None: there is no value."""

    name: str
    dtype: str
    cells: tuple[str | None, ...]
    #: numbers, which stand to the right
    right: bool = False
    #: how many values the whole column lacks; None: not counted
    missing: int | None = None


@frozen
class Head:
    """The first rows of a frame, a series, an index or a table."""

    #: None: not known without reading it all
    rows: int | None
    columns: int
    index: tuple[Column, ...]
    shown: tuple[Column, ...]
    remark: str = ""


@frozen
class Picture:
    """Bytes that a browser draws by itself."""

    mime: str
    data: bytes
    width: int
    height: int
    remark: str = ""


@frozen
class Spread:
    """What the numbers of an array are like."""

    least: str
    most: str
    mean: str
    #: numbers looked at; fewer than there are: a sample
    seen: int
    total: int
    #: of those looked at: not a number, or infinite
    missing: int = 0
    #: counts of bins of equal width, from the least to the most
    bins: tuple[int, ...] = ()


@frozen
class ArrayFacts:
    """An array: what it is like, a corner of it, and its picture where it looks like one."""

    shape: tuple[int, ...]
    dtype: str
    spread: Spread | None = None
    corner: Head | None = None
    picture: Picture | None = None


@frozen
class TextStart:
    """The beginning of a text."""

    start: str
    #: bytes of the whole, as UTF-8
    size: int
    #: None: not counted
    lines: int | None
    cut: bool


@frozen
class BytesStart:
    """The beginning of bytes that are no picture."""

    start: bytes
    size: int


@frozen
class FileStart:
    """A file, and its beginning."""

    name: str
    #: bytes of the whole
    size: int
    executable: bool
    start: Picture | TextStart | BytesStart


@frozen
class Leaf:
    """A value of a tree that has nothing below it."""

    text: str
    #: it stands for more than is said
    closed: bool = False


@frozen
class Branch:
    """A dictionary, list or object of a tree."""

    #: as in `dict, 3 items`
    label: str
    items: tuple[tuple[str, Leaf | Branch], ...]
    #: items that are not among `items`; None: more than can be counted
    left_off: int | None = 0


@frozen
class Closed:
    """An object that only its own code can open."""

    #: its class with its module; empty where the class is defined by the flow itself
    type: str
    facts: tuple[tuple[str, str], ...] = ()
    state: Branch | None = None


@frozen
class Unseen:
    """Nothing can be seen of it."""

    why: str


Peeked = Head | ArrayFacts | Picture | TextStart | BytesStart | FileStart | Leaf | Branch | Closed | Unseen
