#include "curl.h"

#include "loader.h"

#include <pthread.h>
#include <stddef.h>
#include <stdio.h>

struct cn_curl libcurl;
static int is_loaded;

static void load(void) {
    const struct cn_symbol symbols[] = {
        {"curl_global_init", (void **)&libcurl.global_init},
        {"curl_easy_init", (void **)&libcurl.easy_init},
        {"curl_easy_setopt", (void **)&libcurl.easy_setopt},
        {"curl_easy_perform", (void **)&libcurl.easy_perform},
        {"curl_easy_getinfo", (void **)&libcurl.easy_getinfo},
        {"curl_easy_reset", (void **)&libcurl.easy_reset},
        {"curl_easy_cleanup", (void **)&libcurl.easy_cleanup},
        {"curl_easy_strerror", (void **)&libcurl.easy_strerror},
        {"curl_slist_append", (void **)&libcurl.slist_append},
        {"curl_slist_free_all", (void **)&libcurl.slist_free_all},
        {NULL, NULL},
    };
    is_loaded = cn_load("libcurl.so.4", symbols) && libcurl.global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

int cn_load_curl(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return is_loaded;
}

void cn_words(CURLcode code, const char *reason, char *words, size_t size) {
    int is_told = reason[0] != 0 && code != CURLE_OPERATION_TIMEDOUT;
    snprintf(words, size, "%s", is_told ? reason : code == CURLE_OK ? "" : libcurl.easy_strerror(code));
}
