#include "include/CNetwork.h"

#include "curl.h"

#include <stdlib.h>
#include <string.h>

/// How far one sending has come.
struct progress {
    const uint8_t *rest;
    size_t left;
    size_t answer_left;
    int is_begun;
    struct cn_answer *answer;
};

static size_t give(char *target, size_t size, size_t count, void *context) {
    struct progress *progress = context;
    size_t taken = size * count < progress->left ? size * count : progress->left;
    memcpy(target, progress->rest, taken);
    progress->rest += taken;
    progress->left -= taken;
    progress->is_begun = 1;
    return taken;
}

/// Another count than it was given ends the transfer.
static size_t take(char *bytes, size_t size, size_t count, void *context) {
    (void)bytes;
    struct progress *progress = context;
    if (size * count > progress->answer_left) return 0;
    progress->answer_left -= size * count;
    return size * count;
}

/// A line of an answer: libcurl gives a mail server's here as well. The last one is kept, but for the good-bye (221) that
/// libcurl waits for when it was refused something.
static size_t take_line(char *bytes, size_t size, size_t count, void *context) {
    struct progress *progress = context;
    if (size * count >= 3 && memcmp(bytes, "221", 3) == 0) return size * count;
    size_t kept = size * count;
    if (kept >= sizeof progress->answer->line) kept = sizeof progress->answer->line - 1;
    memcpy(progress->answer->line, bytes, kept);
    progress->answer->line[kept] = 0;
    return take(bytes, size, count, context);
}

/// What is common to all sending.
static CURLcode configure(
    CURL *curl, const struct cn_sending *sending, struct progress *progress, struct curl_slist *target, char *reason
) {
    CURLcode code = CURLE_OK;
#define SET(option, value) if (code == CURLE_OK) code = libcurl.easy_setopt(curl, option, value)
    SET(CURLOPT_ERRORBUFFER, reason);
    SET(CURLOPT_URL, sending->url);
    SET(CURLOPT_PROTOCOLS_STR, sending->recipient != NULL ? "smtp,smtps" : "http,https");
    SET(CURLOPT_CONNECT_TO, target);
    SET(CURLOPT_PROXY, "");
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_USE_SSL, sending->needs_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
    SET(CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
    SET(CURLOPT_SSL_VERIFYPEER, 1L);
    SET(CURLOPT_SSL_VERIFYHOST, 2L);
    SET(CURLOPT_TIMEOUT_MS, sending->milliseconds);
    SET(CURLOPT_CONNECTTIMEOUT_MS, sending->connect_milliseconds);
    // Bounds the QUIT of a connection that goes, which no other time does. In whole seconds.
    SET(CURLOPT_SERVER_RESPONSE_TIMEOUT, sending->milliseconds / 1000 + 1);
    // Without a signal for a slow look-up: other threads would get it.
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_HEADERFUNCTION, take_line);
    SET(CURLOPT_HEADERDATA, progress);
    SET(CURLOPT_WRITEFUNCTION, take);
    SET(CURLOPT_WRITEDATA, progress);
    if (sending->trust != NULL) {
        SET(CURLOPT_CAINFO, sending->trust);
        SET(CURLOPT_CAPATH, NULL);
    }
    return code;
}

static CURLcode configure_mail(
    CURL *curl, const struct cn_sending *sending, struct progress *progress, struct curl_slist *recipient
) {
    CURLcode code = CURLE_OK;
    SET(CURLOPT_UPLOAD, 1L);
    SET(CURLOPT_READFUNCTION, give);
    SET(CURLOPT_READDATA, progress);
    SET(CURLOPT_INFILESIZE_LARGE, (curl_off_t)sending->count);
    SET(CURLOPT_MAIL_FROM, sending->sender);
    SET(CURLOPT_MAIL_RCPT, recipient);
    SET(CURLOPT_USERNAME, sending->user);
    SET(CURLOPT_PASSWORD, sending->password);
    return code;
}

static CURLcode configure_post(CURL *curl, const struct cn_sending *sending, struct curl_slist *headers) {
    CURLcode code = CURLE_OK;
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_POST, 1L);
    SET(CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)sending->count);
    SET(CURLOPT_POSTFIELDS, (const char *)sending->body);
    SET(CURLOPT_HTTPHEADER, headers);
#undef SET
    return code;
}

static enum cn_sent sent(CURLcode code, long reply, int is_begun) {
    switch (code) {
    case CURLE_OK: return CN_SENT;
    case CURLE_COULDNT_RESOLVE_HOST:
    case CURLE_COULDNT_CONNECT: return CN_SENT_UNREACHABLE;
    case CURLE_OPERATION_TIMEDOUT: return CN_SENT_TIMED_OUT;
    case CURLE_USE_SSL_FAILED: return CN_SENT_NO_TLS;
    case CURLE_SSL_CONNECT_ERROR: return CN_SENT_TLS_FAILED;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CACERT_BADFILE: return CN_SENT_UNTRUSTED;
    case CURLE_LOGIN_DENIED: return CN_SENT_LOGIN_REFUSED;
    case CURLE_REMOTE_ACCESS_DENIED: return CN_SENT_ACCESS_REFUSED;
    // Of a greeting, or of what came behind the whole message.
    case CURLE_WEIRD_SERVER_REPLY: return is_begun && reply >= 400 ? CN_SENT_REFUSED : CN_SENT_ACCESS_REFUSED;
    // libcurl calls so what a server refuses, and what could not be written.
    case CURLE_SEND_ERROR: return reply >= 400 ? CN_SENT_REFUSED : CN_SENT_CUT;
    case CURLE_RECV_ERROR:
    case CURLE_GOT_NOTHING:
    case CURLE_PARTIAL_FILE: return CN_SENT_CUT;
    default: return CN_SENT_FAILED;
    }
}

/// Over the connection that was kept. Where the server has ended it meanwhile, which libcurl may see only now, over a new one:
/// nothing of the message was said yet.
static CURLcode perform(CURL *curl, const struct cn_sending *sending, struct progress *progress) {
    CURLcode code = libcurl.easy_perform(curl);
    long connections = 0, reply = 0;
    curl_off_t microseconds = 0;
    libcurl.easy_getinfo(curl, CURLINFO_NUM_CONNECTS, &connections);
    libcurl.easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &reply);
    libcurl.easy_getinfo(curl, CURLINFO_TOTAL_TIME_T, &microseconds);
    enum cn_sent what = sent(code, reply, progress->is_begun);
    long left = sending->milliseconds - (long)(microseconds / 1000);
    // RFC 5321 §3.8: 421 is the good-bye of a server that waits no longer.
    int is_over = what == CN_SENT_CUT || (what == CN_SENT_REFUSED && reply == 421);
    if (connections > 0 || progress->is_begun || !is_over || left <= 0) return code;
    progress->answer->line[0] = 0;
    code = libcurl.easy_setopt(curl, CURLOPT_FRESH_CONNECT, 1L);
    if (code == CURLE_OK) code = libcurl.easy_setopt(curl, CURLOPT_TIMEOUT_MS, left);
    return code == CURLE_OK ? libcurl.easy_perform(curl) : code;
}

/// A list of one text, or of none.
static struct curl_slist *list(const char *text) { return text == NULL ? NULL : libcurl.slist_append(NULL, text); }

static struct curl_slist *list_all(const char *const *texts) {
    struct curl_slist *all = NULL;
    for (; texts != NULL && *texts != NULL; texts++) {
        struct curl_slist *longer = libcurl.slist_append(all, *texts);
        if (longer == NULL) {
            libcurl.slist_free_all(all);
            return NULL;
        }
        all = longer;
    }
    return all;
}

void *cn_open(void) { return cn_load_curl() ? libcurl.easy_init() : NULL; }

void cn_close(void *connection) {
    if (connection != NULL) libcurl.easy_cleanup(connection);
}

void cn_send(void *connection, const struct cn_sending *sending, struct cn_answer *answer) {
    CURL *curl = connection;
    char reason[CURL_ERROR_SIZE] = "";
    memset(answer, 0, sizeof *answer);
    struct progress progress = {sending->body, sending->count, sending->answer_bytes, 0, answer};
    struct curl_slist *target = list(sending->target);
    struct curl_slist *lines = sending->recipient != NULL ? list(sending->recipient) : list_all(sending->headers);
    CURLcode code = CURLE_OUT_OF_MEMORY;
    if (lines != NULL && (target != NULL || sending->target == NULL)) {
        code = configure(curl, sending, &progress, target, reason);
        if (code == CURLE_OK) {
            code = sending->recipient != NULL ? configure_mail(curl, sending, &progress, lines)
                                              : configure_post(curl, sending, lines);
        }
        if (code == CURLE_OK) code = perform(curl, sending, &progress);
    }
    curl_off_t seconds = 0;
    libcurl.easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &answer->code);
    if (libcurl.easy_getinfo(curl, CURLINFO_RETRY_AFTER, &seconds) == CURLE_OK) answer->retry_after = seconds;
    answer->outcome = sent(code, answer->code, progress.is_begun);
    cn_words(code, reason, answer->reason, sizeof answer->reason);
    // The connection stays; what it was told here goes.
    libcurl.easy_reset(curl);
    libcurl.slist_free_all(lines);
    libcurl.slist_free_all(target);
}
