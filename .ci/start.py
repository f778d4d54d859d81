#!/usr/bin/env python3
"""Starts `centaur demo` in a pseudo-terminal, and `centaur` alone with the demo picked from its welcome; looks whether
the floor comes up, quits, and checks what is left behind.

Only the standard library. Exit status 0: each time it came up within 20 s, `q` ended it with status 0, and every
terminal mode that it switched on was switched off again. A terminal is played just well enough: queries for status, cursor,
attributes and colours are answered.
"""

import codecs
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import tempfile
import termios
import time

COLUMNS, ROWS = 120, 36
UP_WITHIN, DOWN_WITHIN = 20.0, 10.0
MODES = {"1049": "alternate screen", "2004": "bracketed paste", "1004": "focus events", "1000": "mouse", "1002": "mouse",
         "1003": "mouse", "1006": "mouse"}


class Screen:
    """Enough of a terminal to find words on it: cursor moves, erasing, printing; styles are dropped."""

    TOKEN = re.compile(r"\x1b\[([?>=<]?)([0-9;:]*)([ !\"#$%&'()*+,\-./]*)([@-~])|\x1b[\]P_^X].*?(?:\x07|\x1b\\)|\x1b[()*+][0-9A-Za-z]|\x1b[ -/]*[0-~]",
                       re.S)

    def __init__(self):
        self.cells = [[" "] * COLUMNS for _ in range(ROWS)]
        self.row = self.column = 0
        self.saved = (0, 0)
        self.set = set()
        self.cursor_shown = True
        self.rest = ""

    def text(self):
        return "\n".join("".join(row).rstrip() for row in self.cells)

    def feed(self, text):
        """Takes output; returns what the terminal answers."""
        text, answers, at = self.rest + text, "", 0
        self.rest = ""
        while at < len(text):
            char = text[at]
            if char == "\x1b":
                match = self.TOKEN.match(text, at)
                if not match:
                    if len(text) - at < 4096:
                        self.rest = text[at:]
                        break
                    at += 1
                    continue
                answers += self.control(match)
                at = match.end()
                continue
            at += 1
            if char == "\r":
                self.column = 0
            elif char == "\n":
                self.row = min(self.row + 1, ROWS - 1)
            elif char == "\b":
                self.column = max(self.column - 1, 0)
            elif char >= " " and char != "\x7f":
                if self.column < COLUMNS:
                    self.cells[self.row][self.column] = char
                    self.column += 1
        return answers

    def control(self, match):
        private, arguments, _, final = match.group(1), match.group(2), match.group(3), match.group(4)
        if final is None:
            return "\x1b]11;rgb:0000/0000/0000\x1b\\" if match.group(0).startswith("\x1b]11;?") else ""
        numbers = [int(n) if n.isdigit() else 0 for n in re.split("[;:]", arguments)] if arguments else []
        first = numbers[0] if numbers else 0
        if private == "?" and final in "hl":
            for number in numbers:
                if number == 25:
                    self.cursor_shown = final == "h"
                elif final == "h":
                    self.set.add(str(number))
                else:
                    self.set.discard(str(number))
        elif private == "" and final in "Hf":
            self.row = min(max(first, 1), ROWS) - 1
            self.column = min(max(numbers[1] if len(numbers) > 1 else 1, 1), COLUMNS) - 1
        elif private == "" and final == "A":
            self.row = max(self.row - max(first, 1), 0)
        elif private == "" and final == "B":
            self.row = min(self.row + max(first, 1), ROWS - 1)
        elif private == "" and final == "C":
            self.column = min(self.column + max(first, 1), COLUMNS - 1)
        elif private == "" and final == "D":
            self.column = max(self.column - max(first, 1), 0)
        elif private == "" and final == "G":
            self.column = min(max(first, 1), COLUMNS) - 1
        elif private == "" and final == "d":
            self.row = min(max(first, 1), ROWS) - 1
        elif private == "" and final == "J" and first in (2, 3):
            self.cells = [[" "] * COLUMNS for _ in range(ROWS)]
        elif private == "" and final == "K" and first == 0:
            self.cells[self.row][self.column:] = [" "] * (COLUMNS - self.column)
        elif final == "n" and first == 5:
            return "\x1b[0n"
        elif final == "n" and first == 6:
            return f"\x1b[{self.row + 1};{self.column + 1}R"
        elif final == "c" and private in ("", "?"):
            return "\x1b[?62;22c"
        return ""


def welcome(text):
    return "watch the demo" in text


def floor(text):
    """The floor's header names the screen, and a row has a sign, how urgent it is, and a name."""
    return "Floor" in text and re.search(r"^\W*[◆▲✦●*!>@#] *\d+ +\S", text, re.M)


def start(program, arguments, steps):
    """Starts the program. `steps`: what has to be seen, whether it is, and what is typed then; the last one quits."""
    home = tempfile.TemporaryDirectory(prefix="centaur-start-")
    master, line = pty.openpty()
    fcntl.ioctl(line, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    before = termios.tcgetattr(line)
    pid = os.fork()
    if pid == 0:
        os.setsid()
        fcntl.ioctl(line, termios.TIOCSCTTY, 0)
        for number in range(3):
            os.dup2(line, number)
        os.closerange(3, 256)
        environment = {"PATH": os.environ.get("PATH", ""), "HOME": home.name, "TERM": "xterm-256color", "LANG": "C.UTF-8"}
        os.execve(program, [program, *arguments], environment)
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    screen, began, steps = Screen(), time.monotonic(), list(steps)
    name = " ".join(["centaur", *arguments])

    def fail(why):
        try:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
        except (ProcessLookupError, ChildProcessError):
            pass
        print(screen.text(), file=sys.stderr)
        sys.exit(f"{name}: {why}")

    while True:
        now = time.monotonic()
        if steps and now - began > UP_WITHIN:
            fail(f"no {steps[0][0]} within {UP_WITHIN:.0f} s")
        if not steps and now - began > DOWN_WITHIN:
            fail(f"`q` did not end it within {DOWN_WITHIN:.0f} s")
        if select.select([master], [], [], 0.05)[0]:
            answer = screen.feed(decoder.decode(os.read(master, 65536)))
            if answer:
                os.write(master, answer.encode())
        if steps and steps[0][1](screen.text()):
            what, _, keys = steps.pop(0)
            print(f"{name}: the {what} stood after {now - began:.2f} s")
            began = now
            os.write(master, keys)
        done, code = os.waitpid(pid, os.WNOHANG)
        if done:
            status = os.waitstatus_to_exitcode(code)
            # What was written before the end may still be in the line.
            while select.select([master], [], [], 0.1)[0]:
                screen.feed(decoder.decode(os.read(master, 65536)))
            break

    if steps:
        fail(f"it ended by itself with status {status}")
    if status != 0:
        fail(f"it ended with status {status}")
    left = sorted({MODES[mode] for mode in screen.set if mode in MODES})
    if left:
        fail(f"left switched on: {', '.join(left)}")
    if not screen.cursor_shown:
        fail("left the cursor hidden")
    if termios.tcgetattr(line)[:4] != before[:4]:
        fail("left the terminal line in another mode than it found it in")
    os.close(master)
    os.close(line)
    home.cleanup()
    print(f"{name}: quit with 0, the terminal as it was")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: start.py PROGRAM")
    program = os.path.abspath(sys.argv[1])
    start(program, ["demo"], [("floor", floor, b"q")])
    start(program, [], [("welcome", welcome, b"d"), ("floor", floor, b"q")])


if __name__ == "__main__":
    main()
