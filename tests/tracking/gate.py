"""A gate in front of a server: connections are refused, or answers are lost."""

import contextlib
import socket
import threading
from typing import Self


class Gate:
    """Forwards connections to a port of this machine.

    Attributes:
        address: of the gate, `http://…`.
        shut: whether new connections are closed at once.
        losing: number of answers still to lose after their requests were carried out.
    """

    def __init__(self, port: int) -> None:
        self._port, self.shut, self.losing = port, False, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._thread = threading.Thread(target=self._listen, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._forward, args=(client,), daemon=True).start()

    def _forward(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            if self.shut:
                return
            with socket.create_connection(("127.0.0.1", self._port)) as server:
                back = threading.Thread(target=self._answer, args=(server, client), daemon=True)
                back.start()
                while data := client.recv(65536):
                    if self.shut:
                        return
                    server.sendall(data)

    def _answer(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := server.recv(65536):
                if self.losing > 0:
                    self.losing -= 1
                    client.shutdown(socket.SHUT_RDWR)
                    return
                client.sendall(data)
