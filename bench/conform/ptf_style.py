"""
Cases as one writes them for PTF: send a packet, wait until it has come out of each port where it must, then see that nothing
more comes out of any port for 100 ms (PTF's default), and go on with the next. Reads what `bench/conform/main.ts` writes.

Usage: ptf_style.py STEPS.json RESET INTERFACE...
"""
import json
import resource
import select
import subprocess
import sys
import time

from scapy.all import Ether, conf

TIMEOUT = 2.0
NEGATIVE_TIMEOUT = 0.1


def received(sockets, timeout):
    """The next frame that another sent, as (port, bytes); None after the timeout."""
    end = time.monotonic() + timeout
    while True:
        left = end - time.monotonic()
        ready = select.select(sockets, [], [], max(left, 0))[0]
        for socket in ready:
            frame = socket.recv_raw()[1]
            if frame is not None:
                return sockets.index(socket), frame
        if left <= 0:
            return None


def passes(sockets, packet, due):
    """What has been waited for besides counts: else entries would have expired that must not have."""
    frame = bytes.fromhex(packet["bytes"])
    time.sleep(max(due - time.monotonic(), 0))
    sockets[packet["port"]].send(Ether(frame))
    missing = set(packet["expected"])
    while missing:
        found = received(sockets, TIMEOUT)
        if found is None or found[1] != frame or found[0] not in missing:
            return False
        missing.remove(found[0])
    return received(sockets, NEGATIVE_TIMEOUT) is None


def main():
    steps, reset, *interfaces = sys.argv[1:]
    with open(steps) as file:
        cases = json.load(file)
    sockets = [conf.L2socket(iface=interface) for interface in interfaces]
    start = time.monotonic()
    failed = 0
    for case in cases:
        subprocess.run(reset, shell=True, check=True)
        due = time.monotonic()
        for packet in case:
            due += packet["wait"]
            if not passes(sockets, packet, due):
                failed += 1
                break
    seconds = time.monotonic() - start
    usage = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = sum(each.ru_utime + each.ru_stime for each in usage)
    print(json.dumps({"seconds": seconds, "cpu": cpu, "failed": failed}))


main()
