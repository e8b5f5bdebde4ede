"""What the tests here share: counting, and what a program shows on a terminal."""
import fcntl, os, pty, struct, subprocess, sys, termios

passed = failed = 0


def check(holds, *what):
    global passed, failed
    passed, failed = passed + bool(holds), failed + (not holds)
    if not holds:
        print('FAILED:', *what)


def end():
    print(f'{passed} passed, {failed} failed')
    sys.exit(failed > 0)


def on_terminal(arguments, columns=100, stdin='', stderr=subprocess.DEVNULL, env=None):
    """The exit status, and what a terminal of so many columns gets, with its newlines as the program writes them."""
    leader, follower = pty.openpty()
    fcntl.ioctl(follower, termios.TIOCSWINSZ, struct.pack('HHHH', 40, columns, 0, 0))
    attributes = termios.tcgetattr(follower)
    attributes[1] &= ~termios.OPOST
    termios.tcsetattr(follower, termios.TCSANOW, attributes)
    child = subprocess.Popen(arguments, stdin=subprocess.PIPE, stdout=follower, stderr=stderr, env=env)
    os.close(follower)
    child.stdin.write(stdin.encode())
    child.stdin.close()
    shown = b''
    while True:
        # Linux tells the end of a terminal as an error.
        try:
            piece = os.read(leader, 4096)
        except OSError:
            break
        if not piece:
            break
        shown += piece
    os.close(leader)
    return child.wait(), shown.decode()
