/* SPDX-License-Identifier: MIT
 * The names that grok patterns are commonly built of, each with a definition of our own for PCRE2: what the name means
 * in logs, written narrowly where a wide pattern would take a line that is something else. */
#include "parse/import.h"

static const struct {
    const char *name, *pattern;
} patterns[] = {
    /* text */
    {"WORD", "\\b\\w+\\b"},
    {"NOTSPACE", "\\S+"},
    {"SPACE", "\\s*"},
    {"DATA", ".*?"},
    {"GREEDYDATA", ".*"},
    {"QUOTEDSTRING", "(?:\"(?:[^\"\\\\]|\\\\.)*\"|'(?:[^'\\\\]|\\\\.)*')"},
    {"QS", "%{QUOTEDSTRING}"},
    {"UUID", "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"},
    {"USERNAME", "[\\w.-]+"},
    {"USER", "%{USERNAME}"},
    {"EMAILLOCALPART", "[\\w.!#$%&'*+/=?^`{|}~-]+"},
    {"EMAILADDRESS", "%{EMAILLOCALPART}@%{HOSTNAME}"},
    {"LOGLEVEL", "(?i:trace|debug|notice|info(?:rmation)?|warn(?:ing)?|err(?:or)?|crit(?:ical)?|fatal|severe|alert|"
                 "emerg(?:ency)?|panic)"},
    /* numbers */
    {"INT", "[+-]?\\d+"},
    {"POSINT", "\\b[1-9]\\d*\\b"},
    {"NONNEGINT", "\\b\\d+\\b"},
    {"BASE10NUM", "[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)"},
    {"NUMBER", "%{BASE10NUM}"},
    {"BASE16NUM", "(?:0[xX])?[0-9A-Fa-f]+"},
    /* networks */
    {"MAC", "(?:[0-9A-Fa-f]{2}[:-]){5}[0-9A-Fa-f]{2}|(?:[0-9A-Fa-f]{4}\\.){2}[0-9A-Fa-f]{4}"},
    {"IPV4", "(?<![\\d.])(?:\\d{1,3}\\.){3}\\d{1,3}(?![\\d.]*\\d)"},
    {"IPV6", "(?<![:\\w])(?=[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*:)[0-9A-Fa-f:]+(?:(?:\\d{1,3}\\.){3}\\d{1,3})?(?:%\\w+)?"},
    {"IP", "(?:%{IPV6}|%{IPV4})"},
    {"HOSTNAME", "\\b[0-9A-Za-z](?:[\\w-]*)(?:\\.[0-9A-Za-z][\\w-]*)*\\.?"},
    {"HOST", "%{HOSTNAME}"},
    {"IPORHOST", "(?:%{IP}|%{HOSTNAME})"},
    {"HOSTPORT", "%{IPORHOST}:\\d{1,5}"},
    {"UNIXPATH", "(?:/[^\\s/]*)+"},
    {"WINPATH", "(?:[A-Za-z]:|\\\\)(?:\\\\[^\\\\?*\\s]*)+"},
    {"PATH", "(?:%{UNIXPATH}|%{WINPATH})"},
    {"URIPROTO", "[A-Za-z][A-Za-z0-9+.-]*"},
    {"URIHOST", "%{IPORHOST}(?::\\d{1,5})?"},
    {"URIPATH", "(?:/[^\\s?#]*)+"},
    {"URIPARAM", "\\?[^\\s#]*"},
    {"URIPATHPARAM", "%{URIPATH}(?:%{URIPARAM})?"},
    {"URI", "%{URIPROTO}://(?:[^\\s@/]+@)?(?:%{URIHOST})?(?:%{URIPATHPARAM})?"},
    /* times */
    {"MONTH", "\\b(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*\\b"},
    {"MONTHNUM", "(?:1[0-2]|0?[1-9])"},
    {"MONTHDAY", "(?:3[01]|[12]\\d|0?[1-9])"},
    {"DAY", "\\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*\\b"},
    {"YEAR", "(?:\\d\\d){1,2}"},
    {"HOUR", "(?:2[0-4]|[01]?\\d)"},
    {"MINUTE", "[0-5]\\d"},
    {"SECOND", "(?:[0-5]?\\d|60)(?:[.,:]\\d+)?"},
    {"TIME", "%{HOUR}:%{MINUTE}(?::%{SECOND})?"},
    {"DATE_US", "%{MONTHNUM}[/-]%{MONTHDAY}[/-]%{YEAR}"},
    {"DATE_EU", "%{MONTHDAY}[./-]%{MONTHNUM}[./-]%{YEAR}"},
    {"DATE", "(?:%{DATE_US}|%{DATE_EU})"},
    {"DATESTAMP", "%{DATE}[- ]%{TIME}"},
    {"TZ", "[A-Z]{3,4}"},
    {"ISO8601_TIMEZONE", "(?:Z|[+-]%{HOUR}(?::?%{MINUTE})?)"},
    {"ISO8601_SECOND", "%{SECOND}"},
    {"TIMESTAMP_ISO8601",
     "%{YEAR}-%{MONTHNUM}-%{MONTHDAY}[T ]%{HOUR}:?%{MINUTE}(?::?%{SECOND})?(?:\\s?%{ISO8601_TIMEZONE})?"},
    {"DATESTAMP_RFC822", "%{DAY} %{MONTH} %{MONTHDAY} %{YEAR} %{TIME} %{TZ}"},
    {"DATESTAMP_RFC2822", "%{DAY}, %{MONTHDAY} %{MONTH} %{YEAR} %{TIME} %{ISO8601_TIMEZONE}"},
    {"DATESTAMP_OTHER", "%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{TZ} %{YEAR}"},
    {"HTTPDATE", "%{MONTHDAY}/%{MONTH}/%{YEAR}:%{TIME} %{INT}"},
    {"HTTPDERROR_DATE", "%{DAY} %{MONTH} %{MONTHDAY} %{TIME} %{YEAR}"},
    {"SYSLOGTIMESTAMP", "%{MONTH} +%{MONTHDAY} %{TIME}"},
    /* syslog and web servers */
    {"PROG", "[^\\s\\[\\]:]+"},
    {"SYSLOGPROG", "%{PROG:program}(?:\\[%{POSINT:pid}\\])?"},
    {"SYSLOGHOST", "%{IPORHOST}"},
    {"SYSLOGFACILITY", "<%{NONNEGINT:facility}\\.%{NONNEGINT:priority}>"},
    {"SYSLOGBASE", "%{SYSLOGTIMESTAMP:timestamp} (?:%{SYSLOGFACILITY} )?%{SYSLOGHOST:logsource} %{SYSLOGPROG}:"},
    {"SYSLOGLINE", "%{SYSLOGBASE} %{GREEDYDATA:message}"},
    {"HTTPDUSER", "(?:%{EMAILADDRESS}|[^\\s\\[]+)"},
    {"COMMONAPACHELOG", "%{IPORHOST:clientip} %{HTTPDUSER:ident} %{HTTPDUSER:auth} \\[%{HTTPDATE:timestamp}\\] "
                        "\"(?:%{WORD:verb} %{NOTSPACE:request}(?: HTTP/%{NUMBER:httpversion})?|%{DATA:rawrequest})\" "
                        "(?:-|%{NUMBER:response}) (?:-|%{NUMBER:bytes})"},
    {"COMBINEDAPACHELOG", "%{COMMONAPACHELOG} %{QS:referrer} %{QS:agent}"},
};

const char *grok_pattern(const char *name) {
    for (size_t i = 0; i < G_N_ELEMENTS(patterns); i++) {
        if (strcmp(patterns[i].name, name) == 0) {
            return patterns[i].pattern;
        }
    }
    return NULL;
}
