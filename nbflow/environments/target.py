"""What packages are chosen for: a Python and a platform."""

from __future__ import annotations

import platform as machine
import sys

from packaging.markers import Marker

from nbflow.frozen import frozen

#: the oldest glibc that packages are chosen for; images of Python and of AWS have this or newer
_GLIBC = "manylinux_2_28"
#: what nbflow itself runs on, both included
OLDEST, NEWEST = (3, 11), (3, 14)


@frozen
class Target:
    """Where an environment is to run: Linux with glibc, on this processor."""

    #: `3.12`
    python: str
    #: `x86_64` or `aarch64`
    processor: str

    @classmethod
    def here(cls, python: str | None = None) -> Target:
        """Return this machine's, with its own Python unless told otherwise."""
        return cls(python or python_here(), processor_here())

    @property
    def platform(self) -> str:
        """The platform as uv names it."""
        return f"{self.processor}-{_GLIBC}"

    def fits(self, marker: Marker | None, extra: str = "") -> bool:
        """Whether a requirement with this marker counts there."""
        if marker is None:
            return True
        return marker.evaluate(
            {
                "extra": extra,
                "implementation_name": "cpython",
                "os_name": "posix",
                "platform_machine": self.processor,
                "platform_python_implementation": "CPython",
                "platform_system": "Linux",
                # of a release there is only what is first of it: markers that ask for more are of Python's own betas
                "python_full_version": f"{self.python}.0" if self.python != python_here() else machine.python_version(),
                "python_version": self.python,
                "sys_platform": "linux",
            }
        )


def python_here() -> str:
    """Return the version of this Python, without its last number."""
    return f"{sys.version_info.major}.{sys.version_info.minor}"


def processor_here() -> str:
    """Return the processor of this machine, as wheels name it."""
    name = machine.machine().lower()
    return {"amd64": "x86_64", "arm64": "aarch64"}.get(name, name)
