"""Runs programs and says what they took; for the scripts beside it."""
import os
import pathlib
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass

ROOT = pathlib.Path(__file__).resolve().parent.parent
PARLANCE = ROOT / "build/release/parlance"
GENERATE = ROOT / "bench/generate"


@dataclass
class Cost:
    cpu: float   # seconds, user and system
    wall: float  # seconds
    rss: float   # peak resident memory, MiB


def run(command, statuses=(0,)):
    """Fails with what the program said if it ends with another status."""
    with open(os.devnull, "wb") as nowhere, subprocess.Popen(
            [str(each) for each in command], stdout=nowhere, stderr=subprocess.PIPE) as process:
        begun = time.monotonic()
        said = process.stderr.read()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.monotonic() - begun
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in statuses:
        sys.exit(f"{' '.join(map(str, command))} ended with {process.returncode}:\n"
                 f"{said.decode(errors='replace').strip()}")
    return Cost(usage.ru_utime + usage.ru_stime, wall, usage.ru_maxrss / 1024)


def median(costs):
    return Cost(*(statistics.median(getattr(each, name) for each in costs)
                  for name in ("cpu", "wall", "rss")))


def parlance(program, capture, records=os.devnull, threads=1):
    return [program, "-q", "--threads", str(threads), "-r", capture, "-o", f"json:{records}"]


def generate(*arguments):
    subprocess.run([GENERATE, *map(str, arguments)], check=True, stderr=subprocess.DEVNULL)


def table(columns, rows):
    """Markdown; a column whose name begins with '<' is text, others are figures."""
    rule = "|" + "|".join("---" if each[0] == "<" else "---:" for each in columns) + "|"
    lines = ["| " + " | ".join(map(str, cells)) + " |"
             for cells in ([each.lstrip("<") for each in columns], *rows)]
    return "\n".join([lines[0], rule, *lines[1:]])
