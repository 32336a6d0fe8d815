"""A plugin for collectd that reads of each app's cgroup what Interlock reads, in either version of the hierarchy."""
import os

import collectd

places = []

# Files of one number, and the type that it has.
NUMBERS = {
    "memory.usage_in_bytes": "gauge", "memory.max_usage_in_bytes": "gauge", "memory.limit_in_bytes": "gauge",
    "memory.failcnt": "derive", "cpuacct.usage_user": "derive", "cpuacct.usage_sys": "derive",
    "pids.current": "gauge", "pids.max": "gauge",
    "memory.current": "gauge", "memory.peak": "gauge", "memory.max": "gauge", "memory.swap.current": "gauge",
}
# Files of a name and a number a line: which of them.
LINES = {
    "memory.stat": ("gauge", {"total_rss", "total_cache", "total_inactive_file", "total_swap", "anon", "file",
                              "inactive_file"}),
    "memory.oom_control": ("derive", {"oom_kill"}),
    "memory.events": ("derive", {"low", "high", "max", "oom", "oom_kill"}),
    "cpu.stat": ("derive", {"user_usec", "system_usec", "nr_periods", "nr_throttled", "throttled_time",
                            "throttled_usec"}),
}
# Files of each disk and operation.
DISKS = ["blkio.throttle.io_service_bytes_recursive", "blkio.throttle.io_serviced_recursive"]


def configure(config):
    for node in config.children:
        if node.key == "Directory":
            places.append(node.values[0])


def text(path):
    try:
        with open(path) as file:
            return file.read()
    except OSError:
        return None


def tell(app, kind, name, value):
    collectd.Values(plugin="table", plugin_instance=app, type=kind, type_instance=name).dispatch(values=[value])


def measure(app, directory):
    names = set(os.listdir(directory))
    for name in names & NUMBERS.keys():
        value = (text(directory + "/" + name) or "").strip()
        if value.isdigit():
            tell(app, NUMBERS[name], name, int(value))
    for name in names & LINES.keys():
        kind, wanted = LINES[name]
        for line in (text(directory + "/" + name) or "").splitlines():
            words = line.split()
            if len(words) == 2 and words[0] in wanted:
                tell(app, kind, name + "-" + words[0], int(words[1]))
    for name in DISKS:
        if name not in names:
            continue
        sums = {"Read": 0, "Write": 0}
        for line in (text(directory + "/" + name) or "").splitlines():
            words = line.split()
            if len(words) == 3 and words[1] in sums:
                sums[words[1]] += int(words[2])
        for operation, value in sums.items():
            tell(app, "derive", name + "-" + operation, value)
    if "io.stat" in names:
        sums = {"rbytes": 0, "wbytes": 0, "rios": 0, "wios": 0}
        for line in (text(directory + "/io.stat") or "").splitlines():
            for word in line.split()[1:]:
                key, _, value = word.partition("=")
                if key in sums:
                    sums[key] += int(value)
        for key, value in sums.items():
            tell(app, "derive", "io-" + key, value)


def read():
    for place in places:
        for app in os.listdir(place):
            directory = place + "/" + app
            if os.path.isdir(directory):
                measure(app, directory)


collectd.register_config(configure)
collectd.register_read(read)
