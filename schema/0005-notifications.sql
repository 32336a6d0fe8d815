-- Notifications: their projection begins empty, as no event of an older log moved it. '{}' is its empty state; what is stored is
-- taken where the others are. There is no table of them, nor of what is to be sent: both follow from the events.

INSERT IGNORE INTO projection
SELECT 'notifications', 0, position, hash, 0, '{}', 0, 2, UNHEX(SHA2('{}', 256)) FROM projection WHERE name = 'locks';
INSERT IGNORE INTO snapshot
SELECT position, 'notifications', hash, 0, '{}', 0, 2, UNHEX(SHA2('{}', 256)) FROM snapshot WHERE name = 'locks';
