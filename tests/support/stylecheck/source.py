"""The files to check, and C text with what is not code blanked out."""
import re

FOLDERS = ("common", "lookup", "batchgen", "tests", "bench")

TOKEN = re.compile(
    r"""/\*.*?\*/ | //[^\n]* | "(?:\\.|[^"\\\n])*" | '(?:\\.|[^'\\\n])*'""",
    re.VERBOSE | re.DOTALL)
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.M)


def blank(text):
    """Same length and lines, blanks instead of the other characters."""
    return re.sub(r"[^\n]", " ", text)


class CFile:
    """One .c or .h: its text, its code alone, its includes."""

    def __init__(self, path, text):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.line_comments = []
        self.code = TOKEN.sub(self._blank_token, text)
        self.includes = []
        for m in INCLUDE.finditer(text):
            self.includes.append((self.line_at(m.start()), m[1], m[2]))

    def _blank_token(self, m):
        if m[0].startswith("//"):
            self.line_comments.append(self.line_at(m.start()))
        return blank(m[0])

    def line_at(self, offset):
        return self.text.count("\n", 0, offset) + 1

    @property
    def is_header(self):
        return self.path.endswith(".h")


class Script:
    """A Python or shell file; `language` is "python" or "sh"."""

    def __init__(self, path, text, language):
        self.path = path
        self.text = text
        self.lines = text.split("\n")
        self.language = language


def language_of(name, text):
    first = text.split("\n", 1)[0]
    if name.endswith(".py") or (first.startswith("#!") and "python" in first):
        return "python"
    if name.endswith(".sh") or re.match(r"#!.*\b(ba)?sh\b", first):
        return "sh"
    return None


class Tree:
    """What is checked under root."""

    def __init__(self, root):
        self.root = root
        self.c = {}
        self.scripts = []
        for folder in FOLDERS + (".ci",):
            for file in sorted((root / folder).rglob("*")):
                if file.is_file() and "__pycache__" not in file.parts:
                    self._add(file)

    def _add(self, file):
        path = file.relative_to(self.root).as_posix()
        if path.endswith((".c", ".h")):
            self.c[path] = CFile(path, file.read_text(encoding="utf-8"))
            return
        try:
            text = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            return
        language = language_of(file.name, text)
        if language is not None:
            self.scripts.append(Script(path, text, language))
