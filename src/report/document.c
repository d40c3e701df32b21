/* SPDX-License-Identifier: MIT
 * The one document: what report.json holds, member by member, and under `view` the same figures as texts for people.
 * Schema: docs/report.schema.json. Members may be added, never renamed. */
#include "report/document.h"

#include "report/output.h"
#include "report/tree.h"
#include "report/view.h"

static json_t *period(const Report *report) {
    json_t *period = json_object();
    json_object_set_new(period, "start", tree_instant(report->outages->from));
    json_object_set_new(period, "end", tree_instant(report->outages->to));
    tree_put_bool(period, "start_told", report->outages->from_told);
    tree_put_bool(period, "end_told", report->outages->to_told);
    return period;
}

static const char *maintenance_mode(MaintenanceMode mode) {
    static const char *const names[] = {"honour", "exclude", "ignore"};
    return names[mode];
}

/* The numbers that decided the windows, so that a report can be told from one made with others. */
static json_t *detection(const Config *config) {
    const Detection *d = &config->detection;
    json_t *object = json_object();
    json_object_set_new(object, "interval_ms", d->interval ? tree_millis(d->interval) : json_null());
    json_object_set_new(object, "max_gap_ms", d->max_gap ? tree_millis(d->max_gap) : json_null());
    json_object_set_new(object, "max_bridge_ms", tree_millis(d->max_bridge));
    json_object_set_new(object, "confirm_down", json_integer(d->confirm_down));
    json_object_set_new(object, "confirm_up", json_integer(d->confirm_up));
    json_object_set_new(object, "confirm_together", tree_real(d->confirm_together));
    json_object_set_new(object, "reopen_ms", tree_millis(d->reopen));
    json_object_set_new(object, "quorum", tree_real(d->quorum));
    json_object_set_new(object, "min_vantages", json_integer(d->min_vantages));
    json_object_set_new(object, "request_bin_ms", tree_millis(d->request_bin));
    json_object_set_new(object, "report_bin_ms", tree_millis(d->report_bin));
    json_object_set_new(object, "share_fate_ms", tree_millis(d->share_fate));
    json_object_set_new(object, "attach_before_ms", tree_millis(d->attach_before));
    json_object_set_new(object, "degraded_weight", tree_real(d->degraded_weight));
    json_object_set_new(object, "partial_weight", tree_real(d->partial_weight));
    json_object_set_new(object, "maintenance_mode", json_string(maintenance_mode(config->maintenance_mode)));
    return object;
}

/* Every scalar setting that can change a figure, as a text; null where nothing is told. */
static json_t *settings(const Config *config) {
    json_t *object = json_object();
    size_t count;
    const SettingInfo *rows = ds_config_settings(&count);
    for (size_t i = 0; i < count; i++) {
        if (ds_config_decides(i)) {
            g_autofree char *value = ds_config_value(config, i);
            json_object_set_new(object, rows[i].key, tree_text(value));
        }
    }
    return object;
}

static json_t *timeline(const Report *report) {
    json_t *list = json_array();
    g_autoptr(GPtrArray) entries = report_timeline(report);
    for (unsigned i = 0; i < entries->len; i++) {
        const TimelineEntry *entry = g_ptr_array_index(entries, i);
        json_t *row = json_object();
        json_object_set_new(row, "time", tree_instant(entry->time));
        json_object_set_new(row, "kind", json_string(entry->kind));
        json_object_set_new(row, "text", tree_text(entry->text));
        json_object_set_new(row, "evidence", tree_origins(report, entry->origins, G_N_ELEMENTS(entry->origins)));
        json_array_append_new(list, row);
    }
    return list;
}

json_t *ds_report_document(const Report *report) {
    json_t *root = json_object();
    json_object_set_new(root, "schema", json_string("downspan-report/1"));
    json_object_set_new(root, "version", json_string(DOWNSPAN_VERSION));
    json_object_set_new(root, "generated", tree_instant(report->generated));
    json_object_set_new(root, "title", tree_text(report->config->title));
    json_object_set_new(root, "timezone",
                        json_string(report->config->zone ? ds_zone_name(report->config->zone) : "UTC"));
    json_object_set_new(root, "period", period(report));
    json_object_set_new(root, "detection", detection(report->config));
    json_object_set_new(root, "settings", settings(report->config));
    json_object_set_new(root, "config_digest", tree_text(report->config->digest));
    document_quality(report, root);
    document_outages(report, root);
    document_impact(report, root);
    json_object_set_new(root, "timeline", timeline(report));
    json_t *compare = report->before ? document_compare(report, root) : json_null();
    json_object_set_new(root, "compare", compare);
    json_t *view = view_of(report);
    json_object_set_new(view, "compare", view_compare(report, compare));
    json_object_set_new(root, "view", view);
    return root;
}
