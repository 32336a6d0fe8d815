import System

/// The sample platform of examples/platform, which this program carries with it.
enum SamplePlatform {
    private static let tasks: [(name: String, bytes: [UInt8])] = [
        ("app-configure.sh", PackageResources.app_configure_sh), ("app-update.sh", PackageResources.app_update_sh),
        ("apply-update.sh", PackageResources.apply_update_sh), ("backup.sh", PackageResources.backup_sh),
        ("copy-app.sh", PackageResources.copy_app_sh), ("platform-start.sh", PackageResources.platform_start_sh),
        ("platform.sh", PackageResources.platform_sh), ("update.sh", PackageResources.update_sh),
    ]

    /// Writes it below a directory and returns the path of its configuration.
    static func write(to directory: String) throws(SystemError) -> String {
        try DurableFile.makeDirectories(directory + "/tasks", mode: 0o755)
        for task in tasks { try DurableFile.write(task.bytes, to: "\(directory)/tasks/\(task.name)", mode: 0o755) }
        let configuration = directory + "/interlock.yaml"
        try DurableFile.write(PackageResources.interlock_yaml, to: configuration, mode: 0o644)
        return configuration
    }
}
