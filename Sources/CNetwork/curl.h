#pragma once

#include <curl/curl.h>

// curl.h may make macros of these.
#undef curl_easy_setopt
#undef curl_easy_getinfo

/// libcurl's functions, under its own names without `curl_`.
struct cn_curl {
    CURLcode (*global_init)(long);
    CURL *(*easy_init)(void);
    CURLcode (*easy_setopt)(CURL *, CURLoption, ...);
    CURLcode (*easy_perform)(CURL *);
    CURLcode (*easy_getinfo)(CURL *, CURLINFO, ...);
    void (*easy_reset)(CURL *);
    void (*easy_cleanup)(CURL *);
    const char *(*easy_strerror)(CURLcode);
    struct curl_slist *(*slist_append)(struct curl_slist *, const char *);
    void (*slist_free_all)(struct curl_slist *);
};

/// What holds behind `cn_load_curl`.
extern struct cn_curl libcurl;

/// Loads it at the first call; 0 when there is none. From any thread.
int cn_load_curl(void);

/// What libcurl says of a code, into `words`: what it wrote itself (`reason`), unless that counts milliseconds, which would be
/// another problem each time.
void cn_words(CURLcode code, const char *reason, char *words, size_t size);
