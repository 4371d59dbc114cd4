"""Runs keyed by hyperparameters: trained once for all who ask, in a fair order, continued, cancelled, bounded in bytes."""

import itertools
import logging
import math
import sqlite3
import threading
import time
from collections import OrderedDict
from concurrent.futures import CancelledError
from dataclasses import fields
from itertools import chain

from engine import budget, initialization, line
from engine.archive import RESULTS, Damaged, find, pack, packs, readings
from engine.training import Trajectory, on_the_way
from engine.worker import Bench, Call, Task
from engine.workers import Died

MAX_BYTES = 150 << 20
TURN = 0.5
"""Seconds that a run trains before another that waits gets its turn."""
HEADER = 128
"""Bytes that an array takes beside its numbers: more than the numbers, for most of a Record's."""
IDLE = 0.2
"""Seconds between two moments at which a call that is waited for can be given up."""
FRESH = 0.5
"""Seconds for which it stays true who comes before whom: readers are told of it."""
LONG, QUIET = 5, 10
"""So many runs in the line are told in the log, and no more often than every so many seconds."""
DEATHS = 3
"""Workers that may die of one run."""
A_CALL = 0.5
"""Seconds that a call is expected to take where nothing is known of it."""
NAMES = itertools.count()
"""Of tasks."""
LOG = logging.getLogger(__name__)


class _Wanted:
    """What somebody waits for, each with events of its own: what comes for one wakes nobody else."""

    def __init__(self, owners):
        self.owners = owners  # who wants it -> the reader that this is
        self.error, self.cancelled = None, False
        self.begun, self.over = threading.Event(), threading.Event()

    def end(self):
        """Nothing more will come: who waits for its begin or its end waits no longer."""
        self.begun.set()
        self.over.set()


class Job(_Wanted):
    """A run that was asked for: its epochs so far, and whether it is finished."""

    def __init__(self, h, trajectory, cache):
        super().__init__({})
        self.hyperparameters = h
        self._trajectory = trajectory
        self._cache = cache

    @property
    def key(self):
        return self.hyperparameters.key

    @property
    def epochs(self):
        """Completed epochs; -1 before the untrained network was measured."""
        return min(self._trajectory.done, self.hyperparameters.epochs)

    @property
    def finished(self):
        """Nothing more will come: the run is complete, has diverged, was cancelled or failed."""
        return self.cancelled or self.error is not None or self._trajectory.covers(self.hyperparameters.epochs)

    @property
    def run(self):
        """The Run so far, None before its first record. Raises what the training raised."""
        if self.error is not None:
            raise self.error
        return self._trajectory.run(self.hyperparameters) if self._trajectory.records else None

    @property
    def ahead(self):
        """(runs, seconds): how many are before this one, and what they take, roughly; (0, 0) once it has begun."""
        return self._cache.ahead(self)

    def wait(self, timeout=None, until_begun=False):
        """Block until the job is finished, or has its first record, or `timeout` seconds have passed; whether it is so."""
        return (self.begun if until_begun else self.over).wait(timeout)


class _Training:
    """What is to be trained of one trajectory, for all jobs that want some of it."""

    def __init__(self, trajectory):
        self.trajectory, self.jobs = trajectory, []
        self.name, self.worker, self.deaths = next(NAMES), None, 0  # the worker that holds it between two turns
        self.place = line.Place()

    @property
    def until(self):
        return max((job.hyperparameters.epochs for job in self.jobs), default=0)

    def update(self):
        """Its place in the line, as the jobs and the epochs now are."""
        self.place.readers = {reader for job in self.jobs for reader in job.owners.values()}
        self.place.seconds = budget.seconds(self.trajectory.hyperparameters, self.until - max(self.trajectory.done, 0))

    @property
    def task(self):
        """What a worker needs to know."""
        done = self.trajectory.done
        return Task(self.name, self.trajectory.hyperparameters, done, self.until, *self.trajectory.nearest(max(done, 0)))

    @property
    def begun(self):
        return bool(self.trajectory.records)

    @property
    def what(self):
        return self.trajectory.hyperparameters

    def take(self, record, network):
        self.trajectory.add(record, network)


class Answer(_Wanted):
    """What a function gives that a worker calls: a job of its own."""

    def __init__(self, owner, reader):
        super().__init__({owner: reader})
        self.key = self  # nobody else asks for the same
        self.result, self.done = None, False

    @property
    def finished(self):
        return self.done or self.cancelled or self.error is not None


class _Calling:
    """A function that is to be called for one who waits, in the line like a training."""

    trajectory, begun = None, False

    def __init__(self, answer, function, arguments, seconds):
        self.jobs, self.name, self.worker, self.deaths = [answer], next(NAMES), None, 0
        self.place = line.Place(set(answer.owners.values()), seconds)
        self.task, self.what = Call(self.name, function, arguments), function

    def update(self):
        """Its place does not change."""

    def take(self, result):
        for answer in self.jobs:  # none, where it was given up meanwhile
            answer.result, answer.done = result, True


class RunCache:
    """Trajectories by key, the least recently used dropped first, and those who train them.

    `workers` have the face of engine.worker.Bench; each has a thread here that hands it one turn after the other. One in a
    thread of this process is the default: small networks train no faster in two. Each owner (a reader's figure, a script) wants
    one run at a time: asking for another gives up the first, and a run that nobody wants any more stops. What it had trained
    until then is kept, but for the epoch it was in. A `store` (engine.archive.Store) gets every finished run, and is asked
    before one is trained; several processes may share it.
    """

    def __init__(self, max_bytes=MAX_BYTES, results=RESULTS, workers=None, store=None):
        self.max_bytes = max_bytes
        self._results, self._store = results, store
        self._trajectories = OrderedDict()
        self._bytes = {}  # key -> bytes of its trajectory
        self._trainings = OrderedDict()  # key -> _Training
        self._wanted = {}  # owner -> job
        self._changed = threading.Condition()
        self._workers = [Bench()] if workers is None else workers
        self._threads = []
        self._serving = {}  # worker -> _Training
        self._counts = dict.fromkeys(("refused", "restarts", "errors"), 0)
        self._told = -math.inf  # when the length of the line was last logged
        self._before, self._looked = {}, -math.inf  # place -> (runs, seconds) before it, as of that moment

    def train(self, h):
        """The complete Run; trains what is missing of it."""
        owner = object()
        try:
            job = self.request(h, owner)
            job.wait()
        finally:
            self.release(owner)
        return job.run

    def request(self, h, owner, reader=None, limited=False):
        """The Job of a run, at once; finished where the run is known. Gives up what `owner` wanted before.

        All owners of one `reader` have one place in the line; without it each has its own. `limited`: raises budget.Refused
        where it is too much for one reader.
        """
        self._known(h)
        with self._changed:
            if owner in self._wanted and self._wanted[owner].hyperparameters != h:
                self.release(owner)
            trajectory = self._trajectory(h)
            if trajectory.covers(h.epochs):
                job = Job(h, trajectory, self)
                job.end()
                return job
            if limited:
                self._limit(h, trajectory)
            training = self._trainings.get(h.key)
            if training is None:
                training = self._trainings[h.key] = _Training(trajectory)
            job = next((job for job in training.jobs if job.hyperparameters == h), None)
            if job is None:
                job = Job(h, trajectory, self)
                if training.begun:
                    job.begun.set()
                training.jobs.append(job)
            job.owners[owner] = owner if reader is None else reader
            self._wanted[owner] = job
            training.update()
            self._start()
            self._tell()
            self._changed.notify_all()
            return job

    def release(self, owner):
        """The owner wants nothing any more."""
        with self._changed:
            job = self._wanted.pop(owner, None)
            if job is None:
                return
            job.owners.pop(owner, None)
            training = self._trainings.get(job.key)
            if not job.owners and training is not None and not job.finished:
                self._end(training, job, cancelled=True)
            elif training is not None:
                training.update()

    def ahead(self, job):
        """(runs, seconds) before the first turn of a job, roughly; (0, 0) where it has begun."""
        with self._changed:
            training = self._trainings.get(job.key)
            if training is None or training in self._serving.values() or training.begun:
                return 0, 0.0
            if training.place not in self._before or time.monotonic() - self._looked > FRESH:
                self._before, self._looked = self._queue(), time.monotonic()
            return self._before[training.place]

    def _queue(self):
        """Place -> (runs, seconds) before it, of all that wait."""
        found, seconds = {}, sum(t.place.seconds for t in self._serving.values())
        for before, place in enumerate(self._line(), len(self._serving)):
            found[place] = before, seconds / len(self._workers)
            seconds += place.seconds
        return found

    def call(self, function, *arguments, owner=None, reader=None, idle=None, seconds=A_CALL):
        """function(*arguments), called by a worker: both have to be such as pickle knows. Raises what the function raised.

        Waits, and calls `idle` now and then; what that raises gives up the call, as does another call of this owner: then this
        one raises CancelledError.
        """
        owner = object() if owner is None else owner
        answer = Answer(owner, owner if reader is None else reader)
        with self._changed:
            self.release(owner)
            self._trainings[answer] = _Calling(answer, function, arguments, seconds)
            self._wanted[owner] = answer
            self._start()
            self._changed.notify_all()
        try:
            while not answer.over.wait(IDLE):
                if idle is not None:
                    idle()
        finally:
            with self._changed:
                if self._wanted.get(owner) is answer:  # else it has another by now
                    self.release(owner)
        if answer.error is not None:
            raise answer.error
        if answer.cancelled:
            raise CancelledError(f"another call of {owner} came")
        return answer.result

    def network(self, h, epoch, **waiting):
        """The network of the run of `h` after so many epochs: one that was kept, or trained again from the nearest before it.

        By a worker, as `call` has it. Raises ValueError where the run had diverged.
        """
        if epoch == 0:
            return initialization.draw(h)
        self._known(h)
        with self._changed:
            trajectory = self._trajectory(h)
            trajectory.refuse(epoch)
            start, network = trajectory.nearest(epoch)
        if start < epoch or network is None:
            seconds = budget.seconds(h, epoch - start)
            found = self.call(on_the_way, h, start, network, epoch, **waiting, seconds=seconds)
            network = found[epoch]
            with self._changed:
                for each in found:
                    trajectory.keep(each, found[each])
                self._count(trajectory)
                self._evict(keep=h.key)
        return network

    def read(self, function, h, *more, look=None):
        """function(look, h, *more), which reads something off networks of the run of `h`: as it ships, or found anew.

        `look` is asked for networks and calls; this cache where it is None.
        """
        try:
            found = readings.find(function, h, *more, folder=self._results)
        except Damaged as error:
            LOG.warning("%s", error)
            found = None
        return function(self if look is None else look, h, *more) if found is None else found

    @property
    def state(self):
        """What an operator wants to know: how many wait and for how long, and what went wrong since the start."""
        with self._changed:
            work = [t.place.seconds for t in self._trainings.values()]
            counts = {
                "under_way": len(self._serving),
                "waiting": len(work) - len(self._serving),
                "seconds": round(sum(work), 1),
            }
            return counts | self._counts | {"bytes": self.nbytes}

    @property
    def nbytes(self):
        """Bytes of all trajectories kept."""
        with self._changed:
            return sum(self._bytes.values())

    def close(self):
        """End the workers; what was asked for and is not finished fails."""
        for worker in self._workers:
            worker.close()

    def _known(self, h):
        """Look for a run that memory has not, or not all of, in what ships and in the store: without holding up others."""
        with self._changed:
            known = self._trajectories.get(h.key)
            if known is not None and (known.covers(h.epochs) or h.key in self._trainings):
                return
        found = self._kept(h)
        with self._changed:
            known = self._trajectories.get(h.key)
            if found is None or h.key in self._trainings or (known is not None and known.done >= found.done):
                return
            if known is not None:
                found.begin_with(known)
            self._trajectories[h.key] = found
            self._count(found)
            self._evict(keep=h.key)

    def _kept(self, h):
        kept = find(h, self._results)
        found = kept and Trajectory.of(kept.run, kept.networks)
        if found is None or not found.covers(h.epochs):
            packed = self._packed(h)
            if packed is not None and (found is None or packed.run.epochs > found.done):
                longer = Trajectory.of(packed.run, {})
                if found is not None:
                    longer.begin_with(found)
                found = longer
        if found is not None:
            return found
        try:
            run = self._store.get(h) if self._store is not None else None
        except (OSError, sqlite3.Error) as error:
            LOG.warning("the store cannot be read: %s", error)
            return None
        return run and Trajectory.of(run, {})

    def _packed(self, h):
        try:
            return packs.find(h, self._results)
        except Damaged as error:
            LOG.warning("%s", error)
            return None

    def _trajectory(self, h):
        trajectory = self._trajectories.get(h.key)
        if trajectory is None:
            trajectory = self._trajectories[h.key] = Trajectory(h)
            self._count(trajectory)
            self._evict(keep=h.key)
        self._trajectories.move_to_end(h.key)
        return trajectory

    def _limit(self, h, trajectory):
        try:
            budget.check(h, h.epochs - max(trajectory.done, 0), sum(t.place.seconds for t in self._trainings.values()))
        except budget.Refused as error:
            self._counts["refused"] += 1
            LOG.warning("refused: %s", error)
            raise

    def _tell(self):
        """A line in the log now and then while the line of runs is long."""
        if len(self._trainings) >= LONG and time.monotonic() - self._told > QUIET:
            self._told = time.monotonic()
            LOG.warning("the line of runs: %s", self.state)

    def _line(self):
        """The places of those that wait, in their order."""
        serving = self._serving.values()
        return line.order([t.place for t in self._trainings.values() if t not in serving], [t.place for t in serving])

    def _start(self):
        """A thread for each worker, where there is none or it has ended."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        if not self._threads:
            self._threads = [
                threading.Thread(target=self._work, args=(worker,), name="training", daemon=True) for worker in self._workers
            ]
            for thread in self._threads:
                thread.start()

    def _next(self, worker):
        """The training whose turn it is, of those that `worker` holds or nobody does; None where there is none."""
        free = {t.place: t for t in self._trainings.values() if t.worker in (None, worker)}
        return next((free[place] for place in self._line() if place in free), None)

    def _work(self, worker):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._next(worker) is not None)
                training = self._serving[worker] = self._next(worker)
                training.worker, task = worker, training.task
            error = None
            try:
                for found in worker.turn(task, TURN):
                    if found is not None:
                        self._add(training, *found)
            except Died as death:
                self._counts["restarts"] += 1
                LOG.warning("%s; another is started", death)
                training.worker, training.deaths = None, training.deaths + 1
                error = death if training.deaths == DEATHS else None
            except Exception as failure:
                self._counts["errors"] += 1
                LOG.exception("failed: %r", training.what)
                error = failure
            with self._changed:
                del self._serving[worker]
                if error is not None:
                    for job in list(training.jobs):
                        job.error = error
                        self._end(training, job)
                training.update()
                if training.trajectory is not None:
                    self._count(training.trajectory)
                self._changed.notify_all()

    def _add(self, training, *found):
        """One epoch more of a training, or the result of a call, and the end of the jobs that it completes."""
        with self._changed:
            training.take(*found)
            for job in training.jobs:
                job.begun.set()
            complete = [job for job in training.jobs if job.finished]
            for job in complete:
                self._end(training, job)
        if self._store is not None and complete and training.trajectory is not None:
            self._put(complete[-1].run)

    def _put(self, run):
        try:
            self._store.add(pack(run))
        except (OSError, sqlite3.Error) as error:
            LOG.warning("the store cannot be written: %s", error)

    def _end(self, training, job, cancelled=False):
        """The job is finished, and so is the training where it was the last."""
        job.cancelled = cancelled
        job.end()
        training.jobs.remove(job)
        for owner in job.owners:
            self._wanted.pop(owner, None)
        if not training.jobs:
            self._trainings.pop(job.key, None)
            if training.worker is not None:
                training.worker.drop(training.name)
            if training.trajectory is not None:
                self._count(training.trajectory)
            self._evict()

    def _count(self, trajectory):
        key = trajectory.hyperparameters.key
        if self._trajectories.get(key) is trajectory:  # not dropped meanwhile
            self._bytes[key] = _nbytes(trajectory)

    def _evict(self, keep=None):
        wanted = {keep, *self._trainings}
        for key in [k for k in self._trajectories if k not in wanted]:
            if self.nbytes <= self.max_bytes:
                break
            del self._trajectories[key], self._bytes[key]


def _nbytes(trajectory):
    """Of its records, each a second time in the Run that it keeps, and of its networks."""
    arrays = [getattr(r, f.name) for r in trajectory.records[:1] for f in fields(r)[1:]]
    networks = dict(trajectory.networks).values()
    weights = [w for network in networks for w in (*network.weights, *network.biases, *chain(*network.moments))]
    return HEADER + len(trajectory.records) * sum(HEADER + 2 * a.nbytes for a in arrays) + sum(w.nbytes for w in weights)
