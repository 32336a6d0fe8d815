import Foundation
import Glibc

/// What kind of server the tests run against: MariaDB, or MySQL with `INTERLOCK_TEST_SERVER=mysql`.
public enum ServerKind: String, Sendable {
    case mariadb
    /// From the tree that `bin/mysql-tree` makes, started through the tree's own dynamic loader.
    case mysql

    /// The kind that this test run asks for.
    public static let current =
        ProcessInfo.processInfo.environment["INTERLOCK_TEST_SERVER"].flatMap(ServerKind.init) ?? .mariadb

    /// The command that starts the server, with what makes it find its own files.
    var server: [String] {
        switch self {
        case .mariadb: ["/usr/sbin/mariadbd", "--no-defaults"]
        case .mysql:
            [
                "\(Self.tree)/usr/lib64/ld-linux-x86-64.so.2", "--library-path",
                "\(Self.tree)/usr/lib/x86_64-linux-gnu", "\(Self.tree)/usr/sbin/mysqld", "--no-defaults",
                "--basedir=\(Self.tree)/usr", "--lc-messages-dir=\(Self.tree)/usr/share/mysql",
                "--character-sets-dir=\(Self.tree)/usr/share/mysql/charsets",
                "--plugin-dir=\(Self.tree)/usr/lib/mysql/plugin",
            ]
        }
    }

    /// What every scratch server runs with: small, but as durable as the design asks for.
    var options: [String] {
        let common = [
            "--innodb-flush-log-at-trx-commit=1", "--innodb-buffer-pool-size=64M", "--performance-schema=OFF",
            "--skip-name-resolve", "--max-connections=200",
        ]
        switch self {
        case .mariadb: return common + ["--innodb-log-file-size=\(Self.redoLog)"]
        case .mysql:
            return common
                + ["--innodb-redo-log-capacity=\(Self.redoLog)", "--mysqlx=OFF", "--secure-file-priv=NULL"]
        }
    }

    /// A server that starts removes temporary tables from its temporary directory, other servers' too: each has its own.
    /// The command that makes a data directory whose root logs in over the socket without a password.
    func initialise(_ directory: String, scratch: String) -> [String] {
        switch self {
        case .mariadb:
            [
                "/usr/bin/mariadb-install-db", "--no-defaults", "--datadir=\(directory)", "--skip-test-db", "--force",
                "--tmpdir=\(scratch)", "--auth-root-authentication-method=normal", "--skip-name-resolve",
                "--innodb-log-file-size=\(Self.redoLog)",
            ] + Self.userOption
        case .mysql:
            server + ["--initialize-insecure", "--datadir=\(directory)", "--innodb-redo-log-capacity=\(Self.redoLog)"]
                + Self.userOption
        }
    }

    /// What to do when the server's program is not there.
    var whereToGetIt: String {
        switch self {
        case .mariadb: "install the package mariadb-server"
        case .mysql: "run bin/mysql-tree as root"
        }
    }

    /// A server does not run as root; it gets the user that Debian's package makes.
    static let userOption = geteuid() == 0 ? ["--user=mysql"] : []
    private static let redoLog = "24M"
    private static let tree =
        ProcessInfo.processInfo.environment["INTERLOCK_MYSQL_TREE"] ?? "/var/cache/interlock/mysql-sid"
}

/// Why a scratch server could not be had.
public struct ServerTestingError: Error, CustomStringConvertible {
    public let description: String

    init(_ description: String) { self.description = description }
}
