"""How a registry begins in a folder that may hold anything already, and how newer files come to one that has begun."""

from modelry.founding.beginning import Beginning, begin, write
from modelry.founding.updating import Update, update

__all__ = ["Beginning", "Update", "begin", "update", "write"]
