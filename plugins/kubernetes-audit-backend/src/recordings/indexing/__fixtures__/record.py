"""Records real programs in local ptys as gzipped asciicast v2 files.

    python3 record.py            # writes *.cast.gz beside this file

Needs Linux, root (for namespaces of its own, so that nothing of the machine
is recorded), bash, vim, htop, less and ncurses' tput.
"""
import codecs, fcntl, gzip, io, json, os, pty, select, shutil, signal, struct
import subprocess, sys, tempfile, termios, time

HERE = os.path.dirname(os.path.abspath(__file__))

SAMPLE = """package demo

import (
\t"fmt"
\t"os"
)

// Greets: 你好, 世界 — e\u0301clair, naïve, 한국어, ｆｕｌｌ
func main() {
\tfor i := 0; i < 10; i++ {
\t\tfmt.Println("line", i, "値", os.Args) /* a comment that is long enough to wrap around in a narrow window of eighty columns */
\t}
}
"""

TEXT = r'''
import random, sys, time
random.seed(7)
words = ["plain", "漢字", "かな", "한글", "ｆｕｌｌ", "e\u0301", "n\u0303o\u0302", "🙂", "👩\u200d💻", "\u2764\ufe0f", "ไทย", "ａ\u0301", "—", "█▌"]
out = sys.stdout
for n in range(140):
    out.write("\x1b[%dm" % random.choice([0, 1, 2, 3, 4, 7, 9, 21, 53, 31, 32, 44, 45, 92, 103]))
    if random.random() < .3:
        out.write("\x1b[38;2;%d;%d;%d;48;5;%dm" % tuple(random.randrange(256) for _ in range(4)))
    if random.random() < .2:
        out.write("\x1b[4:%d;58;5;%dm" % (random.randrange(1, 6), random.randrange(256)))
    for _ in range(random.randrange(1, 30)):
        out.write(random.choice(words) + random.choice(["", " ", " ", "\t"]))
    k = random.random()
    if k < .15:
        out.write("\x1b[%d;%dH" % (random.randrange(1, 25), random.randrange(1, 81)))
    elif k < .2:
        out.write("\x1b[K")
    elif k < .25:
        out.write("\x1b[2P\x1b[3@")
    elif k < .3:
        out.write("\x1b[4h")
    elif k < .35:
        out.write("\x1b[4l")
    elif k < .9:
        out.write("\r\n")
    out.flush()
    time.sleep(.01)
out.write("\x1b[0m\x1b[4l\r\n")
'''

MARGINS = r'''
for i in $(seq 1 30); do echo "line $i of the screen"; done
tput csr 4 15; tput cup 15 0
for i in $(seq 1 20); do echo "in the margins $i"; sleep .01; done
tput sc; tput setab 4; tput cup 8 10; tput il 3; printf 'inserted'; tput dl 1; tput rc; tput op
printf '\e[?6h'; tput cup 2 5; printf 'origin'; printf '\eM\eM\eM'; printf '\e[?6l'
tput smacs; printf 'lqqqwqqqk x t n'; tput rmacs
printf '\e)0\x0elqqqk\x0f\e(A#\e(B'
tput cup 20 0; printf '\e[3g'; tput cup 20 5; tput hts; tput cup 20 21; tput hts; printf '\r\tA\tB\tC'
printf '\e[1"qkept\e[0"q lost\e[?1K'; tput smir; tput cup 10 3; printf 'pushed'; tput rmir
tput smcup; tput csr 2 9; for i in $(seq 1 12); do tput setaf $((i % 8)); echo "alternate $i"; sleep .01; done
printf '\e7\e[7m\e[3;3Hx\e8y\e[?2026h\e[5;5Hz\e[?2026l'; tput rmcup
printf '\e[?7lno wrap 3456789012345678901234567890123456789012345678901234567890123456789012345678901234567890\e[?7h'
printf '\e[2 q\e[?25l\e[?1h\e=\e[?2004h'
tput csr 0 23; tput cup 22 70; tput smul; printf 'wraps around the margin'; tput sgr0; tput cnorm; echo
'''

SHELL = [
    (.3, "ls --color=always -la\r"), (.3, "ls --color=always -R | head -40\r"),
    (.3, "echo a long line that wraps: $(seq -s ' ' 1 90)"), (.2, "\x1b[D" * 30), (.2, "INSERTED"),
    (.2, "\x01"), (.2, "\x1b[1;5C"), (.2, "\x0b\x19\r"), "resize:60x20", (.3, "echo narrow $(seq -s, 1 60)\r"),
    (.3, "for i in 1 2 3 4 5 6; do printf '\\e[3%dmcolour %d\\e[0m\\n' $i $i; done\r"), "resize:100x30",
    (.3, "printf '%s\\t' a b c d e; echo\r"), (.2, "grep --color=always -n line *.txt | head -5\r"),
    "resize:70x16", (.3, "cat demo.go\r"), (.2, "\x12seq"), (.2, "\x07"), (.3, "exit\r"),
]

VIM = [
    (.5, "syntax\x1b"), (.3, ":syntax on\r"), (.2, ":set number hlsearch ruler\r"), (.2, "/line\r"), (.2, "nn"),
    (.2, "Go你好，世界。これは日本語です。\x1b"), (.2, "yyppp"), (.2, ":split\r"), (.3, "\x04\x04\x15"), (.2, ":vsplit\r"),
    (.2, "ggVjjj"), (.2, ">"), "resize:100x30", (.3, "uu"), (.2, "\x17\x17dd"), (.2, "ihello tab\t\x1b"), "resize:64x18",
    (.3, "Gokoniec e\u0301\u0301 \U0001f642\x1b"), (.2, ":%s/demo/実演/g\r"), (.2, "\x06\x02"), (.2, ":only\r"),
    (.2, ":set cursorline background=dark\r"), (.2, "jjjjkk"), (.2, ":!echo out of vim\r"), (.3, "\r"), (.2, ":q!\r"),
]

HTOP = [(1.2, ""), (.4, "\x1b[B\x1b[B"), (.4, "\x1b[17~"), (.4, "\x1b"), (.6, "t"), "resize:100x30", (1, "?"), (.5, "q"),
        "resize:72x20", (1.2, "\x1b[6~"), (.4, "q")]
TOP = [(1.2, "z"), (.6, "x"), (.6, "V"), (.8, "1"), "resize:60x18", (1.2, "c"), (.5, "h"), (.4, "q"), (.8, "q")]
LESS = [(.3, " "), (.3, " "), (.3, "/word\r"), (.3, "n"), (.2, "b"), (.2, "jjjkk"), "resize:90x30", (.3, "G"), (.3, "g"),
        (.2, "-N\r"), (.3, " "), "resize:50x12", (.3, "d"), (.2, "-S\r"), (.3, "\x1b[C"), (.2, "q")]


def record(name, command, steps, size=(80, 24)):
    columns, rows = size
    home = tempfile.mkdtemp()
    with open(home + "/demo.go", "w") as file:
        file.write(SAMPLE)
    with open(home + "/long.txt", "w") as file:
        for i in range(300):
            file.write("%d some words of a line, one word 漢 more\b\bre\n" % i if i % 7 else "\x1b[3%dmcoloured line %d\x1b[0m\n" % (i % 8, i))
    for extra in ("run.sh", "picture.png", "archive.tar.gz"):
        open(home + "/" + extra, "w").close()
    os.chmod(home + "/run.sh", 0o755)
    os.makedirs(home + "/folder/inner")
    os.symlink("demo.go", home + "/link")
    with open(home + "/text.py", "w") as file:
        file.write(TEXT)
    with open(home + "/margins.sh", "w") as file:
        file.write(MARGINS)
    inside = "hostname demo; mount -t tmpfs tmpfs /home; mkdir /home/user; cp -r %s/. /home/user; mount -t tmpfs tmpfs /tmp; cd /home/user; exec %s" % (home, command)
    env = {"TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8", "HOME": "/home/user", "PS1": "\\[\\e[1;32m\\]user@demo\\[\\e[0m\\]:\\w$ ",
           "PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "LESS": "-R", "HISTFILE": ""}
    pid, fd = pty.fork()
    if pid == 0:
        os.execve("/usr/bin/unshare", ["unshare", "--fork", "--pid", "--mount", "--mount-proc", "--uts", "--ipc", "--net", "sh", "-c", inside], env)
    resize = lambda c, r: fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", r, c, 0, 0))
    resize(columns, rows)
    decoder, events, start = codecs.getincrementaldecoder("utf-8")("replace"), [], time.time()

    def pump(seconds):
        end = time.time() + seconds
        while True:
            ready, _, _ = select.select([fd], [], [], max(0, end - time.time()))
            if not ready:
                return True
            try:
                data = os.read(fd, 65536)
            except OSError:
                data = b""
            if not data:
                return False
            events.append([round(time.time() - start, 6), "o", decoder.decode(data)])

    pump(1)
    for step in steps:
        if isinstance(step, str):
            c, r = map(int, step[7:].split("x"))
            resize(c, r)
            events.append([round(time.time() - start, 6), "r", "%dx%d" % (c, r)])
            pump(.4)
            continue
        for key in [step[1]] if step[1].startswith("\x1b") else step[1]:
            os.write(fd, key.encode())
            pump(.02)
        if not pump(step[0]):
            break
    deadline = time.time() + 20
    while time.time() < deadline and pump(.5):
        pass
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    os.waitpid(pid, 0)
    shutil.rmtree(home)
    lines = [json.dumps({"version": 2, "width": columns, "height": rows})] + [json.dumps(e, ensure_ascii=False) for e in events]
    with open(os.path.join(HERE, name + ".cast.gz"), "wb") as file:
        with gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
            packed.write(("\n".join(lines) + "\n").encode())
    print(name, len(events), sum(len(e[2]) for e in events))


CASES = {
    "shell": ("bash --norc --noprofile", SHELL),
    "vim": ("vim -N -u NONE demo.go", VIM),
    "htop": ("htop -d 5", HTOP),
    "top": ("top -d 0.6", TOP),
    "less": ("less -R long.txt", LESS),
    "wide": ("python3 text.py", []),
    "margins": ("bash --norc margins.sh", []),
}
for case in sys.argv[1:] or CASES:
    record(case, *CASES[case])
