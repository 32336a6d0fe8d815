-- Apps, users and the mail server's name: their projections begin empty, as no event of an older log moved them. '{}' is the
-- empty state of each; what is stored is taken where the others are.

INSERT IGNORE INTO projection
SELECT 'apps', 0, position, hash, 0, '{}', 0, 2, UNHEX(SHA2('{}', 256)) FROM projection WHERE name = 'locks';
INSERT IGNORE INTO projection
SELECT 'mail', 0, position, hash, 0, '{}', 0, 2, UNHEX(SHA2('{}', 256)) FROM projection WHERE name = 'locks';
INSERT IGNORE INTO projection
SELECT 'users', 0, position, hash, 0, '{}', 0, 2, UNHEX(SHA2('{}', 256)) FROM projection WHERE name = 'locks';
INSERT IGNORE INTO snapshot
SELECT position, 'apps', hash, 0, '{}', 0, 2, UNHEX(SHA2('{}', 256)) FROM snapshot WHERE name = 'locks';
INSERT IGNORE INTO snapshot
SELECT position, 'mail', hash, 0, '{}', 0, 2, UNHEX(SHA2('{}', 256)) FROM snapshot WHERE name = 'locks';
INSERT IGNORE INTO snapshot
SELECT position, 'users', hash, 0, '{}', 0, 2, UNHEX(SHA2('{}', 256)) FROM snapshot WHERE name = 'locks';

-- The passwords by which apps log in to the mail server: made once, kept for ever. owner is the app's stream, app-…; sealed is
-- as in table secret. In a table of its own: nobody but the service's own login is given any right to it.
CREATE TABLE IF NOT EXISTS password (
    owner VARCHAR(96) NOT NULL PRIMARY KEY,
    sealed VARBINARY(1024) NOT NULL
) ENGINE = InnoDB CHARACTER SET ascii COLLATE ascii_bin;
