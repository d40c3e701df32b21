# SPDX-License-Identifier: MIT
"""failures.py BINARY: error logs of real proxies, which hold failed tries and nothing else, held against when the backend
really was gone.

Every fault that the proxy itself could notice is a window whose bounds hold the truth. A proxy does not log what the
backend answers (the faults called `api`), a try that hangs is logged when it has timed out, and a fault that the log
begins or ends with is told as such. Beside an access log of the same service an error log changes no sum."""
import json
import os

from common import Verdict, bands, binary, corpus, instant, run_report
from match import Allow, Explain, match
from truths import Truth

NGINX = Allow('a refused try is logged at once, in whole seconds; one that hangs when it has timed out, 5 s later', (5000, 1000),
              (1000, 5000))
APACHE = Allow('a try that hangs is logged when it has timed out, 5 s later', (5000, 1000), (1000, 5000))
LIGHTTPD = Allow('after a failure the backend is held off for 2 s; a try that hangs is logged after 6 s', (7000, 1000), (3000, 6000))
FEW = 'a proxy that holds its backend off logs next to nothing: too few lines to tell from chance'
HELD = 'a proxy that holds its backend off logs a line in three seconds: 22 s without one are no end of a run'
SIX = 'six seconds between the two: less than a bin of failures'

# path, options, service, truth, Allow, explanations
ROWS = [
    ('nginx-error/rec1-nginx-error.log', 'Europe/Berlin', 'shop.example.org', 'recorded-1', NGINX,
     [('joined', 'fault4+fault5', SIX)]),
    ('apache-error/rec1-apache-error.log.gz', 'America/New_York', 'rec1-apache-error', 'recorded-1', APACHE,
     [('joined', 'fault4+fault5', SIX)]),
    ('lighttpd-error/rec1-lighttpd-error.log', 'Asia/Kolkata', 'rec1-lighttpd-error', 'recorded-1', LIGHTTPD,
     [('joined', 'fault4+fault5', SIX), ('missed', 'fault4+fault5', FEW)]),
    ('dst/rec2-nginx-error.log', 'Europe/Berlin', 'shop.example.org', 'recorded-2-dst', NGINX, []),
    ('dst/rec2-apache-error.log.gz', 'Europe/Berlin', 'rec2-apache-error', 'recorded-2-dst', APACHE, []),
    ('dst/rec2-lighttpd-error.log', 'Europe/Berlin', 'rec2-lighttpd-error', 'recorded-2-dst', LIGHTTPD,
     [('joined', 'fault2+fault3', HELD)]),
    ('dst/rec7-nginx-error.log', 'America/New_York', 'shop.example.org', 'recorded-7-dst-start', NGINX, []),
    ('dst/rec7-apache-error.log.xz', 'America/New_York', 'rec7-apache-error', 'recorded-7-dst-start', APACHE, []),
    ('year-turn/rec8-nginx-error.log.gz', 'UTC', 'shop.example.org', 'recorded-8-new-year', NGINX, []),
]


def truths_of(folder, name):
    """The faults of a recording that a proxy can notice, and when it was over."""
    with open(os.path.join(folder, name, 'truth.json'), encoding='utf-8') as file:
        data = json.load(file)
    truths = [Truth(f'fault{i}', instant(event['from']), instant(event['to'])) for i, event in enumerate(data['events'], 1)
              if not event['kind'].startswith('/api')]
    return truths, instant(data['end'])


def one_log(verdict, program, folder, row):
    path, zone, service, truth, allow, explains = row
    print(f'\n{path}\n {service}: {allow.why}')
    truths, end = truths_of(folder, truth)
    report = run_report(program, [path], ['--tz', zone], folder)
    found = [band for (name, _), row in bands(report, ('request',)).items() if name == service for band in row]
    match(verdict, service, found, truths, allow, [Explain(*e) for e in explains], end)
    windows = report['windows']
    verdict.check(all(w['state'] == 'degraded' and 'weak' in w['flags'] for w in windows), 'every window is degraded and weak')
    verdict.check(all(r['known'] is None and r['coverage'] == 0 for r in report['availability']), 'nothing is said to be up or down')


def beside_access_log(verdict, program, folder):
    """The sums of an access log are its own, with and without the error log."""
    print('\nyear-turn/rec8-nginx-syslog.log.gz against rec8-nginx-access.log')
    mixed = run_report(program, ['year-turn/rec8-nginx-syslog.log.gz'], [], folder)
    alone = run_report(program, ['year-turn/rec8-nginx-access.log'], [], folder)
    pick = [[{k: r[k] for k in ('up_ms', 'degraded_ms', 'down_ms', 'unknown_ms', 'known', 'coverage')}
             for r in report['availability'] if r['signal'] == 'service'] for report in (mixed, alone)]
    verdict.check(pick[0] == pick[1] and len(pick[0]) == 1, f'one service with the same sums: {pick[0]}')
    own = [w for w in mixed['windows'] if w['check'] == 'nginx-error']
    verdict.check(len(own) == 1 and own[0]['reasons'] == {'connect-refused': 120}, 'the error lines are one window of 120 refused tries')
    verdict.check(all(i['kind'] == 'outage' for i in mixed['incidents']), 'which makes no incident of its own')


def main():
    program, folder = binary(), corpus()
    verdict = Verdict()
    for row in ROWS:
        one_log(verdict, program, folder, row)
    beside_access_log(verdict, program, folder)
    verdict.exit()


if __name__ == '__main__':
    main()
