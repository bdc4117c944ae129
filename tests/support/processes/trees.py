"""Scripts that start more than themselves, and a host that runs them by the runner alone."""

WITNESS = "PIPES_TEST_WITNESS"
SLEEP = "import time; time.sleep(300)"

# Each starts more than itself, and says `ready` when all of it is there.
TREES = {
    "child": f"""
        import subprocess, sys
        subprocess.Popen([sys.executable, "-c", "{SLEEP}"])
        print("ready"); {SLEEP}
    """,
    "own session": f"""
        import subprocess, sys
        subprocess.Popen([sys.executable, "-c", "{SLEEP}"], start_new_session=True)
        print("ready"); {SLEEP}
    """,
    "daemon": f"""
        import os, time
        if os.fork() == 0:
            os.setsid()
            if os.fork() == 0:
                time.sleep(300)
            os._exit(0)
        os.wait()
        print("ready"); {SLEEP}
    """,
    "deaf": f"""
        import signal, subprocess, sys
        deaf = "import signal; [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]; {SLEEP}"
        [signal.signal(n, signal.SIG_IGN) for n in (2, 15)]
        subprocess.Popen([sys.executable, "-c", deaf])
        print("ready"); {SLEEP}
    """,
    "many": f"""
        import subprocess, sys
        for _ in range(5):
            subprocess.Popen(["sh", "-c", "sleep 300 & sleep 300 & wait"])
        print("ready"); {SLEEP}
    """,
}

FLEEING = f"""
    import os, time
    for _ in range(15):
        if os.fork() == 0:
            os.setsid()
            until = time.monotonic() + 30
            while time.monotonic() < until and not os.fork():
                with open("beats", "a") as beats:
                    beats.write(".")
                time.sleep(0.005)
            os._exit(0)
    print("ready"); {SLEEP}
"""
"""Its children fork and end again and again, for half a minute; each adds to the file `beats`."""

HOST = """
    import os, sys
    from pathlib import Path
    from tests.support.processes.scripts import ran
    outcome = ran(sys.argv[1:], Path.cwd(), grace=0.2)
    print(outcome.ending)
"""
