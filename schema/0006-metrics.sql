-- What was measured, as blocks of coded levels (docs/adr/0034-the-history-is-blocks-of-coded-levels.md). It is no part of the log.
-- Names are compared by bytes, with all their blanks. Times are milliseconds since 1970, resolutions milliseconds.
-- In the order of the key the oldest of the finest come first: they are what goes when room is needed, and what is new comes last.

CREATE TABLE IF NOT EXISTS metric_block (
    host VARBINARY(255) NOT NULL,
    resolution INT UNSIGNED NOT NULL,
    start BIGINT NOT NULL,
    subject VARBINARY(255) NOT NULL,
    is_rolled_up TINYINT UNSIGNED NOT NULL,
    size INT UNSIGNED NOT NULL,
    data MEDIUMBLOB NOT NULL,
    checksum BINARY(32) NOT NULL,
    PRIMARY KEY (host, resolution, start, subject),
    KEY metric_block_subject (host, subject, resolution, start),
    KEY metric_block_pending (host, is_rolled_up)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET ascii COLLATE ascii_bin;

-- The sum of size over a host's blocks, moved with them in the same transaction.
CREATE TABLE IF NOT EXISTS metric_usage (
    host VARBINARY(255) NOT NULL PRIMARY KEY,
    bytes BIGINT NOT NULL
) ENGINE = InnoDB;
