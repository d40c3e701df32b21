/* SPDX-License-Identifier: MIT
 * The cheapest path through two states, found forwards with one bit of memory a step and state, and read backwards
 * (Viterbi 1967). Entering state 1 costs `change`, leaving it nothing, as in the burst automaton of Kleinberg ("Bursty
 * and hierarchical structure in streams", 2002, section 2). Of two equal paths the one that is longer in state 0 wins.
 */
#include "outage/detect.h"

void viterbi_two(const double *cost, size_t n, double change, uint8_t *path) {
    double normal = 0, raised = 0; /* cheapest path that ends in state 0, in state 1 */
    for (size_t i = 0; i < n; i++) {
        bool first = i == 0;
        /* path holds, until it is read back, whether each state was reached from state 1. */
        bool left = !first && raised < normal;
        bool stayed = !first && raised < normal + change;
        double before = left ? raised : normal;
        raised = (stayed ? raised : normal + change) + cost[2 * i + 1];
        normal = before + cost[2 * i];
        path[i] = (uint8_t)((left ? 1 : 0) | (stayed ? 2 : 0));
    }
    unsigned state = raised < normal ? 1 : 0;
    for (size_t i = n; i-- > 0;) {
        unsigned before = ((unsigned)path[i] >> state) & 1u;
        path[i] = (uint8_t)state;
        state = before;
    }
}
