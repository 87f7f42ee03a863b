"""The loop that fires: looks what is due, decides, starts processes, and tells what became of them.

It keeps nothing that the register does not have: one that is killed at any moment is replaced by another, which finds
what was claimed, begun and ended.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from itertools import islice

from nbflow.cards.figures import duration, several
from nbflow.errors import NbflowError
from nbflow.schedules.clock import Clock
from nbflow.schedules.command import environment_of, words_of
from nbflow.schedules.due import GRACE, Decided, Occurrence, decide, is_late
from nbflow.schedules.ending import ending_of
from nbflow.schedules.firing import begin
from nbflow.schedules.firings import FINAL, Claim, Decision, Firing
from nbflow.schedules.follow import finished
from nbflow.schedules.lease import Lease
from nbflow.schedules.register import Register
from nbflow.schedules.schedule import Schedule
from nbflow.schedules.watch import Process, Watch

#: seconds between looks, of a folder and of a bucket
_NEAR, _FAR = 2.0, 15.0
#: moments that are looked through at once; who slept through more has lost count
_MOST = 100_000
#: firings that are kept of each schedule
KEPT = 100
#: seconds between looks for firings that another process asked for
_OTHERS = 10.0


#: starts what carries out the firing of an id and a key
Begin = Callable[[Register, str, str], Process]


class Supervisor:
    """Decides what fires in one workspace, while it leads.

    Responsibilities: the order of things and what is told of them. When something is due, `due`, `timetable` and `follow`
    say; what is kept, `register`; who leads, `lease`; how a firing is carried out, `firing`.
    """

    def __init__(
        self,
        register: Register,
        clock: Clock,
        say: Callable[[str], object],
        start: Begin = begin,
        pace: float | None = None,
    ) -> None:
        """Take where schedules are, the time, who is told, what starts a firing, and the most seconds between looks."""
        self._register = register
        self._clock = clock
        self._say = say
        self._start = start
        self._lease = Lease(register.storage, clock)
        self._pace = pace or (_NEAR if register.workspace.far is None else _FAR)
        #: who leads, as it was told last
        self._told = ""
        self._watches: dict[str, Watch] = {}
        #: what is wrong and was told
        self._wrong: set[str] = set()

    def serve(self) -> None:
        """Go on until the clock says that the end was asked for. Runs go on after it."""
        try:
            wait = 0.0
            while not self._clock.wait(wait):
                wait = self._guarded_turn()
        finally:
            try:
                self._lease.leave()
            except OSError as error:
                self._say(f"warning: {error}")

    def _guarded_turn(self) -> float:
        try:
            return self.turn()
        except OSError as error:
            # a bucket that cannot be reached now may be later
            self._complain(str(error))
            return self._pace

    def turn(self) -> float:
        """Do all that is due, if this process leads, and return the seconds until something may be due again."""
        if not self._leads():
            return self._pace
        now = self._clock.now()
        schedules, wrong = self._register.all()
        for error in wrong:
            self._complain(str(error))
        self._watches = {id_: watch for id_, watch in self._watches.items() if id_ in {each.id for each in schedules}}
        waits = [self._look(each, now) for each in schedules]
        return max(0.0, min([self._pace, *waits]))

    def _leads(self) -> bool:
        leads = self._lease.hold()
        told = "" if leads else self._lease.holder
        if leads and self._told != "me":
            self._say("leads")
            # another one may have fired meanwhile
            self._watches.clear()
        elif told and told != self._told:
            host, _, pid = told.rpartition(":")
            self._say(f"process {pid} on {host} leads; this one waits" if host else f"{told} leads; this one waits")
        self._told = "me" if leads else told
        return leads

    def _look(self, schedule: Schedule, now: datetime) -> float:
        """Do what is due of one schedule, and return the seconds until its next moment."""
        watch = self._watches.get(schedule.id)
        if watch is None or watch.schedule.since != schedule.since:
            watch = self._watches[schedule.id] = Watch(schedule, self._register.seen(schedule))
        watch.schedule = schedule
        try:
            self._follow_up(watch, now)
            if not schedule.paused:
                self._decide(watch, now)
            self._begin_what_waits(watch, now)
        except NbflowError as error:
            self._complain(f"{schedule.name}: {error}")
        upcoming = None if schedule.paused else watch.upcoming
        return (upcoming - now).total_seconds() if upcoming else self._pace

    # ---- what goes on

    def _follow_up(self, watch: Watch, now: datetime) -> None:
        """See what became of firings, whoever started them, and tell."""
        schedule, first = watch.schedule, watch.first
        watch.first = False
        due = watch.upcoming is not None and watch.upcoming <= now
        if due or self._clock.monotonic() >= watch.listed + _OTHERS:
            watch.listed = self._clock.monotonic()
            watch.keys = self._prune(watch, self._register.keys(schedule.id))
        for key in watch.keys:
            if key in watch.over:
                continue
            found = self._register.firing(schedule.id, key)
            if found is None:
                continue
            ended = ending_of(self._register.workspace, schedule.flow, found, first=first, now=now, within=watch.within)
            ended = ended or self._failed_to_begin(watch, found)
            if ended is not None and self._register.note(schedule.id, key, "ended", ended):
                found = self._register.firing(schedule.id, key) or found
            if found.state in FINAL:
                watch.open.pop(key, None)
                watch.begun.pop(key, None)
                watch.over.add(key)
                if not first:
                    self._tell(schedule, found)
            else:
                watch.open[key] = found

    def _failed_to_begin(self, watch: Watch, found: Firing) -> dict[str, object] | None:
        process = watch.begun.get(found.key)
        if found.state != "waiting" or process is None or process.poll() is None:
            return None
        # it may have begun between our look at it and our look at its process
        again = self._register.firing(found.id, found.key)
        if again is None or again.begun is not None:
            return None
        return {
            "code": process.poll(),
            "why": "its process ended before it had begun",
            "at": self._clock.now().timestamp(),
        }

    def _prune(self, watch: Watch, keys: list[str]) -> list[str]:
        """Return the keys that are kept."""
        old = [key for key in keys[:-KEPT] if key in watch.over]
        for key in old:
            self._register.forget(watch.schedule.id, key)
        return [key for key in keys if key not in old]

    # ---- what is due

    def _decide(self, watch: Watch, now: datetime) -> None:
        schedule = watch.schedule
        if now < watch.seen - GRACE:
            # the clock was set back: what it shows again has fired
            self._say(f"{schedule.name}: the clock was set back; what it shows again has fired")
            watch.look_from(now)
            self._register.note_seen(schedule, now)
        due = self._due(watch, now)
        if not due:
            return
        decided = decide(due, now, schedule.missed, timedelta(seconds=schedule.within))
        self._pass_over(schedule, decided, now)
        for each in decided.fires:
            self._claim(watch, each, now)
        if schedule.timetable is not None:
            self._register.note_seen(schedule, now)
            watch.look_from(now)

    def _due(self, watch: Watch, now: datetime) -> list[Occurrence]:
        schedule = watch.schedule
        if schedule.timetable is not None:
            if watch.upcoming is None or watch.upcoming > now:
                return []
            return [Occurrence.at(each) for each in islice(schedule.timetable.between(watch.seen, now), _MOST)]
        known = {*watch.open, *watch.over}
        # of what was pruned nothing is known
        least = min(known) if len(known) >= KEPT else ""
        found = finished(self._register.workspace.metadata, schedule)
        return [each for each in found if each.key not in known and each.key > least]

    def _pass_over(self, schedule: Schedule, decided: Decided, now: datetime) -> None:
        """Note what is not made up for: of a timetable once for all of it."""
        passed = decided.passed
        if not passed:
            return
        many = several(len(passed), "moment")
        why = f"{many} passed while nobody looked" if len(passed) > 1 else "it passed while nobody looked"
        for each in passed if schedule.timetable is None else passed[-1:]:
            self._register.claim(schedule, each.key, Claim("missed", each.moment, now, why))
        newest = "; the newest is made up for" if decided.fires and is_late(decided.fires[-1], now) else ""
        self._say(f"{schedule.name}: {why}{newest}")

    def _claim(self, watch: Watch, occurrence: Occurrence, now: datetime) -> None:
        schedule = watch.schedule
        late = is_late(occurrence, now)
        waits = schedule.overlap == "queue" or (late and schedule.missed == "all")
        why = f"made up for, {duration((now - occurrence.moment).total_seconds())} late" if late else ""
        decision: Decision = "run"
        if watch.open and schedule.overlap != "allow" and not waits:
            decision, why = "skip", "the one before was still running"
        claim = Claim(
            decision,
            occurrence.moment,
            now,
            why,
            words_of(schedule),
            environment_of(schedule, occurrence),
            schedule.cwd,
        )
        if not self._register.claim(schedule, occurrence.key, claim):
            return
        found = Firing(schedule.id, occurrence.key, claim)
        watch.keys.append(occurrence.key)
        if decision == "run":
            watch.open[occurrence.key] = found
        else:
            watch.over.add(occurrence.key)
            self._tell(schedule, found)

    # ---- what starts

    def _begin_what_waits(self, watch: Watch, now: datetime) -> None:
        """Start what was claimed: all of it, or one after the other."""
        schedule = watch.schedule
        for key in sorted(watch.open):
            found = watch.open[key]
            mine = not found.claim.by_hand or now - found.claim.at > GRACE
            if found.state == "waiting" and key not in watch.begun and mine:
                if schedule.overlap != "allow" and any(each != key for each in self._at_work(watch)):
                    continue
                watch.begun[key] = self._start(self._register, schedule.id, key)
                late = f" ({found.claim.why})" if found.claim.why else ""
                self._say(f"{schedule.name}: starts{late}")

    def _at_work(self, watch: Watch) -> list[str]:
        return [key for key, each in watch.open.items() if each.state == "running" or key in watch.begun]

    # ---- what is told

    def _tell(self, schedule: Schedule, found: Firing) -> None:
        self._say(f"{schedule.name}: {found.told(schedule.flow)}")

    def _complain(self, text: str) -> None:
        if text not in self._wrong:
            self._wrong.add(text)
            self._say(f"warning: {text}")
