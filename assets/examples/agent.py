#!/usr/bin/env python3
"""An AI teammate for a centaur desk in one file, with nothing but the standard library.
    centaur invite pia --role ai --token-out pia.token
    CENTAUR_SERVER=http://127.0.0.1:8722 CENTAUR_TOKEN_FILE=pia.token python3 agent.py

It answers what KNOWLEDGE holds, and hands everything else to a person. Put your own model into `answer`.
The protocol stands in README.md beside it."""
import base64, json, os, secrets, socket, struct, sys, time, urllib.parse

KNOWLEDGE = [  # words that must occur, heading, passage: as in shop.md of `centaur serve --knowledge DIR`
    ({"refund", "long"}, "How long does a refund take?", "A refund takes 5 working days."),
    ({"open"}, "When is the shop open?", "The shop is open from 9 to 17 on weekdays."),
]

def answer(asked):
    """The passage that fits, as (heading, passage), or None. `asked`: the customer's messages since the last answer."""
    words = {word.strip("?!.,").lower() for line in asked for word in line.split()}
    return next(((heading, passage) for needed, heading, passage in KNOWLEDGE if needed <= words), None)

class Line:
    """A WebSocket with text frames of JSON, as much of it as is needed."""
    def __init__(self, server):
        at = urllib.parse.urlparse(server)
        self.socket = socket.create_connection((at.hostname, at.port or 80), timeout=60)  # the desk pings every 20 s
        self.reader = self.socket.makefile("rb")
        key = base64.b64encode(secrets.token_bytes(16)).decode()
        self.socket.sendall((f"GET /v1/desk HTTP/1.1\r\nHost: {at.netloc}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
                             f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n\r\n").encode())
        if b" 101 " not in self.reader.readline():
            sys.exit(f"{server} has no desk")
        while self.reader.readline().strip(): pass

    def send(self, frame, opcode=1):
        data = frame if isinstance(frame, bytes) else json.dumps(frame).encode()
        size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack(">H", len(data))  # < 64 KiB
        mask = secrets.token_bytes(4)
        self.socket.sendall(bytes([0x80 | opcode]) + size + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(data)))

    def receive(self):
        text = b""
        while True:
            first, size = self.reader.read(2) or sys.exit("the line is cut")
            if size > 125:
                size, = struct.unpack(*((">H", self.reader.read(2)) if size == 126 else (">Q", self.reader.read(8))))
            data = self.reader.read(size)
            if first & 15 == 8:
                sys.exit("the desk closed the line")
            if first & 15 == 9:
                self.send(data, 10)
            text += data if first & 15 < 2 else b""
            if first & 15 < 2 and first & 0x80:
                return json.loads(text)

class Teammate:
    def __init__(self, line, token):
        self.line, self.me, self.cards, self.busy, self.asked = line, None, {}, {}, {}
        line.send({"type": "hello", "version": 1, "token": token, "cards": "mine", "program": "agent.py"})

    def ask(self, command):
        key = f"{int(time.time() * 1000):012x}7{secrets.token_hex(10)[1:]}"  # a UUID of version 7: time, then chance
        self.asked[key] = command
        self.line.send({"type": "ask", "id": key, "command": command})

    def look(self, talk):
        """Begins a turn where the desk waits for this AI. Of all who ask, one is let."""
        card = self.cards.get(talk, {})
        mine = card.get("holder") == {"kind": "ai", "id": self.me} and card["mode"] in ("auto", "draft")
        waits = "waiting_since" in card and not {"draft", "writing", "paused_until"} & card.keys()
        if mine and waits and talk not in self.busy:
            self.busy[talk] = None
            self.ask({"type": "begin_turn", "conversation": talk, "term": card["term"]})

    def finish(self, talk, events):
        turn, term = self.busy[talk]
        asked = []
        for event in (one["event"] for one in events):
            if event["type"] in ("answered", "replied"):
                asked = []
            asked += [event["text"]] if event["type"] == "customer_said" else []
        found, trace = answer(asked), {"model": "agent.py", "config": "1"}
        if found:
            text = f"{found[1]} [1]"
            source = {"number": 1, "document": "shop.md", "heading": found[0], "passage": found[1]}
            self.line.send({"type": "draft_grew", "conversation": talk, "turn": turn, "offset": 0, "text": text})
            outcome = {"kind": "answer", "answer": {"text": text, "sources": [source], "grounding": 900, "trace": trace}}
        else:
            outcome = {"kind": "escalate", "reason": "ungrounded", "summary": "Customer: " + " / ".join(asked)[:500],
                       "notice": "A person on our team will answer you here.", "trace": trace}
        self.ask({"type": "finish_turn", "conversation": talk, "turn": turn, "term": term, "outcome": outcome})

    def hear(self, frame):
        kind = frame["type"]
        if kind == "welcome":
            self.me, name = frame["you"]["id"], frame["you"]["name"]
            print(f"{name} works at {frame['office']['name']}", flush=True)
        elif kind == "ping":
            self.line.send({"type": "pong"})
        elif kind == "bye": sys.exit(frame["why"])
        elif kind == "cards":
            for card in frame["cards"]:
                self.cards[card["id"]] = card
                self.look(card["id"])
        elif kind in ("accepted", "refused"):
            talk = (command := self.asked.pop(frame["id"]))["conversation"]
            if command["type"] == "begin_turn" and kind == "accepted":
                self.busy[talk] = (frame["answer"]["n"], command["term"])
                self.line.send({"type": "watch", "conversation": talk})
                return
            self.busy.pop(talk, None)  # refused: somebody was first or took over; finished: more may wait
            self.line.send({"type": "unwatch", "conversation": talk})
            if kind == "accepted":
                self.look(talk)
        elif kind == "thread" and self.busy.get(frame["conversation"]):
            self.finish(frame["conversation"], frame["events"])

if __name__ == "__main__":
    with open(os.environ["CENTAUR_TOKEN_FILE"]) as file:
        teammate = Teammate(Line(os.environ.get("CENTAUR_SERVER", "http://127.0.0.1:8722")), file.read().strip())
    while True:
        teammate.hear(teammate.line.receive())
