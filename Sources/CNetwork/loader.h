#pragma once

/// A function of a library; NULL when the library or the function is not there.
struct cn_symbol {
    const char *name;
    void **function;
};

/// Loads a library and looks its functions up; 0 when one is missing. The library stays.
int cn_load(const char *library, const struct cn_symbol *symbols);
