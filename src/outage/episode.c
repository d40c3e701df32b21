/* SPDX-License-Identifier: MIT
 * Flapping: windows of one series that follow each other closely are told as an episode too; they stay as they are. */
#include "outage/room.h"

/* Windows of one series less than `reopen` apart. The windows are sorted by series and start. */
void episodes_find(Outages *o, const Config *config) {
    Episode e = {0};
    const Window *last = NULL;
    for (guint i = 0; i <= o->windows->len; i++) {
        const Window *w = i < o->windows->len ? &g_array_index(o->windows, Window, i) : NULL;
        if (w && (w->state != STATE_DOWN || w->signal == SIGNAL_SERVICE || (w->flags & FLAG_BLIP) ||
                  w->override == OVERRIDE_FALSE)) {
            continue;
        }
        bool same = w && last && w->service == last->service && w->vantage == last->vantage &&
                    w->check == last->check && w->signal == last->signal &&
                    w->start - window_end(last, o->to) < config->detection.reopen;
        if (!same) {
            if (e.count > 1) {
                g_array_append_val(o->episodes, e);
            }
            e = w ? (Episode){w->service, w->vantage, w->check, w->start, o->to, 0, 0} : e;
        }
        if (w) {
            e.end = window_end(w, o->to);
            e.net_down += w->observed - w->unknown;
            e.count++;
            last = w;
        }
    }
}
