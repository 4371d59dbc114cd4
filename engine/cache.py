"""Runs keyed by hyperparameters: trained once for all who ask, one at a time, continued, cancelled, bounded in bytes."""

import threading
import time
from collections import OrderedDict, deque
from dataclasses import fields

from engine.archive import RESULTS, find
from engine.training import Trajectory

MAX_BYTES = 150 << 20
TURN = 0.5
"""Seconds that a run trains before another that waits gets its turn."""
HEADER = 128
"""Bytes that an array takes beside its numbers: more than the numbers, for most of a Record's."""


class Job:
    """A run that was asked for: its epochs so far, and whether it is finished."""

    def __init__(self, h, trajectory, changed):
        self.hyperparameters = h
        self.owners = set()
        self.error = None
        self.cancelled = False
        self._trajectory = trajectory
        self._training = trajectory.train(h.epochs)  # goes on where it waited
        self._changed = changed

    @property
    def epochs(self):
        """Completed epochs; -1 before the untrained network was measured."""
        return min(len(self._trajectory.records) - 1, self.hyperparameters.epochs)

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

    def wait(self, timeout=None):
        """Block until the job is finished or `timeout` seconds have passed; whether it is finished."""
        with self._changed:
            return self._changed.wait_for(lambda: self.finished, timeout)


class RunCache:
    """Trajectories by key, the least recently used dropped first, and one thread that trains them.

    One thread, because small networks train no faster in two. Each owner (a reader's figure, a script) wants one run at a
    time: asking for another gives up the first, and a run that nobody wants any more stops within its epoch. What it had
    trained until then, but for the epoch it was in, is kept.
    """

    def __init__(self, max_bytes=MAX_BYTES, results=RESULTS):
        self.max_bytes = max_bytes
        self._results = results
        self._trajectories = OrderedDict()
        self._jobs = {}  # hyperparameters -> job that is queued or training
        self._wanted = {}  # owner -> job
        self._queue = deque()
        self._changed = threading.Condition()
        self._worker = None

    def train(self, h):
        """The complete Run; trains what is missing of it."""
        owner = object()
        try:
            job = self.request(h, owner)
            job.wait()
        finally:
            self.release(owner)
        return job.run

    def request(self, h, owner):
        """The Job of a run, at once; finished where the run is known. Gives up what `owner` wanted before."""
        with self._changed:
            if owner in self._wanted and self._wanted[owner].hyperparameters != h:
                self.release(owner)
            job = self._jobs.get(h)
            if job is None:
                job = Job(h, self._trajectory(h), self._changed)
                if job.finished:
                    return job
                self._jobs[h] = job
                self._queue.append(job)
                self._start()
            job.owners.add(owner)
            self._wanted[owner] = job
            self._changed.notify_all()
            return job

    def release(self, owner):
        """The owner wants nothing any more."""
        with self._changed:
            job = self._wanted.pop(owner, None)
            if job is not None:
                job.owners.discard(owner)

    def network(self, h, epoch):
        """The network of the run of `h` after so many epochs, trained again from the nearest one that was kept."""
        with self._changed:
            trajectory = self._trajectory(h)
        network = trajectory.network_at(epoch)
        with self._changed:
            self._evict(keep=h.key)
        return network

    @property
    def nbytes(self):
        """Bytes of all trajectories kept."""
        with self._changed:
            return sum(_nbytes(t) for t in self._trajectories.values())

    def _trajectory(self, h):
        trajectory = self._trajectories.get(h.key)
        if trajectory is None:
            trajectory = self._trajectories[h.key] = self._shipped(h) or Trajectory(h)
            self._evict(keep=h.key)
        self._trajectories.move_to_end(h.key)
        return trajectory

    def _shipped(self, h):
        """The trajectory that ships; None where there is none: then the run is trained."""
        kept = find(h, self._results)
        return kept and Trajectory.of(kept.run, kept.networks)

    def _start(self):
        if self._worker is None or not self._worker.is_alive():
            self._worker = threading.Thread(target=self._work, name="training", daemon=True)
            self._worker.start()

    def _work(self):
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._queue)
                job = self._queue.popleft()
            try:
                self._train(job)
            except Exception as error:
                job.error = error
                self._end(job)

    def _train(self, job):
        """Train until the job is finished, given up, or has had its turn while others wait; then it queues again."""
        started = time.monotonic()
        with self._changed:
            if not job.owners:
                return self._end(job)
        for _ in job._training:
            with self._changed:
                self._changed.notify_all()
                if not job.owners or job.finished:  # ended before the lock is left: who asks from now on gets a new job
                    self._end(job)
                    break
                if self._queue and time.monotonic() - started > TURN:
                    return self._queue.append(job)
        else:
            self._end(job)
        job._training.close()

    def _end(self, job):
        with self._changed:
            job.cancelled = not job.finished
            del self._jobs[job.hyperparameters]
            for owner in job.owners:
                del self._wanted[owner]
            self._evict()
            self._changed.notify_all()

    def _evict(self, keep=None):
        wanted = {keep, *(job.hyperparameters.key for job in self._jobs.values())}
        for key in [k for k in self._trajectories if k not in wanted]:
            if self.nbytes <= self.max_bytes:
                break
            del self._trajectories[key]


def _nbytes(trajectory):
    arrays = [getattr(r, f.name) for r in trajectory.records[:1] for f in fields(r)[1:]]
    networks = dict(trajectory.networks).values()
    weights = [w for network in networks for w in (*network.weights, *network.biases)]
    return HEADER + len(trajectory.records) * sum(HEADER + a.nbytes for a in arrays) + sum(w.nbytes for w in weights)
