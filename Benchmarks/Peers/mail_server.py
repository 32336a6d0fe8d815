"""A mail server as far as its certificate is looked at: SMTP within TLS. mail_server.py HOST PORT CHAIN KEY"""
import socket
import ssl
import sys
import threading

host, port, chain, key = sys.argv[1:]
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(chain, key)


def serve(connection):
    with context.wrap_socket(connection, server_side=True) as client:
        client.sendall(b"220 bench ESMTP\r\n")
        for line in client.makefile("rb"):
            client.sendall(b"250 ok\r\n")
            if line.upper().startswith(b"QUIT"):
                return


listener = socket.create_server((host, int(port)))
print("listening", flush=True)
while True:
    threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()
