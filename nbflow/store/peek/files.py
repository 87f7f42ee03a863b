"""Bytes that are a picture of themselves: PNG, JPEG, GIF, WebP."""

from __future__ import annotations

import struct

from nbflow.store.peek.values import Picture

#: pixels of a side beyond which a browser is not asked to draw
_MOST = 12_000


def picture_in(data: bytes | memoryview, limit: int) -> Picture | None:
    """Return bytes as a picture; None: they are none that a browser draws by itself, or more than `limit` bytes."""
    head = bytes(data[:64])
    found = _png(head) or _gif(head) or _webp(head) or _jpeg(data)
    if found is None or len(data) > limit:
        return None
    mime, wide, high = found
    return Picture(mime, bytes(data), wide, high) if 0 < wide <= _MOST and 0 < high <= _MOST else None


def _png(head: bytes) -> tuple[str, int, int] | None:
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or len(head) < 24:
        return None
    return ("image/png", *struct.unpack(">II", head[16:24]))


def _gif(head: bytes) -> tuple[str, int, int] | None:
    if head[:6] not in {b"GIF87a", b"GIF89a"} or len(head) < 10:
        return None
    return ("image/gif", *struct.unpack("<HH", head[6:10]))


def _webp(head: bytes) -> tuple[str, int, int] | None:
    if head[:4] != b"RIFF" or head[8:12] != b"WEBP" or len(head) < 30:
        return None
    form = head[12:16]
    if form == b"VP8 ":
        wide, high = struct.unpack("<HH", head[26:30])
        return "image/webp", wide & 0x3FFF, high & 0x3FFF
    if form == b"VP8L":
        bits = int.from_bytes(head[21:25], "little")
        return "image/webp", (bits & 0x3FFF) + 1, ((bits >> 14) & 0x3FFF) + 1
    wide, high = int.from_bytes(head[24:27], "little"), int.from_bytes(head[27:30], "little")
    return "image/webp", wide + 1, high + 1


def _jpeg(data: bytes | memoryview) -> tuple[str, int, int] | None:
    raw = bytes(data[: 1 << 20])
    if not raw.startswith(b"\xff\xd8\xff"):
        return None
    at = 2
    while at + 9 < len(raw) and raw[at] == 0xFF:
        marker, length = raw[at + 1], int.from_bytes(raw[at + 2 : at + 4], "big")
        # frames of any coding, but for the tables that share their numbers
        if 0xC0 <= marker <= 0xCF and marker not in {0xC4, 0xC8, 0xCC}:
            high, wide = struct.unpack(">HH", raw[at + 5 : at + 9])
            return "image/jpeg", wide, high
        at += 2 + max(length, 2)
    return None
