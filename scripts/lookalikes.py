"""Prints the table of `src/text/lookalikes.ts`, from the confusables of the ICU of this machine: python3 scripts/lookalikes.py"""

import collections
import ctypes
import ctypes.util
import re
import unicodedata

library = ctypes.util.find_library('icui18n')
version = re.search(r'\.so\.(\d+)', library).group(1)
icu = ctypes.CDLL(library)
status = ctypes.c_int(0)
open_checker = getattr(icu, f'uspoof_open_{version}')
open_checker.restype = ctypes.c_void_p
checker = ctypes.c_void_p(open_checker(ctypes.byref(status)))
get_skeleton = getattr(icu, f'uspoof_getSkeletonUTF8_{version}')


def skeleton(text):
    given, found = text.encode(), ctypes.create_string_buffer(256)
    length = get_skeleton(checker, 0, given, len(given), found, 256, ctypes.byref(ctypes.c_int(0)))
    return found.raw[:length].decode()


table = collections.defaultdict(list)
for code in (*range(0x80, 0xD800), *range(0xE000, 0x110000)):
    letter = chr(code)
    if unicodedata.category(letter)[0] not in 'LN' or unicodedata.normalize('NFKD', letter) != letter:
        continue
    looks = skeleton(letter).lower().replace('rn', 'm')
    if len(looks) < 3 and looks.isascii() and looks.isalnum():
        table[looks].append(letter)


def written(letter):
    return rf'\u{{{ord(letter):x}}}' if unicodedata.bidirectional(letter) in ('R', 'AL', 'AN') else letter


for looks in sorted(table):
    print(f"  {looks}: '{''.join(map(written, table[looks]))}',")
