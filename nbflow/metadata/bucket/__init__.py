"""Metadata that several machines share, with nothing but a bucket between them.

What happens to a run are the entries of its journal: objects that are numbered from 0, and each created only if nobody
has created it. So all who write to a run agree on an order, and who comes second judges again by what came first. The
run as it stands is what its entries come to, one after the other; each machine keeps that in an index of its own.

    metadata.py   the port: rules and index of SqliteMetadata, journals in a bucket
    writer.py     judge, write the next entry, know it
    looking.py    find what others wrote
    folding.py    what entries come to, for those who have read none
"""

from __future__ import annotations

from nbflow.metadata.bucket.metadata import BucketMetadata
from nbflow.metadata.bucket.pace import Pace

__all__ = ["BucketMetadata", "Pace"]
