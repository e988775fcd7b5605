"""Run every measurement, one after the other."""

import subprocess
import sys

BENCHES = ("bench.demo", "bench.prepare", "bench.evaluate")


def main() -> int:
    """Run each in a process of its own, so that none inherits another's memory."""
    failed = []
    for name in BENCHES:
        print(f"--- python -m {name}", flush=True)
        if subprocess.run([sys.executable, "-m", name], check=False).returncode:
            failed.append(name)
    for name in failed:
        print(f"{name}: a figure is over its limit", file=sys.stderr)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
