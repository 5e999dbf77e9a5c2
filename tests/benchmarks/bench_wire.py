"""A service on the wire: schedules a second, and what a statement costs more than straight to the server.

``uv run python -m tests.benchmarks.bench_wire``. Direct and proxied statements take turns, sent by a process of their
own as a service's are; the cost is the difference of the medians. ``--profile`` shows where the proxy spends its time.
"""

from __future__ import annotations

import cProfile
import pstats
import statistics
import subprocess
import sys
import threading
import time

from backend.engines.bare import start_database, start_redis
from backend.engines.processes.supervisor import Supervisor
from backend.explorer.question import service_question
from backend.service.explored.deployment import Deployment
from backend.service.explored.run import ServiceExploration
from backend.service.reach import Reach, reach_database, reach_redis
from backend.service.wire.attribution import InFlight
from backend.service.wire.dialects import DIALECTS
from backend.service.wire.fault_injector import Processes
from backend.service.wire.hub import Hub
from backend.service.wire.recorder import Recorder
from tests.backend.service.frameworks import EXPRESS, FASTAPI, FOLDER

ROUNDS, STATEMENTS = 9, 500
EXPLORATIONS = 5
_CLIENT = f"""
import sys, time, psycopg, redis
kind, *ways = sys.argv[1:]
def once(url):
    if kind == "redis":
        client = redis.Redis.from_url(url)
        return lambda: client.get("key")
    connection = psycopg.connect(url, autocommit=True)
    return lambda: connection.execute("SELECT oid FROM pg_database WHERE datname = %s", ("k1",))
calls = [once(url) for url in ways]
for number in range({ROUNDS} + 1):
    for call in calls:
        started = time.perf_counter()
        for _ in range({STATEMENTS}):
            call()
        took = (time.perf_counter() - started) / {STATEMENTS} * 1e6
        print(took, end=" " if call is calls[0] else "\\n", flush=True)
"""  # noqa: S608  made of constants


def tap_cost(url: str, reach: Reach, profile: cProfile.Profile | None) -> tuple[float, float, float]:
    """Microseconds of a statement: straight to the server, through a proxy, and of the proxy's processor time."""
    recorder = Recorder(Processes(lambda _: None, lambda _number, _ms: None))
    hub = recorder.hub = Hub(recorder)
    recorder.began(InFlight("k1.1", 1, "k1"))
    door = hub.open_door(1, DIALECTS[reach.kind], reach.open)
    ways = [url.replace("+psycopg", ""), reach.at("127.0.0.1", door.port).url]
    argv = [sys.executable, "-c", _CLIENT, reach.kind.value, *ways]
    with subprocess.Popen(argv, stdout=subprocess.PIPE, text=True) as client:
        gone = threading.Event()

        def wait() -> None:
            client.wait()
            gone.set()

        threading.Thread(target=wait).start()
        used = time.process_time()
        if profile:
            profile.enable()
        while not gone.is_set():
            hub.poll(0.02)
        if profile:
            profile.disable()
        used = time.process_time() - used
        assert client.stdout is not None
        rounds = [tuple(map(float, line.split())) for line in client.stdout][1:]
    hub.close()
    ours = used / STATEMENTS / (ROUNDS + 1) * 1e6
    return statistics.median(one for one, _ in rounds), statistics.median(two for _, two in rounds), ours


def schedules_a_second(name: str) -> float:
    """Of check-then-act, with two requests."""
    framework = {"Node": EXPRESS, "FastAPI": FASTAPI}[name]
    found = []
    with Deployment(framework.description("/check"), FOLDER, 2) as deployment:
        for _ in range(EXPLORATIONS):
            started = time.perf_counter()
            exploration = ServiceExploration(deployment, service_question(name))
            result = exploration.explore(lambda _: None, threading.Event())
            found.append(result.schedules / (time.perf_counter() - started))
    return statistics.median(found)


def main() -> None:
    """Print both."""
    profile = cProfile.Profile() if "--profile" in sys.argv else None
    with Supervisor() as supervisor:
        urls = [start_database(supervisor, "postgresql", None).url, start_redis(supervisor, None, None).url]
        for url, reach in zip(urls, [reach_database(urls[0]), reach_redis(urls[1])], strict=True):
            straight, through, ours = tap_cost(url, reach, profile)
            print(
                f"{reach.kind}: straight {straight:.0f} us, through the wire {through - straight:.0f} us more,", end=" "
            )
            print(f"of which the proxy computes {ours:.0f} us")
    if profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(22)
        return
    for name in ("Node", "FastAPI"):
        print(f"{name}: {schedules_a_second(name):.0f} schedules/s")


if __name__ == "__main__":
    main()
