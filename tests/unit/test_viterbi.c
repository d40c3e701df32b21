/* SPDX-License-Identifier: MIT
 * viterbi_two against every path there is, for all lengths up to ten; and two answers worked out by hand. */
#include "outage/detect.h"

static double price(const double *cost, size_t n, double change, unsigned path) {
    double sum = 0;
    unsigned before = 0;
    for (size_t i = 0; i < n; i++) {
        unsigned state = (path >> i) & 1u;
        sum += cost[2 * i + state] + (state && !before ? change : 0);
        before = state;
    }
    return sum;
}

static unsigned packed(const uint8_t *path, size_t n) {
    unsigned bits = 0;
    for (size_t i = 0; i < n; i++) {
        g_assert_cmpuint(path[i], <=, 1);
        bits |= (unsigned)path[i] << i;
    }
    return bits;
}

static void test_brute_force(void) {
    g_autoptr(GRand) random = g_rand_new_with_seed(20021);
    for (int round = 0; round < 2000; round++) {
        size_t n = (size_t)g_rand_int_range(random, 1, 11);
        double cost[20], change = g_rand_double_range(random, 0, 4);
        uint8_t path[10];
        for (size_t i = 0; i < 2 * n; i++) {
            cost[i] = g_rand_double_range(random, -3, 3);
        }
        viterbi_two(cost, n, change, path);
        double best = G_MAXDOUBLE;
        for (unsigned p = 0; p < 1u << n; p++) {
            best = MIN(best, price(cost, n, change, p));
        }
        g_assert_cmpfloat_with_epsilon(price(cost, n, change, packed(path, n)), best, 1e-9);
    }
}

/* State 1 saves 3 in each of steps 2 and 3: 6 in all. Entered for 5 it pays, for 7 it does not, and for exactly 6 the
 * path stays in state 0. */
static void test_by_hand(void) {
    const double cost[] = {0, 2, 3, 0, 3, 0, 0, 2};
    uint8_t path[4];
    viterbi_two(cost, 4, 5, path);
    g_assert_cmpuint(packed(path, 4), ==, 6);
    viterbi_two(cost, 4, 7, path);
    g_assert_cmpuint(packed(path, 4), ==, 0);
    viterbi_two(cost, 4, 6, path);
    g_assert_cmpuint(packed(path, 4), ==, 0);
}

/* A dip that costs 1 inside a run is crossed where coming back would cost 2. */
static void test_dip_is_crossed(void) {
    const double cost[] = {5, 0, 5, 0, 0, 1, 5, 0, 5, 0};
    uint8_t path[5];
    viterbi_two(cost, 5, 2, path);
    g_assert_cmpuint(packed(path, 5), ==, 31);
    viterbi_two(cost, 5, 0.5, path);
    g_assert_cmpuint(packed(path, 5), ==, 27);
}

static void test_nothing(void) {
    uint8_t path[1] = {9};
    viterbi_two(NULL, 0, 1, path);
    g_assert_cmpuint(path[0], ==, 9);
}

int main(int argc, char **argv) {
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/viterbi/brute-force", test_brute_force);
    g_test_add_func("/viterbi/by-hand", test_by_hand);
    g_test_add_func("/viterbi/dip", test_dip_is_crossed);
    g_test_add_func("/viterbi/nothing", test_nothing);
    return g_test_run();
}
