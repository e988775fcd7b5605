"""`dropforge`, and `python -m dropforge`, which is the same."""

import gc


def main() -> None:
    """Run the command."""
    # What is imported, and read of AWS's services, stays; to look for garbage in it again and
    # again is a sixth of a short command's time.
    gc.disable()
    from dropforge.cli.app import main as run

    gc.freeze()
    gc.set_threshold(100_000)
    gc.enable()
    run()


if __name__ == "__main__":
    main()
