#pragma once

// What Glibc's Swift module hides (variadic calls, _GNU_SOURCE structures, siginfo unions) and the one piece of code that
// must be C: the child's side between fork and exec, where only async-signal-safe calls are allowed.

// No header here may define a structure that Glibc's module has too, such as stat or timespec (sys/types.h is enough for the
// latter): Swift takes such a structure's members as this module's or as Glibc's, by which of the two it happens to read first.
// So pid_t, uid_t and gid_t have their widths here.
#include <stddef.h>
#include <stdint.h>

/// Where a child failed between fork and exec.
enum cs_stage {
    CS_STAGE_CGROUP = 1,
    CS_STAGE_STREAMS = 2,
    CS_STAGE_USER = 3,
    CS_STAGE_DIRECTORY = 4,
    CS_STAGE_ENVIRONMENT = 5,
    CS_STAGE_EXEC = 6,
    CS_STAGE_LIMITS = 7,
};

/// What a child that could not exec writes to its status pipe before it leaves with 126 or 127.
struct cs_failure {
    int32_t stage;
    int32_t error;
};

/// A received signal, as the handler writes it to the pipe.
struct cs_signal {
    int32_t number;
    int32_t code;
    int32_t sender;
};

/// open(2), O_PATH: a place in the tree and nothing else, with which a directory that may not be read can be passed through.
static const int32_t cs_path_only = 010000000;

extern const int32_t cs_limit_address_space;
extern const int32_t cs_limit_processes;

/// A resource limit for the child, hard and soft (setrlimit(2)).
struct cs_rlimit {
    int32_t resource;
    uint64_t value;
};

/// Everything the child needs, laid out before fork: the child allocates nothing but by mmap.
struct cs_plan {
    char *const *paths;         ///< candidates for the program, NULL at the end
    char *const *argv;          ///< NULL at the end
    char **shell_argv;          ///< "/bin/sh", a place for the path, argv[1]…, NULL: for scripts without an interpreter line
    char *const *envp;          ///< NULL at the end; unused with a gate
    const char *directory;      ///< or NULL
    const int *open;            ///< descriptors from 3 on that stay open until exec, ascending
    size_t open_count;
    const int *inherit;         ///< those of them that the program keeps
    size_t inherit_count;
    const int *cgroups;         ///< open cgroup.procs files to join
    size_t cgroup_count;
    const struct cs_rlimit *limits;
    size_t limit_count;
    const uint32_t *groups;
    size_t group_count;
    uint64_t ignored;           ///< signals (bit n - 1) that stay ignored; all others become default
    uint64_t blocked;           ///< the signal mask to exec with
    int streams[3];             ///< sources of descriptors 0, 1, 2; -1 keeps the caller's
    int gate;                   ///< -1, or the pipe that brings the environment and the permission to exec
    int status;                 ///< close-on-exec pipe for a struct cs_failure
    int new_session;
    int new_group;
    int ordinary_oom;           ///< the kernel is to spare it no more than any other process (proc(5), oom_score_adj)
    int niceness;               ///< 0 keeps the starter's (setpriority(2))
    int set_user;
    uint32_t uid;
    uint32_t gid;
};

/// Forks and runs `plan` in the child. Returns the child's pid, or -1 with errno. Safe with other threads running.
int32_t cs_spawn(const struct cs_plan *plan);

/// Signals (bit n - 1) that were ignored, and blocked, when this process began.
uint64_t cs_signals_ignored_at_start(void);
uint64_t cs_signals_blocked_at_start(void);

/// Makes signals that are caught appear as struct cs_signal on a non-blocking pipe. Returns its read end, or -1.
int cs_signal_pipe(void);
/// Catches a signal (after cs_signal_pipe), ignores it.
int cs_signal_catch(int number);
int cs_signal_ignore(int number);
/// Blocks all signals in the calling thread.
void cs_block_all_signals(void);

/// pipe2 with O_CLOEXEC; the environment of this process; an EFD_CLOEXEC | EFD_NONBLOCK descriptor.
int cs_pipe(int ends[2]);
char *const *cs_environment(void);
intptr_t cs_random(void *bytes, size_t count);
int cs_event(void);

/// epoll(7) by descriptors alone: one with EPOLL_CLOEXEC, or -1.
int cs_epoll(void);
/// Waits for a descriptor too, until it can be read or written; with `once` one time. 0, or -1 with errno.
int cs_epoll_add(int epoll, int descriptor, int writing, int once);
int cs_epoll_remove(int epoll, int descriptor);
/// At most so many of those that are ready, within so many milliseconds (-1: whenever that is): their count, or -1 with errno.
int cs_epoll_wait(int epoll, int32_t *ready, int count, int milliseconds);

/// Whether the kernel says that its clock is synchronised (adjtimex(2)): 1, 0, or -1 with errno.
int cs_clock_is_synchronised(void);
/// The calling thread gives way to all others: nice 19 (setpriority(2): in Linux a thread has its own) and the idle class of
/// ioprio_set(2). Who may not be in that class has the usual one.
void cs_give_way(void);

/// What a file is, by statx(2).
struct cs_status {
    uint64_t device;
    uint64_t inode;
    uint64_t links;
    uint64_t bytes;
    uint64_t blocks;            ///< of 512 bytes
    int is_directory;
    int is_mount;               ///< something is mounted there; kernels before 5.8 do not say
};

/// A name in a directory, "" for itself: 0, or -1 with errno. A link is not followed, nothing is mounted for the answer, and no server
/// is asked for what the kernel knows already: so what is mounted there cannot hang it.
int cs_look_at(int directory, const char *name, struct cs_status *status);

/// memfd_create with MFD_CLOEXEC.
int cs_memory_file(const char *name);

int cs_pidfd_open(int32_t pid);
int cs_pidfd_signal(int descriptor, int number);
int cs_become_subreaper(void);
/// setxattr of system.posix_acl_access; links are not followed.
int cs_set_access_list(const char *path, const void *value, size_t count);
int cs_peer_uid(int descriptor, uint32_t *uid);
int cs_terminal_columns(int descriptor);
/// Two heaps for all threads, and large pieces of memory of their own (mallopt(3)): 0, or -1 where the C library has no such choice.
int cs_return_memory(void);

/// Local sockets by path: 0, or -1 with errno.
size_t cs_unix_path_max(void);
/// accept4 with SOCK_CLOEXEC | SOCK_NONBLOCK.
int cs_accept(int descriptor);
int cs_unix_bind(int descriptor, const char *path);
int cs_unix_connect(int descriptor, const char *path);
/// Without waiting. An address that begins with @ is abstract (unix(7), sd_notify(3)).
int cs_unix_send(int descriptor, const char *path, const void *bytes, size_t count);
/// Has the kernel say with each datagram who sent it.
int cs_unix_name_senders(int descriptor);
/// A datagram that is there, and its sender's user as this process sees users: the bytes it had, or -1 with errno.
intptr_t cs_unix_receive(int descriptor, void *bytes, size_t count, uint32_t *sender);

/// Whether a text is a numeric IPv4 or IPv6 address.
int cs_is_address(const char *host);
/// A non-blocking TCP socket that listens at a numeric address; port 0 is any. -1 with errno.
int cs_tcp_listen(const char *host, uint16_t port, int backlog);
/// The port that a socket is bound to, or -1.
int cs_tcp_port(int descriptor);
/// A non-blocking TCP socket that is connected to a numeric address or to a name, which is looked up; each of its addresses has so many
/// milliseconds. Blocks. -1 with errno, or with `lookup` as getaddrinfo(3) has it where that failed.
int cs_tcp_reach(const char *host, uint16_t port, int milliseconds, int *lookup);
/// Bytes that the other host has not acknowledged (tcp(7), SIOCOUTQ), or -1.
int cs_tcp_unacknowledged(int descriptor);
/// A non-blocking UDP socket that exchanges datagrams with one numeric address only. -1 with errno.
int cs_udp_connect(const char *host, uint16_t port);
