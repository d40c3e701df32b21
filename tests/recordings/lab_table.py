# SPDX-License-Identifier: MIT
"""Which file is read how, and which faults its tool could see for which service."""
import os

from common import HERE
from match import EXACT, Allow, Explain
from truths import DB_DNS, DB_PING, FRA, GW, REGION, WEB2_HTTP, WEB_HTTP, WEB_PING

PROBES = ('probe',)
TRANSITIONS = ('transition',)
SECONDS = Allow('times are whole seconds, cut: a probe may really be up to a second later', (0, 1000), (0, 1000))

CHECK_ENDS = Allow('TIMET is the second in which a check ended; how long it took is not told (five pings: 5 s), so it began up to '
                   'that much earlier', (5000, 1000), (5000, 1000))
DIG_ENDS = Allow('the same, and dig waits and asks again for up to 10 s', (10000, 1000), (10000, 1000))
NAGIOS_SERVICE = Allow('an alert comes at the end of a check: 5 s between checks, up to 4 s for five pings, 3 s for HTTP; times '
                       'are whole seconds', (10000, 1000), (10000, 1000))
NAGIOS_HOST = Allow('hosts are checked every 15 s (as lab1-host-perfdata.tsv shows), a check takes up to 4 s', (20000, 1000),
                    (20000, 1000))
RESTARTED = 'Nagios was restarted at 10:34:51 and then told INITIAL STATE UP of it at 10:35:01, before it had checked anything'
ONE_GOOD = Explain('joined', 'uplink+interface', 'one good check between the two is no recovery (confirm-up 2): a flicker in one window')
PROBER_DIED = 'this ping exits when the network is unreachable: its log ends before the fault'


class Service:
    def __init__(self, sees, explains=(), allow=None):
        self.sees, self.explains, self.allow = sees, list(explains), allow


class File:
    def __init__(self, inputs, services, allow=EXACT, truth=None, options=(), signals=PROBES, never_up=()):
        self.inputs = [inputs] if isinstance(inputs, str) else inputs
        self.truth = truth or f'{self.inputs[0].split("/")[0]}/lab1-truth.json'
        self.services = {key if isinstance(key, tuple) else (key, ''): value for key, value in services.items()}
        self.allow, self.options, self.signals, self.never_up = allow, options, signals, dict(never_up)


PING = [
    File('ping/lab1-ping-D-O-gw.log', {'203.0.113.2': Service(GW + FRA)}),
    File('ping/lab1-ping-D-O-i0.2-gw.log', {'203.0.113.2': Service(GW + FRA)}),
    File('ping/lab1-ping-D-gw.log', {'203.0.113.2': Service(GW + FRA)}),
    File('ping/lab1-ping-D-O-db.log', {'198.51.100.30': Service(DB_PING + FRA, [
        Explain('off', 'uplink', 'number 465 was sent 39 ms after the uplink was back and still lost: the address of the '
                'neighbour was only being asked for anew, which took until 10:35:50.5')])}),
    File('ping/lab1-ping-D-O-web.log', {'198.51.100.10': Service(WEB_PING + FRA, [
        Explain('off', 'uplink', 'number 465, sent at 10:35:50.280, was lost as well, for the same reason as that of db')])}),
    File('ping/lab1-ping6-D-O-web.log', {'2001:db8:f::10': Service(WEB_PING + FRA)}),
    File('ping/lab1-sin-ping-D-O-web.log', {'198.51.100.10': Service(WEB_PING + REGION)}),
    File('ping/lab1-ping-O-ts-web.log', {'198.51.100.10': Service(WEB_PING + FRA)}, SECONDS),
    File('ping/lab1-busybox-ping-ts-db.log', {'198.51.100.30': Service(DB_PING + FRA, [
        Explain('missed', 'interface', PROBER_DIED)])}, SECONDS),
    File('ping/lab1-inetutils-ping-ts-gw.log', {'203.0.113.2': Service(GW + FRA, [
        Explain('off', 'unplugged', 'this ping counts what it sends and tells errors without a number; it sent 20 in these 69 s, '
                'at times that nobody wrote down, so what is put between them evenly ends late'),
        Explain('missed', 'interface', PROBER_DIED)])}, SECONDS, options=['--year', '2026']),
    File('ping/lab2-ping-D-O-stopped-monitor.log', {'198.51.100.10': Service(['dropped'])}, truth='ping/lab2-truth.json'),
    File('ping/lab3-ping-fast.log.gz', {'198.51.100.10': Service(['dropped', 'half-second', 'lossy10', 'dropped3'])},
         truth='ping/lab3-truth.json'),
    File('ping/lab2-ping-O-spring-berlin.log', {'198.51.100.10': Service(['dropped'])}, SECONDS,
         truth='ping/lab2-truth-spring-berlin.json', options=['--tz', 'Europe/Berlin']),
    File('ping/lab2-ping-O-clock-steps.log', {'198.51.100.10': Service(['dropped'], [
        Explain('off', 'dropped', 'its clock was put back 90 s in the middle of the outage, at 10:41:11 of its own time: told up to there'),
        Explain('extra', '10:39:42', 'the rest of the outage, from 10:41:12, as that clock has it')])},
        SECONDS, truth='ping/lab2-truth.json'),
    # The target's name stands only in the oldest file of the set; the config says that both names are one service.
    File([f'ping/lab1-rotated/ping.log{end}' for end in ('', '.1', '.2.gz', '.3.gz')], {'web': Service(WEB_PING + FRA)}, SECONDS,
         options=['-c', os.path.join(HERE, 'rotated.yaml')]),
]

FPING = [
    File('fping/lab1-fping-l-D.log',
         {'203.0.113.2': Service(GW + FRA), '198.51.100.10': Service(WEB_PING + FRA), '198.51.100.30': Service(DB_PING + FRA),
          '198.51.100.40': Service(FRA)}, never_up=[('198.51.100.50', '')]),
    File('fping/lab1-fping-c-D-o.log',
         {'203.0.113.2': Service(GW + FRA), '198.51.100.10': Service(WEB_PING + FRA), '198.51.100.30': Service(DB_PING + FRA),
          '198.51.100.40': Service(FRA)}),
    File('fping/lab1-sin-fping-l-D.log',
         {'203.0.113.2': Service(GW), '198.51.100.10': Service(WEB_PING + REGION), '198.51.100.30': Service(DB_PING + REGION),
          '198.51.100.40': Service(REGION)}),
]

BLACKBOX = [
    File('blackbox/lab1-blackbox_exporter-debug.log.gz',
         {('203.0.113.2', 'icmp'): Service(GW + FRA, [
             Explain('joined', 'flap2+flap3', 'one good probe between them is no recovery (confirm-up 2): a flicker in one window'),
             Explain('off', 'uplink', 'the probe sent at 10:35:50.370 got no answer either, as with ping')]),
          ('198.51.100.10', 'icmp'): Service(WEB_PING + FRA),
          ('198.51.100.30', 'icmp'): Service(DB_PING + FRA),
          ('198.51.100.40', 'icmp'): Service(FRA),
          ('198.51.100.30:53', 'dns_a'): Service(DB_DNS + FRA),
          ('http://198.51.100.10:8080/', 'http_2xx'): Service(WEB_HTTP + FRA),
          ('http://198.51.100.11:8080/', 'http_2xx'): Service(WEB2_HTTP + FRA)},
         never_up=[('198.51.100.50', '')]),
]

ICINGA = [
    File(['icinga2/lab1-service-perfdata.1795602552', 'icinga2/lab1-service-perfdata.1795603043'],
         {'gw/ping4': Service(GW + FRA, [ONE_GOOD]),
          'db/ping4': Service(DB_PING + FRA),
          'web1/ping4': Service(WEB_PING + FRA),
          'web2/ping4': Service(FRA, [ONE_GOOD]),
          'stable/ping4': Service(FRA, [ONE_GOOD]),
          'web1/http': Service(WEB_HTTP + FRA),
          'web2/http': Service(WEB2_HTTP + FRA),
          'db/dns query': Service(DB_DNS + FRA, [
              Explain('missed', 'blip', 'checks that ended at 10:31:28 and 10:31:33 were good: none was under way for long enough')],
              DIG_ENDS)},
         CHECK_ENDS, never_up=[('ghost/ping4', '')]),
    File(['icinga2/lab1-host-perfdata.1795602552', 'icinga2/lab1-host-perfdata.1795603043'],
         {'gw': Service(GW + FRA, [
             ONE_GOOD,
             Explain('missed', 'flap3', 'no check ran: one ended at 10:32:29, the next (10:32:36) was good')]),
          'db': Service(DB_PING + FRA, [ONE_GOOD]),
          'web1': Service(WEB_PING + FRA),
          'web2': Service(FRA, [ONE_GOOD]),
          'stable': Service(FRA, [ONE_GOOD])},
         CHECK_ENDS, never_up=[('ghost', '')]),
]

WEAK_JOIN = Explain('joined', 'uplink+interface', 'the one check between them (10:35:51) was WARNING, half of its packets lost: degraded')
NO_CHECK = 'no check of this host ran in those 10 s: 15 s from one to the next'

NAGIOS = [
    File('nagios/lab1-host-perfdata.tsv',
         {'gw': Service(GW + FRA, [
             Explain('joined', 'flap1+flap2+flap3+flap4', 'two checks in these 35 s, WARNING at 10:32:16 and CRITICAL at 10:32:34, and '
                     'no good one between them'),
             WEAK_JOIN]),
          'db': Service(DB_PING + FRA),
          'web1': Service(WEB_PING + FRA, [Explain('missed', 'interface', NO_CHECK)]),
          'web2': Service(FRA),
          'stable': Service(FRA, [WEAK_JOIN]),
          'core-router': Service(FRA, [WEAK_JOIN])},
         SECONDS, never_up=[('ghost', '')]),
    File('nagios/lab1-nagios.log',
         {'gw': Service(GW + FRA, [
             Explain('missed', 'flap1', 'its check (10:32:16) was WARNING, which is UP of a host to Nagios: no alert'),
             Explain('missed', 'flap2', 'no check ran'),
             Explain('joined', 'flap3+flap4', 'no check between 10:32:34 and 10:32:47')], NAGIOS_HOST),
          'db': Service(DB_PING + FRA, allow=NAGIOS_HOST),
          'web1': Service(WEB_PING + FRA, [Explain('missed', 'interface', NO_CHECK)], NAGIOS_HOST),
          'web2': Service(FRA, allow=NAGIOS_HOST),
          'stable': Service(FRA, allow=NAGIOS_HOST),
          'core-router': Service(FRA, allow=NAGIOS_HOST),
          'gw/PING': Service(GW + FRA),
          'db/PING': Service(DB_PING + FRA, [Explain('missed', 'blip', 'no alert: the check of these seconds was good')]),
          'web1/PING': Service(WEB_PING + FRA),
          'web2/PING': Service(FRA),
          'stable/PING': Service(FRA, [
              Explain('extra', '10:31:50', 'a passive result that an operator handed in: "disk array degraded"')]),
          'core-router/PING': Service(FRA, [
              Explain('extra', '10:29:08', 'the plugin failed: "Packet loss = -100%, RTA = 1705913362677760.00 ms"')]),
          'web1/HTTP': Service(WEB_HTTP + FRA),
          'web2/HTTP': Service(WEB2_HTTP + FRA),
          'db/DNS query': Service(DB_DNS + FRA)},
         NAGIOS_SERVICE, signals=TRANSITIONS, never_up=[('ghost', RESTARTED), ('ghost/PING', RESTARTED)]),
]


def haproxy(path, seconds, **more):
    """Servers of the first run in one form of HAProxy's log; seconds: its times are whole seconds."""
    late = 1000 if seconds else 0
    return File(path, {'be_gw/gw1': Service(GW + FRA, allow=Allow('', (5000, late), (8000, late))),
                       'be_web/web1': Service(WEB_HTTP + FRA), 'be_web/web2': Service(WEB2_HTTP + FRA),
                       'tcp_dns/dns1': Service(DB_DNS + FRA)},
                Allow('checks of web and dns every 2 s, of gw every 3 s, each waits up to 2 s; told at its end; UP after 2 good ones'
                      + ('; times are whole seconds' if seconds else ''), (4000, late), (6000, late)),
                signals=TRANSITIONS, **more)


HAPROXY = [
    haproxy('haproxy-health/lab1-stdout-iso.log.zst', False),
    haproxy('haproxy-health/lab1-udp-rfc5424-notice.log', False),
    haproxy('haproxy-health/lab1-udp-rfc3164.log.gz', True, options=['--year', '2026']),
    haproxy('haproxy-health/lab1-dst-autumn-berlin.log', True, options=['--year', '2025', '--tz', 'Europe/Berlin'],
            truth='haproxy-health/lab1-truth-dst-berlin.json'),
    File('haproxy-health/lab2-dst-spring-berlin.log', {'be_web/web1': Service(['dropped', 'killed', 'http503'])},
         Allow('checks every 2 s that wait up to 2 s, UP after 2 good ones, whole seconds', (4000, 1000), (6000, 1000)),
         signals=TRANSITIONS, options=['--year', '2026', '--tz', 'Europe/Berlin'],
         truth='haproxy-health/lab2-truth-spring-berlin.json'),
]

ROW_BEFORE = Allow('a row sums up the pings since the row before: what it tells began or ended up to so much earlier', (5000, 0), (5000, 0))
CLOCKS = [
    File([f'collectd/lab1-ping-{host}-2026-11-25' for host in ('198.51.100.30', '198.51.100.40', '198.51.100.50', '203.0.113.2')],
         {('203.0.113.2', 'ping'): Service(GW + FRA),
          ('198.51.100.30', 'ping'): Service(['prohibited'] + FRA),
          ('198.51.100.40', 'ping'): Service(FRA)},
         ROW_BEFORE, never_up=[('198.51.100.50', '')]),
    File('httping/lab1-httping-ts-web.log', {'198.51.100.10:8080': Service(['killed', 'dropped', 'slow'] + FRA)},
         options=['--day', '2026-11-25']),
    File('dig/lab1-dig-loop-dns.log', {('198.51.100.30', 'dns'): Service(DB_DNS + FRA)}, SECONDS),
]

FILES = PING + FPING + BLACKBOX + ICINGA + NAGIOS + HAPROXY + CLOCKS
