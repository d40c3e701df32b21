/* SPDX-License-Identifier: MIT
 * The one error domain. */
#include "base/error.h"

GQuark ds_error_quark(void) {
    return g_quark_from_static_string("downspan");
}
