import Events
import Runner

/// Reads a configuration as if it stood in `/etc/interlock/interlock.yaml`.
func configuration(_ yaml: String) throws(ConfigurationError) -> Configuration {
    try Configuration(yaml: Array(yaml.utf8), file: "/etc/interlock/interlock.yaml")
}

/// `line:column message` of each problem of a configuration that must be refused.
func problems(_ yaml: String) -> [String] {
    do {
        _ = try configuration(yaml)
        return []
    } catch {
        return error.problems.map { "\($0.line):\($0.column) \($0.message)" }
    }
}

/// Everything that can be written.
let completeConfiguration = """
    database: mysql://interlock:secret@db.example:3306/interlock?tls=required
    task-database: mysql://appender:other@db.example:3306/interlock?tls=required
    host: { id: h1, lease: 20s }
    tasks:
      app-configure:
        command: [/usr/local/bin/configure-app, "{app}", --mode, "{mode}", ""]
        arguments:
          mode: { pattern: "[a-z]+", required: true }
          token: { secret: true, allow-dash: true }
          depth: { pattern: '\\d+', default: "3" }
        locks: ["/app/{app}", { path: "/mail/{mode}", mode: shared }]
        slots: ["/slots/app-task"]
        user: app
        timeout: 10m
        grace: 250ms
        retries: { max: 3, backoff: 5s }
        limits: { memory: 512M, cpu: 50%, pids: 200 }
        idempotent: true
        database: true
      backup: { command: [apps/backup.sh], locks: [/type/backup], schedule: "0 3 * * *" }
      begin: { command: [true], arguments: { a: {} }, schedule: "@start" }
    slots: { /slots/app-task: 3 }
    reactions:
      - { name: tell, on: task.finished, where: { type: backup, outcome: failed }, start: begin, arguments: { a: "{outcome}" }, from: head }
    mail:
      internal-address: 172.18.30.4
      env-prefix: MAIL_
      env-owner: app
      credentials-file: /etc/dovecot/apps
      retry-after: 90s
      certificate: /tls/fullchain.pem
      key: /tls/privkey.pem
      ca: /tls/ca.pem
      smtp-port: 2526
      smtps-port: 2466
      reload: [systemctl, reload, mail]
      resolver: { kind: hosts, file: /etc/hosts.mail, reload: [./reload, hosts], ask: "127.0.0.1:53" }
      configure-task: app-configure
      server-task: backup
      parallel: 5
      dashboard-domain: my.example.com
    notifications:
      smtp: { server: "smtp://127.0.0.1:2525", tls: required, from: a@example.com, user: u, password-file: /run/pw }
      webhooks: [{ name: chat, url: "https://example.com", secret-file: /run/s, to: [admin] }]
      limit: { messages: 5, per: 30m }
      kinds: { disk-space: { to: [owner], severity: critical }, task-failed: off }
    metrics:
      interval: 10s
      prometheus: 127.0.0.1:9121
      directories: { mail: /var/mail }
      apps: { cgroup: "system.slice/app-{app}.service", directories: { data: "/srv/{app}/data" } }
      graphite: { server: 127.0.0.1:2003, prefix: collectd.localhost }
      history: 30d
      disk: 200M
      collectors: [{ name: m, command: [/usr/bin/mine], interval: 30s, deadline: 5s, user: nobody }]
      alerts: [{ name: x, metric: interlock_host_load_average, above: 3 }]
    """
