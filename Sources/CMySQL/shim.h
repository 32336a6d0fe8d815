#pragma once
#include <errmsg.h>
#include <mysql.h>
#include <mysqld_error.h>
#include <string.h>

// Hidden behind _GNU_SOURCE in <pthread.h>; names the calling thread in ps, top and /proc (15 bytes at most).
extern int pthread_setname_np(unsigned long thread, const char *name);

// How a connection is encrypted. The client libraries of MariaDB and Oracle name the options differently.
enum cmysql_tls { CMYSQL_TLS_OFF, CMYSQL_TLS_REQUIRED, CMYSQL_TLS_VERIFY_FULL };

static inline int cmysql_set_tls(MYSQL *mysql, enum cmysql_tls mode, const char *ca)
{
    if (mode == CMYSQL_TLS_OFF) return 0;
    if (ca && mysql_options(mysql, MYSQL_OPT_SSL_CA, ca)) return 1;
#ifdef MARIADB_PACKAGE_VERSION
    my_bool on = 1, verify = mode == CMYSQL_TLS_VERIFY_FULL;
    return mysql_options(mysql, MYSQL_OPT_SSL_ENFORCE, &on)
        || mysql_options(mysql, MYSQL_OPT_SSL_VERIFY_SERVER_CERT, &verify);
#else
    unsigned int wanted = mode == CMYSQL_TLS_VERIFY_FULL ? SSL_MODE_VERIFY_IDENTITY : SSL_MODE_REQUIRED;
    return mysql_options(mysql, MYSQL_OPT_SSL_MODE, &wanted);
#endif
}

// Fills one bind. `my_bool` is char with MariaDB and bool with Oracle; both are one byte, so the flag goes by void *.
// A null `length` means: the value is `capacity` bytes long (parameters).
static inline void cmysql_bind(
    MYSQL_BIND *bind, enum enum_field_types type, int is_unsigned, void *buffer, unsigned long capacity,
    unsigned long *length, void *is_null)
{
    memset(bind, 0, sizeof *bind);
    bind->buffer_type = type;
    bind->is_unsigned = is_unsigned != 0;
    bind->buffer = buffer;
    bind->buffer_length = capacity;
    bind->length = length;
    bind->is_null = is_null;
}

// A DATETIME(6) parameter; `neg` and `time_type` stay zero-like whatever the library calls their types.
static inline void cmysql_set_datetime(
    MYSQL_TIME *time, unsigned year, unsigned month, unsigned day, unsigned hour, unsigned minute, unsigned second,
    unsigned microsecond)
{
    memset(time, 0, sizeof *time);
    time->year = year;
    time->month = month;
    time->day = day;
    time->hour = hour;
    time->minute = minute;
    time->second = second;
    time->second_part = microsecond;
    time->time_type = MYSQL_TIMESTAMP_DATETIME;
}

// What returns my_bool returns int here, the same with both libraries.
static inline int cmysql_thread_init(void) { return mysql_thread_init() != 0; }
static inline int cmysql_commit(MYSQL *mysql) { return mysql_commit(mysql) != 0; }
static inline int cmysql_rollback(MYSQL *mysql) { return mysql_rollback(mysql) != 0; }
static inline int cmysql_bind_param(MYSQL_STMT *statement, MYSQL_BIND *binds)
{
    return mysql_stmt_bind_param(statement, binds) != 0;
}
static inline int cmysql_bind_result(MYSQL_STMT *statement, MYSQL_BIND *binds)
{
    return mysql_stmt_bind_result(statement, binds) != 0;
}
