"""``python -m diag``: the same as the command ``diag``."""

from diag.cli import main

if __name__ == "__main__":
    main()
