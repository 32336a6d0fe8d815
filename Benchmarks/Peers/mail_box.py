"""A mail server by aiosmtpd that takes everything, and a plain client of it.

mail_box.py HOST PORT          prints a line a mail: its recipients and its Message-ID
mail_box.py HOST PORT COUNT    sends it so many mails of one recipient each by one connection, and prints how many a second
"""
import asyncio
import smtplib
import sys
import time

host, port = sys.argv[1], int(sys.argv[2])
MAIL = ("Subject: bench\r\nMessage-ID: <{}@bench.example>\r\nMIME-Version: 1.0\r\nContent-Type: text/plain\r\n\r\n"
        + "a line of text that tells of something\r\n" * 20)


def send(count):
    with smtplib.SMTP(host, port) as client:
        client.ehlo()
        start = time.monotonic()
        for number in range(count):
            client.sendmail("bench@bench.example", f"client{number}@bench.example", MAIL.format(number))
        print(count / (time.monotonic() - start))


class Box:
    async def handle_DATA(self, server, session, envelope):
        lines = envelope.content.split(b"\r\n")
        number = next(line for line in lines if line.lower().startswith(b"message-id:")).split()[1].decode()
        print(*envelope.rcpt_tos, number, flush=True)
        return "250 taken"


async def serve():
    from aiosmtpd.smtp import SMTP
    server = await asyncio.get_running_loop().create_server(lambda: SMTP(Box(), hostname="bench"), host, port)
    print("listening", flush=True)
    await server.serve_forever()


if len(sys.argv) > 3:
    send(int(sys.argv[3]))
else:
    asyncio.run(serve())
