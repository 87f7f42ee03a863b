"""What each client does, in a process of its own: it prints seconds by the clock and on processors, as JSON.

Metaflow's is run by another Python, which has no nbflow: each imports what it needs when it is chosen.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

SIZE = 10_000
THREADS = 32
BUCKET = "bench"


class Storage:
    """nbflow's storage, as runs use it."""

    def __init__(self, url: str) -> None:
        from nbflow.storage.urls import open_storage

        self._storage = open_storage(f"s3://{BUCKET}/{os.getpid()}", endpoint=url)
        self._storage.size("warm")

    def put_many(self, objects: dict[str, bytes]) -> None:
        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(lambda key: self._storage.put(key, [objects[key]]), objects))

    def get_many(self, keys: list[str]) -> list[int]:
        with ThreadPoolExecutor(THREADS) as threads:
            return list(threads.map(lambda key: len(self._storage.get(key)), keys))

    def put_file(self, key: str, path: Path) -> None:
        self._storage.put_file(key, path)

    def get_file(self, key: str) -> int:
        self._storage.get_file(key, Path("got"))
        return Path("got").stat().st_size


class Boto3:
    """boto3, with as many threads as nbflow has."""

    def __init__(self, url: str) -> None:
        import boto3
        from boto3.s3.transfer import TransferConfig
        from botocore.config import Config

        config = Config(max_pool_connections=THREADS, s3={"addressing_style": "path"})
        self._client: Any = boto3.client("s3", endpoint_url=url, config=config)
        self._many = TransferConfig(max_concurrency=8)
        self._prefix = f"{os.getpid()}/"

    def put_many(self, objects: dict[str, bytes]) -> None:
        def put(key: str) -> None:
            self._client.put_object(Bucket=BUCKET, Key=self._prefix + key, Body=objects[key])

        with ThreadPoolExecutor(THREADS) as threads:
            list(threads.map(put, objects))

    def get_many(self, keys: list[str]) -> list[int]:
        def get(key: str) -> int:
            return len(self._client.get_object(Bucket=BUCKET, Key=self._prefix + key)["Body"].read())

        with ThreadPoolExecutor(THREADS) as threads:
            return list(threads.map(get, keys))

    def put_file(self, key: str, path: Path) -> None:
        self._client.upload_file(str(path), BUCKET, self._prefix + key, Config=self._many)

    def get_file(self, key: str) -> int:
        self._client.download_file(BUCKET, self._prefix + key, "got", Config=self._many)
        return Path("got").stat().st_size


class Tool:
    """The S3 of nbflow or of Metaflow, which has the same names."""

    def __init__(self, made: Any) -> None:
        self._tool = made

    def put_many(self, objects: dict[str, bytes]) -> None:
        self._tool.put_many(list(objects.items()))

    def get_many(self, keys: list[str]) -> list[int]:
        return [each.size for each in self._tool.get_many(keys, return_info=False)]

    def put_file(self, key: str, path: Path) -> None:
        self._tool.put_files([(key, str(path))])

    def get_file(self, key: str) -> int:
        return int(self._tool.get(key, return_info=False).size)


def _nbflow_s3(url: str) -> Tool:
    from nbflow import S3

    return Tool(S3(s3root=f"s3://{BUCKET}/{os.getpid()}", client_params={"endpoint_url": url}))


def _metaflow_s3(url: str) -> Tool:
    os.environ["METAFLOW_S3_ENDPOINT_URL"] = url
    from metaflow import S3

    return Tool(S3(s3root=f"s3://{BUCKET}/{os.getpid()}", client_params={"endpoint_url": url}))


CLIENTS: dict[str, Callable[[str], Any]] = {
    "nbflow's storage": Storage,
    "nbflow.S3": _nbflow_s3,
    "boto3": Boto3,
    "Metaflow's S3": _metaflow_s3,
}


def _timed(works: list[tuple[str, Callable[[], object]]]) -> Iterator[tuple[str, tuple[float, float]]]:
    for name, work in works:
        began, before = time.perf_counter(), _cpu()
        work()
        yield name, (round(time.perf_counter() - began, 4), round(_cpu() - before, 4))


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def main() -> None:
    """Do all works, check what came back, and print what they took."""
    name, fast, slow, number, megabytes = sys.argv[1:]
    objects = {f"small/{each:05}": os.urandom(SIZE) for each in range(int(number))}
    large = Path("large")
    large.write_bytes(os.urandom(1 << 20) * int(megabytes))
    quick, slow_client = CLIENTS[name](fast), CLIENTS[name](slow)
    sizes: list[int] = []
    works: list[tuple[str, Callable[[], object]]] = [
        ("put small", lambda: quick.put_many(objects)),
        ("get small", lambda: sizes.extend(quick.get_many([*objects]))),
        ("put large", lambda: slow_client.put_file("large", large)),
        ("get large", lambda: sizes.append(slow_client.get_file("large"))),
    ]
    took = dict(_timed(works))
    if sizes != [SIZE] * len(objects) + [large.stat().st_size]:
        raise SystemExit("what came back is not what was put")
    print(json.dumps(took))


if __name__ == "__main__":
    main()
