#!/usr/bin/python3
"""Runs tasks through a containerd of its own, over its socket, and prints one line of JSON.

usage: containerd.py DIR STATE RUNTIME CALLERS TASKS WARMUP

DIR holds rootfs/ and config.json with CGROUP for the task's control group; RUNTIME is the path of the OCI runtime.
Needs python3-grpcio. The messages are written by hand: there are six.
"""
import json, os, shutil, subprocess, sys, threading, time
import grpc

GROUP = os.environ["BENCH_GROUP"]


def varint(number):
    out = b""
    while number > 127:
        out, number = out + bytes([number & 127 | 128]), number >> 7
    return out + bytes([number])


def field(number, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(value)) + value


def any_of(url, value):
    return field(1, url) + field(2, value)


class Peer:
    def __init__(self, where, state, runtime):
        self.where, self.runtime = where, runtime
        socket = where + "/containerd.sock"
        with open(where + "/containerd.toml", "w") as config:
            config.write(
                'version = 2\nroot = "%s/root"\nstate = "%s/state"\ndisabled_plugins = ["io.containerd.grpc.v1.cri",'
                ' "io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.devmapper",'
                ' "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.aufs"]\n[grpc]\naddress = "%s"\n'
                % (where, state, socket))
        self.log = open(where + "/containerd.log", "w")
        group = "/sys/fs/cgroup/%s/main/cgroup.procs" % GROUP
        self.daemon = subprocess.Popen(
            ["sh", "-c", "echo $$ > %s; exec containerd -c %s/containerd.toml" % (group, where)],
            stdout=self.log, stderr=self.log)
        for _ in range(500):
            if os.path.exists(socket):
                break
            time.sleep(0.02)
        self.channel = grpc.insecure_channel("unix:" + socket)
        self.spec = open(where + "/config.json").read()
        os.makedirs(where + "/t", exist_ok=True)

    def call(self, service, method, request):
        name = "/containerd.services.%s.v1.%s/%s" % (service.lower(), service, method)
        plain = lambda message: message
        return self.channel.unary_unary(name, plain, plain)(
            request, metadata=[("containerd-namespace", "bench")], wait_for_ready=True)

    def task(self, task):
        upper, work = self.where + "/t/%s/u" % task, self.where + "/t/%s/w" % task
        os.makedirs(upper), os.makedirs(work)
        options = any_of("containerd.runc.v1.Options", field(6, self.runtime))
        spec = self.spec.replace("CGROUP", "/%s/tasks/%s" % (GROUP, task)).encode()
        container = field(1, task) + field(4, field(1, "io.containerd.runc.v2") + field(2, options)) + field(
            5, any_of("types.containerd.io/opencontainers/runtime-spec/1/Spec", spec))
        overlay = field(1, "overlay") + field(2, "overlay") + field(4, "lowerdir=%s/rootfs" % self.where) + field(
            4, "upperdir=" + upper) + field(4, "workdir=" + work)
        self.call("Containers", "Create", field(1, container))
        self.call("Tasks", "Create", field(1, task) + field(3, overlay))
        self.call("Tasks", "Start", field(1, task))
        self.call("Tasks", "Wait", field(1, task))
        self.call("Tasks", "Delete", field(1, task))
        self.call("Containers", "Delete", field(1, task))
        shutil.rmtree(self.where + "/t/" + task)


def cpu():
    for line in open("/sys/fs/cgroup/%s/cpu.stat" % GROUP):
        if line.startswith("usage_usec"):
            return int(line.split()[1]) / 1000.0


def main():
    where, state, runtime, callers, tasks, warmup = *sys.argv[1:4], *map(int, sys.argv[4:7])
    peer = Peer(where, state, runtime)
    try:
        for i in range(warmup):
            peer.task("w%d" % i)
        times, lock, todo = [], threading.Lock(), list(range(tasks))

        def work():
            while True:
                with lock:
                    if not todo:
                        return
                    task = "t%d" % todo.pop()
                began = time.monotonic()
                peer.task(task)
                with lock:
                    times.append((time.monotonic() - began) * 1000)

        before, began = cpu(), time.monotonic()
        threads = [threading.Thread(target=work) for _ in range(callers)]
        [t.start() for t in threads], [t.join() for t in threads]
        seconds, used = time.monotonic() - began, cpu() - before
        times.sort()
        print(json.dumps({"who": "containerd", "callers": callers, "p50": times[len(times) // 2],
                          "p90": times[len(times) * 9 // 10], "rate": tasks / seconds, "cpu": used / tasks,
                          "load": os.getloadavg()[0]}))
    finally:
        peer.daemon.terminate()
        peer.daemon.wait()


main()
