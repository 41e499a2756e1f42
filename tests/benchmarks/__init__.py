"""What modelry takes, in seconds and memory, with its peers beside it: `python -m tests.benchmarks`.

- `synthetic` makes registries of any size, as a folder or as a git repository.
- `measuring` runs whole processes, ours and the peers' in turn; `launcher` is the small process that starts them.
- `cases` says what is compared with what.
"""
