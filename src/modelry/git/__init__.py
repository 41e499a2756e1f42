"""Git: the only room that runs it. Reads trees from commits, writes commits without a work tree.

- `repository` is the door to one: what a revision means, its trees, and the commits and branches that we make.
- `reading` asks for much in one go: blobs and files. `merging` merges in memory. `refs` reads and makes tags.
- `running` is how git is run, and `blobs` a process of it that answers as long as somebody asks.
"""

from modelry.git.merging import MergeConflictError
from modelry.git.refs import Tagged
from modelry.git.repository import Repository
from modelry.git.running import GitError

__all__ = ["GitError", "MergeConflictError", "Repository", "Tagged"]
