# SPDX-License-Identifier: MIT
"""recorded.py BINARY: access logs of real proxies in front of one backend that was killed, stopped and made to answer
errors, held against when that really was so.

Every event is a window (requests) or a change of state (HAProxy's checks) whose bounds hold the truth, and there are no
others. What a log's own clock explains is allowed for, file by file."""
import json
import os

from common import Verdict, bands, binary, corpus, instant, run_report
from match import Allow, Explain, match
from truths import Truth

NAMES = ['killed60', 'hung35', 'api', 'killed25', 'killed6']  # the events of recorded-1/truth.json, in its order
MERGED = Explain('joined', 'killed25+killed6', 'six seconds between the two: less than a bin of requests, and some proxies still hold '
                 'the backend off in them')

START = Allow('lines carry the start of a request, in whole seconds', (0, 1000), (0, 1000))
NGINX = Allow('lines carry the end of a request, in whole seconds; a request may hang for the 5 s that nginx waits', (5000, 1000),
              (0, 1000))
LIGHTTPD = Allow('lines carry the end of a request; a request may hang for the 6 s that lighttpd waits, and after a failure it holds '
                 'the backend off for 2 s', (7000, 1000), (3000, 1000))
CADDY = Allow('lines carry the end of a request, which may hang for the 5 s that caddy waits', (5000, 0), (0, 0))
SQUID = Allow('lines carry the end of a request, which may hang for the 5 s that squid waits; a refused one is tried again', (5000, 0),
              (2000, 0))
VARNISH = Allow('lines carry the start; varnish holds a backend sick until enough of its probes were good: red 3 to 7 s after the '
                'return', (0, 1000), (7000, 1000))
HAPROXY = Allow('requests carry their start; HAProxy sends none before its checks rose: red 3 to 7 s after the return', (0, 1),
                (7000, 1))
NO_CHECKS = Allow('requests carry their start, without any checks; a request waits up to 8 s: those that start in the last seconds of '
                  'the hang are answered', (0, 1000), (0, 8000))
CHECKS = Allow('checks every 2 s that wait up to 2 s, UP after 2 good ones, whole seconds', (4000, 1000), (6000, 1000))
API = Explain('missed', 'api', 'neither a health check nor a TCP log looks at the answers of /api')
KOLKATA = ['--tz', 'Asia/Kolkata', '--year', '2026']


class File:
    def __init__(self, path, services, options=()):
        self.path, self.services, self.options = path, services, options


class Service:
    def __init__(self, signal, allow, explains=(MERGED,), sees=NAMES):
        self.signal, self.allow, self.explains, self.sees = signal, allow, explains, sees


def requests(path, service, allow):
    return File(path, {service: Service('request', allow)})


FILES = [
    requests('access-combined/rec1-apache-access.log.gz', 'rec1-apache-access', START),
    requests('access-combined/rec1-apache-common.log.zst', 'rec1-apache-common', START),
    requests('access-combined/rec1-apache-vhost.log.xz', 'shop.example.org', START),
    requests('access-combined/rec1-lighttpd-access.log', 'shop.example.org', LIGHTTPD),
    requests('access-combined/rec1-nginx-timed.log', 'rec1-nginx-timed', NGINX),
    requests('access-combined/rec1-varnish-access.log', 'rec1-varnish-access', VARNISH),
    requests('access-combined/rec1-apache-isoms.log', 'rec1-apache-isoms', START),
    requests('access-ltsv/rec1-nginx.ltsv', 'rec1-nginx', NGINX),
    requests('access-json/rec1-nginx-json.log.gz', 'rec1-nginx-json', NGINX),
    requests('caddy/rec1-caddy-access.log.gz', '127.0.0.1:18084', CADDY),
    requests('squid/rec1-squid-access.log', 'rec1-squid-access', SQUID),
    File('haproxy-http/rec1-haproxy.log', {'www': Service('request', HAPROXY),
                                           'app/app1': Service('transition', CHECKS, (API,))}, KOLKATA),
    File('haproxy-http/rec1-haproxy-rfc5424.log.gz', {'www': Service('request', HAPROXY),
                                                      'app/app1': Service('transition', CHECKS, (API,))}, KOLKATA),
    File('haproxy-http/rec1-haproxy-clf.log.xz', {'clf': Service('request', NO_CHECKS),
                                               'tcpfe': Service('request', NO_CHECKS, (MERGED, API))}, KOLKATA),
]


def one_file(verdict, program, folder, row, truths, end):
    print(f'\n{row.path}  {" ".join(row.options)}')
    report = run_report(program, [row.path], row.options, folder)
    for signal in ('request', 'transition'):
        for (service, _), found in bands(report, (signal,)).items():
            expected = row.services.get(service)
            if not expected or expected.signal != signal:
                verdict.fail(f'{service}: {signal} windows that nothing expected: {"; ".join(map(str, found))}')
    for service, expected in row.services.items():
        print(f' {service}: {expected.allow.why}')
        explains = [Explain(e.kind, e.what, e.why) for e in expected.explains]
        found = bands(report, (expected.signal,)).get((service, ''), [])
        match(verdict, service, found, [t for t in truths if t.name in expected.sees], expected.allow, explains, end)


def main():
    program, folder = binary(), corpus()
    with open(os.path.join(folder, 'recorded-1', 'truth.json'), encoding='utf-8') as file:
        data = json.load(file)
    truths = [Truth(name, instant(event['from']), instant(event['to'])) for name, event in zip(NAMES, data['events'])]
    verdict = Verdict()
    for row in FILES:
        one_file(verdict, program, folder, row, truths, instant(data['end']) - 4000)
    verdict.exit()


if __name__ == '__main__':
    main()
