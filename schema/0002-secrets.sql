-- What must not be in the log: values that a task type marks secret, until the task's last attempt has ended.
-- owner is the stream of what a secret belongs to, task-…; sealed is AES-256-GCM, bound to owner and name, by a key that
-- is in the state directory of the host and in no database.

CREATE TABLE IF NOT EXISTS secret (
    owner VARCHAR(96) NOT NULL,
    name VARCHAR(255) NOT NULL,
    sealed VARBINARY(8192) NOT NULL,
    PRIMARY KEY (owner, name)
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
