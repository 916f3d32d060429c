"""Load of the machine during a run, sampled by MLflow's monitors for the page's system metrics.

MLflow's own logging thread waits for minutes if a server is away. Here a thread only samples; the
training's thread writes, with the epochs.
"""

import threading
import time
from collections import deque
from types import TracebackType
from typing import Self

from mlflow.system_metrics.metrics.base_metrics_monitor import BaseMetricsMonitor
from mlflow.system_metrics.metrics.cpu_monitor import CPUMonitor
from mlflow.system_metrics.metrics.disk_monitor import DiskMonitor
from mlflow.system_metrics.metrics.gpu_monitor import GPUMonitor
from mlflow.system_metrics.metrics.network_monitor import NetworkMonitor

from keras_dl.tracking.tracked_run import TrackedRun

__all__ = ["SystemMetrics"]

INTERVAL = 10.0  # seconds between two samples


class SystemMetrics:
    """Samples processors, memory, disk, network and graphics cards while a block runs.

    Metrics are named `system/cpu_utilization_percentage` and so on; steps are seconds since the
    start of the run.

    Args:
        tracked: run that gets the metrics.
        interval: seconds between two samples.
    """

    def __init__(self, tracked: TrackedRun, interval: float = INTERVAL) -> None:
        self._tracked, self._interval = tracked, interval
        self._samples: deque[tuple[float, dict[str, float]]] = deque()
        self._ended = threading.Event()
        self._monitors: list[BaseMetricsMonitor] = [CPUMonitor(), DiskMonitor(), NetworkMonitor()]
        if (graphics := _graphics_monitor()) is not None:
            self._monitors.append(graphics)
        self._thread = threading.Thread(target=self._sample, daemon=True, name="system-metrics")

    def write(self) -> None:
        """Logs the samples since the last call."""
        start = self._tracked.run.info.start_time / 1000
        while self._samples:
            when, values = self._samples.popleft()
            self._tracked.metrics(values, step=max(0, round(when - start)), when=when)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._thread.join()
        if error is None:
            self.write()

    def _sample(self) -> None:
        while not self._ended.wait(self._interval):
            values: dict[str, float] = {}
            for monitor in self._monitors:
                monitor.collect_metrics()
                values |= monitor.aggregate_metrics() or {}
                monitor.clear_metrics()
            named = {f"system/{name}": float(value) for name, value in values.items()}
            self._samples.append((time.time(), named))


def _graphics_monitor() -> GPUMonitor | None:
    """Returns the monitor of NVIDIA's cards; None without one, or without their Python package."""
    try:
        return GPUMonitor()
    except (ImportError, RuntimeError):
        return None
