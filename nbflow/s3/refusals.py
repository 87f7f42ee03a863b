"""What goes wrong, as the errors that Metaflow's users catch."""

from __future__ import annotations

import errno
from collections.abc import Iterator
from contextlib import contextmanager

from nbflow.errors import problem
from nbflow.model.s3_errors import S3AccessError, S3Error, S3SpaceError, S3UrlError
from nbflow.storage.failures import BucketError

#: what has to do with who asks
_DENIED = {"NBF-S010", "NBF-S011", "NBF-S012", "NBF-S015", "NBF-S019"}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@contextmanager
def refusals(url: str, path: object = "") -> Iterator[None]:
    """Raise what a storage says about `url`, written to `path`, as S3Error; FileNotFoundError stays what it is."""
    try:
        yield
    except BucketError as error:
        raise (S3AccessError if error.code in _DENIED else S3Error)(error.problems) from None
    except ValueError as error:
        # obstore takes no empty and no dotted parts of keys
        raise S3UrlError(problem("S020", key=url, why=str(error).partition("\n")[0], fix=_PLAIN)) from None
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise S3SpaceError(problem("S024", url=url, path=path, why=error.strerror)) from None


_PLAIN = "write it with single slashes, and without . and .. between them"
