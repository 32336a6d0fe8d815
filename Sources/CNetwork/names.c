#include "include/CNetwork.h"

#include "loader.h"

#include <idn2.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

static __typeof__(&idn2_lookup_u8) lookup;
static __typeof__(&idn2_strerror) words;
static __typeof__(&idn2_free) release;
static int is_loaded;

static void load(void) {
    const struct cn_symbol symbols[] = {
        {"idn2_lookup_u8", (void **)&lookup},
        {"idn2_strerror", (void **)&words},
        {"idn2_free", (void **)&release},
        {NULL, NULL},
    };
    is_loaded = cn_load("libidn2.so.0", symbols);
}

char *cn_ascii_name(const char *name, const char **reason) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    if (!is_loaded) {
        *reason = NULL;
        return NULL;
    }
    uint8_t *ascii = NULL;
    // NFC first: what a keyboard gives as a letter and an accent is the same letter.
    int problem = lookup((const uint8_t *)name, &ascii, IDN2_NONTRANSITIONAL | IDN2_NFC_INPUT);
    if (problem != IDN2_OK) {
        *reason = words(problem);
        return NULL;
    }
    char *copy = strdup((const char *)ascii);
    release(ascii);
    if (copy == NULL) *reason = "out of memory";
    return copy;
}
