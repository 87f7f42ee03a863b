from __future__ import annotations

import struct
import zlib

import pytest

from nbflow.errors import StoreError
from nbflow.store.framing import OFFSET, VERSION, check, frame

DIGEST = "ab" * 32


def code(header: bytes, stored: int) -> str:
    with pytest.raises(StoreError) as caught:
        check(header, stored, DIGEST)
    return caught.value.code


def test_a_header_says_the_length_of_the_payload() -> None:
    assert check(frame(10), OFFSET + 10, DIGEST) == 10
    assert check(frame(0)[:64], OFFSET, DIGEST) == 0


def test_the_payload_starts_on_a_page() -> None:
    assert len(frame(7)) == OFFSET == 4096


def test_every_changed_byte_of_a_header_is_seen() -> None:
    whole = frame(10)[:64]
    for place in range(64):
        for bit in range(8):
            broken = bytearray(whole)
            broken[place] ^= 1 << bit
            assert code(bytes(broken), OFFSET + 10) == "NBF-S001"


@pytest.mark.parametrize("length", range(64))
def test_a_cut_header_is_seen(length: int) -> None:
    assert code(frame(10)[:length], length) == "NBF-S001"


@pytest.mark.parametrize("stored", [0, OFFSET, OFFSET + 9, OFFSET + 11])
def test_a_file_of_another_length_is_seen(stored: int) -> None:
    assert code(frame(10), stored) == "NBF-S001"


def header(version: int, codec: int) -> bytes:
    head = struct.pack("<4sHBBQQ36x", b"NBFB", version, codec, 0, 10, 10)
    return head + zlib.crc32(head).to_bytes(4, "little")


def test_a_newer_layout_asks_for_an_upgrade() -> None:
    with pytest.raises(StoreError, match=rf"newer nbflow \(format {VERSION + 1}") as caught:
        check(header(VERSION + 1, 0), OFFSET + 10, DIGEST)
    assert caught.value.code == "NBF-S003"


def test_an_unknown_codec_asks_for_an_upgrade() -> None:
    assert code(header(VERSION, 9), OFFSET + 10) == "NBF-S003"
