"""The command of a service of our tests: has it forked from a process that has imported what it needs; see `forking`.

It stands for the service: it ends as that ends, and the service ends with it. Where nobody forks, it becomes the
service itself. Run it with ``python -I -S``; what it imports is next to nothing.
"""

import _socket
import marshal
import os
import sys

WHERE = "SUBMIT_TWICE_SERVICES"
"""The variable that names the socket of who forks."""


def main() -> None:
    where = os.environ.get(WHERE)
    if not where or not os.path.exists(sys.argv[1]):  # noqa: PTH110  then Python says so
        os.execv(sys.executable, [sys.executable, *sys.argv[1:]])  # noqa: S606  the service's own
    connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    connection.connect(where)
    asked = marshal.dumps((sys.argv[1:], dict(os.environ), os.getcwd()))  # noqa: PTH109
    output = b"".join(number.to_bytes(4, sys.byteorder) for number in (1, 2))
    connection.sendmsg([len(asked).to_bytes(4)], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, output)])
    while asked:
        asked = asked[connection.send(asked) :]
    code = connection.recv(16)
    if not code:
        os._exit(127)
    if int(code) < 0:
        os.kill(os.getpid(), -int(code))
    os._exit(int(code))


if __name__ == "__main__":
    main()
