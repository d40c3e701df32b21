# SPDX-License-Identifier: MIT
"""Tables of what score.py measured, in Markdown, and what must hold."""
from dataclasses import dataclass

import scenarios

BEGIN, END = '<!-- measured: begin -->', '<!-- measured: end -->'
COLUMNS = (('true', 'events', 'd'), ('found', 'found', 'd'), ('recall', 'recall', 's'), ('precision', 'precision', 's'),
           ('recall_iou', 'IoU >= 0.5', 's'), ('start_median', 'start, median', 'f'), ('start_p90', 'P90', 'f'),
           ('end_median', 'end, median', 'f'), ('end_p90', 'P90', 'f'), ('bias', 'bias', 'b'), ('within', 'within bounds', 's'),
           ('true_min', 'true min', 'm'), ('missed_min', 'missed', 'm'), ('invented_min', 'invented', 'm'),
           ('aff_precision', 'aff. precision', 's'), ('aff_recall', 'aff. recall', 's'))


@dataclass
class Goal:
    what: str
    asked: str
    measured: str
    met: bool


def shown(value, how):
    if value is None:
        return '–'
    return {'d': lambda v: f'{v:,}', 's': lambda v: f'{v:.4f}', 'f': lambda v: f'{v:.2f}', 'b': lambda v: f'{v:+.3f}',
            'm': lambda v: f'{v:,.0f}'}[how](value)


def goals(figures, found, quick):
    """What the project promises. Few events (quick): three in a hundred more may fail, and a bias be within three of its errors."""
    slack = 0.03 if quick else 0
    result = []

    def least(what, asked, family, kind, name):
        value = figures.get(family, {}).get(kind, {}).get(name)
        if value is not None:
            result.append(Goal(what, f'>= {asked}', shown(value, 's'), value >= asked - slack))

    for kind, name in (('probe', 'probe series'), ('service', 'services')):
        least(f'recall, outages of three intervals or more, {name}', 0.99, 'default', kind, 'recall')
        least(f'precision, {name}', 0.99, 'default', kind, 'precision')
        least(f'true edges within bounds, {name}', 0.99, 'default', kind, 'within')
        least(f'true edges within bounds without noise, {name}', 0.99, 'clean', kind, 'within')
        least(f'true edges within bounds at 0.5 % noise, {name}', 0.97, 'noisy', kind, 'within')
    for kind, f in sorted(figures.get('many', {}).items()):
        if (kind == 'probe' or kind.startswith('service')) and f['bias'] is not None:
            error = f['bias_error'] or 0
            met = abs(f['bias']) < 0.02 or (quick and abs(f['bias']) < 0.02 + 3 * error)
            result.append(Goal(f'mean duration bias, {kind}', '< 0.02 intervals', f'{f["bias"]:+.3f} ± {error:.3f}', met))
    if found['quiet scenarios']:
        wrong = found['quiet scenarios with an incident']
        result.append(Goal('false incidents in quiet scenarios', '0', f'{wrong} of {found["quiet scenarios"]}', wrong == 0))
    fast = figures.get('requests', {}).get('request >= 50/s')
    if fast and fast['start_p90'] is not None:
        for edge in ('start', 'end'):
            value = fast[f'{edge}_p90']
            result.append(Goal(f'requests at >= 50/s: error of the {edge}, P90', '<= 1 bin',
                               f'{value:.2f} ({fast["near"][edge]:.1%} within one bin)', value <= 1))
    for rate in ('>= 50/s', '10/s'):
        n = found[f'jumps at {rate}']
        if n:
            value = found[f'jumps found at {rate}'] / n
            result.append(Goal(f'requests at {rate}: recall of jumps of 5 points or more', '>= 0.98', shown(value, 's'), value >= 0.98 - slack))
    for kind in sorted(figures.get('slow', {})):
        for name in ('recall', 'precision'):
            least(f'requests that take four times as long or more, {kind.removeprefix("request ")}: {name}', 0.95, 'slow', kind, name)
    for name in ('recall', 'precision'):
        least(f'surges of 5 times the baseline, 20 reports a bin at the peak: {name}', 0.95, 'reports', 'report', name)
    surges = figures.get('reports', {}).get('report')
    if surges and surges['start_p90'] is not None:
        result.append(Goal('surges: error of the onset, P90', '<= 3 bins', shown(surges['start_p90'], 'f'), surges['start_p90'] <= 3))
    return result


def row(cells):
    return '| ' + ' | '.join(cells) + ' |'


def text(figures, found, all_goals, count):
    lines = [f'{count} scenarios.', '', row(['figure', 'asked', 'measured', '']), row(['---'] * 4)]
    lines += [row([g.what, g.asked, g.measured, 'met' if g.met else '**short**']) for g in all_goals]
    lines += ['', row(['scenarios', 'kind'] + [c[1] for c in COLUMNS]), row(['---'] * 2 + ['---:'] * len(COLUMNS))]
    for family in scenarios.FAMILIES:
        for kind, f in sorted(figures.get(family, {}).items()):
            lines.append(row([family, kind] + [shown(f[name], how) for name, _, how in COLUMNS]))
    lines += ['', row(['besides', 'count']), row(['---', '---:'])]
    lines += [row([what, str(n)]) for what, n in sorted_pairs(found)]
    return '\n'.join(lines)


def sorted_pairs(found):
    order = ('windows of a vantage at fault, without another outage', 'of them flagged', 'faults without another outage', 'of them no incident',
             'outages at a minority', 'of them partial', 'planned outages', 'of them without an incident',
             'outages open at the end', 'of them ongoing')
    return [(what, found[what]) for what in order if what in found]


def put(path, tables):
    """Replaces what stands between the marks."""
    with open(path, encoding='utf-8') as file:
        before, rest = file.read().split(BEGIN)
    after = rest.split(END)[1]
    with open(path, 'w', encoding='utf-8') as file:
        file.write(f'{before}{BEGIN}\n{tables}\n{END}{after}')
