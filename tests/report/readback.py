#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Reads a report back and holds its files against each other.

Every figure that stands in several outputs (workbook, JSON, CSV, Markdown, HTML) must be the same in all of them. The
workbook is read as a program reads it that does not reckon: by the values stored beside its formulas. report.json is
held to its schema where the validator is installed.

    readback.py REPORT_DIR [SCHEMA]

Exits 1 naming each figure that differs, 77 without openpyxl.
"""
import csv
import datetime
import html
import html.parser
import json
import math
import os
import re
import sys
import warnings

try:
    import openpyxl
except ImportError:
    print("openpyxl is not installed: skipped")
    sys.exit(77)

EPOCH = datetime.datetime(1899, 12, 30)
HEAD = 3  # the row of a table's headers
checks = 0
faults = []


def check(what, got, expected, tolerance=0.0):
    """Counts a comparison and keeps it where it fails. Texts and None must be equal, numbers within the tolerance."""
    global checks
    checks += 1
    both = isinstance(got, (int, float)) and isinstance(expected, (int, float))
    fine = abs(got - expected) <= tolerance * max(1.0, abs(expected)) if both else got == expected
    if not fine:
        faults.append(f"{what}: {got!r} is not {expected!r}")


# ---- the workbook ----


def serial(value):
    """Days that a date or duration cell holds; None for an empty one."""
    if isinstance(value, datetime.datetime):
        return (value - EPOCH) / datetime.timedelta(days=1)
    if isinstance(value, datetime.timedelta):
        return value / datetime.timedelta(days=1)
    if isinstance(value, datetime.time):
        clock = datetime.datetime.combine(EPOCH.date(), value)
        return (clock - EPOCH) / datetime.timedelta(days=1)
    return None if value in (None, "") else value


def millis(value):
    if isinstance(value, str) and value.startswith("−"):  # a negative length is a text: a sheet cannot show it
        return -duration(value)
    days = serial(value)
    return round(days * 86400000) if isinstance(days, (int, float)) else days


def instant(value):
    """Milliseconds since 1970 of a date cell; None for empty and for a word ("ongoing")."""
    days = serial(value)
    return None if days is None or isinstance(days, str) else round((days - 25569) * 86400000)


def number(value):
    return None if value in (None, "") else value


def name(value):
    """A text of a log as a cell shows it: guarded against evaluation, controls visible."""
    return value if value is not None else ""


def rows_of(book, sheet):
    """The records of a table as dicts by header, from the sheet and those it goes on in."""
    records, page = [], 1
    while (title := sheet if page == 1 else f"{sheet} {page}") in book.sheetnames:
        rows = list(book[title].iter_rows(min_row=HEAD, values_only=True))
        headers = [h for h in rows[0]]
        for row in rows[1:]:
            if sum(cell not in (None, "") for cell in row) > 1:  # one text alone says that there is no record
                records.append(dict(zip(headers, row)))
        page += 1
    return records


# ---- the other files ----


def when(text):
    """Milliseconds since 1970 of an RFC 3339 time."""
    if not text:
        return None
    moment = datetime.datetime.strptime(text, "%Y-%m-%dT%H:%M:%S.%fZ")
    return round((moment - datetime.datetime(1970, 1, 1)) / datetime.timedelta(milliseconds=1))


UNITS = {"d": 86400000, "h": 3600000, "min": 60000, "s": 1000, "ms": 1}


def duration(text):
    """Milliseconds of "1 h 2 min"; None where there is none."""
    parts = re.findall(r"(\d+) (d|h|min|ms|s)\b", text)
    return sum(int(n) * UNITS[u] for n, u in parts) if parts else 0 if text == "–" else None


def shown(length):
    """What a page shows of a length: whole seconds from an hour on."""
    return length - length % 1000 if length >= 3600000 else length


def figure(text):
    """The first number of "1,234.5 EUR"; None for none."""
    match = re.search(r"-?[\d,]+(\.\d+)?", text)
    return float(match.group().replace(",", "")) if match else None


def plain(cell):
    """The text of a Markdown cell."""
    text = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", re.sub(r"<!--.*?-->", "", cell))  # an empty comment breaks a mention
    return html.unescape(re.sub(r"\*\*|`", "", text)).strip()


def visible(text):
    """A text of a log as people are shown it: control characters as \\xNN."""
    return re.sub(r"[\x00-\x1f\x7f-\x9f]", lambda m: f"\\x{ord(m.group()):02x}", text)


def markdown_tables(path):
    tables, current = [], None
    with open(path, encoding="utf-8") as file:
        for line in file:
            if not line.startswith("|"):
                current = None
                continue
            cells = [plain(c) for c in re.split(r"(?<!\\)\|", line.strip())[1:-1]]
            if current is None:
                current = []
                tables.append(current)
            if not all(re.fullmatch(r":?-+:?", c) for c in cells):
                current.append(cells)
    return tables


class Tables(html.parser.HTMLParser):
    """Collects the cells of every table of a page."""

    def __init__(self):
        super().__init__()
        self.tables, self.cell = [], None

    def handle_starttag(self, tag, attrs):
        if tag == "table":
            self.tables.append([])
        elif tag == "tr" and self.tables:
            self.tables[-1].append([])
        elif tag in ("td", "th") and self.tables and self.tables[-1]:
            self.cell = []

    def handle_data(self, data):
        if self.cell is not None:
            self.cell.append(data)

    def handle_endtag(self, tag):
        if tag in ("td", "th") and self.cell is not None:
            self.tables[-1][-1].append(" ".join("".join(self.cell).split()))
            self.cell = None


def page_table(tables, *headers):
    """The records of the first table that has all these headers, as dicts."""
    for table in tables:
        if table and all(h in table[0] for h in headers):
            return [dict(zip(table[0], row)) for row in table[1:]]
    return []


# ---- what is compared ----

LENGTHS = [("Observed", "observed"), ("At least", "min"), ("At most", "max"), ("Likely", "likely"),
           ("Of which unknown", "unknown")]


def compare_windows(book, report, folder):
    sheet, listed = rows_of(book, "Windows"), report["windows"]
    with open(os.path.join(folder, "windows.csv"), encoding="utf-8", newline="") as file:
        table = list(csv.DictReader(file))
    check("windows: rows of the sheet", len(sheet), len(listed))
    check("windows: rows of windows.csv", len(table), len(listed))
    for i, (cells, row, line) in enumerate(zip(sheet, listed, table)):
        for key in ("service", "vantage", "check", "signal", "state"):
            if not line[key].startswith("'"):
                check(f"windows[{i}].{key} in windows.csv", line[key], visible(row[key]))
        for key in ("signal", "state"):
            check(f"windows[{i}].{key} in the sheet", cells[key.capitalize()], row[key])
        check(f"windows[{i}].service in the sheet", name(cells["Service"]), line["service"])
        for head, key in (("Start (UTC)", "start"), ("End (UTC)", "end")):
            check(f"windows[{i}].{key} in the sheet", instant(cells[head]), when(row[key]))
            check(f"windows[{i}].{key} in windows.csv", when(line[key]), when(row[key]))
        for head, key in LENGTHS:
            told = round(float(line[f"{key}_s"]) * 1000) if line[f"{key}_s"] else None
            check(f"windows[{i}].{key} in the sheet", millis(cells[head]), row[f"{key}_ms"])
            check(f"windows[{i}].{key} in windows.csv", told, row[f"{key}_ms"])
        for key in ("failed", "flickers"):
            check(f"windows[{i}].{key} in the sheet", cells[key.capitalize()], row[key])
            check(f"windows[{i}].{key} in windows.csv", int(line[key]), row[key])
        check(f"windows[{i}].flags in the sheet", name(cells["Flags"]).split(), row["flags"])
        check(f"windows[{i}].flags in windows.csv", line["flags"].split(), row["flags"])


def compare_incidents(book, report):
    sheet, listed = rows_of(book, "Incidents"), report["incidents"]
    sheet = [row for row in sheet if isinstance(row["No."], int)]
    check("incidents: rows of the sheet", len(sheet), len(listed))
    for cells, row in zip(sheet, listed):
        what = f"incident {row['id']}"
        check(f"{what}: number", cells["No."], row["id"])
        check(f"{what}: state", cells["State"], row["state"])
        for head, key in (("Duration", "observed_ms"), ("At least", "min_ms"), ("At most", "max_ms"),
                          ("Onset spread", "onset_spread_ms")):
            check(f"{what}: {key}", millis(cells[head]), row[key])
        check(f"{what}: first_at", instant(cells["First seen (UTC)"]), when(row["first_at"]))
    parts = [row for row in rows_of(book, "Incident services") if isinstance(row["Incident"], int)]
    listed = [part for row in listed for part in row["by_service"]]
    check("incidents by service: rows of the sheet", len(parts), len(listed))
    for cells, row in zip(parts, listed):
        for head, key in (("Time in state", "observed_ms"), ("At least", "min_ms"), ("At most", "max_ms"),
                          ("Likely", "likely_ms"), ("Also partial", "partial_ms"), ("Also degraded", "degraded_ms")):
            check(f"incident service {row['service']}: {key}", millis(cells[head]), row[key])


AVAILABILITY = [("Period", "period_ms"), ("Up", "up_ms"), ("Partly down", "partial_ms"), ("Degraded", "degraded_ms"),
                ("Down", "down_ms"), ("Maintenance", "maintenance_ms"), ("Unknown", "unknown_ms"),
                ("Blips (of up)", "blip_ms"), ("Longest", "longest_ms")]
RATIOS = ["known", "total", "low", "high", "coverage"]


def label(row):
    return f"{row['service']}/{row['vantage'] or 'all'}/{row.get('check', '')}"


def compare_availability(book, report):
    sheet, listed = rows_of(book, "Availability"), report["availability"]
    heat = [list(r) for r in book["Hourly heat map"].iter_rows(min_row=5, values_only=True)]
    check("availability: rows of the sheet", len(sheet), len(listed))
    for i, (cells, row) in enumerate(zip(sheet, listed)):
        what = f"availability {label(row)}"
        for head, key in AVAILABILITY:
            check(f"{what}: {key}", millis(cells[head]), row[key])
        for key in RATIOS:
            check(f"{what}: {key}", number(cells[key.capitalize()]), row[key], 1e-12)
        check(f"{what}: outages", cells["Outages"], row["outages"])
        parts = sum(row[f"{s}_ms"] for s in ("up", "partial", "degraded", "down", "maintenance", "unknown"))
        check(f"{what}: parts of the period", parts, row["period_ms"])
        if i < len(heat) and heat[i][0]:
            minutes = sum(c for c in heat[i][5:] if isinstance(c, (int, float)))
            check(f"{what}: minutes of the heat map", minutes, row["down_ms"] / 60000, 1e-9)
            check(f"{what}: sum in the heat map", heat[i][4], row["down_ms"] / 60000, 1e-9)


MONEY = [("User-minutes", "user_minutes"), ("Cost", "cost"), ("Cost, low", "cost_low"), ("Cost, high", "cost_high"),
         ("Per user-minute", "cost_per_user_minute"), ("Per minute", "cost_per_minute"), ("Users", "users")]


def bare(headers):
    """Headers without the currency behind them."""
    return {re.sub(r" \([^)]*\)$", "", h or ""): v for h, v in headers.items()}


def totals(listed):
    """Sums over the services of what the rows without a vantage tell."""
    sums = {}
    for _, key in MONEY[:4]:
        told = [r[key] for r in listed if r["vantage"] == "" and r["whole"] and r[key] is not None]
        sums[key] = math.fsum(told) if told else None
    return sums


def mark_whole(listed):
    """The first row of each service is the service itself (a vantage may have the empty name too)."""
    before = None
    for row in listed:
        row["whole"] = row["service"] != before
        before = row["service"]


def compare_impact(book, report):
    listed = report["impact"]["services"]
    mark_whole(listed)
    sheet = [bare(row) for row in rows_of(book, "Impact")]
    hours = rows_of(book, "Impact by hour")[1:]
    has_total = bool(sheet) and sheet[-1]["Service"] == "All services" and sheet[-1]["Vantage"] in (None, "")
    total = sheet.pop() if has_total else None
    check("impact: rows of the sheet", len(sheet), len(listed))
    for i, (cells, row) in enumerate(zip(sheet, listed)):
        what = f"impact {label(row)}"
        for head, key in (("Down", "down_ms"), ("In peak hours", "peak_ms"), ("In business hours", "business_ms")):
            check(f"{what}: {key}", millis(cells[head]), row[key])
        for head, key in MONEY:
            check(f"{what}: {key}", number(cells[head]), row[key], 1e-12)
        if not row["whole"] and i < len(hours):
            parts = [millis(hours[i][f"{h:02d}"]) for h in range(24)]
            check(f"{what}: down by hour", sum(parts), row["down_ms"])
    sums = totals(listed)
    if total:
        for head, key in MONEY[:4]:
            check(f"impact: total {key}", number(total[head]), sums[key], 1e-12)
    summary = {r[0]: r[1] for r in book["Summary"].iter_rows(values_only=True) if isinstance(r[0], str)}
    for text, value in summary.items():
        key = {"User-minutes lost": "user_minutes", "Cost": "cost", "Cost, low": "cost_low",
               "Cost, high": "cost_high"}.get(re.sub(r" \([^)]*\)$", "", text))
        if key:
            check(f"Summary: {key}", number(value), sums[key], 1e-12)


def compare_objectives(book, report):
    listed = report["objectives"]
    sheet = rows_of(book, "Objectives") if listed else []
    check("objectives: rows of the sheet", len(sheet), len(listed))
    for cells, row in zip(sheet, listed):
        what = f"objective {row['name']} of {row['service']}"
        check(f"{what}: target", cells["Target"], row["target"], 1e-12)
        if cells["Verdict"] == "not measured":
            continue
        check(f"{what}: achieved", number(cells["Achieved"]), row["achieved"], 1e-12)
        for head, key in (("Error budget", "budget_ms"), ("Spent", "spent_ms"), ("Window", "window_ms")):
            check(f"{what}: {key}", millis(cells[head]), row[key])
        check(f"{what}: verdict", cells["Verdict"] == "met", row["met"])
        check(f"{what}: exhausted", instant(cells["Budget gone (UTC)"]), when(row["exhausted"]))


def compare_alerts(book, report):
    listed = [(row, alert) for row in report["objectives"] for alert in row["alerts"]]
    sheet = rows_of(book, "Burn-rate alerts") if report["objectives"] else []
    check("alerts: rows of the sheet", len(sheet), len(listed))
    for cells, (row, alert) in zip(sheet, listed):
        what = f"alert {alert['factor']} of {row['name']} of {row['service']}"
        check(f"{what}: factor", cells["Burn rate"], alert["factor"], 1e-12)
        check(f"{what}: fired", instant(cells["Fired (UTC)"]), when(alert["fired_at"]))
        check(f"{what}: long window", millis(cells["Long window"]), alert["long_ms"])


def compare_declared(book, report):
    listed = [row for row in report["windows"] if row.get("override")]
    sheet = rows_of(book, "Declared windows") if listed else []
    check("declared windows: rows of the sheet", len(sheet), len(listed))
    for cells, row in zip(sorted(sheet, key=lambda c: c["Window"]), listed):
        what = f"declared window {label(row)}"
        check(f"{what}: measured", millis(cells["Measured"]), row["observed_ms"])
        check(f"{what}: start", instant(cells["Measured start"]), when(row["start"]))
        check(f"{what}: why", cells["Why"], row["override"]["note"])


def compare_comparison(book, report):
    told = report["compare"]
    if told:
        listed = [change for kind in ("inputs", "settings", "overrides", "changes") for change in told[kind]]
        check("comparison: names", [row["What"] for row in rows_of(book, "Comparison")], [change["path"] for change in listed])


def compare_surges(book, report):
    sheet = [row for row in rows_of(book, "Reports") if isinstance(row["Reports"], int)]
    check("surges: rows of the sheet", len(sheet), len(report["surges"]))
    for cells, row in zip(sheet, report["surges"]):
        what = f"surge {label(row)}"
        check(f"{what}: reports", cells["Reports"], row["reports"])
        check(f"{what}: excess", cells["Above usual"], row["excess"], 1e-12)
        check(f"{what}: start", instant(cells["Start (UTC)"]), when(row["start"]))
        check(f"{what}: end", instant(cells["End (UTC)"]), when(row["end"]))


def compare_quality(book, report):
    sheet = rows_of(book, "Data quality")
    check("inputs: rows of the sheet", len(sheet), len(report["inputs"]))
    for cells, row in zip(sheet, report["inputs"]):
        for head in ("Lines", "Entries", "Accepted", "Ignored", "Rejected"):
            check(f"{row['path']}: {head}", cells[head], row[head.lower()])
        check(f"{row['path']}: duplicates", cells["Copies"], row["duplicates"])


def compare_timeline(book, report):
    sheet = [row for row in rows_of(book, "Timeline") if row["Kind"]]
    check("timeline: rows of the sheet", len(sheet), len(report["timeline"]))
    for i, (cells, row) in enumerate(zip(sheet, report["timeline"])):
        check(f"timeline[{i}]: time", instant(cells["Time (UTC)"]), when(row["time"]))
        check(f"timeline[{i}]: kind", cells["Kind"], row["kind"])


def page_availability(tables, report):
    """The ratios and times of the page's table: rows of a service follow its verdict, in any order of services."""
    told = {}
    for row in report["availability"]:
        where = "all" if row["signal"] == "service" else row["vantage"] or "(unnamed)"
        told.setdefault((visible(row["service"]), visible(where.split(",")[0])), []).append(row)
    for cells in page_table(tables, "Service", "Vantage", "Known", "Coverage"):
        where = re.sub(r" \([a-z]+\)$", "", cells["Vantage"]).split(",")[0]
        rows = told.get((cells["Service"], where), [])
        what = f"page: availability {cells['Service']}/{where}"
        ratios = [None if cells[h] == "n/a" else figure(cells[h]) / 100
                  for h in ("Known", "Total", "Lowest", "Highest", "Coverage")]
        times = [duration(cells[h]) for h in ("Down", "Partly", "Degraded", "Unknown", "Maintenance", "Blips")]
        fits = [row for row in rows
                if all((a is None) == (row[k] is None) and (a is None or abs(a - row[k]) <= 1.0001e-5)
                       for a, k in zip(ratios, RATIOS))
                and times == [shown(row[f"{s}_ms"])
                              for s in ("down", "partial", "degraded", "unknown", "maintenance", "blip")]]
        check(f"{what} is in report.json as {ratios} {times}", bool(fits), True)


def page_impact(tables, report):
    told = {(visible(r["service"]), "all" if r["whole"] else visible(r["vantage"] or "(unnamed)")): r
            for r in report["impact"]["services"]}
    for cells in page_table(tables, "Service", "Vantage", "User-minutes lost"):
        row = told.get((cells["Service"], cells["Vantage"]))
        what = f"page: impact {cells['Service']}/{cells['Vantage']}"
        check(f"{what} is in report.json", row is not None, True)
        if row is None:
            continue
        for head, key in (("Down", "down_ms"), ("In local peak hours", "peak_ms"),
                          ("In local business hours", "business_ms")):
            check(f"{what}: {key}", duration(cells[head]), shown(row[key]))
        for head, key in (("User-minutes lost", "user_minutes"), ("Cost", "cost")):
            value = figure(cells.get(head, ""))
            check(f"{what}: {key} told", value is None, row[key] is None)
            if value is not None and row[key] is not None:
                check(f"{what}: {key}", value, row[key], 0.51 / max(1.0, abs(row[key])))


def page_windows(tables, report):
    """Starts and durations of the service windows."""
    told = {}
    for row in report["windows"]:
        if row["signal"] == "service":
            told[(visible(row["service"]), when(row["start"]))] = row
    for cells in page_table(tables, "Service", "Vantage", "State", "Duration"):
        if cells["Vantage"] != "all vantages":
            continue
        start = cells["From (UTC)"].replace(" ", "T") + ("Z" if "." in cells["From (UTC)"] else ".000Z")
        row = told.get((cells["Service"], when(start)))
        what = f"page: window of {cells['Service']} from {start}"
        check(f"{what} is in report.json", row is not None, True)
        if row is not None:
            check(f"{what}: observed", duration(cells["Duration"]), row["observed_ms"])
            check(f"{what}: failed", figure(cells["Failed"]), row["failed"])


SAME = [("Down", "Known", "Coverage"), ("Down", "User-minutes lost"), ("Objective", "Target", "Burn rate")]


def compare_pages(folder, report):
    """Markdown against report.json, then HTML against Markdown: the same figures in the same rows."""
    markdown = markdown_tables(os.path.join(folder, "postmortem.md"))
    page = Tables()
    with open(os.path.join(folder, "postmortem.html"), encoding="utf-8") as file:
        page.feed(file.read())
    page_availability(markdown, report)
    page_impact(markdown, report)
    page_windows(markdown, report)
    for heads in SAME:
        left, right = page_table(markdown, *heads), page_table(page.tables, *heads)
        check(f"pages: rows of the table with {heads}", len(right), len(left))
        for i, (a, b) in enumerate(zip(left, right)):
            for head in set(a) & set(b) - {"Service", "Vantage"}:
                texts = [re.sub(r"\W+", "", t) for t in (b[head], a[head])]
                check(f"pages: {head} in row {i + 1} of the table with {heads}", *texts)


def validate(report, path):
    try:
        import jsonschema
    except ImportError:
        print("jsonschema is not installed: report.json is not held to its schema")
        return
    with open(path, encoding="utf-8") as file:
        schema = json.load(file)
    for error in jsonschema.validators.validator_for(schema)(schema).iter_errors(report):
        faults.append(f"report.json against its schema: {'/'.join(map(str, error.path))}: {error.message}")


def main():
    if len(sys.argv) not in (2, 3):
        print(__doc__.strip())
        return 2
    folder = sys.argv[1]
    here = os.path.dirname(os.path.abspath(__file__))
    schema = sys.argv[2] if len(sys.argv) == 3 else os.path.join(here, "..", "..", "docs", "report.schema.json")
    with open(os.path.join(folder, "report.json"), encoding="utf-8") as file:
        report = json.load(file)
    if os.path.exists(schema):
        validate(report, schema)
    warnings.simplefilter("ignore")  # extensions of data bars
    book = openpyxl.load_workbook(os.path.join(folder, "postmortem.xlsx"), data_only=True)
    compare_windows(book, report, folder)
    compare_incidents(book, report)
    compare_availability(book, report)
    compare_impact(book, report)
    compare_objectives(book, report)
    compare_alerts(book, report)
    compare_declared(book, report)
    compare_comparison(book, report)
    compare_surges(book, report)
    compare_quality(book, report)
    compare_timeline(book, report)
    compare_pages(folder, report)
    for fault in faults[:50]:
        print(fault)
    print(f"{checks} figures compared, {len(faults)} differ")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
