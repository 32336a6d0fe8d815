"""Takes lines as carbon does, and forgets them. Its address is its argument."""
import selectors
import socket
import sys

host, port = sys.argv[1].split(":")
listener = socket.create_server((host, int(port)), backlog=64)
waiting = selectors.DefaultSelector()
waiting.register(listener, selectors.EVENT_READ)
print("ready", flush=True)
while True:
    for key, _ in waiting.select():
        if key.fileobj is listener:
            waiting.register(listener.accept()[0], selectors.EVENT_READ)
        elif not key.fileobj.recv(1 << 16):
            waiting.unregister(key.fileobj)
            key.fileobj.close()
