# SPDX-License-Identifier: MIT
"""What a made-up world looks like in logs: writers of real formats, and the dice that counts need.

Times are integer milliseconds since 1970. A probe is (time, service, up, duration, reason) of one vantage; a writer takes
those of one vantage sorted by time and gives the lines of one file."""
import json
import math
from datetime import datetime, timezone

BAD_LINE = '"GET /item/{n} HTTP/1.1" 502 157 "-" "Mozilla/5.0"'
GOOD_LINE = '"GET /item/{n} HTTP/1.1" 200 4312 "-" "Mozilla/5.0"'


def stamp(t):
    return datetime.fromtimestamp(t // 1000, timezone.utc).strftime('%Y-%m-%dT%H:%M:%S') + f'.{t % 1000:03d}Z'


def instant(text):
    if text is None:
        return None
    whole = datetime.strptime(text[:19] + '+0000', '%Y-%m-%dT%H:%M:%S%z')
    return int(whole.timestamp()) * 1000 + int(text[20:23])


def poisson(dice, mean):
    """Exact for small means; the normal approximation, rounded, from 60 on."""
    if mean <= 0:
        return 0
    if mean > 60:
        return max(0, round(dice.gauss(mean, math.sqrt(mean))))
    limit, product, n = math.exp(-mean), dice.random(), 0
    while product > limit:
        product *= dice.random()
        n += 1
    return n


def crowded(dice, mean, spread):
    """A negative binomial count: variance mean + spread * mean^2."""
    if mean <= 0:
        return 0
    return poisson(dice, dice.gammavariate(1 / spread, mean * spread) if spread > 0 else mean)


# Probes --------------------------------------------------------------------------------------------------------------


def csv_lines(probes, vantage):
    yield 'time,service,vantage,status,latency_ms,reason'
    for t, service, up, duration, reason in probes:
        yield f'{stamp(t)},{service},{vantage},{"up" if up else "down"},{duration},{reason}'


def json_lines(probes, vantage):
    for t, service, up, duration, reason in probes:
        row = {'time': stamp(t), 'service': service, 'vantage': vantage, 'status': 'up' if up else 'down',
               'latency_ms': duration}
        yield json.dumps(dict(row, reason=reason) if reason else row)


def blackbox_lines(probes, _vantage):
    """Written at the end of each probe, so in another order than they were sent."""
    for t, service, up, duration, _ in sorted(probes, key=lambda p: p[0] + p[3]):
        yield (f'ts={stamp(t + duration)} caller=handler.go:184 module=http_2xx target={service} level=debug '
               f'msg="Probe {"succeeded" if up else "failed"}" duration_seconds={duration / 1000:.3f}')


def fping_lines(probes, _vantage):
    """A lost probe is stamped at the end of its timeout, which the line does not tell."""
    number, rows = {}, []
    for t, service, up, duration, _ in probes:
        seq = number[service] = number.get(service, -1) + 1
        what = f'64 bytes, {duration}.00 ms (12.0 avg, 0% loss)' if up else 'timed out (12.0 avg, 1% loss)'
        done = t + duration
        rows.append((done, f'[{done // 1000}.{done % 1000:03d}00] {service} : [{seq}], {what}'))
    return (line for _, line in sorted(rows))


PROBE_WRITERS = {'csv': csv_lines, 'jsonl': json_lines, 'blackbox.log': blackbox_lines, 'fping.log': fping_lines}


# Requests and reports -------------------------------------------------------------------------------------------------


def access_lines(seconds, dice):
    """seconds: (second since 1970, good, bad). Lines of one second are alike but for the visitor and the path."""
    for second, good, bad in seconds:
        if not good and not bad:
            continue
        clock = datetime.fromtimestamp(second, timezone.utc).strftime('%d/%b/%Y:%H:%M:%S +0000')
        rest = [GOOD_LINE] * good + [BAD_LINE] * bad
        dice.shuffle(rest)
        for line in rest:
            n = dice.getrandbits(7)
            yield f'192.0.2.{n + 1} - - [{clock}] ' + line.replace('{n}', str(n))


def count_lines(bins, service):
    yield 'time,service,region,count'
    for t, count in bins:
        yield f'{stamp(t)},{service},eu,{count}'


def report_lines(bins, width, service, dice):
    """Single complaints, each of another user, anywhere in their bins."""
    yield 'time,service,region,user,text'
    user = 0
    for t, count in bins:
        for when in sorted(t + dice.randrange(width) for _ in range(count)):
            user += 1
            yield f'{stamp(when)},{service},eu,u{user},does not work'


def write(path, lines):
    with open(path, 'w', encoding='utf-8') as file:
        file.writelines(line + '\n' for line in lines)
