# SPDX-License-Identifier: MIT
"""Holds the bands of one service against the faults that its check could see.

Every fault must be one band whose bounds hold both true edges, and there must be no other band; a fault of random loss
is any number of bands inside its span. What differs must be explained by the table that calls this; an explanation that
nothing needs is a failure too, so that the table stays true."""
from common import clock
from truths import NOTED_LATE_MS

TEAR_DOWN_MS = 60000


class Allow:
    """How far beyond its bounds an edge may be, in milliseconds, and why: (earlier than the lower, later than the upper)."""

    def __init__(self, why, start=(0, 0), end=(0, 0)):
        self.why, self.start, self.end = why, start, end


EXACT = Allow('bounds of the probes, nothing more')


class Explain:
    """A difference that is understood. kind: joined (several faults are one band), missed, off (edges outside), extra."""

    def __init__(self, kind, what, why):
        self.kind, self.what, self.why = kind, what, why
        self.used = False


def holds(low, high, truth, allow):
    return high is not None and low - allow[0] < truth and truth - NOTED_LATE_MS <= high + allow[1]


def torn_down(band, end):
    return end <= band.start < end + TEAR_DOWN_MS


def find(explains, kind, what):
    for explain in explains:
        if explain.kind == kind and explain.what == what:
            explain.used = True
            return explain
    return None


def apply_joined(verdict, truths, explains):
    for explain in [e for e in explains if e.kind == 'joined']:
        names = explain.what.split('+')
        parts = [t for t in truths if t.name in names]
        if len(parts) == len(names):
            explain.used = True
            whole = parts[0]
            for part in parts[1:]:
                whole = whole.joined(part)
            truths = sorted([t for t in truths if t.name not in names] + [whole], key=lambda t: t.start)
            verdict.why(f'{whole.name} are told as one', explain.why)
    return truths


def take_random(verdict, truth, rest, allow):
    inside = [b for b in rest if b.start_hi + allow.start[1] >= truth.start - NOTED_LATE_MS and b.start < truth.end + allow.end[1]
              and b.end is not None and b.end_lo - allow.end[0] < truth.end]
    if inside:
        verdict.ok(f'{truth.name}: {len(inside)} windows and blips inside its span')
    return inside


def take_one(verdict, truth, rest, allow, explains):
    near = [b for b in rest if b.start_lo - allow.start[0] < truth.end and (b.end is None or b.end_hi + allow.end[1] > truth.start)]
    holding = [b for b in near if holds(b.start_lo, b.start_hi, truth.start, allow.start) and
               holds(b.end_lo, b.end_hi, truth.end, allow.end)]
    if holding:
        verdict.ok(f'{truth.name}: {clock(truth.start)} to {clock(truth.end)} is {holding[0]}')
        return holding[:1]  # in time order; what is left over is told below
    explain = find(explains, 'off', truth.name)
    if explain and near:
        verdict.why(f'{truth.name}: {clock(truth.start)} to {clock(truth.end)} is {"; ".join(map(str, near))}', explain.why)
        return near
    return []


def match(verdict, service, found, truths, allow, explains, end):
    """`found`: bands of the service. What begins while the lab was torn down, just after `end`, is no matter of this test."""
    rest = [b for b in found if not torn_down(b, end)]
    for truth in apply_joined(verdict, truths, explains):
        taken = take_random(verdict, truth, rest, allow) if truth.random else take_one(verdict, truth, rest, allow, explains)
        rest = [b for b in rest if b not in taken]
        if not taken:
            explain = find(explains, 'missed', truth.name)
            text = f'{service}: {truth.name} {clock(truth.start)} to {clock(truth.end)}'
            if explain:
                verdict.why(f'{text} is not told', explain.why)
            else:
                verdict.fail(f'{text} is held by none of: {"; ".join(map(str, found)) or "nothing"}')
    for band in rest:
        explain = find(explains, 'extra', clock(band.start)[:8])
        if explain:
            verdict.why(f'{service}: {band} is no fault of the list', explain.why)
        else:
            verdict.fail(f'{service}: {band} ({clock(band.start_lo)} to {clock(band.start_hi)}, {clock(band.end_lo)} to '
                         f'{clock(band.end_hi)}) is no known fault')
    for explain in explains:
        if not explain.used:
            verdict.fail(f'{service}: the table explains {explain.kind} {explain.what}, but that does not happen')
