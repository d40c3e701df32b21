#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Golden test of the log formats: one folder a format.

usage: run.py BINARY FOLDER [NAME...]

FOLDER/NAME is of the parser NAME; FOLDER/NAME--WORD is a further one of it. It holds one or more `input*` files,
`expected.csv`, `why.txt`, which tells how the expected rows were derived, and, where the format needs them, `options`:
further arguments, one a line. The program reads the inputs without --parser, and `parsers detect` must name NAME for
each. The header of expected.csv tells what is compared: with a column `start` the windows of the series, otherwise the
records of `extract`; only the columns told are compared, in the order of the program's output. A format that tells
nothing about up or down has `expected.txt` in its place: what the program says when it refuses.

Exits with 1 where a line differs, and, where no NAME is given, where a parser file beside the tests (../../parsers) has
no folder, a folder no parser, or where `samples` is not the last key of a parser file.
"""
import csv
import difflib
import io
import os
import re
import subprocess
import sys


def read_expected(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    return rows[0], rows[1:]


def inputs_of(folder):
    return sorted(name for name in os.listdir(folder) if name.startswith("input"))


def run_program(binary, folder, header):
    options = []
    path = os.path.join(folder, "options")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            options = file.read().split("\n")
    options = [option for option in options if option]
    command = ["windows", "--level", "series"] if "start" in header else ["extract"]
    result = subprocess.run([binary] + command + ["-q"] + options + inputs_of(folder), cwd=folder, capture_output=True,
                            env={**os.environ, "TZ": "Asia/Kolkata", "LC_ALL": "C"}, check=False)
    return result.returncode, result.stdout.decode("utf-8", "replace"), result.stderr.decode("utf-8", "replace")


def select(text, header):
    rows = list(csv.reader(io.StringIO(text, newline="")))
    if not rows:
        return []
    missing = [name for name in header if name not in rows[0]]
    if missing:
        return ["no such column: " + " ".join(missing)]
    places = [rows[0].index(name) for name in header]
    return [[row[place] for place in places] for row in rows[1:]]


def detection_faults(binary, folder):
    parser = os.path.basename(folder).split("--")[0]
    for name in inputs_of(folder):
        result = subprocess.run([binary, "parsers", "detect", name], cwd=folder, capture_output=True, check=False)
        first = result.stdout.decode("utf-8", "replace").split("\n")[0]
        if parser not in first.rsplit("): ", 1)[-1].split():
            yield f"{name} is not read by {parser}: {first}"


def check_refused(binary, folder):
    """Of a format without evidence: the exit status, and what is said in place of results."""
    with open(os.path.join(folder, "expected.txt"), encoding="utf-8") as file:
        expected = file.read()
    status, _, err = run_program(binary, folder, [])
    if status == 3 and err == expected:
        return True
    print("FAILED", os.path.basename(folder), "exit status", status)
    print(err.rstrip())
    return False


def check(binary, folder):
    faults = list(detection_faults(binary, folder))
    for fault in faults:
        print("FAILED", os.path.basename(folder), fault)
    if os.path.exists(os.path.join(folder, "expected.txt")):
        return check_refused(binary, folder) and not faults
    header, expected = read_expected(os.path.join(folder, "expected.csv"))
    status, out, err = run_program(binary, folder, header)
    got = select(out, header)
    if status == 0 and got == expected:
        return not faults
    print("FAILED", os.path.basename(folder), "exit status", status)
    if err:
        print(err.rstrip())
    lines = difflib.unified_diff([",".join(row) for row in expected], [",".join(row) for row in got],
                                 "expected", "got", lineterm="")
    for line in lines:
        print(line)
    return False


def top_keys(path):
    with open(path, encoding="utf-8") as file:
        return [match.group(1) for match in map(re.compile(r"([A-Za-z_]+):").match, file) if match]


def is_whole(folder):
    return any(os.path.exists(os.path.join(folder, name)) for name in ("expected.csv", "expected.txt"))


def missing_parts(parsers, folder):
    """Parsers without a test, tests without a parser, and parser files that do not end with their samples."""
    names = {name[:-len(".yaml")] for name in os.listdir(parsers) if name.endswith(".yaml")}
    tested = {name.split("--")[0]: name for name in os.listdir(folder) if os.path.isdir(os.path.join(folder, name))}
    complete = {key for key, name in tested.items() if is_whole(os.path.join(folder, name))}
    faults = [f"parsers/{name}.yaml has no golden folder tests/formats/{name} with an expected.csv or .txt"
              for name in names - complete]
    faults += [f"tests/formats/{tested[key]} is of no parser in parsers/" for key in tested.keys() - names]
    faults += [f"parsers/{name}.yaml: `samples` is not its last key" for name in names
               if top_keys(os.path.join(parsers, name + ".yaml"))[-1:] != ["samples"]]
    return sorted(faults)


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    binary = os.path.abspath(sys.argv[1])
    names = sys.argv[3:] or sorted(os.listdir(sys.argv[2]))
    folders = [os.path.join(sys.argv[2], name) for name in names]
    folders = [folder for folder in folders if is_whole(folder)]
    faults = [] if sys.argv[3:] else missing_parts(os.path.join(sys.argv[2], "..", "..", "parsers"), sys.argv[2])
    for fault in faults:
        print("FAILED", fault)
    failed = [folder for folder in folders if not check(binary, folder)]
    print(len(folders) - len(failed), "of", len(folders), "formats agree")
    return 1 if failed or faults or not folders else 0


if __name__ == "__main__":
    sys.exit(main())
