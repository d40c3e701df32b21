# SPDX-License-Identifier: MIT
"""lab.py BINARY: recordings of real tools with faults put in by hand, held against when the faults really were in force.

Every fault that the tool of a file could see is a window or blip whose bounds hold the truth, and there are no others."""
import os

import lab_table
from common import Verdict, bands, binary, corpus, run_report
from match import match, torn_down
from truths import Truths


def never_up(verdict, truths, name, found, why):
    """A target that does not exist is down all the time, but where the log itself tells otherwise (why)."""
    text = f'{name} was never up: {"; ".join(map(str, found)) or "nothing"}'
    ends = [truths.end if b.end is None else min(b.end, truths.end) for b in found]
    down = sum(max(0, end - max(b.start, truths.start)) for b, end in zip(found, ends))
    if why:
        if down >= 0.97 * (truths.end - truths.start):
            verdict.why(text, why)
        else:
            verdict.fail(text)
    else:
        verdict.check(len(found) == 1 and 'started-before' in found[0].flags and ends[0] >= truths.end - 60000, text)


def one_file(verdict, program, folder, row):
    print(f'\n{" ".join(row.inputs)}  {" ".join(row.options)}\n  allowance: {row.allow.why}')
    truths = Truths(os.path.join(folder, row.truth))
    report = run_report(program, row.inputs, row.options, folder)
    found = bands(report, row.signals)
    for key in row.services:
        if key not in [(i['service'], i['check']) for i in report['availability']]:
            verdict.fail(f'{key[0]} is in no row of the report')
    for key in found:
        strange = [b for b in found[key] if not torn_down(b, truths.end)]
        if strange and key not in row.services and key[0] not in row.never_up:
            verdict.fail(f'{key} has windows, but none was expected to have any: {"; ".join(map(str, strange))}')
    for key, service in row.services.items():
        print(f' {key[0]} {key[1]}')
        match(verdict, key[0], found.get(key, []), truths.pick(service.sees), service.allow or row.allow, service.explains,
              truths.end)
    for name, why in row.never_up.items():
        never_up(verdict, truths, name, [b for key in found if key[0] == name for b in found[key]], why)


def main():
    program, folder = binary(), corpus()
    verdict = Verdict()
    for row in lab_table.FILES:
        one_file(verdict, program, folder, row)
    verdict.exit()


if __name__ == '__main__':
    main()
