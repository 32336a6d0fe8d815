-- The event log, its head, and what is derived from it.
-- Names are compared by bytes. Times are UTC. Statements end with a semicolon at the end of a line.

CREATE TABLE IF NOT EXISTS log_identity (
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    database_id VARCHAR(16) NOT NULL,
    created_at DATETIME(6) NOT NULL
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- One row: every appending transaction locks it first, so positions are dense and commits are in their order.
CREATE TABLE IF NOT EXISTS log_head (
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    position BIGINT UNSIGNED NOT NULL,
    hash BINARY(32) NOT NULL,
    at DATETIME(6) NOT NULL
) ENGINE = InnoDB;

-- session and task are extracted from the payload, for those who look for them; log verify holds them against it.
-- payload_checksum is SHA-256 of the stored bytes: two LZ4 blocks can decode alike.
CREATE TABLE IF NOT EXISTS event (
    position BIGINT UNSIGNED NOT NULL PRIMARY KEY,
    id VARCHAR(48) NOT NULL,
    stream VARCHAR(96) NOT NULL,
    stream_version INT UNSIGNED NOT NULL,
    type VARCHAR(48) NOT NULL,
    schema_version SMALLINT UNSIGNED NOT NULL,
    at DATETIME(6) NOT NULL,
    actor VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    host VARCHAR(255) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
    correlation VARCHAR(96) NOT NULL,
    causation BIGINT UNSIGNED NULL,
    session VARCHAR(48) NULL,
    task VARCHAR(48) NULL,
    payload MEDIUMBLOB NULL,
    payload_encoding TINYINT UNSIGNED NOT NULL,
    payload_size INT UNSIGNED NOT NULL,
    payload_checksum BINARY(32) NULL,
    payload_hash BINARY(32) NOT NULL,
    hash BINARY(32) NOT NULL,
    UNIQUE KEY event_id (id),
    UNIQUE KEY event_stream (stream, stream_version),
    KEY event_type (type, position)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET ascii COLLATE ascii_bin;

-- version counts the events that moved the projection and moves with every commit; state may be older: it is the state
-- as of state_version at position, and its reader folds the events behind it.
CREATE TABLE IF NOT EXISTS projection (
    name VARCHAR(48) NOT NULL PRIMARY KEY,
    version BIGINT UNSIGNED NOT NULL,
    position BIGINT UNSIGNED NOT NULL,
    hash BINARY(32) NOT NULL,
    state_version BIGINT UNSIGNED NOT NULL,
    state LONGBLOB NOT NULL,
    state_encoding TINYINT UNSIGNED NOT NULL,
    state_size INT UNSIGNED NOT NULL,
    checksum BINARY(32) NOT NULL
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET ascii COLLATE ascii_bin;

-- Where each follower of the log has come to.
CREATE TABLE IF NOT EXISTS follower (
    name VARCHAR(96) NOT NULL PRIMARY KEY,
    position BIGINT UNSIGNED NOT NULL,
    updated_at DATETIME(6) NOT NULL
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;

-- A durable commit here, made after an event was read, makes that event durable too (its redo comes first).
-- Several rows, so that those who wait do not wait for each other.
CREATE TABLE IF NOT EXISTS barrier (
    slot TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    passes BIGINT UNSIGNED NOT NULL
) ENGINE = InnoDB;

CREATE TABLE IF NOT EXISTS schema_version (
    id TINYINT UNSIGNED NOT NULL PRIMARY KEY,
    version INT UNSIGNED NOT NULL
) ENGINE = InnoDB;
