"""Whether memory mapped from a file was written to, asked of the kernel instead of reading the memory.

A private mapping shows the file's pages until one is written; then the process has a page of its own there. Linux
tells which pages those are: since 6.7 by an ioctl (0.2 ms for 1 GiB), before by the page map (3 ms). Other systems
do not tell, and the content has to be compared.
"""

from __future__ import annotations

import os
import struct
import sys
from array import array
from pathlib import Path

_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096
_PAGEMAP = Path("/proc/self/pagemap")

# include/uapi/linux/fs.h: struct pm_scan_arg, twelve 64-bit numbers
_ARGUMENT = struct.Struct("=12Q")
_PAGEMAP_SCAN = 0xC0606610
_IS_FILE, _IS_PRESENT, _IS_SWAPPED = 1 << 2, 1 << 3, 1 << 4

#: where the highest byte of an entry of the page map stands; in it bit 7: present, 6: swapped, 5: a page of a file
_TOP = 7 if sys.byteorder == "little" else 0
_PRIVATE = bytes(int(bool(top & 0x40 or (top & 0x80 and not top & 0x20))) for top in range(256))
_ENTRIES = 1 << 17

#: why the ioctl is not asked again: older kernels do not know it
_refused: list[OSError] = []


def written(address: int, size: int) -> bool | None:
    """Return whether any page of the private file mapping at `address` was written to; None: nobody can tell."""
    if sys.platform != "linux" or size == 0:
        return None if size else False
    start = address - address % _PAGE
    end = -(-(address + size) // _PAGE) * _PAGE
    try:
        with _PAGEMAP.open("rb", buffering=0) as pagemap:
            answer = _scan(pagemap.fileno(), start, end)
            return _look(pagemap.fileno(), start, end) if answer is None else answer
    except OSError:
        return None


def _scan(pagemap: int, start: int, end: int) -> bool | None:
    if _refused:
        return None
    import fcntl

    region = array("Q", [0, 0, 0])
    vector, _ = region.buffer_info()
    # present and not the file's, then swapped out: only a private page goes to swap
    for inverted, mask in ((_IS_FILE, _IS_FILE | _IS_PRESENT), (0, _IS_SWAPPED)):
        argument = bytearray(_ARGUMENT.pack(_ARGUMENT.size, 0, start, end, 0, vector, 1, 1, inverted, mask, 0, mask))
        try:
            found = fcntl.ioctl(pagemap, _PAGEMAP_SCAN, argument)
        except OSError as error:
            _refused.append(error)
            return None
        if found:
            return True
    return False


def _look(pagemap: int, start: int, end: int) -> bool:
    first, last = start // _PAGE, end // _PAGE
    for page in range(first, last, _ENTRIES):
        entries = os.pread(pagemap, 8 * min(_ENTRIES, last - page), 8 * page)
        if not entries:
            raise OSError("the page map ends early")
        if 1 in entries[_TOP::8].translate(_PRIVATE):
            return True
    return False
