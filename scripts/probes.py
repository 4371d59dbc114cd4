"""What the present REVISION trains, in small, for a test to compare with: python -m scripts.probes.

To be run again once REVISION in engine/optimizers.py was raised; then `make results` trains again what ships.
"""

from engine import archive, train
from tests.engine.probes import FOLDER, PROBES


def main():
    for name, h in PROBES.items():
        (FOLDER / f"{name}.npz").write_bytes(archive.pack(train(h, cache=None)))


if __name__ == "__main__":
    main()
