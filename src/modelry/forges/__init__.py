"""Where pull requests are opened and merged: each forge a module with `propose`.

- `local` is plain git: a branch is the pull request, `modelry merge` is the merge button.
"""
