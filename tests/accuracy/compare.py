#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Holds the program against reference.py on random scenarios: every window and every sum, to the millisecond.

Usage: compare.py BINARY [--seeds FIRST..LAST] [--keep DIR] [--all] [--no-shrink]

A seed is a scenario: a few services and vantages, outages shared or staggered, blips, flickers, gaps, silent monitors,
conflicts, and options. The first difference is made as small as it can be and printed with its input. --all goes on and
counts the kinds of differences. Exit status 0 where all agree.
"""

import argparse
import concurrent.futures
import json
import os
import random
import subprocess
import sys
import tempfile
from dataclasses import replace
from datetime import datetime, timezone

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from reference import Options, reference  # noqa: E402

EPOCH = 1_767_225_600_000  # 2026-01-01T00:00:00Z
FIELDS = ("observed", "min", "max", "likely", "unknown", "failed", "flickers", "flags", "bounds")
SUMS = ("up", "partial", "degraded", "down", "maintenance", "unknown", "blip")


def stamp(t):
    return datetime.fromtimestamp(t // 1000, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S") + f".{t % 1000:03d}Z"


def instant(text):
    whole = datetime.strptime(text[:19] + "+0000", "%Y-%m-%dT%H:%M:%S%z")
    return int(whole.timestamp()) * 1000 + int(text[20:23])


# Scenarios ---------------------------------------------------------------------------------------------------------


def spans(r, end, count, longest):
    result = []
    for _ in range(count):
        start = r.randrange(end)
        result.append((start, start + r.randrange(1, longest)))
    return result


def scenario(seed):
    r = random.Random(seed)
    base = r.choice((20, 30, 60, 60, 60, 120, 300))
    services = [f"s{i}" for i in range(r.choice((1, 1, 1, 2, 2, 3, 4)))]
    vantages = [f"v{i}" for i in range(r.choice((1, 1, 2, 2, 3, 3, 4, 5, 6)))]
    budget = r.choice((12, 30, 60, 120, 400)) // max(1, len(services) * len(vantages) // 3)
    end = base * 1000 * max(6, budget)
    faults = {v: spans(r, end, r.choice((0, 0, 0, 1)), end // 3) for v in vantages}
    asleep = {v: spans(r, end, r.choice((0, 0, 0, 1, 2)), max(2, end // 3)) for v in vantages}
    hours = r.random() < 0.15  # a pause longer than max-bridge
    noise = r.choice((0, 0, 0.02, 0.1, 0.3))
    loss = r.choice((0, 0, 0.05, 0.3))
    blind = r.choice((0, 0, 0, 0.05, 0.2))
    slow_noise = r.choice((0, 0, 0.05, 0.2))
    whole = r.random() < 0.6
    observations = []
    for service in services:
        outages = spans(r, end, r.choice((0, 1, 1, 2)), max(2, end // 3))
        slow = spans(r, end, r.choice((0, 0, 1, 1)), max(2, end // 3))
        open_end = r.random() < 0.15
        for vantage in vantages:
            if len(services) > 1 and r.random() < 0.1:
                continue
            own = spans(r, end, r.choice((0, 0, 0, 1)), max(2, end // 4))
            shift = r.choice((0, 0, 0, r.randrange(-5, 6) * base * 500))
            lasting = [(s + shift, e + shift + r.choice((0, 0, base * 3000))) for s, e in outages if r.random() < 0.85]
            lasting += own + faults[vantage]
            if open_end:
                lasting.append((end - r.randrange(1, 6) * base * 1000, end * 2))
            for check in r.choice(([""], [""], [""], ["http", "tcp"])):
                period = base if r.random() < 0.8 else r.choice((20, 60, 150, 300))
                jitter = r.choice((0, 0, 1, period * 100, period * 300))
                t = r.choice((0, r.randrange(period * 1000), r.randrange(period * 5000)))
                stop = end - r.choice((0, 0, r.randrange(period * 8000)))
                shaken = r.random() < 0.5
                while t < stop:
                    at = t + (r.randrange(jitter + 1) if jitter else 0)
                    t += period * 1000
                    if whole:
                        at -= at % 1000
                    if any(s <= at < e for s, e in asleep[vantage]) or r.random() < loss * shaken:
                        continue
                    state = "up"
                    if any(s <= at < e for s, e in slow) or r.random() < slow_noise:
                        state = "degraded"
                    if any(s <= at < e for s, e in lasting) != (r.random() < noise * shaken):
                        state = "down"
                    if r.random() < blind:
                        state = "unknown"
                    if hours and at > end // 2:
                        at += r.choice((3_700_000,))
                    duration = r.choice((0, 0, 0, 5, 250, base * 100, base * 1500)) if r.random() < 0.3 else 0
                    row = (EPOCH + at, service, vantage, check, state, duration)
                    observations.append(row)
                    if r.random() < 0.01:
                        observations.append(row[:4] + (r.choice(("up", "down", "unknown")), r.choice((0, 70))))
    r.shuffle(observations)
    observations = observations[:900] or [(EPOCH, services[0], vantages[0], "", "up", 0)]
    return observations, options(r, base, end, services, vantages)


def options(r, base, end, services, vantages):
    o = Options()
    if r.random() < 0.25:
        o.start = EPOCH + r.randrange(-end // 4, end // 2)
        o.end = o.start + r.randrange(1, end)
        if r.random() < 0.3:
            o.start = None
        elif r.random() < 0.4:
            o.end = None
    o.confirm_down = r.choice((2, 2, 2, 2, 1, 3))
    o.confirm_up = r.choice((2, 2, 2, 2, 1, 3))
    o.confirm_together = r.choice((0.8, 0.8, 0.8, 0, 0.5, 1))
    o.quorum = r.choice((0.5, 0.5, 0.5, 0.5, 0, 0.3, 1, 0.75))
    o.min_vantages = r.choice((1, 1, 1, 1, 2, 3))
    if r.random() < 0.15:
        o.max_gap = base * r.choice((500, 1000, 2000, 5000))
    if r.random() < 0.15:
        o.max_bridge = r.choice((0, base * 2000, base * 10000))
    if r.random() < 0.1:
        o.interval = base * r.choice((500, 1000, 2000))
    if r.random() < 0.15:
        o.weights = {v: r.choice((1, 2, 3, 0.5)) for v in vantages if r.random() < 0.7}
    if r.random() < 0.15:
        for s, e in spans(r, end, r.choice((1, 1, 2)), end // 2):
            o.maintenance.append((EPOCH + s, EPOCH + e, r.choice(["", *services])))
        o.mode = r.choice(("honour", "honour", "exclude", "ignore"))
    return o


def arguments(o):
    args = ["--confirm-down", o.confirm_down, "--confirm-up", o.confirm_up, "--confirm-together", o.confirm_together,
            "--quorum", o.quorum, "--min-vantages", o.min_vantages, "--max-bridge", f"{o.max_bridge}ms"]
    if o.start is not None:
        args += ["--from", stamp(o.start)]
    if o.end is not None:
        args += ["--to", stamp(o.end)]
    if o.max_gap is not None:
        args += ["--max-gap", f"{o.max_gap}ms"]
    if o.interval is not None:
        args += ["--interval", f"{o.interval}ms"]
    return [str(a) for a in args]


def config(o):
    lines = []
    if o.weights:
        lines += ["vantages:", *(f"  - {{name: {v}, weight: {w}}}" for v, w in o.weights.items())]
    if o.maintenance:
        lines += ["maintenance:", f"  mode: {o.mode}", "  windows:"]
        for s, e, service in o.maintenance:
            lines.append(f"    - {{start: {stamp(s)}, end: {stamp(e)}" + (f", service: {service}}}" if service else "}"))
    return "".join(line + "\n" for line in lines)


def table(observations):
    lines = ["time,service,vantage,check,status,latency_ms"]
    lines += [",".join((stamp(o[0]), o[1], o[2], o[3], o[4], str(o[5]) if o[5] else "")) for o in observations]
    return "\n".join(lines) + "\n"


# The program -------------------------------------------------------------------------------------------------------


def write(folder, observations, o):
    """Returns the arguments that make the program read the scenario."""
    with open(os.path.join(folder, "probes.csv"), "w") as f:
        f.write(table(observations))
    args = arguments(o)
    text = config(o)
    if text:
        with open(os.path.join(folder, "config.yaml"), "w") as f:
            f.write(text)
        args += ["-c", "config.yaml"]
    return args + ["probes.csv"]


def run(binary, observations, o):
    with tempfile.TemporaryDirectory(dir="/dev/shm" if os.path.isdir("/dev/shm") else None) as folder:
        args = write(folder, observations, o)
        done = subprocess.run([binary, "report", "-q", "-j", "1", "--outputs", "json", "-o", "out", *args], cwd=folder,
                              capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            return None, f"exit {done.returncode}: {done.stderr.strip()[-2000:]}"
        with open(os.path.join(folder, "out", "report.json")) as f:
            return json.load(f), None


def told(report):
    """Rows and sums of the program, as those of the reference."""
    rows = []
    for w in report["windows"]:
        row = {k: w[k] for k in ("service", "vantage", "check", "signal", "state", "failed", "flickers")}
        row.update(start=instant(w["start"]), end=instant(w["end"]) if w["end"] else None)
        row.update(flags=" ".join(sorted(w["flags"])))
        row.update((k, w[k + "_ms"]) for k in ("observed", "min", "max", "likely", "unknown"))
        bounds = [w.get(k) for k in ("start_after", "start_by", "end_after", "end_by")]
        row.update(bounds=tuple(map(instant, bounds)) if all(bounds) else None)
        rows.append(row)
    sums = {(a["service"], a["vantage"], a["check"], a["signal"]): {k: a[k + "_ms"] for k in SUMS}
            for a in report["availability"]}
    return rows, sums


# Comparison --------------------------------------------------------------------------------------------------------


def place(row):
    return (row["service"], row["vantage"], row["check"], row["signal"], row["state"], "blip" in row["flags"],
            row["start"])


def named(row):
    end = stamp(row["end"]) if row["end"] is not None else "ongoing"
    where = "/".join(x for x in (row["service"], row["vantage"], row["check"]) if x)
    return f"{where} {row['signal']} {row['state']} {stamp(row['start'])} .. {end} [{row['flags']}]"


def differences(observations, o, binary):
    """[(kind, text)]; kind has no values, so that the same fault has the same kind."""
    report, error = run(binary, observations, o)
    if error:
        return [("error", error)]
    theirs, their_sums = told(report)
    ours, our_sums = reference(observations, o)
    result = []
    left = {}
    for row in theirs:
        left.setdefault(place(row), []).append(row)
    unmatched = []
    for row in ours:
        same = left.get(place(row))
        if same:
            result += compared(row, same.pop(0))
        else:
            unmatched.append(row)
    extra = [row for rows in left.values() for row in rows]
    for who, rows in (("expected", unmatched), ("not expected", extra)):
        for row in rows:
            blip = " blip" if "blip" in row["flags"] else ""
            result.append((f"{row['signal']} {row['state']}{blip} {who}", f"{who}: {named(row)}"))
    for key in sorted(set(our_sums) | set(their_sums)):
        x, y = our_sums.get(key), their_sums.get(key)
        if x is None or y is None:
            result.append((f"sum of {key[3]}", f"sum of {key}: expected {x}, told {y}"))
            continue
        for k in SUMS:
            if x[k] != y[k] and not (k == "blip" and key[3] == "service"):
                result.append((f"sum {key[3]} {k}", f"sum {key} {k}: expected {x[k]}, told {y[k]}"))
    return result + contradictions(report, o)


def contradictions(report, o):
    """What no report may say, whatever it is a report of."""
    rows, sums = told(report)
    result, time = [], {}
    end_of_all = instant(report["period"]["end"])
    for row in rows:
        start, end = row["start"], end_of_all if row["end"] is None else row["end"]
        key = row["service"], row["vantage"], row["check"], row["signal"], row["state"]
        if "blip" not in row["flags"]:
            time[key] = time.get(key, 0) + row["observed"] - row["unknown"]
        if start >= end:
            result.append(("empty window", f"no time: {named(row)}"))
        if row["bounds"]:
            a, b2, c, d2 = row["bounds"]
            if not a <= start <= b2 or not c <= end <= d2 or not row["min"] <= row["observed"] <= row["max"]:
                result.append(("outside its bounds", f"outside its bounds: {named(row)} {stamp_all(row['bounds'])}"))
    for key, total in sums.items():
        for state in ("down", "partial", "degraded"):
            if not o.maintenance and time.get((*key, state), 0) != total[state]:
                result.append(("rows and sums", f"{state} rows of {key}: {time.get((*key, state), 0)}, sum {total[state]}"))
    return result


def compared(ours, theirs):
    result = []
    blip = " blip" if "blip" in ours["flags"] else ""
    for k in ("end", *FIELDS):
        if k == "flickers" and ours[k] is None:
            continue
        if ours[k] != theirs[k]:
            show = stamp_all if k in ("end", "bounds") else str
            result.append((f"{ours['signal']} {ours['state']}{blip} {k}",
                           f"{named(ours)}: {k} expected {show(ours[k])}, told {show(theirs[k])}"))
    return result


def stamp_all(value):
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return " ".join(stamp(v)[11:] for v in value)
    return stamp(value)


def shrink(observations, o, binary, kind):
    """Drops what it can as long as a difference of the same kind remains."""
    def persists(some, with_options):
        try:
            return bool(some) and any(k == kind for k, _ in differences(some, with_options, binary))
        except Exception:  # a broken scenario is no smaller one
            return False

    observations = sorted(observations)
    plain = Options()
    for name in plain.__dict__:
        if getattr(o, name) != getattr(plain, name):
            simpler = replace(o, **{name: getattr(plain, name)})
            if persists(observations, simpler):
                o = simpler
    for column in (1, 2, 3):
        for value in sorted({x[column] for x in observations}):
            fewer = [x for x in observations if x[column] != value]
            if persists(fewer, o):
                observations = fewer
    size = len(observations) // 2
    while size:
        i = 0
        while i < len(observations):
            fewer = observations[:i] + observations[i + size:]
            if persists(fewer, o):
                observations = fewer
            else:
                i += size
        size //= 2
    for column, value in ((5, 0), (3, "")):
        for i, x in enumerate(observations):
            if x[column] != value:
                changed = observations[:i] + [x[:column] + (value,) + x[column + 1:]] + observations[i + 1:]
                if persists(changed, o):
                    observations = changed
    return observations, o


def show(observations, o, binary, keep):
    print("options:", " ".join(arguments(o)))
    if config(o):
        print(config(o), end="")
    print(table(observations), end="")
    for _, text in differences(observations, o, binary)[:12]:
        print("  ", text)
    if keep:
        os.makedirs(keep, exist_ok=True)
        write(keep, observations, o)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("binary")
    parser.add_argument("--seeds", default="0..300")
    parser.add_argument("--keep", metavar="DIR", help="write the smallest scenario into this folder")
    parser.add_argument("--all", action="store_true", help="count all kinds of differences")
    parser.add_argument("--only", metavar="KIND", help="look for this kind of difference only")
    parser.add_argument("--no-shrink", action="store_true")
    args = parser.parse_args()
    binary = os.path.abspath(args.binary)
    first, last = map(int, args.seeds.split(".."))
    kinds, bad = {}, 0
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for seed, found in zip(range(first, last), pool.map(judge, range(first, last), [binary] * (last - first),
                                                            chunksize=8)):
            if args.only:
                found = [x for x in found if x[0] == args.only]
            if not found:
                continue
            bad += 1
            for kind in {k for k, _ in found}:
                kinds.setdefault(kind, []).append(seed)
            if not args.all:
                pool.shutdown(cancel_futures=True)
                print(f"seed {seed}: {found[0][1]}")
                observations, o = scenario(seed)
                if not args.no_shrink:
                    observations, o = shrink(observations, o, binary, found[0][0])
                show(observations, o, binary, args.keep)
                return 1
    for kind, seeds in sorted(kinds.items(), key=lambda x: -len(x[1])):
        print(f"{len(seeds):5}  {kind}: seeds {' '.join(map(str, seeds[:8]))}")
    print(f"{last - first - bad} of {last - first} scenarios agree")
    return 1 if bad else 0


def judge(seed, binary):
    try:
        return differences(*scenario(seed), binary)
    except Exception as error:
        raise RuntimeError(f"seed {seed}") from error


if __name__ == "__main__":
    sys.exit(main())
