"""Short commands as jobs of Celery: prints how many a second.

celery_jobs.py SOCKET COUNT    SOCKET is a Redis server's. Sixteen workers, late acknowledgement (a job that was begun when a
                               worker died is not lost), results kept, as there.
"""

import os
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

from celery import Celery

WORKERS = 16
socket = os.environ.get("JOBS_SOCKET") or sys.argv[1]
url = f"redis+socket://{socket}"
app = Celery("celery_jobs", broker=url, backend=url)
app.conf.update(task_acks_late=True, worker_prefetch_multiplier=1, broker_connection_retry_on_startup=True)


@app.task(name="run")
def run(command):
    return subprocess.run(command, check=False).returncode


def main():
    count = int(sys.argv[2])
    here = os.path.dirname(os.path.abspath(__file__))
    worker = subprocess.Popen(
        [sys.executable, "-m", "celery", "-A", "celery_jobs", "worker", "--concurrency", str(WORKERS), "--loglevel", "ERROR"],
        cwd=here, env={**os.environ, "JOBS_SOCKET": socket, "PYTHONDONTWRITEBYTECODE": "1", "C_FORCE_ROOT": "1"},
        stdout=subprocess.DEVNULL)
    try:
        run.apply_async((["true"],)).get(timeout=60)
        start = time.monotonic()
        with ThreadPoolExecutor(WORKERS) as pool:
            jobs = list(pool.map(lambda _: run.apply_async((["true"],)), range(count)))
        assert all(job.get(timeout=600) == 0 for job in jobs)
        print(count / (time.monotonic() - start))
    finally:
        worker.terminate()
        worker.wait()


if __name__ == "__main__":
    main()
