"""What a monitor wants to know of a follower."""

import time
from dataclasses import dataclass


@dataclass
class Counted:
    """What a monitor wants to know, in Prometheus' text format."""

    errors: int = 0
    moved: int = 0
    rejected: int = 0
    success: float = 0.0

    def seen(self, *, moved: bool, rejected: bool) -> None:
        """Count a look that came to an end."""
        self.moved += moved
        self.rejected += rejected
        self.success = time.time()

    def text(self, reference: str, current: str) -> str:
        """Give the file that a node exporter reads."""
        version, _, sha256 = current.rpartition("-")
        labels = f'{{reference="{reference}"}}'
        told = (
            ("info", "gauge", f'{{reference="{reference}",version="{version}",sha256="{sha256}"}}', 1),
            ("last_success_timestamp_seconds", "gauge", labels, self.success),
            ("errors_total", "counter", labels, self.errors),
            ("moves_total", "counter", labels, self.moved),
            ("rejections_total", "counter", labels, self.rejected),
        )
        lines = (
            f"# TYPE modelry_sync_{name} {kind}\nmodelry_sync_{name}{its} {value}\n"
            for name, kind, its, value in told
        )
        return "".join(lines)
