#define _GNU_SOURCE
#include "CSystem.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sockios.h>
#include <malloc.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/timex.h>
#include <sys/un.h>
#include <sys/xattr.h>
#include <unistd.h>

int cs_pipe(int ends[2]) { return pipe2(ends, O_CLOEXEC); }

char *const *cs_environment(void) { return environ; }

intptr_t cs_random(void *bytes, size_t count) { return getrandom(bytes, count, 0); }

const int32_t cs_limit_address_space = RLIMIT_AS;
const int32_t cs_limit_processes = RLIMIT_NPROC;

int cs_epoll(void) { return epoll_create1(EPOLL_CLOEXEC); }

int cs_epoll_add(int epoll, int descriptor, int writing, int once) {
    struct epoll_event event = {
        .events = (writing ? EPOLLOUT : EPOLLIN) | (once ? EPOLLONESHOT : 0), .data.fd = descriptor};
    return epoll_ctl(epoll, EPOLL_CTL_ADD, descriptor, &event);
}

int cs_epoll_remove(int epoll, int descriptor) { return epoll_ctl(epoll, EPOLL_CTL_DEL, descriptor, NULL); }

int cs_epoll_wait(int epoll, int32_t *ready, int count, int milliseconds) {
    struct epoll_event events[64];
    const int most = sizeof events / sizeof *events;
    int found = epoll_wait(epoll, events, count < most ? count : most, milliseconds);
    for (int i = 0; i < found; i++) ready[i] = events[i].data.fd;
    return found;
}

int cs_clock_is_synchronised(void) {
    struct timex state = {.modes = 0};
    if (adjtimex(&state) < 0) return -1;
    return !(state.status & STA_UNSYNC);
}

void cs_give_way(void) {
    // The numbers of linux/ioprio.h, which Debian's headers have since 12: WHO_PROCESS, this thread, CLASS_IDLE << CLASS_SHIFT.
    (void)syscall(SYS_ioprio_set, 1, 0, 3 << 13);
    (void)setpriority(PRIO_PROCESS, 0, 19);
}

int cs_look_at(int directory, const char *name, struct cs_status *status) {
    struct statx found;
    int flags = AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | AT_EMPTY_PATH | AT_STATX_DONT_SYNC;
    if (statx(directory, name, flags, STATX_BASIC_STATS, &found) < 0) {
        // A user's own mount (fuse(4)) tells nobody else anything, but the kernel still says that it is one.
        if (errno != EACCES || statx(directory, name, flags, 0, &found) < 0) return -1;
        if (!(found.stx_attributes & STATX_ATTR_MOUNT_ROOT)) {
            errno = EACCES;
            return -1;
        }
    }
    *status = (struct cs_status){
        .device = (uint64_t)found.stx_dev_major << 32 | found.stx_dev_minor,
        .inode = found.stx_ino,
        .links = found.stx_nlink,
        .bytes = found.stx_size,
        .blocks = found.stx_blocks,
        .is_directory = S_ISDIR(found.stx_mode),
        .is_mount = (found.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0,
    };
    return 0;
}

int cs_memory_file(const char *name) { return memfd_create(name, MFD_CLOEXEC); }

int cs_event(void) { return eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK); }

int cs_pidfd_open(int32_t pid) { return (int)syscall(SYS_pidfd_open, pid, 0); }

int cs_pidfd_signal(int descriptor, int number) {
    return (int)syscall(SYS_pidfd_send_signal, descriptor, number, NULL, 0);
}

int cs_become_subreaper(void) { return prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

int cs_set_access_list(const char *path, const void *value, size_t count) {
    return lsetxattr(path, "system.posix_acl_access", value, count, 0);
}

int cs_peer_uid(int descriptor, uint32_t *uid) {
    struct ucred credentials;
    socklen_t size = sizeof credentials;
    if (getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &credentials, &size) != 0) return -1;
    *uid = credentials.uid;
    return 0;
}

int cs_terminal_columns(int descriptor) {
    struct winsize size;
    if (ioctl(descriptor, TIOCGWINSZ, &size) != 0) return -1;
    return size.ws_col;
}

size_t cs_unix_path_max(void) { return sizeof(((struct sockaddr_un *)0)->sun_path) - 1; }

static int fill(struct sockaddr_un *address, const char *path) {
    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    size_t length = strlen(path);
    if (length == 0 || length >= sizeof address->sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    memcpy(address->sun_path, path, length);
    return 0;
}

int cs_accept(int descriptor) { return accept4(descriptor, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK); }

int cs_unix_bind(int descriptor, const char *path) {
    struct sockaddr_un address;
    if (fill(&address, path) != 0) return -1;
    return bind(descriptor, (const struct sockaddr *)&address, sizeof address);
}

int cs_unix_connect(int descriptor, const char *path) {
    struct sockaddr_un address;
    if (fill(&address, path) != 0) return -1;
    return connect(descriptor, (const struct sockaddr *)&address, sizeof address);
}

int cs_unix_send(int descriptor, const char *path, const void *bytes, size_t count) {
    struct sockaddr_un address;
    if (fill(&address, path) != 0) return -1;
    socklen_t length = sizeof address;
    if (path[0] == '@') {
        // Nothing but its length ends an abstract address.
        address.sun_path[0] = 0;
        length = offsetof(struct sockaddr_un, sun_path) + strlen(path);
    }
    const struct sockaddr *target = (const struct sockaddr *)&address;
    ssize_t sent = sendto(descriptor, bytes, count, MSG_DONTWAIT | MSG_NOSIGNAL, target, length);
    return sent < 0 ? -1 : 0;
}

int cs_unix_name_senders(int descriptor) {
    int on = 1;
    return setsockopt(descriptor, SOL_SOCKET, SO_PASSCRED, &on, sizeof on);
}

intptr_t cs_unix_receive(int descriptor, void *bytes, size_t count, uint32_t *sender) {
    struct iovec part = {bytes, count};
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(struct ucred))];
    } control;
    struct msghdr message = {
        .msg_iov = &part, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    *sender = (uid_t)-1;
    ssize_t received = recvmsg(descriptor, &message, MSG_DONTWAIT | MSG_TRUNC | MSG_CMSG_CLOEXEC);
    if (received < 0) return -1;
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part != NULL; part = CMSG_NXTHDR(&message, part)) {
        struct ucred credentials;
        if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_CREDENTIALS) continue;
        memcpy(&credentials, CMSG_DATA(part), sizeof credentials);
        *sender = credentials.uid;
    }
    return received;
}

// The socket address of a numeric host; 0 where it is none.
static socklen_t resolve(const char *host, uint16_t port, struct sockaddr_storage *address) {
    memset(address, 0, sizeof *address);
    struct sockaddr_in *four = (struct sockaddr_in *)address;
    if (inet_pton(AF_INET, host, &four->sin_addr) == 1) {
        four->sin_family = AF_INET;
        four->sin_port = htons(port);
        return sizeof *four;
    }
    struct sockaddr_in6 *six = (struct sockaddr_in6 *)address;
    if (inet_pton(AF_INET6, host, &six->sin6_addr) == 1) {
        six->sin6_family = AF_INET6;
        six->sin6_port = htons(port);
        return sizeof *six;
    }
    return 0;
}

int cs_is_address(const char *host) {
    struct sockaddr_storage address;
    return resolve(host, 0, &address) != 0;
}

int cs_tcp_listen(const char *host, uint16_t port, int backlog) {
    struct sockaddr_storage address;
    socklen_t size = resolve(host, port, &address);
    if (size == 0) {
        errno = EINVAL;
        return -1;
    }
    int descriptor = socket(address.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0) return -1;
    int on = 1;
    setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    if (bind(descriptor, (struct sockaddr *)&address, size) == 0 && listen(descriptor, backlog) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

// On a port of the range for clients a connection can meet itself, where nobody listens (RFC 793, simultaneous open).
static int is_own(int descriptor) {
    struct sockaddr_storage near = {0}, far = {0};
    socklen_t near_size = sizeof near, far_size = sizeof far;
    return getsockname(descriptor, (struct sockaddr *)&near, &near_size) == 0 &&
           getpeername(descriptor, (struct sockaddr *)&far, &far_size) == 0 && near_size == far_size &&
           memcmp(&near, &far, near_size) == 0;
}

// 0 or an errno.
static int connect_within(int descriptor, const struct addrinfo *address, int milliseconds) {
    if (connect(descriptor, address->ai_addr, address->ai_addrlen) == 0) return is_own(descriptor) ? ECONNREFUSED : 0;
    if (errno != EINPROGRESS) return errno;
    struct pollfd entry = {.fd = descriptor, .events = POLLOUT};
    if (poll(&entry, 1, milliseconds) == 0) return ETIMEDOUT;
    int error = 0;
    socklen_t size = sizeof error;
    if (getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
    return error == 0 && is_own(descriptor) ? ECONNREFUSED : error;
}

int cs_tcp_reach(const char *host, uint16_t port, int milliseconds, int *lookup) {
    char service[6];
    snprintf(service, sizeof service, "%u", (unsigned)port);
    struct addrinfo hints = {.ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV};
    struct addrinfo *addresses = NULL;
    *lookup = getaddrinfo(host, service, &hints, &addresses);
    if (*lookup != 0) return -1;
    int error = EADDRNOTAVAIL;
    int reached = -1;
    for (struct addrinfo *address = addresses; address != NULL && reached < 0; address = address->ai_next) {
        int descriptor = socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        error = descriptor < 0 ? errno : connect_within(descriptor, address, milliseconds);
        if (error == 0) reached = descriptor;
        else if (descriptor >= 0) close(descriptor);
    }
    freeaddrinfo(addresses);
    errno = error;
    return reached;
}

int cs_tcp_unacknowledged(int descriptor) {
    int count = 0;
    return ioctl(descriptor, SIOCOUTQ, &count) == 0 ? count : -1;
}

int cs_udp_connect(const char *host, uint16_t port) {
    struct sockaddr_storage address;
    socklen_t size = resolve(host, port, &address);
    if (size == 0) {
        errno = EINVAL;
        return -1;
    }
    int descriptor = socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (descriptor < 0 || connect(descriptor, (struct sockaddr *)&address, size) == 0) return descriptor;
    int error = errno;
    close(descriptor);
    errno = error;
    return -1;
}

int cs_tcp_port(int descriptor) {
    struct sockaddr_storage address;
    socklen_t size = sizeof address;
    if (getsockname(descriptor, (struct sockaddr *)&address, &size) != 0) return -1;
    if (address.ss_family == AF_INET) return ntohs(((struct sockaddr_in *)&address)->sin_port);
    return ntohs(((struct sockaddr_in6 *)&address)->sin6_port);
}

int cs_return_memory(void) {
#ifdef __GLIBC__
    return mallopt(M_ARENA_MAX, 2) && mallopt(M_MMAP_THRESHOLD, 128 << 10) ? 0 : -1;
#else
    return -1;
#endif
}
