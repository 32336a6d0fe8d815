-- Stored states that are kept, every some thousand events: a jump into a long log folds the events since one, not since
-- the first. Copied from table projection in the transaction that stored it. They only save time: each is derived from
-- the log, is held against its fold, and may be deleted.

CREATE TABLE IF NOT EXISTS snapshot (
    position BIGINT UNSIGNED NOT NULL,
    name VARCHAR(48) NOT NULL,
    hash BINARY(32) NOT NULL,
    state_version BIGINT UNSIGNED NOT NULL,
    state LONGBLOB NOT NULL,
    state_encoding TINYINT UNSIGNED NOT NULL,
    state_size INT UNSIGNED NOT NULL,
    checksum BINARY(32) NOT NULL,
    PRIMARY KEY (position, name)
) ENGINE = InnoDB ROW_FORMAT = DYNAMIC CHARACTER SET ascii COLLATE ascii_bin;
