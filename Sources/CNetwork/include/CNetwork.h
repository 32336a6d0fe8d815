#pragma once

// libcurl and libidn2, loaded at the first call that needs them: linked, they would cost each start of the program several
// milliseconds, and most starts need neither. Their own headers say how they are called; Swift sees only what follows.

#include <stddef.h>
#include <stdint.h>

/// What became of a try to be served a certificate.
enum cn_outcome {
    CN_SERVED,
    CN_NO_LIBRARY,      ///< there is no libcurl
    CN_NO_CONNECTION,   ///< nobody listens, or not reached in time
    CN_NO_TLS,          ///< the server does not offer STARTTLS
    CN_UNTRUSTED,       ///< the chain ends in no trusted authority, or a certificate of it is not valid now
    CN_NOT_COVERED,     ///< the chain is trusted, and the certificate is for other names
    CN_FAILED,          ///< anything else: `reason` says what
};

/// Whom to ask for a certificate, and as whom.
struct cn_probe {
    const char *url;        ///< smtp://NAME:PORT or smtps://NAME:PORT
    const char *resolve;    ///< NAME:PORT:ADDRESS; nobody is asked where NAME is
    const char *trust;      ///< a PEM file of authorities, or NULL for the system's
    long milliseconds;      ///< for everything together
};

/// What was served.
struct cn_served {
    enum cn_outcome outcome;
    char reason[256];       ///< words of libcurl or of the loader; may be empty
    char *certificate;      ///< PEM, malloc'ed, or NULL
};

/// Speaks SMTP with TLS up to a NOOP, verifies chain and name, and tells the server's own certificate. Blocks for at most the
/// given time. From any thread.
void cn_probe_certificate(const struct cn_probe *probe, struct cn_served *served);

/// The A-label form of a name (IDNA2008, UTS 46 nontransitional), malloc'ed; NULL with a reason. From any thread.
char *cn_ascii_name(const char *name, const char **reason);

/// A message, and how it is sent: a mail where there is a recipient, and otherwise what is posted.
struct cn_sending {
    const char *url;                ///< smtp, smtps, http or https
    const char *target;             ///< ::ADDRESS:PORT to connect to whatever the name is; NULL: where the name is
    const char *trust;              ///< a PEM file of authorities, or NULL for the system's
    int needs_tls;                  ///< for smtp://: nothing is sent without STARTTLS
    const char *sender;             ///< of a mail: the envelope's, in angle brackets
    const char *recipient;          ///< of a mail: the envelope's only one, in angle brackets
    const char *user;               ///< of a mail: or NULL
    const char *password;           ///< of a mail: or NULL
    const char *const *headers;     ///< of a post: at least one, and NULL behind the last
    const uint8_t *body;            ///< of a mail: with its header
    size_t count;
    size_t answer_bytes;            ///< the most that is read of the answer
    long milliseconds;              ///< for everything together
    long connect_milliseconds;      ///< until a message could be sent
};

/// What became of it.
enum cn_sent {
    CN_SENT,
    CN_SENT_UNREACHABLE,        ///< no address, or nobody listens there
    CN_SENT_TIMED_OUT,
    CN_SENT_NO_TLS,             ///< STARTTLS is not offered, or refused
    CN_SENT_TLS_FAILED,         ///< the two did not agree
    CN_SENT_UNTRUSTED,          ///< by the chain, or the name
    CN_SENT_LOGIN_REFUSED,
    CN_SENT_ACCESS_REFUSED,     ///< a mail server that wants nothing of us
    CN_SENT_REFUSED,            ///< a mail server does not take this mail: `code` says how
    CN_SENT_CUT,                ///< the connection ended
    CN_SENT_FAILED,             ///< anything else: `reason` says what
};

/// What was answered.
struct cn_answer {
    enum cn_sent outcome;
    long code;              ///< the last reply's or the status; 0 where there was none
    long long retry_after;  ///< seconds; 0 where nothing was said of that
    char reason[256];       ///< words of libcurl; may be empty
    char line[512];         ///< the last line that the server said, as it said it
};

/// What sends one message after the other, one at a time, from any thread; a connection is kept for the next one. NULL where
/// there is no libcurl.
void *cn_open(void);

/// Sends a message; blocks for at most the given time.
void cn_send(void *connection, const struct cn_sending *sending, struct cn_answer *answer);

/// Ends it. Blocks: a mail server is told, and has as long to answer as it had for the last message.
void cn_close(void *connection);
