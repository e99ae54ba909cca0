"""`python -m segstudio`."""

from segstudio.cli.main import main

if __name__ == "__main__":
    main()
