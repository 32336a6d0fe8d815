#include "include/CNetwork.h"

#include "curl.h"

#include <stdlib.h>
#include <string.h>

static size_t discard(char *bytes, size_t size, size_t count, void *nothing) {
    (void)bytes;
    (void)nothing;
    return size * count;
}

static enum cn_outcome outcome(CURL *curl, CURLcode code) {
    long verification = 0;
    switch (code) {
    case CURLE_OK: return CN_SERVED;
    case CURLE_COULDNT_CONNECT: return CN_NO_CONNECTION;
    case CURLE_USE_SSL_FAILED: return CN_NO_TLS;
    case CURLE_PEER_FAILED_VERIFICATION:
        // OpenSSL judges the chain first, and libcurl then the name, with what its own state begins with: "unspecified" (1).
        libcurl.easy_getinfo(curl, CURLINFO_SSL_VERIFYRESULT, &verification);
        return verification <= 1 ? CN_NOT_COVERED : CN_UNTRUSTED;
    default: return CN_FAILED;
    }
}

/// The PEM among what is told of the first certificate.
static char *served_certificate(CURL *curl) {
    static const char label[] = "Cert:";
    struct curl_certinfo *info = NULL;
    if (libcurl.easy_getinfo(curl, CURLINFO_CERTINFO, &info) != CURLE_OK || info == NULL || info->num_of_certs < 1) return NULL;
    for (const struct curl_slist *line = info->certinfo[0]; line != NULL; line = line->next) {
        if (strncmp(line->data, label, sizeof label - 1) == 0) return strdup(line->data + sizeof label - 1);
    }
    return NULL;
}

static CURLcode configure(CURL *curl, const struct cn_probe *probe, struct curl_slist *resolve, char *reason) {
    CURLcode code = CURLE_OK;
#define SET(option, value) if (code == CURLE_OK) code = libcurl.easy_setopt(curl, option, value)
    SET(CURLOPT_ERRORBUFFER, reason);
    SET(CURLOPT_URL, probe->url);
    SET(CURLOPT_RESOLVE, resolve);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_USE_SSL, (long)CURLUSESSL_ALL);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_CERTINFO, 1L);
    // An old session would be taken up again without its certificate being sent.
    SET(CURLOPT_SSL_SESSIONID_CACHE, 0L);
    SET(CURLOPT_CUSTOMREQUEST, "NOOP");
    SET(CURLOPT_NOBODY, 1L);
    SET(CURLOPT_WRITEFUNCTION, discard);
    SET(CURLOPT_TIMEOUT_MS, probe->milliseconds);
    SET(CURLOPT_CONNECTTIMEOUT_MS, probe->milliseconds);
    // Without a signal for a slow look-up: there is none, and other threads would get it.
    SET(CURLOPT_NOSIGNAL, 1L);
    if (probe->trust != NULL) {
        SET(CURLOPT_CAINFO, probe->trust);
        SET(CURLOPT_CAPATH, NULL);
    }
#undef SET
    return code;
}

void cn_probe_certificate(const struct cn_probe *probe, struct cn_served *served) {
    char reason[CURL_ERROR_SIZE] = "";
    memset(served, 0, sizeof *served);
    served->outcome = CN_NO_LIBRARY;
    if (!cn_load_curl()) return;
    served->outcome = CN_FAILED;
    CURL *curl = libcurl.easy_init();
    struct curl_slist *resolve = libcurl.slist_append(NULL, probe->resolve);
    if (curl != NULL && resolve != NULL) {
        CURLcode code = configure(curl, probe, resolve, reason);
        if (code == CURLE_OK) code = libcurl.easy_perform(curl);
        served->outcome = outcome(curl, code);
        if (code == CURLE_OPERATION_TIMEDOUT) {
            double connected = 0;
            libcurl.easy_getinfo(curl, CURLINFO_CONNECT_TIME, &connected);
            if (connected == 0) served->outcome = CN_NO_CONNECTION;
        }
        if (code == CURLE_OK) served->certificate = served_certificate(curl);
        cn_words(code, reason, served->reason, sizeof served->reason);
    }
    libcurl.slist_free_all(resolve);
    if (curl != NULL) libcurl.easy_cleanup(curl);
}
