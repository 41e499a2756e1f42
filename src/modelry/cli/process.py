"""How the program's own process begins and ends: with nothing that no command needs."""

import atexit
import gc
import os
import sys
import threading
from types import ModuleType
from typing import Any

_OBJECTS = 100_000
"""How many more objects than before there have to be for the collector to look for cycles among them."""

_LOADER = "pydantic.plugin._loader"


def begin() -> None:
    """Make ready for one short command."""
    # What it reads has no cycles: the collector would look at all of it again and again.
    gc.set_threshold(_OBJECTS)
    sys.modules.setdefault(_LOADER, _NoPlugins(_LOADER))


class _NoPlugins(ModuleType):
    """Stands where pydantic looks for plugins, among all that is installed: none has a say in what we read.

    To look takes a tenth of a small check. pydantic can be told to load none (`PYDANTIC_DISABLE_PLUGINS`), but it imports what
    it would look with all the same, and the programs that we start would be told as well.
    """

    @staticmethod
    def get_plugins() -> tuple[object, ...]:
        return ()

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever another pydantic has there
        """Give what is not known here from the module in whose place this stands."""
        # Never for the pydantic that we know.
        from importlib.machinery import PathFinder  # noqa: PLC0415
        from importlib.util import module_from_spec  # noqa: PLC0415

        import pydantic.plugin  # noqa: PLC0415

        spec = PathFinder.find_spec(_LOADER, pydantic.plugin.__path__)
        if name.startswith("__") or spec is None or spec.loader is None:
            raise AttributeError(name)
        real = module_from_spec(spec)
        spec.loader.exec_module(real)
        return getattr(real, name)


def end(code: int) -> None:
    """End the process, which is ours alone, without taking its modules apart: that takes as long as a small check.

    What asked to be called at the end is called. A thread that still runs is waited for in Python's own way.
    """
    if threading.active_count() > 1:
        return
    try:
        atexit._run_exitfuncs()  # noqa: SLF001 - what Python itself calls first; then it takes the modules apart
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, AttributeError):  # nobody reads any more, or there is no stdout: Python knows what to do
        return
    os._exit(code)
