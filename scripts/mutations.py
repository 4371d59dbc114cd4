"""Would the quick tests notice? Wrong factors, signs and off-by-ones, one at a time: python -m scripts.mutations [word].

Each is written into a copy of the project, in which `tests/engine` and `tests/view` must then fail; those that name `word`, or
all. Prints a table, and ends with 1 where one was not noticed.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
LEFT_OUT = shutil.ignore_patterns(".git", ".venv", ".bench", "__pycache__", ".*_cache", "pictures", "*.sqlite*")
QUICK = [
    sys.executable,
    "-m",
    "pytest",
    "-x",
    "-q",
    "-p",
    "no:cacheprovider",
    "-n",
    "2",
    "--dist",
    "worksteal",
    "-m",
    "not remakes",
    "tests/engine",
    "tests/view",
]

MUTANTS = (  # what goes wrong, where, what stands there, what is put in its place
    ("decay three times too fast", "engine/optimizers.py", "w *= 1 - eta * lam / n", "w *= 1 - 3 * eta * lam / n"),
    ("decay with the wrong sign", "engine/optimizers.py", "w *= 1 - eta * lam / n", "w *= 1 + eta * lam / n"),
    ("decay per mini-batch, not per example", "engine/optimizers.py", "w *= 1 - eta * lam / n", "w *= 1 - eta * lam / m"),
    ("decay of a penalty without the half", "engine/optimizers.py", "w *= 1 - eta * lam / n", "w *= 1 - 2 * eta * lam / n"),
    ("decay as an exponential", "engine/optimizers.py", "w *= 1 - eta * lam / n", "w *= np.exp(-eta * lam / n)"),
    ("every mini-batch averaged over ten", "engine/optimizers.py", "m = inputs[0].shape[1]", "m = 10"),
    ("data with the wrong sign", "engine/optimizers.py", "w -= eta / m", "w -= -eta / m"),
    (
        "the step not counted in the scale",
        "engine/weights.py",
        "gradient.factor / self.scale",
        "gradient.factor + 0 * self.scale",
    ),
    (
        "biases decay as well",
        "engine/optimizers.py",
        "b -= mean",
        "b *= np.float32(1 - eta * np.max(lam) / n)\n        b -= mean",
    ),
    ("every epoch in the same order", "engine/training.py", "spawn_key=(1, epoch)", "spawn_key=(1, 0)"),
    ("L2 one epoch too long", "engine/hyperparameters.py", "epoch < self.l2_until", "epoch <= self.l2_until"),
    (
        "one update too few in an epoch",
        "engine/hyperparameters.py",
        "-(-self.n_train // self.batch_size)",
        "self.n_train // self.batch_size",
    ),
    ("a scaled start of 1/fan-in", "engine/initialization.py", "1.0 / np.sqrt(fan_in)", "1.0 / fan_in"),
    ("a slope that is not there", "engine/network.py", "error *= activation.slope(z, a)", "error *= 1"),
    ("decay's entry not squared", "engine/measurements.py", "(rho**2 - 1) * before", "(rho - 1) * before"),
    ("data's entry without rho", "engine/measurements.py", "2 * rho * _dot(w_s, g) + gg", "2 * _dot(w_s, g) + gg"),
    ("rho of the next epoch", "engine/measurements.py", "h.l2_during(epoch), h.n_train", "h.l2_during(epoch + 1), h.n_train"),
    ("a cosine without its root", "engine/measurements.py", "_dot(w, w_0) / (norm * norm_0)", "_dot(w, w_0) / (norm * norm)"),
    ("rms over the replicates", "engine/measurements.py", "np.sqrt(w[0].size)", "np.sqrt(w.size)"),
    ("a deviation with n, not n - 1", "engine/statistics.py", "ddof=1", "ddof=0"),
    ("a one-sided interval", "engine/statistics.py", "(1 + LEVEL) / 2", "LEVEL"),
    (
        "a mean in place of its interval",
        "engine/verdicts/__init__.py",
        "if measured.low >= threshold:",
        "if measured.mean >= threshold:",
    ),
    (
        "undecided taken for partly",
        "engine/verdicts/__init__.py",
        "if measured.low >= other_side and measured.high < threshold",
        "if measured.low >= other_side",
    ),
    (
        "inside and outside of a tolerance",
        "engine/verdicts/__init__.py",
        "if low <= measured.low and measured.high <= high",
        "if low <= measured.mean <= high",
    ),
    (
        "one epoch more in a rate",
        "engine/verdicts/decay_per_epoch.py",
        "rms[:, epochs]) / epochs",
        "rms[:, epochs]) / (epochs + 1)",
    ),
    (
        "a share with its sign",
        "engine/verdicts/decay_dominates.py",
        "_share(*np.abs(norm_changes(run)))",
        "_share(*norm_changes(run))",
    ),
    ("rest over a tenth of the time", "engine/verdicts/tail_off.py", "max(1 / rate, LAST)", "max(0.1 / rate, 1)"),
    (
        "rest at two sizes",
        "engine/verdicts/tail_off.py",
        "judge_between(1 - SAME_SIZE, 1 + SAME_SIZE, gap)",
        "judge_between(0, 2, gap)",
    ),
    ("a dead network that is promised something", "engine/verdicts/tail_off.py", "(diverged or not dead(runs))", "True"),
    ("a clock without its root", "engine/verdicts/scaled_start.py", "1 / np.sqrt(fan_in) for fan_in", "1 / fan_in for fan_in"),
)


def noticed(mutant, folder):
    """Whether the quick tests fail, and the first that did; raises where the text to be replaced is not there once."""
    _, path, old, new = mutant
    file = folder / path
    text = file.read_text()
    if text.count(old) != 1:
        raise SystemExit(f"{path} has {old!r} {text.count(old)} times; it is looked for once")
    file.write_text(text.replace(old, new))
    try:
        done = subprocess.run(QUICK, cwd=folder, capture_output=True, text=True, env=os.environ | {"OPENBLAS_NUM_THREADS": "1"})
    finally:
        file.write_text(text)
    failed = next((line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))), "")
    return done.returncode != 0 and bool(failed), failed.split(" - ")[0].removeprefix("FAILED ").removeprefix("ERROR ")


def main():
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    missed = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "copy"
        shutil.copytree(ROOT, folder, ignore=LEFT_OUT)
        print("| what is wrong | noticed | first test | seconds |\n|---|---|---|---|", flush=True)
        for mutant in MUTANTS:
            if word in " ".join(mutant):
                started = time.monotonic()
                seen, test = noticed(mutant, folder)
                missed += not seen
                print(f"| {mutant[0]} | {'yes' if seen else 'NO'} | {test} | {time.monotonic() - started:.0f} |", flush=True)
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
