#include "loader.h"

#include <dlfcn.h>
#include <stddef.h>

int cn_load(const char *library, const struct cn_symbol *symbols) {
    void *handle = dlopen(library, RTLD_NOW | RTLD_LOCAL);
    if (handle == NULL) return 0;
    for (const struct cn_symbol *symbol = symbols; symbol->name != NULL; symbol++) {
        *symbol->function = dlsym(handle, symbol->name);
        if (*symbol->function == NULL) return 0;
    }
    return 1;
}
