"""`python -m local` is the `studio` command."""

from local.app import main

if __name__ == "__main__":
    main()
