#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Golden test of the log formats: one folder a format.

usage: run.py BINARY FOLDER [NAME...]

FOLDER/NAME holds one or more `input*` files, `expected.csv`, and, where the format needs them, `options`: further
arguments, one a line. The program reads the inputs without --parser, so that detection is tested too. The header of
expected.csv tells what is compared: with a column `start` the windows of the series, otherwise the records of
`extract`; only the columns told are compared, in the order of the program's output. Exits with 1 where a line differs.
"""
import csv
import difflib
import io
import os
import subprocess
import sys


def read_expected(path):
    with open(path, encoding="utf-8", newline="") as file:
        rows = [row for row in csv.reader(file) if row]
    return rows[0], rows[1:]


def run_program(binary, folder, header):
    options = []
    path = os.path.join(folder, "options")
    if os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            options = file.read().split("\n")
    options = [option for option in options if option]
    command = ["windows", "--level", "series"] if "start" in header else ["extract"]
    inputs = sorted(name for name in os.listdir(folder) if name.startswith("input"))
    result = subprocess.run([binary] + command + ["-q"] + options + inputs, cwd=folder, capture_output=True,
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


def check(binary, folder):
    header, expected = read_expected(os.path.join(folder, "expected.csv"))
    status, out, err = run_program(binary, folder, header)
    got = select(out, header)
    if status == 0 and got == expected:
        return True
    print("FAILED", os.path.basename(folder), "exit status", status)
    if err:
        print(err.rstrip())
    lines = difflib.unified_diff([",".join(row) for row in expected], [",".join(row) for row in got],
                                 "expected", "got", lineterm="")
    for line in lines:
        print(line)
    return False


def main():
    if len(sys.argv) < 3:
        print(__doc__, file=sys.stderr)
        return 2
    binary = os.path.abspath(sys.argv[1])
    names = sys.argv[3:] or sorted(os.listdir(sys.argv[2]))
    folders = [os.path.join(sys.argv[2], name) for name in names]
    folders = [folder for folder in folders if os.path.exists(os.path.join(folder, "expected.csv"))]
    failed = [folder for folder in folders if not check(binary, folder)]
    print(len(folders) - len(failed), "of", len(folders), "formats agree")
    return 1 if failed or not folders else 0


if __name__ == "__main__":
    sys.exit(main())
