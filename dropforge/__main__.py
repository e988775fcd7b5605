"""`python -m dropforge` is the same as `dropforge`."""

from dropforge.cli.app import main

if __name__ == "__main__":
    main()
