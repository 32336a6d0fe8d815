#pragma once

// libcurl and libidn2, loaded at the first call that needs them: linked, they would cost each start of the program several
// milliseconds, and most starts need neither. Their own headers say how they are called; Swift sees only what follows.

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
