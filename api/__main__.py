"""`python -m api` is the same as `dini`."""

from api.cli import main

main()
