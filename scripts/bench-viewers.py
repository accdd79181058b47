"""People who look at the Connection page: scripts/bench viewers starts this.

usage: bench-viewers.py LINK VIEWERS STOP-FILE

Each viewer presses something every three to six seconds, on a connection of its own that stays open; every fifth has the
living page open besides. Ends when the stop file is there, and prints clicks, median, p95 and slowest in milliseconds, and
how many were not answered with 200.
"""

import http.client
import os
import random
import sys
import threading
import time
import urllib.parse

link, viewers, stop = sys.argv[1], int(sys.argv[2]), sys.argv[3]
place = urllib.parse.urlsplit(link)
pages = ["/", "/connections/watched", "/connections/watched", "/connections/watched/runs",
         "/connections/watched/coverage", "/connections/watched/rejections", "/connections/watched/tables/wfm.job",
         "/connections/alone", "/connections/alone/quality", "/connections/alone/backfill"]
times, refused, lock = [], [0], threading.Lock()


def enter():
    server = http.client.HTTPConnection(place.netloc)
    server.request("GET", place.path + "?" + place.query)
    answer = server.getresponse()
    answer.read()
    return answer.getheader("Set-Cookie").split(";")[0]


def over():
    return os.path.exists(stop)


def click(number):
    choose = random.Random(number)
    server = http.client.HTTPConnection(place.netloc, timeout=60)
    time.sleep(choose.uniform(0, 5))
    while not over():
        begun = time.monotonic()
        try:
            server.request("GET", choose.choice(pages), headers={"Cookie": cookie})
            answer = server.getresponse()
            answer.read()
            is_good = answer.status == 200
        except OSError:
            is_good = False
            server.close()
        took = (time.monotonic() - begun) * 1000
        with lock:
            times.append(took)
            refused[0] += 0 if is_good else 1
        rest = time.monotonic() + choose.uniform(3, 6)
        while time.monotonic() < rest and not over():
            time.sleep(0.2)


def watch():
    server = http.client.HTTPConnection(place.netloc, timeout=30)
    server.request("GET", "/connections/watched/live", headers={"Cookie": cookie})
    answer = server.getresponse()
    while not over() and answer.read1(65536):
        pass


cookie = enter()
threads = [threading.Thread(target=click, args=(n,)) for n in range(viewers)]
threads += [threading.Thread(target=watch, daemon=True) for _ in range(viewers // 5)]
for thread in threads:
    thread.start()
for thread in threads:
    if not thread.daemon:
        thread.join()
times.sort()
at = lambda share: times[min(len(times) - 1, int(len(times) * share))]
print(len(times), *(f"{value:.0f}" for value in (at(0.5), at(0.95), times[-1])), refused[0])
