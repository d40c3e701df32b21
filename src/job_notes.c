/* SPDX-License-Identifier: MIT
 * What the settings ask for and the inputs cannot answer. An objective of a service that no record tells of counts as
 * missed; that must not look like an outage. */
#include "job.h"
#include "job_room.h"

void job_note_objectives(const Config *config, const Store *store, Quality *quality) {
    for (guint i = 0; i < config->objectives->len; i++) {
        const Objective *o = g_ptr_array_index(config->objectives, i);
        if (o->service && ds_store_find(store, o->service) == NAME_NONE) {
            g_ptr_array_add(quality->notes,
                            g_strdup_printf("Objective %s: no record tells of the service %s, so it counts as missed.",
                                            o->name, o->service));
        }
    }
}
