"""What is kept of schedules: which there are, and what each has fired.

    schedules/defined/NAME.json            a schedule; replaced when it is paused or resumed
    schedules/seen/ID                      the moment up to which its timetable was looked at
    schedules/firings/ID/KEY.claim         what was decided about one occurrence, and the command that runs then
    schedules/firings/ID/KEY.begun         the process that carries it out
    schedules/firings/ID/KEY.run           the run that it made
    schedules/firings/ID/KEY.ended         how it ended
    schedules/logs/ID/KEY.log              what it wrote
    schedules/notify/ID                    where messages go, on the machine on which that was said: addresses hold keys

The records of a firing are created once and never changed: who finds a claim leaves the occurrence alone, who finds it begun
does not run it. So nothing fires twice, whoever crashes when; and what was claimed and not begun is begun by whoever
comes next. They are in the bucket where the store is one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from nbflow.errors import NbflowError, raise_for
from nbflow.schedules.firings import FINAL, Claim, Firing
from nbflow.schedules.schedule import Schedule
from nbflow.storage.base import Storage
from nbflow.storage.local import LocalStorage
from nbflow.workspace import Workspace

_DEFINED = "schedules/defined/"
_FIRINGS = "schedules/firings/"


class Register:
    """The schedules of one workspace."""

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        # past the folder before a bucket, which keeps what it has seen
        self._storage: Storage = workspace.far or LocalStorage(workspace.root)

    @property
    def storage(self) -> Storage:
        """Where it is kept."""
        return self._storage

    # ---- schedules

    def add(self, schedule: Schedule) -> bool:
        """Keep a new schedule. Return False, and change nothing, when its name is taken."""
        return self._storage.put_new(f"{_DEFINED}{schedule.name}.json", [_text(schedule.to_json())])

    def replace(self, schedule: Schedule) -> None:
        """Keep a schedule in place of the one of its name."""
        self._storage.put(f"{_DEFINED}{schedule.name}.json", [_text(schedule.to_json())])

    def remove(self, name: str) -> None:
        """Have no schedule of that name, and nothing of what it fired but what is not over yet. Its runs stay."""
        id_ = str((self._read(f"{_DEFINED}{name}.json") or {}).get("id", ""))
        self._storage.delete(f"{_DEFINED}{name}.json")
        if not id_:
            return
        self.forget_addresses(id_)
        self._storage.delete(f"schedules/seen/{id_}")
        for each in list(self.firings(id_)):
            if each.state in FINAL:
                self.forget(id_, each.key)

    def get(self, name: str) -> Schedule | None:
        """Return the schedule of a name. Raises L016, it cannot be read."""
        raw = self._read(f"{_DEFINED}{name}.json")
        if raw is None:
            return None
        try:
            return Schedule.from_json(raw)
        except (KeyError, TypeError, ValueError) as error:
            raise_for("L016", name=name, why=f"{type(error).__name__}: {error}")

    def names(self) -> list[str]:
        """Return the names of all schedules, in alphabetical order."""
        found = (key.removeprefix(_DEFINED) for key in self._storage.list(_DEFINED))
        return sorted(each.removesuffix(".json") for each in found if each.endswith(".json"))

    def all(self) -> tuple[list[Schedule], list[NbflowError]]:
        """Return all schedules that can be read, and what is wrong with the others."""
        found: list[Schedule] = []
        wrong: list[NbflowError] = []
        for name in self.names():
            try:
                each = self.get(name)
            except NbflowError as error:
                wrong.append(error)
                continue
            # it may have been removed meanwhile
            found += [each] if each else []
        return found, wrong

    def seen(self, schedule: Schedule) -> datetime:
        """Return the moment up to which its timetable was looked at."""
        try:
            return datetime.fromisoformat(self._storage.get(f"schedules/seen/{schedule.id}").decode())
        except (FileNotFoundError, ValueError):
            return schedule.since

    def note_seen(self, schedule: Schedule, moment: datetime) -> None:
        """Note the moment up to which its timetable was looked at."""
        self._storage.put(f"schedules/seen/{schedule.id}", [moment.astimezone(UTC).isoformat().encode()])

    def addresses(self, id_: str) -> list[str]:
        """Return where messages about a schedule's runs go, beside what settings say."""
        try:
            return self._notify(id_).read_text(encoding="utf-8").split()
        except FileNotFoundError:
            return []

    def note_addresses(self, id_: str, addresses: Iterable[str]) -> None:
        """Keep where messages go, for the eyes of whoever says it only, and not in the bucket."""
        path = self._notify(id_)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text("\n".join(addresses), encoding="utf-8")

    def forget_addresses(self, id_: str) -> None:
        """Have nothing kept of where messages go."""
        self._notify(id_).unlink(missing_ok=True)

    def _notify(self, id_: str) -> Path:
        return self.workspace.root / "schedules" / "notify" / id_

    # ---- firings

    def claim(self, schedule: Schedule, key: str, claim: Claim) -> bool:
        """Say what is done about an occurrence. Return False when that was said before."""
        return self._note(schedule.id, key, "claim", claim.to_json())

    def note(self, id_: str, key: str, what: str, facts: Mapping[str, Any]) -> bool:
        """Note that a firing has `begun`, made a `run`, or `ended`. Return False when that was noted before."""
        return self._note(id_, key, what, facts)

    def firing(self, id_: str, key: str) -> Firing | None:
        """Return one firing of the schedule with that id; None: there is none that can be read."""
        claim = self._read(f"{_FIRINGS}{id_}/{key}.claim")
        if claim is None:
            return None
        begun, run, ended = (self._read(f"{_FIRINGS}{id_}/{key}.{what}") for what in ("begun", "run", "ended"))
        try:
            return Firing(id_, key, Claim.from_json(claim), begun, run, ended)
        except (KeyError, TypeError, ValueError):
            # of another version: it stays claimed
            return None

    def keys(self, id_: str) -> list[str]:
        """Return the keys of firings, in the order of time."""
        prefix = f"{_FIRINGS}{id_}/"
        return sorted({key[len(prefix) :].rpartition(".")[0] for key in self._storage.list(prefix)})

    def firings(self, id_: str, latest: int | None = None) -> Iterator[Firing]:
        """Yield firings, in the order of time; with `latest` only so many."""
        keys = self.keys(id_)
        for key in keys[-latest:] if latest else keys:
            if (found := self.firing(id_, key)) is not None:
                yield found

    def forget(self, id_: str, key: str) -> None:
        """Leave nothing of a firing."""
        # the claim last: without it the others are none
        self._storage.delete_many(f"{_FIRINGS}{id_}/{key}.{what}" for what in ("ended", "run", "begun", "claim"))
        self._storage.delete(f"schedules/logs/{id_}/{key}.log")
        with suppress(FileNotFoundError):
            self.log(id_, key).unlink()

    def log(self, id_: str, key: str) -> Path:
        """Return the file with what a firing writes; it may be missing."""
        return self.workspace.root / "schedules" / "logs" / id_ / f"{key}.log"

    def _note(self, id_: str, key: str, what: str, facts: Mapping[str, Any]) -> bool:
        return self._storage.put_new(f"{_FIRINGS}{id_}/{key}.{what}", [_text(facts)])

    def _read(self, key: str) -> dict[str, Any] | None:
        try:
            return dict(json.loads(self._storage.get(key)))
        except FileNotFoundError:
            return None
        except (ValueError, TypeError):
            # half a file is never there: someone wrote it by hand
            return {"format": "unreadable"} if key.startswith(_DEFINED) else None


def _text(facts: Mapping[str, Any]) -> bytes:
    return json.dumps(facts, indent=1, sort_keys=True).encode()
