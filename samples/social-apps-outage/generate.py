#!/usr/bin/env python3
"""Writes this made-up incident: logs/ in five formats and compressions, and truth.json beside them.

Nothing here happened. Two apps of one company go down worldwide for hours; five probing stations, users and three
official notices are what is left. Needs the tools zstd and lz4. Same seed, same bytes.  Usage: python3 generate.py"""
import bz2, datetime, gzip, json, lzma, os, random, subprocess

HERE = os.path.dirname(os.path.abspath(__file__))
LOGS = os.path.join(HERE, 'logs')
DAY = int(datetime.datetime(2026, 10, 7, tzinfo=datetime.timezone.utc).timestamp())
DICE = random.Random(20261007)
SERVICES = ['WhatsApp', 'Instagram', 'YouTube', 'Wikipedia']
HOSTS = {'WhatsApp': 'whatsapp.example.org', 'Instagram': 'instagram.example.org', 'YouTube': 'youtube.example.org',
         'Wikipedia': 'wikipedia.example.org'}
REGIONS = {'eu-central': 30, 'us-east': 30, 'sa-east': 60, 'ap-south': 45, 'ap-southeast': 60}  # seconds between probes
ZONES = {'eu-central': 2, 'us-east': -4, 'sa-east': -3, 'ap-south': 5.5, 'ap-southeast': 8}
WEIGHT = {'eu-central': .27, 'us-east': .25, 'sa-east': .2, 'ap-south': .2, 'ap-southeast': .08}


def at(clock):
    hours, minutes, seconds = (clock.split(':') + ['0'])[:3]
    return DAY + int(hours) * 3600 + int(minutes) * 60 + float(seconds)


# What is true: (service, region) -> intervals of being down. The last region comes back late; one flaps.
ONSET = {'eu-central': 0, 'us-east': 3, 'sa-east': 9, 'ap-south': 14, 'ap-southeast': 21}
TRUTH = {}
for service, onset in (('WhatsApp', at('15:39:12')), ('Instagram', at('15:39:40'))):
    for region, delay in ONSET.items():
        TRUTH[service, region] = [(onset + delay, at('21:05:30') + 4 * delay)]
    TRUTH[service, 'sa-east'] = [(onset + ONSET['sa-east'], at('22:18:45'))]
    TRUTH[service, 'ap-southeast'] = [(onset + ONSET['ap-southeast'], at('21:06:54')), (at('21:11:10'), at('21:15:25')),
                                      (at('21:20:05'), at('21:27:40'))]
FAULT = ('ap-south', at('05:10:20'), at('05:31:50'))  # this station loses its own network: everything fails there only


def failing(service, region, t):
    if region == FAULT[0] and FAULT[1] <= t < FAULT[2]:
        return 'own'
    return 'down' if any(a <= t < b for a, b in TRUTH.get((service, region), ())) else None


def probes(region):
    """(send time, service, up, latency in seconds, reason) in order of sending."""
    period, rows = REGIONS[region], []
    for service in SERVICES:
        t = DAY + DICE.uniform(0, period)
        while t < DAY + 86400:
            why = failing(service, region, t)
            noise = not why and DICE.random() < .0008
            if not why and not noise:
                rows.append((t, service, True, max(.012, DICE.gauss(.09, .03)), ''))
            else:
                late = t > at('20:50')
                reason = DICE.choices(['dns', 'connect-timeout', 'http-5xx'], [20, 40, 40] if late else [72, 25, 3])[0]
                if why == 'own':
                    reason = 'unreachable'
                if noise:
                    reason = 'timeout'
                rows.append((t, service, False, {'dns': 2.0, 'http-5xx': .4, 'unreachable': 3.0}.get(reason, 5.0)
                             + DICE.uniform(0, .2), reason))
            t += period + DICE.uniform(-1.5, 1.5)
    return sorted(rows)


def stamp(t, digits=3):
    d = datetime.datetime.fromtimestamp(int(t), datetime.timezone.utc)
    return d.strftime('%Y-%m-%dT%H:%M:%S') + ('.%0*d' % (digits, int(t % 1 * 10 ** digits)) if digits else '') + 'Z'


def csv_lines(rows, region):
    yield 'time,service,vantage,status,latency_ms,reason'
    for t, service, up, latency, reason in rows:
        yield f'{stamp(t)},{service},{region},{"up" if up else "down"},{int(latency * 1000)},{reason}'


def json_lines(rows, region):
    for t, service, up, latency, reason in rows:
        row = {'status': 'up' if up else 'down', 'time': stamp(t), 'service': service, 'vantage': region,
               'latency_ms': int(latency * 1000)}
        yield json.dumps(row | ({'reason': reason} if reason else {}))


WORDS = {'dns': 'Resolution with IP protocol failed', 'connect-timeout': 'dial tcp 192.0.2.10:443: i/o timeout',
         'http-5xx': 'Invalid HTTP response status code 503', 'timeout': 'context deadline exceeded'}


def blackbox_lines(rows, _region):
    lines = []
    for t, service, up, latency, reason in rows:
        head = f'caller=handler.go:184 module=http_2xx target=https://{HOSTS[service]}/'
        lines.append((t, f'ts={stamp(t)} {head} level=debug msg="Beginning probe" probe=http timeout_seconds=5'))
        done = t + latency
        if up:
            lines.append((done, f'ts={stamp(done)} {head} level=debug msg="Probe succeeded" duration_seconds={latency:.6f}'))
        else:
            lines.append((done - .001, f'ts={stamp(done - .001)} {head} level=error msg="Error for HTTP request" err="{WORDS[reason]}"'))
            lines.append((done, f'ts={stamp(done)} {head} level=error msg="Probe failed" duration_seconds={latency:.6f}'))
    return [line for _, line in sorted(lines, key=lambda x: x[0])]


def fping_lines(rows, _region):
    lines, numbers = [], dict.fromkeys(SERVICES, -1)
    sent, lost = dict.fromkeys(SERVICES, 0), dict.fromkeys(SERVICES, 0)
    for t, service, up, latency, _reason in rows:
        numbers[service] += 1
        sent[service] += 1
        lost[service] += not up
        done = t + (latency if up else 2.0)
        loss = 100 * lost[service] // sent[service]
        what = f'64 bytes, {latency * 1000:.1f} ms (90.0 avg, {loss}% loss)' if up else f'timed out (90.0 avg, {loss}% loss)'
        lines.append((done, f'[{done:.5f}] {HOSTS[service]:<22}: [{numbers[service]}], {what}'))
    return [line for _, line in sorted(lines, key=lambda x: x[0])]


def reports():
    rows = []
    texts = ['messages do not go out', 'cannot connect', 'feed does not load', 'server not found', 'app is down', 'login fails',
             'connecting... for an hour', 'is it only me?']
    for service in SERVICES:
        for region, weight in WEIGHT.items():
            for minute in range(1440):
                t = DAY + 60 * minute
                local = (minute / 60 + ZONES[region]) % 24
                day = .25 + .75 * max(0, 1 - abs(local - 19) / 9)
                rate = weight * day * (.35 if service in TRUTH_SERVICES else .2)
                onset = at('15:39:30') + ONSET[region]
                end = TRUTH.get((service, region), [(0, 0)])[-1][1]
                if service in TRUTH_SERVICES and onset <= t + 30 < end:
                    since = (t - onset) / 60
                    rate += weight * (.35 + .65 * day) * 24 * min(1, (since + 1) / 12) * max(.35, 1 - since / 420)
                for _ in range(poisson(rate)):
                    rows.append((t + DICE.uniform(0, 60), service, region, f'u{DICE.randrange(10 ** 6):06d}', DICE.choice(texts)))
    return sorted(rows)


def poisson(rate):
    limit, product, count = 2.718281828459045 ** -rate, DICE.random(), 0
    while product > limit:
        product *= DICE.random()
        count += 1
    return count


TRUTH_SERVICES = ('WhatsApp', 'Instagram')
NOTICES = [('16:02:00', 'investigating', 'We are aware that some people have trouble reaching our apps and are looking into it.'),
           ('18:20:00', 'identified', 'A problem between our data centres keeps our services from being reached; we are working on it.'),
           ('22:31:00', 'resolved', 'Our apps are back for everyone.')]


def statuspage():
    updates = [{'id': f'u{i}', 'status': phase, 'body': text, 'created_at': stamp(at(clock)), 'display_at': stamp(at(clock))}
               for i, (clock, phase, text) in enumerate(NOTICES)]
    incident = {'id': 'i1', 'name': 'Apps cannot be reached', 'status': 'resolved', 'impact': 'critical', 'created_at': stamp(at(NOTICES[0][0])),
                'started_at': stamp(at(NOTICES[0][0])), 'resolved_at': stamp(at(NOTICES[-1][0])), 'incident_updates': updates[::-1]}
    page = {'id': 'p1', 'name': 'Made-up Apps', 'url': 'https://status.example.org', 'time_zone': 'Etc/UTC', 'updated_at': stamp(at('22:31:00'))}
    return json.dumps({'page': page, 'incidents': [incident]}, indent=1)


def write(name, lines):
    data = ('\n'.join(lines) + '\n').encode()
    path = os.path.join(LOGS, name)
    if name.endswith('.gz'):
        data = gzip.compress(data, 9, mtime=0)
    elif name.endswith('.xz'):
        data = lzma.compress(data)
    elif name.endswith('.bz2'):
        data = bz2.compress(data)
    elif name.endswith(('.zst', '.lz4')):
        data = subprocess.run(['zstd', '-19', '-q'] if name.endswith('.zst') else ['lz4', '-9', '-q'], input=data,
                              stdout=subprocess.PIPE, check=True).stdout
    with open(path, 'wb') as out:
        out.write(data)


def main():
    os.makedirs(LOGS, exist_ok=True)
    rows = {region: probes(region) for region in REGIONS}
    write('eu-central.csv.gz', csv_lines(rows['eu-central'], 'eu-central'))
    write('us-east.blackbox.log.zst', blackbox_lines(rows['us-east'], 'us-east'))
    write('sa-east.jsonl.xz', json_lines(rows['sa-east'], 'sa-east'))
    write('ap-south.fping.log.lz4', fping_lines(rows['ap-south'], 'ap-south'))
    noon = DAY + 43200
    write('ap-southeast.csv.1.bz2', csv_lines([r for r in rows['ap-southeast'] if r[0] < noon], 'ap-southeast'))
    write('ap-southeast.csv', csv_lines([r for r in rows['ap-southeast'] if r[0] >= noon], 'ap-southeast'))
    told = reports()
    write('user-reports.csv.gz', ['time,service,region,user,text'] + [','.join([stamp(t, 0), s, r, u, x]) for t, s, r, u, x in told])
    write('statuspage.json', [statuspage()])
    truth = {'synthetic': True,
             'windows': [{'service': s, 'vantage': r, 'start': stamp(a), 'end': stamp(b)} for (s, r), spans in sorted(TRUTH.items()) for a, b in spans],
             'vantage_fault': {'vantage': FAULT[0], 'start': stamp(FAULT[1]), 'end': stamp(FAULT[2])},
             'services_up': ['Wikipedia', 'YouTube'],
             'notices': [stamp(at(clock)) for clock, _, _ in NOTICES],
             'reports': len(told), 'probes': sum(map(len, rows.values()))}
    with open(os.path.join(HERE, 'truth.json'), 'w', encoding='utf8') as out:
        json.dump(truth, out, indent=1)
        out.write('\n')


if __name__ == '__main__':
    main()
