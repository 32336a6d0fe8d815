#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ENVIRONMENT_BYTES_MAX (8u << 20)
#define EXIT_NOT_FOUND 127
#define EXIT_NOT_EXECUTABLE 126

static void fail(const struct cs_plan *plan, int stage, int error) {
    struct cs_failure failure = {stage, error};
    ssize_t written = write(plan->status, &failure, sizeof failure);
    (void)written;
    int missing = stage == CS_STAGE_EXEC && (error == ENOENT || error == ENOTDIR);
    _exit(missing ? EXIT_NOT_FOUND : EXIT_NOT_EXECUTABLE);
}

static void close_span(unsigned first, unsigned last) {
    if (first > last || syscall(SYS_close_range, first, last, 0) == 0) return;
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) limit.rlim_cur = 1 << 16;
    for (unsigned number = first; number <= last && number < limit.rlim_cur; number++) close((int)number);
}

// Other threads may have opened descriptors without close-on-exec, and a child that waits at its gate must not hold the
// other end of anybody's gate: all but the named ones are closed at once.
static void close_others(const struct cs_plan *plan) {
    unsigned next = 3;
    for (size_t i = 0; i < plan->open_count; i++) {
        unsigned kept = (unsigned)plan->open[i];
        if (kept > next) close_span(next, kept - 1);
        if (kept >= next) next = kept + 1;
    }
    close_span(next, ~0u);
}

static void reset_signals(const struct cs_plan *plan) {
    for (int number = 1; number < NSIG; number++) {
        int ignore = number <= 64 && (plan->ignored >> (number - 1) & 1);
        struct sigaction action;
        memset(&action, 0, sizeof action);
        action.sa_handler = ignore ? SIG_IGN : SIG_DFL;
        sigaction(number, &action, NULL);
    }
    sigset_t mask;
    sigemptyset(&mask);
    for (int number = 1; number <= 64; number++) {
        if (plan->blocked >> (number - 1) & 1) sigaddset(&mask, number);
    }
    sigprocmask(SIG_SETMASK, &mask, NULL);
}

static int read_fully(int descriptor, void *bytes, size_t count) {
    size_t done = 0;
    while (done < count) {
        ssize_t got = read(descriptor, (char *)bytes + done, count - done);
        if (got == 0) return 0;
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return -1;
        done += (size_t)got;
    }
    return 1;
}

// The gate brings a length and that many bytes of NUL-ended entries. Its end without them means: nobody will let us run.
static char *const *environment_from_gate(const struct cs_plan *plan) {
    uint32_t count = 0;
    if (read_fully(plan->gate, &count, sizeof count) != 1) _exit(EXIT_NOT_EXECUTABLE);
    if (count > ENVIRONMENT_BYTES_MAX) fail(plan, CS_STAGE_ENVIRONMENT, E2BIG);
    size_t pointers = ((size_t)count + 2) * sizeof(char *);
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    char *bytes = mmap(NULL, (size_t)count + 1 + pointers, PROT_READ | PROT_WRITE, flags, -1, 0);
    if (bytes == MAP_FAILED) fail(plan, CS_STAGE_ENVIRONMENT, errno);
    if (count > 0 && read_fully(plan->gate, bytes + pointers, count) != 1) _exit(EXIT_NOT_EXECUTABLE);
    char **entries = (char **)(void *)bytes;
    char *text = bytes + pointers;
    size_t entry = 0;
    for (size_t at = 0; at < count; at += strlen(text + at) + 1) entries[entry++] = text + at;
    entries[entry] = NULL;
    return entries;
}

static void become_user(const struct cs_plan *plan) {
    // The bare system calls: glibc's wrappers would look for the parent's threads.
    if (syscall(SYS_setgroups, plan->group_count, plan->groups) != 0) fail(plan, CS_STAGE_USER, errno);
    if (syscall(SYS_setresgid, plan->gid, plan->gid, plan->gid) != 0) fail(plan, CS_STAGE_USER, errno);
    if (syscall(SYS_setresuid, plan->uid, plan->uid, plan->uid) != 0) fail(plan, CS_STAGE_USER, errno);
}

// The search of execvp(3): the first path that works; a script without an interpreter line goes to the shell; "permission
// denied" is reported only when no later candidate is found.
static void exec_first(const struct cs_plan *plan, char *const *environment) {
    int verdict = ENOENT;
    int searched = strchr(plan->argv[0], '/') == NULL;
    for (char *const *path = plan->paths; *path; path++) {
        execve(*path, plan->argv, environment);
        if (errno == ENOEXEC) {
            plan->shell_argv[1] = *path;
            execve(plan->shell_argv[0], plan->shell_argv, environment);
        }
        int error = errno;
        if (error == ENOENT || error == ENOTDIR) continue;
        // A directory of PATH that this user may not search is passed over, as shells do.
        if (error == EACCES && searched && access(*path, F_OK) != 0) continue;
        errno = error;
        verdict = error;
        if (errno != EACCES) break;
    }
    fail(plan, CS_STAGE_EXEC, verdict);
}

// A limit above the hard one of the starter stays as that: nobody but root may raise it.
static void limit_resources(const struct cs_plan *plan) {
    for (size_t i = 0; i < plan->limit_count; i++) {
        struct rlimit limit;
        if (getrlimit((__rlimit_resource_t)plan->limits[i].resource, &limit) != 0) fail(plan, CS_STAGE_LIMITS, errno);
        if (limit.rlim_max > plan->limits[i].value) limit.rlim_max = plan->limits[i].value;
        limit.rlim_cur = limit.rlim_max;
        if (setrlimit((__rlimit_resource_t)plan->limits[i].resource, &limit) != 0) fail(plan, CS_STAGE_LIMITS, errno);
    }
}

// A service that the kernel is told to spare has children that are spared too. Raising the score needs no right; where it
// cannot be written, the process runs with what it has.
static void be_ordinary(void) {
    int file = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (file < 0) return;
    ssize_t written = write(file, "0", 1);
    (void)written;
    close(file);
}

static void run_child(const struct cs_plan *plan) {
    if (plan->new_session) setsid();
    if (plan->new_group) setpgid(0, 0);
    close_others(plan);
    for (size_t i = 0; i < plan->cgroup_count; i++) {
        if (write(plan->cgroups[i], "0", 1) != 1) fail(plan, CS_STAGE_CGROUP, errno);
    }
    for (int stream = 0; stream < 3; stream++) {
        if (plan->streams[stream] < 0) continue;
        if (dup2(plan->streams[stream], stream) < 0) fail(plan, CS_STAGE_STREAMS, errno);
    }
    if (plan->ordinary_oom) be_ordinary();
    // What cannot be set is no reason not to run.
    if (plan->niceness > 0) syscall(SYS_setpriority, PRIO_PROCESS, 0, plan->niceness);
    if (plan->set_user) become_user(plan);
    if (plan->directory && chdir(plan->directory) != 0) fail(plan, CS_STAGE_DIRECTORY, errno);
    reset_signals(plan);
    char *const *environment = plan->gate >= 0 ? environment_from_gate(plan) : plan->envp;
    for (size_t i = 0; i < plan->open_count; i++) fcntl(plan->open[i], F_SETFD, FD_CLOEXEC);
    for (size_t i = 0; i < plan->inherit_count; i++) fcntl(plan->inherit[i], F_SETFD, 0);
    // Last, so that nothing but the program is held to them.
    limit_resources(plan);
    exec_first(plan, environment);
}

int32_t cs_spawn(const struct cs_plan *plan) {
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    // A fork copies the page tables, for the service more than half of what a launch takes. A child that goes straight to exec
    // can do in our memory meanwhile (vfork(2)): it writes to its stack and to the plan only, and no signal reaches it before
    // its handlers are the default. Not one that waits at a gate, which would hold us up, and not one that becomes another
    // user, who could look into our memory.
    int shares = plan->gate < 0 && !plan->set_user;
    // _Fork runs no atfork handlers and is async-signal-safe (glibc 2.34).
    pid_t pid = shares ? vfork() : _Fork();
    if (pid == 0) run_child(plan);
    int error = errno;
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    errno = error;
    return pid;
}
