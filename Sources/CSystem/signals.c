#define _GNU_SOURCE
#include "CSystem.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

static uint64_t ignored_at_start;
static uint64_t blocked_at_start;
static int pipe_ends[2] = {-1, -1};

// Before main, so that what this program does to signals later does not reach the programs it starts.
__attribute__((constructor)) static void remember_signals(void) {
    sigset_t mask;
    sigemptyset(&mask);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    for (int number = 1; number <= 64; number++) {
        struct sigaction action;
        uint64_t bit = (uint64_t)1 << (number - 1);
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN) ignored_at_start |= bit;
        if (sigismember(&mask, number) == 1) blocked_at_start |= bit;
    }
    // With SIGCHLD ignored the kernel reaps children itself and their exit codes are lost (wait(2)).
    if (ignored_at_start >> (SIGCHLD - 1) & 1) signal(SIGCHLD, SIG_DFL);
}

uint64_t cs_signals_ignored_at_start(void) { return ignored_at_start; }
uint64_t cs_signals_blocked_at_start(void) { return blocked_at_start; }

static void on_signal(int number, siginfo_t *info, void *context) {
    (void)context;
    int saved = errno;
    struct cs_signal received = {number, info->si_code, info->si_pid};
    ssize_t written = write(pipe_ends[1], &received, sizeof received);
    (void)written;
    errno = saved;
}

int cs_signal_pipe(void) {
    if (pipe_ends[0] < 0 && pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK) != 0) return -1;
    return pipe_ends[0];
}

int cs_signal_catch(int number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_sigaction = on_signal;
    action.sa_flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK;
    sigfillset(&action.sa_mask);
    if (sigaction(number, &action, NULL) != 0) return -1;
    sigset_t mask;
    sigemptyset(&mask);
    sigaddset(&mask, number);
    return pthread_sigmask(SIG_UNBLOCK, &mask, NULL);
}

int cs_signal_ignore(int number) {
    struct sigaction action;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_IGN;
    return sigaction(number, &action, NULL);
}

void cs_block_all_signals(void) {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, NULL);
}
