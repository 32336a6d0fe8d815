import Glibc

/// Kills one process that this test started.
func signalKill(_ process: Int32) { kill(process, SIGKILL) }
