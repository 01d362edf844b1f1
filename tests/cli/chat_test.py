"""The chat at a terminal, typed into through a pseudo-terminal as a person would."""
import os
import pty
import select
import signal
import time
import unittest

from program import BINARY


class Terminal:
    def __init__(self, *words):
        self.pid, self.tty = pty.fork()
        if self.pid == 0:
            os.environ["TERM"] = "xterm"
            os.execv(BINARY, [BINARY, *words])
        self.seen = ""

    def type(self, text):
        os.write(self.tty, text.encode())

    def wait_for(self, text, seconds=30):
        """Reads until `text` appears; what was read before it is dropped."""
        end = time.monotonic() + seconds
        while text not in self.seen:
            if time.monotonic() > end:
                raise AssertionError(f"{text!r} did not appear; the terminal shows {self.seen!r}")
            if select.select([self.tty], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.tty, 65536).decode(errors="replace")
                except OSError:
                    break
        before, found, self.seen = self.seen.partition(text)
        if not found:
            raise AssertionError(f"{text!r} did not appear before the end; the terminal showed {before!r}")
        return before

    def exit_code(self):
        for _ in range(100):
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.1)
        os.kill(self.pid, signal.SIGKILL)
        raise AssertionError("the program did not leave")


class Chat(unittest.TestCase):
    def test_answers_and_leaves(self):
        terminal = Terminal("run")
        terminal.wait_for("> ")
        terminal.type("/help\r")
        terminal.wait_for("/reset")
        terminal.wait_for("> ")
        terminal.type("switch off the lamp\r")
        terminal.wait_for("HassTurnOff")
        terminal.wait_for("> ")
        terminal.type("/quit\r")
        self.assertEqual(terminal.exit_code(), 0)

    def test_ctrl_c_at_the_prompt_does_not_end_the_program(self):
        terminal = Terminal("run")
        terminal.wait_for("> ")
        terminal.type("half a li")
        time.sleep(0.3)
        terminal.type("\x03")
        terminal.wait_for("> ")
        terminal.type("turn on the fan\r")
        terminal.wait_for("HassTurnOn")
        terminal.wait_for("> ")
        time.sleep(0.3)  # the editor shows its prompt a moment before it reads keys
        terminal.type("\x04")
        self.assertEqual(terminal.exit_code(), 0)

    def test_up_recalls_the_last_line(self):
        terminal = Terminal("run")
        terminal.wait_for("> ")
        terminal.type("turn on the fan\r")
        terminal.wait_for("HassTurnOn")
        terminal.wait_for("> ")
        terminal.type("\x1b[A\r")
        terminal.wait_for("HassTurnOn")
        terminal.wait_for("> ")
        terminal.type("/quit\r")
        self.assertEqual(terminal.exit_code(), 0)


if __name__ == "__main__":
    unittest.main(verbosity=2)
