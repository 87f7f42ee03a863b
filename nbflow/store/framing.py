"""The first bytes of a blob: what it is and how long.

    offset  bytes
         0      4   magic `NBFB`
         4      2   version of this layout
         6      1   codec of the payload: 0 raw
         7      1   flags, 0
         8      8   length of the payload
        16      8   length of the payload as stored
        24     36   0
        60      4   CRC-32 of the 60 bytes before, at this place in every version
        64   4032   0, so that the payload starts on a page and can be mapped

All numbers are little-endian. The blob's name, the digest of the payload, is not in here: it is known only after the
payload was written.
"""

from __future__ import annotations

import struct
import zlib

from nbflow.errors import raise_for

VERSION = 1
#: bytes before the payload
OFFSET = 4096

_MAGIC = b"NBFB"
_LAYOUT = struct.Struct("<4sHBBQQ36x")
_RAW = 0


def frame(size: int) -> bytes:
    """Return the header of a raw blob of `size` bytes, padded to the payload."""
    head = _LAYOUT.pack(_MAGIC, VERSION, _RAW, 0, size, size)
    return (head + zlib.crc32(head).to_bytes(4, "little")).ljust(OFFSET, b"\0")


def check(header: bytes, stored: int, digest: str) -> int:
    """Return the payload's length. Raises S001 when the header or the file's size (`stored`) cannot be right."""
    end = _LAYOUT.size
    if len(header) < end + 4 or header[:4] != _MAGIC:
        raise_for("S001", digest=digest, why="its first bytes are not those of a blob")
    if zlib.crc32(header[:end]) != int.from_bytes(header[end : end + 4], "little"):
        raise_for("S001", digest=digest, why="its header does not match its checksum")
    _, version, codec, _, size, stored_size = _LAYOUT.unpack_from(header)
    if version > VERSION or codec != _RAW:
        found = version if codec == _RAW else f"{version}, codec {codec}"
        raise_for("S003", path=f"blob {digest}", found=found, known=VERSION)
    if stored != OFFSET + stored_size:
        raise_for("S001", digest=digest, why=f"its file has {stored} bytes, {OFFSET + stored_size} were written")
    return int(size)
