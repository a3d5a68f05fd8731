#!/usr/bin/env python3
"""Checks a bundle with nothing but Python's standard library: a second opinion, written apart from the TypeScript verifier.

usage: verify.py BUNDLE.wacz ... [--key NAME+ID+BASE64 ...] [--trust trust.json] [--json]
       verify.py RECEIPT.json ... [--key ...] [--trust ...] [--json]
       verify.py WINDOW.json [--covers FROM TO] [--bundles DIRECTORY | --bundle BUNDLE.wacz ...] [--key ...] [--trust ...] [--json]
exit:  0 sound and signed by a key you gave, 1 sound but the key is unknown, 2 not sound
Needs format.schema.json beside itself: the record format as JSON Schema.
"""
import base64
import binascii
import calendar
import hashlib
import json
import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import time
import zlib

NAMES = ('container manifest leaves chain session-tree writer-log recorder-signature exchanges disclosures archive bodies '
         'columns statement custody key-rotation timestamp witnesses recorder-key exporter-key key-validity').split()
TRUST = ('timestamp', 'witnesses', 'recorder-key', 'exporter-key', 'key-validity')
OPTIONAL = dict(timestamp='evidence/checkpoint.tsr', rotations='evidence/key-rotations.ndjson', consistency='evidence/consistency.ndjson',
                entry='evidence/checkpoint-entry.json')
FILES = dict(manifest='datapackage.json', digest='datapackage-digest.json', leaves='evidence/leaves.ndjson',
             disclosures='evidence/disclosures.ndjson', salts='evidence/salts.ndjson', head='evidence/session-head.json',
             proof='evidence/session-head.tlog-proof', keys='evidence/keys.vkeys', custody='evidence/custody.ndjson',
             warc='archive/exchanges-0001.warc.gz', index='indexes/index.cdx.gz', blocks='indexes/index.idx', pages='pages/pages.jsonl')
# Up to version 2 the statement was a file of its own, the index a plain one, and salts stood in the WARC.
OLDER = {**{name: path for name, path in FILES.items() if name not in ('salts', 'blocks')},
         'statement': 'evidence/statement.dsse.json', 'index': 'indexes/index.cdxj'}
INDEX_META, BLOCK_LINES, MAX_PAGES = '!meta 0 {"format":"cdxj-gzip-1.0","filename":"index.cdx.gz"}', 1024, 10000
FORMAT_VERSION, MAX_LEAF, MAX_DISCLOSURE, MIB, MAX_JSON_DEPTH = 3, 65535, 64 << 20, 1 << 20, 250
NONE = '0' * 64


class Damaged(Exception):
    """Evidence that cannot be read; never an error of this program."""


# ---- Ed25519 (RFC 8032 section 5.1.7), verification only
P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def point_add(a, b):
    x1, y1, z1, t1 = a
    x2, y2, z2, t2 = b
    A, B = (y1 - x1) * (y2 - x2) % P, (y1 + x1) * (y2 + x2) % P
    C, E = 2 * t1 * t2 * D % P, 2 * z1 * z2 % P
    e, f, g, h = B - A, E - C, E + C, B + A
    return e * f % P, g * h % P, f * g % P, e * h % P


def point_mul(scalar, point):
    result = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            result = point_add(result, point)
        point = point_add(point, point)
        scalar >>= 1
    return result


def point_parse(data):
    y = int.from_bytes(data, 'little')
    sign, y = y >> 255, y & ((1 << 255) - 1)
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and sign):
        return None
    if x & 1 != sign:
        x = P - x
    return x, y, 1, x * y % P


def is_canonical_point(data):
    """Section 5.1.3: a point has one encoding. Others would give one key several texts."""
    value = int.from_bytes(data, 'little')
    y = value & ((1 << 255) - 1)
    return y < P and (y not in (1, P - 1) or y == value)


BASE = point_parse(bytes.fromhex('58' + '66' * 31))


def ed25519_verify(key, message, signature):
    point, r = point_parse(key), signature[:32]
    s = int.from_bytes(signature[32:], 'little')
    if len(signature) != 64 or point is None or s >= L or point_parse(r) is None:
        return False
    h = int.from_bytes(hashlib.sha512(r + key + message).digest(), 'little') % L
    left, right = point_mul(s, BASE), point_add(point_parse(r), point_mul(h, point))
    return (left[0] * right[2] - right[0] * left[2]) % P == 0 and (left[1] * right[2] - right[1] * left[2]) % P == 0


# ---- keys, notes, hashes
def sha256(data):
    return hashlib.sha256(data).hexdigest()


def leaf_hash(line):
    return sha256(b'\0' + line)


def node_hash(left, right):
    return sha256(b'\1' + bytes.fromhex(left) + bytes.fromhex(right))


def strict_base64(text):
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return data if base64.b64encode(data).decode() == text else None


# What JavaScript takes for space, and names of keys: without spaces of any kind, whether Python or JavaScript counts them as such.
SPACE = '\t\n\v\f\r \xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000\ufeff'
NAME = r'[^\s\x00-\x1f\x7f\x85\ufeff+]+'


def parse_key(text, kind=1):
    text = text.strip(SPACE)
    match = re.fullmatch(r'(%s)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)' % NAME, text)
    data = strict_base64(match[3]) if match else None
    if data is None or len(data) != 33 or data[0] != kind or not is_canonical_point(data[1:]):
        return None
    key_id = hashlib.sha256(to_bytes(match[1]) + b'\n' + data).hexdigest()[:8]
    return dict(name=match[1], id=key_id, key=data[1:], text=text) if key_id == match[2] else None


def fingerprint(key):
    digits = sha256(key['key'])[:32]
    return '-'.join(digits[at:at + 4] for at in range(0, 32, 4))


def parse_note(text):
    end = text.rfind('\n\n')
    if end < 0 or not text.endswith('\n') or any(ord(c) < 32 and c != '\n' for c in text):
        return None
    signatures = []
    for line in text[end + 2:-1].split('\n'):
        match = re.fullmatch('\u2014 (%s) ([A-Za-z0-9+/]+=*)' % NAME, line)
        data = strict_base64(match[2]) if match else None
        if data is None or len(data) < 5 or len(signatures) == 64:
            return None
        signatures.append((match[1], data[:4].hex(), data[4:], line))
    return text[:end + 1], signatures


def parse_proof(data):
    text = data.decode('utf-8', 'replace')
    end = text.find('\n\n')
    lines = text[:max(end, 0)].split('\n')
    note = parse_note(text[end + 2:])
    index = re.fullmatch(r'index (0|[1-9]\d{0,15})', lines[1], re.A) if len(lines) > 1 else None
    path = [strict_base64(line) for line in lines[2:]]
    if note is None or lines[0] != 'c2sp.org/tlog-proof@v1' or index is None or len(path) > 64 or any(not h or len(h) != 32 for h in path):
        return None
    body = note[0].split('\n')
    root = strict_base64(body[2]) if len(body) > 2 else None
    if len(body) != 4 or not body[0] or body[3] or not re.fullmatch(r'(0|[1-9]\d{0,15})', body[1], re.A) or not root or len(root) != 32:
        return None
    return dict(index=int(index[1]), path=[h.hex() for h in path], origin=body[0], size=int(body[1]), root=root.hex(), note=note)


def root_from_path(leaf, index, size, path):
    """RFC 9162 section 2.1.3.2."""
    if index >= size:
        return None
    last, node = size - 1, leaf
    for sibling in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            node = node_hash(sibling, node)
            while index % 2 == 0 and index:
                index, last = index // 2, last // 2
        else:
            node = node_hash(node, sibling)
        index, last = index // 2, last // 2
    return node if last == 0 else None


def is_consistent(old_size, old_root, size, root, proof):
    """RFC 9162 section 2.1.4.2."""
    if old_size >= size or old_size == 0:
        return old_size == size and not proof and old_root == root and (size > 0 or root == sha256(b''))
    path = ([old_root] if old_size & (old_size - 1) == 0 else []) + proof
    at, last = old_size - 1, size - 1
    while at % 2:
        at, last = at // 2, last // 2
    if not path:
        return False
    old = new = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            old, new = node_hash(sibling, old), node_hash(sibling, new)
            while at % 2 == 0 and at:
                at, last = at // 2, last // 2
        else:
            new = node_hash(new, sibling)
        at, last = at // 2, last // 2
    return last == 0 and (old, new) == (old_root, root)


def earlier_line(line, proof):
    value = parse_json(line)
    if fits(value, SCHEMAS['consistencyLine']) and is_consistent(value['size'], value['root'], proof['size'], proof['root'], value['proof']):
        return value
    return None


class Tree:
    def __init__(self, size=0, border=()):
        self.size, self.border = size, list(border)

    def append(self, leaf):
        size = self.size
        while size % 2:
            leaf, size = node_hash(self.border.pop(), leaf), size // 2
        self.border.append(leaf)
        self.size += 1

    def root(self):
        if not self.border:
            return sha256(b'')
        node = self.border[-1]
        for left in reversed(self.border[:-1]):
            node = node_hash(left, node)
        return node


# ---- JSON, canonical JSON, JSON Schema
def reject_constant(name):
    raise ValueError(name)


def unique_keys(pairs):
    """Of a key that stands there twice readers take one or the other (RFC 8259 section 4): neither is what was meant."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError('a key twice')
    return value


def is_too_deep(value):
    level = [value]
    for _ in range(MAX_JSON_DEPTH + 1):
        level = [one for one in level if isinstance(one, (dict, list))]
        if not level:
            return False
        level = [item for one in level for item in (one.values() if isinstance(one, dict) else one)]
    return True


def parse_json(data):
    try:
        value = json.loads(data.decode('utf-8', 'replace'), parse_constant=reject_constant, object_pairs_hook=unique_keys)
    except (ValueError, RecursionError):
        return None
    return None if data.count(b'[') + data.count(b'{') > MAX_JSON_DEPTH and is_too_deep(value) else value


def parse_line(data):
    """For lines whose canonical form is checked: a key twice has none."""
    try:
        return json.loads(data.decode('utf-8', 'replace'), parse_constant=reject_constant)
    except (ValueError, RecursionError):
        return None


def to_bytes(text):
    """UTF-8, as everybody writes it: half a surrogate pair is U+FFFD."""
    return re.sub('[\ud800-\udfff]', '\ufffd', text).encode()


def json_text(value):
    """As JSON.stringify writes it: half a surrogate pair is escaped."""
    text = json.dumps(value, ensure_ascii=False, separators=(',', ':'))
    return re.sub('[\ud800-\udfff]', lambda match: '\\u%04x' % ord(match[0]), text)


def canonical(value):
    """RFC 8785, for values whose numbers are integers and whose keys are ASCII: all that a leaf may hold."""
    return json.dumps(value, ensure_ascii=False, separators=(',', ':'), sort_keys=True)


def es_number(value):
    """ECMAScript's text of a number, as RFC 8785 asks for."""
    value = float(value)
    if value != value or value in (float('inf'), float('-inf')):
        raise ValueError('no number')
    digits, _, exponent = ('%r' % abs(value)).partition('e')
    whole, _, part = digits.partition('.')
    point = len(whole) + int(exponent or 0)
    all_digits = (whole + ('' if part == '0' else part)).lstrip('0')
    point -= len(whole + part) - len((whole + part).lstrip('0')) if whole == '0' else 0
    all_digits = all_digits.rstrip('0')
    if not all_digits:
        return '0'
    sign, count = '-' if value < 0 else '', len(all_digits)
    if count <= point <= 21:
        return sign + all_digits + '0' * (point - count)
    if 0 < point <= 21:
        return sign + all_digits[:point] + '.' + all_digits[point:]
    if -6 < point <= 0:
        return sign + '0.' + '0' * -point + all_digits
    power = point - 1
    return '%s%s%se%s%d' % (sign, all_digits[0], '.' + all_digits[1:] if count > 1 else '', '+' if power > 0 else '-', abs(power))


def jcs(value):
    """RFC 8785 of any JSON; raises on half a surrogate, which has no UTF-8."""
    if isinstance(value, str) or value is None or isinstance(value, bool):
        return json.dumps(value, ensure_ascii=False).encode('utf-8')
    if is_number(value):
        return es_number(value).encode()
    if isinstance(value, list):
        return b'[' + b','.join(map(jcs, value)) + b']'
    keys = sorted(value, key=lambda key: key.encode('utf-16-be', 'surrogatepass'))
    return b'{' + b','.join(jcs(key) + b':' + jcs(value[key]) for key in keys) + b'}'


MAX_COLUMN_BODY, CELL_BYTES, REDACTED = 64 << 20, 16, b'"[redacted]"'


def result_table(body, converted):
    """(names, rows of canonical values, canonical rest) of an answer with rows; None if it is not of that shape. One that was rebuilt has no key twice."""
    try:
        if body[:2] == b'\x1f\x8b':
            inflate = zlib.decompressobj(31)
            packed, body = body, b''
            if converted and packed[:4] != b'\x1f\x8b\x08\0':
                return None
            while packed[:2] == b'\x1f\x8b':
                inflate = zlib.decompressobj(31)
                body += inflate.decompress(packed, MAX_COLUMN_BODY + 1 - len(body))
                if not inflate.eof:
                    return None
                packed = inflate.unused_data
                if converted and packed:
                    return None
        if len(body) > MAX_COLUMN_BODY:
            return None
        answer = parse_json(body.decode('utf-8').encode()) if converted else json.loads(body.decode('utf-8'), parse_constant=reject_constant)
        rows = answer.pop('rows')
        if not isinstance(rows, list) or not rows:
            return None
        table = []
        for row in rows:
            if set(row) != {'f'} or not isinstance(row['f'], list) or any(set(cell) != {'v'} for cell in row['f']):
                return None
            table.append([jcs(cell['v']) for cell in row['f']])
        names = [field['name'] for field in answer['schema']['fields']] if 'schema' in answer else [str(at) for at in range(len(table[0]))]
        if not names or any(not isinstance(name, str) or units(name) > 1024 for name in names) or any(len(row) != len(names) for row in table):
            return None
        return names, table, jcs(answer)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, OverflowError, RecursionError, zlib.error):
        return None


def column_digest(salt, rows, at):
    return sha256(bytes.fromhex(salt) + b''.join(row[at] + b'\n' for row in rows))


FRACTION = re.compile(rb'\.0[,}\]]')


def is_canonical(value, line):
    try:
        if FRACTION.search(line):
            json.loads(line.decode('utf-8', 'replace'), parse_float=reject_constant)
        return canonical(value).encode('utf-8').decode('utf-8') == line.decode('utf-8', 'replace')
    except (ValueError, RecursionError, TypeError):
        return False


with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'format.schema.json'), encoding='utf-8') as file:
    SCHEMAS = json.load(file)


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def is_finite(value):
    """Whether a double holds it, as JSON's readers in other languages ask."""
    try:
        return is_number(value) and abs(float(value)) < float('inf')
    except OverflowError:
        return False


TYPES = {'object': lambda v: isinstance(v, dict), 'array': lambda v: isinstance(v, list), 'string': lambda v: isinstance(v, str),
         'boolean': lambda v: isinstance(v, bool), 'null': lambda v: v is None, 'number': is_finite,
         'integer': lambda v: is_finite(v) and (isinstance(v, int) or v.is_integer())}


def units(text):
    return len(text.encode('utf-16-le', 'surrogatepass')) // 2


def fits(value, schema, root=None):
    root = root or schema
    if isinstance(schema, bool):
        return schema
    if '$ref' in schema:
        target = root
        for part in schema['$ref'].lstrip('#').strip('/').split('/') if schema['$ref'] != '#' else []:
            target = target[part]
        return fits(value, target, root)
    for key in ('anyOf', 'oneOf'):
        if key in schema and not any(fits(value, option, root) for option in schema[key]):
            return False
    if 'type' in schema and not TYPES[schema['type']](value):
        return False
    if ('const' in schema and value != schema['const']) or ('enum' in schema and value not in schema['enum']):
        return False
    if isinstance(value, str):
        if 'pattern' in schema and not re.search(schema['pattern'].replace('$', r'\Z'), value, re.A):
            return False
        return schema.get('minLength', 0) <= len(value) <= schema.get('maxLength', 1 << 40)
    if is_number(value):
        low, high = schema.get('minimum', float('-inf')), schema.get('maximum', float('inf'))
        return low <= value <= high and value > schema.get('exclusiveMinimum', float('-inf'))
    if isinstance(value, list):
        first, rest = schema.get('prefixItems', []), schema.get('items', True)
        if not schema.get('minItems', 0) <= len(value) <= schema.get('maxItems', 1 << 40):
            return False
        return all(fits(item, first[at] if at < len(first) else rest, root) for at, item in enumerate(value))
    if isinstance(value, dict):
        known, other = schema.get('properties', {}), schema.get('additionalProperties', True)
        return all(name in value for name in schema.get('required', ())) and all(
            fits(item, known[name] if name in known else other, root) for name, item in value.items())
    return True


# ---- the container: a ZIP under a strict profile
class Zip:
    def __init__(self, path):
        self.file = open(path, 'rb')
        self.size = os.fstat(self.file.fileno()).st_size
        self.entries = {entry['path']: entry for entry in self.directory()}

    def at(self, position, length):
        if position + length > self.size:
            raise Damaged('the file ends too early')
        self.file.seek(position)
        data = self.file.read(length)
        if len(data) != length:
            raise Damaged('the file ends too early')
        return data

    def directory(self):
        start, length, count = self.end()
        data, at, central = self.at(start, length), 0, []
        for _ in range(count):
            if at + 46 > len(data) or data[at:at + 4] != b'PK\1\2':
                raise Damaged('the directory is not whole')
            names, extras, comments, disk = struct.unpack_from('<4H', data, at + 28)
            end = at + 46 + names + extras
            if end > len(data) or comments or disk:
                raise Damaged('the directory is not whole')
            central.append(self.entry(data[at:end], names))
            at = end
        if at != len(data) or len({entry['path'].lower() for entry in central}) != len(central):
            raise Damaged('the directory holds too much, or a name twice')
        at = 0
        for entry in sorted(central, key=lambda entry: entry['offset']):
            at = self.local(entry, at)
        if at != start:
            raise Damaged('there are bytes between files and directory')
        return central

    def end(self):
        tail = self.at(max(0, self.size - 22), min(self.size, 22))
        if len(tail) < 22 or tail[:4] != b'PK\5\6':
            raise Damaged('the end record is missing: cut off, appended to, or no bundle')
        disks, here, count, length, start, comment = struct.unpack('<IHHIIH', tail[4:])
        if disks or comment:
            raise Damaged('the end record is strange')
        end = self.size - 22
        if count == 0xffff or 0xffffffff in (length, start):
            end = self.size - 98
            if end < 0:
                raise Damaged('the end record is not whole')
            wide = self.at(end, 76)
            count, length, start = struct.unpack_from('<3Q', wide, 32)
            expected = b'PK\6\6' + struct.pack('<QHHIIQQQQ', 44, 0x033f, 45, 0, 0, count, count, length, start)
            if wide != expected + b'PK\6\7' + struct.pack('<IQI', 0, end, 1):
                raise Damaged('the end record is strange')
        elif here != count:
            raise Damaged('the end record contradicts itself')
        if count == 0 or count > 1_200 or length > MIB or start + length != end:
            raise Damaged('the directory is not where it should be')
        return start, length, count

    def entry(self, record, names):
        made, need, flags, method, time, crc, packed, size = struct.unpack_from('<4H4I', record, 4)
        internal, external, offset = struct.unpack_from('<HII', record, 36)
        path, extra = record[46:46 + names].decode('latin-1'), record[46 + names:]
        wide = len(extra) > 0
        if wide:
            if len(extra) != 28 or extra[:4] != b'\1\0\x18\0' or (size, packed, offset) != (0xffffffff,) * 3:
                raise Damaged('an extra field')
            size, packed, offset = struct.unpack('<3Q', extra[4:])
        plain = re.fullmatch(r'[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)*', path) and len(path) <= 200
        ours = (made, need, time, internal, external) == (0x033f, 45 if wide else 20, 0x00210000, 0, 0x81a40000)
        if not plain or not ours or flags & ~0x0808 or method not in (0, 8) or (method == 0 and size != packed) or size > packed * 1100 + 64:
            raise Damaged('a file is described as no bundle describes it')
        return dict(path=path, flags=flags, method=method, crc=crc, packed=packed, size=size, offset=offset, wide=wide)

    def local(self, entry, at):
        name = entry['path'].encode()
        described = (0, 0, 0) if entry['flags'] & 8 else (entry['crc'], entry['packed'], entry['size'])
        expected = struct.pack('<4s3H4I2H', b'PK\3\4', 20, entry['flags'], entry['method'], 0x00210000, *described, len(name), 0) + name
        if entry['offset'] != at or self.at(at, len(expected)) != expected:
            raise Damaged('a file is described in two ways, or not where the one before it ends')
        entry['start'] = at + len(expected)
        at = entry['start'] + entry['packed']
        if entry['flags'] & 8:
            expected = b'PK\7\x08' + struct.pack('<IQQ' if entry['wide'] else '<III', entry['crc'], entry['packed'], entry['size'])
            if self.at(at, len(expected)) != expected:
                raise Damaged('a file is described in two ways')
            at += len(expected)
        return at

    def stream(self, entry):
        inflate = zlib.decompressobj(-15) if entry['method'] == 8 else None
        done = 0
        for position in range(0, entry['packed'], 262144):
            data = self.at(entry['start'] + position, min(262144, entry['packed'] - position))
            try:
                full = False
                while inflate and (data or full):
                    piece = inflate.decompress(data, MIB)
                    # All input may be taken in, and more still come out.
                    data, full = inflate.unconsumed_tail, len(piece) == MIB
                    done += len(piece)
                    if done > entry['size']:
                        raise Damaged('unpacks to more than it should')
                    yield piece
            except zlib.error as error:
                raise Damaged('its compressed bytes are damaged') from error
            if not inflate:
                done += len(data)
                yield data
        if done != entry['size'] or (inflate and not inflate.eof):
            raise Damaged('unpacks to less than it should')
        if inflate and inflate.unused_data:
            raise Damaged('holds bytes behind its end')

    def read(self, path, limit=16 << 20):
        entry = self.entries.get(path)
        return b''.join(self.stream(entry)) if entry and entry['size'] <= limit else None

    def lines(self, path, limit):
        if path not in self.entries:
            raise Damaged(path + ' is missing')
        rest = b''
        for piece in self.stream(self.entries[path]):
            *lines, rest = (rest + piece).split(b'\n')
            for line in lines:
                if len(line) > limit:
                    raise Damaged('a line is too long')
                yield line
            if len(rest) > limit:
                raise Damaged('a line is too long')
        if rest:
            raise Damaged('ends in the middle of a line')


# ---- the archive
def warc_id(exchange, record, version):
    if version > 2:
        return 'urn:uuid:' + exchange + ('' if record in ('response', 'warcinfo') else '#' + record)
    d = sha256((exchange + '/' + record).encode())
    return 'urn:uuid:%s-%s-8%s-8%s-%s' % (d[:8], d[8:12], d[13:16], d[17:20], d[20:32])


def warc_header(fields, length):
    lines = ['%s: %s\r\n' % field for field in fields + [('Content-Length', length)] if field[1] is not None]
    return ('WARC/1.1\r\n' + ''.join(lines) + '\r\n').encode('utf-8', 'surrogatepass')


def http_head(first, headers):
    lines = [first] + ['%s: %s' % ('X-Archive-Orig-' + name if name.lower() == 'transfer-encoding' else name, value) for name, value in headers]
    text = '\r\n'.join(re.sub('[\r\n\0]', ' ', line) for line in lines) + '\r\n\r\n'
    return text.encode('utf-16-le', 'surrogatepass')[::2] if all(ord(c) < 65536 for c in text) else bytes(
        unit & 255 for unit in struct.unpack('<%dH' % units(text), text.encode('utf-16-le', 'surrogatepass')))


KINDS = ('request', 'upstream-request', 'response', 'conversion', 'upstream-response', 'cells', 'metadata', 'columns')
INDEX_LINE = re.compile(r'urn:uuid:([0-9a-f-]{36}) \d{14}(?:\d{3})? \{.*"record":"([a-z-]+)".*"offset":"(\d{1,13})","length":"\d{1,13}"\}', re.A | re.S)
RESOURCES = {'upstream-response': 'application/x-age-encryption', 'cells': 'application/vnd.steno.cells'}


def verbatim_chunks(side, chunks):
    return [chunk for chunk in chunks if chunk['side'] == side and chunk['stored'] == 'verbatim']


def expected_records(intent, values, end, found, version):
    """(record, fields of the WARC header, head) for each record but the metadata."""
    request, upstream, response = (values.get(name) for name in ('request', 'upstream-request', 'response'))
    target = target_uri(intent, request)

    def fields(record):
        kind = {'upstream-request': 'request', **dict.fromkeys(RESOURCES, 'resource')}.get(record, record)
        answer = '<%s>' % warc_id(intent['exchangeId'], 'response', version)
        content = 'application/http; msgtype=' + ('response' if record == 'conversion' else kind)
        return [('WARC-Type', kind), ('WARC-Record-ID', '<%s>' % warc_id(intent['exchangeId'], record, version)), ('WARC-Date', intent['at']),
                ('WARC-Target-URI', target),
                ('WARC-Concurrent-To', None if record in ('response', 'conversion') else answer),
                ('WARC-Refers-To', answer if record == 'conversion' else None),
                ('Steno-Side', None if kind == record else record),
                ('Content-Type', 'application/json' if record == 'metadata' else RESOURCES.get(record, content))]
    records = []
    if request:
        records.append(('request', http_head('%s %s HTTP/%s' % (intent['httpMethod'], request['target'], intent['httpVersion']), request['headers'])))
    if upstream:
        records.append(('upstream-request', http_head('%s %s HTTP/1.1' % (upstream['method'], upstream['url']), upstream['headers'])))
    if response:
        records.append(('conversion' if 'conversion' in found else 'response', http_head('HTTP/1.1 %d ' % response['status'], response['headers'])))
    recorded = {body['side'] for body in end['bodies']}
    records += [(record, b'') for record in RESOURCES if record in found and record in recorded]
    return [(record, fields(record), head) for record, head in records], fields('metadata')


def target_uri(intent, request):
    host = next((value for name, value in request['headers'] if name.lower() == 'host'), None) if request else None
    target = request['target'] if request else '/redacted/' + intent['exchangeId']
    full = target if re.match('https?:', target) else 'https://%s%s' % (host if host is not None else 'bigquery.googleapis.com', target)
    return re.sub('[%s]' % SPACE, '%20', full)


PLAIN_URL = re.compile(r'(https?)://([A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*)(:[1-9][0-9]{0,4})?(/[\w\-.~!$&()*+,;=:@%/]*)(\?[\w\-.~!$&()*+,;=:@%/?]*)?', re.A)
BYTE = re.compile(r'0|[1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5]')


def surt(url):
    """The key of an address in the index; None where URL parsers might rewrite the address."""
    match = PLAIN_URL.fullmatch(re.sub(r'\A(https?://)www[0-9]*\.', r'\1', url))
    if not match or int((match[3] or ':0')[1:]) > 65535 or re.search(r'/(?:\.|%2e){1,2}(?:/|\Z)', match[4], re.I):
        return None
    labels = match[2].split('.')
    numeric = re.fullmatch(r'[0-9]+|0x[0-9a-f]*', labels[-1], re.I)
    if any(re.match('xn--', label, re.I) for label in labels) or (numeric and not (len(labels) == 4 and all(BYTE.fullmatch(label) for label in labels))):
        return None
    host = match[2].lower().split('.')
    port = match[3] if match[3] and match[3] != (':443' if match[1] == 'https' else ':80') else ''
    query = '?' + '&'.join(sorted(match[5][1:].lower().split('&'))) if match[5] and match[5] != '?' else ''
    return '%s%s)%s%s' % (','.join(reversed(host)), port, match[4].lower(), query)


def mime_of(message):
    kind = next((value for name, value in message['headers'] if name.lower() == 'content-type'), '') if message else ''
    return kind.split(';')[0].strip(SPACE) or 'unk'


def index_lines(intent, values, place):
    """Under the id of the exchange; of an answer under its address too."""
    offset, length, record, exchange, _ = place
    answers, time = record in ('response', 'conversion'), re.sub('[^0-9]', '', intent['at'])
    where = '"filename":"exchanges-0001.warc.gz","offset":"%d","length":"%d"}' % (offset, length)
    mime = RESOURCES.get(record) or 'application/http; msgtype=' + ('response' if answers else 'request')
    lines = ['urn:uuid:%s %s {"url":"urn:uuid:%s","mime":"%s","record":"%s",%s' % (
        exchange, time, exchange + ('' if answers else '#' + record), mime, record, where)]
    target, response = target_uri(intent, values.get('request')), values.get('response')
    if answers and surt(target) is not None:
        entry = dict(url=target, mime=mime_of(response), status='%d' % response['status'] if response else 'undefined')
        about = json_text(entry)[:-1]
        lines.append('%s %s %s,"exchange":"%s",%s' % (surt(target), time, about, exchange, where))
    return lines


def page_line(intent, values):
    statement, target = intent.get('statement'), target_uri(intent, values.get('request'))
    if statement is None or statement.get('dryRun') or not values.get('response') or surt(target) is None:
        return None
    what = statement.get('statementType', intent.get('methodId', intent['httpMethod']))
    title = ' '.join(filter(None, ['%d %s' % (intent['exchange'], what), ', '.join(statement['referencedTables'][:3])]))
    page = dict(id=intent['exchangeId'], url=target, ts=intent['at'], title=title)
    return to_bytes(json_text(page) + '\n')


def index_line(intent, values, place):
    offset, length, record, exchange, _ = place
    answers = record in ('response', 'conversion')
    message = values.get('response' if answers else 'request')
    entry = dict(url=target_uri(intent, values.get('request')),
                 mime='application/json' if record == 'metadata' else RESOURCES.get(record) or mime_of(message))
    if answers and message:
        entry['status'] = '%d' % message['status']
    entry.update(record=record, filename='exchanges-0001.warc.gz', offset=str(offset), length=str(length))
    return 'urn:uuid:%s %s %s' % (exchange, re.sub('[^0-9]', '', intent['at'])[:14], json_text(entry))


def columns_line(leaf, place):
    offset, length, _, exchange, _ = place
    entry = dict(url='urn:uuid:' + exchange, mime='application/json', record='columns', filename='exchanges-0001.warc.gz', offset=str(offset), length=str(length))
    return 'urn:uuid:%s %s %s' % (exchange, re.sub('[^0-9]', '', leaf['at'])[:14], json_text(entry))


def unpack_block(packed, digest):
    """The lines of a block of the index."""
    try:
        inflate = zlib.decompressobj(31)
        text = inflate.decompress(packed, MAX_DISCLOSURE)
        if not inflate.eof or inflate.unused_data or packed[:4] != b'\x1f\x8b\x08\0' or 'sha256:' + sha256(packed) != digest:
            raise Damaged('names a block that is damaged, or more than one')
    except zlib.error as error:
        raise Damaged('names a block that is damaged') from error
    *lines, rest = text.split(b'\n')
    if rest or not 1 <= len(lines) <= BLOCK_LINES or any(len(line) > 65536 for line in lines):
        raise Damaged('names a block that does not consist of lines')
    return lines


MAX_HEADER = 65536
HEADER_ROOM = 2 * MAX_HEADER


class Record:
    """The WARC record in the gzip member at this place, unpacked as it is read, and never to much more than `limit` bytes of block."""

    def __init__(self, archive, entry, offset, length, limit):
        if length < 20 or offset + length > entry['size']:
            raise Damaged('the index points outside the archive')
        self.pieces, self.held = self.unpack(archive, entry['start'] + offset, length, limit + HEADER_ROOM), b''
        self.header = self.until(b'\r\n\r\n', MAX_HEADER)
        match = re.findall(rb'\r\nContent-Length: ([^\r\n]*)(?=\r\n)', self.header)
        if not self.header.startswith(b'WARC/1.1\r\n') or len(match) != 1 or not re.fullmatch(rb'\d{1,15}', match[0]):
            raise Damaged('it has no header')
        try:
            self.header.decode('utf-8')
        except UnicodeDecodeError as error:
            raise Damaged('its header is malformed') from error
        self.length = self.left = int(match[0])

    @staticmethod
    def unpack(archive, start, length, limit):
        inflate, done = zlib.decompressobj(31), 0
        try:
            for position in range(0, length, 262144):
                data = archive.at(start + position, min(262144, length - position))
                if position == 0 and data[:4] != b'\x1f\x8b\x08\0':
                    raise Damaged('it is not one compressed member')
                while data and not inflate.eof:
                    piece = inflate.decompress(data, MIB)
                    data, done = inflate.unconsumed_tail, done + len(piece)
                    if done > limit:
                        raise Damaged('it unpacks to more than the leaves speak of')
                    yield piece
                if inflate.eof and (data or inflate.unused_data or position + 262144 < length):
                    raise Damaged('it is not one compressed member')
        except zlib.error as error:
            raise Damaged('its compressed bytes are damaged') from error
        if not inflate.eof:
            raise Damaged('its compressed bytes are damaged')

    def more(self):
        piece = next(self.pieces, None)
        self.held += piece or b''
        return piece is not None

    def until(self, mark, limit):
        """All up to this mark, and the mark."""
        while mark not in self.held[:limit]:
            if len(self.held) > limit or not self.more():
                raise Damaged('it has no header')
        end = self.held.index(mark) + len(mark)
        found, self.held = self.held[:end], self.held[end:]
        return found

    def head(self):
        """The head of the HTTP message that the block is."""
        while b'\r\n\r\n' not in self.held[:self.left]:
            if len(self.held) >= self.left or not self.more():
                raise Damaged('it holds no HTTP message')
        found = self.until(b'\r\n\r\n', self.left)
        self.left -= len(found)
        return found

    def read(self, size):
        """The next bytes of the block, fewer only at its end."""
        size = min(size, self.left)
        while len(self.held) < size:
            if not self.more():
                raise Damaged('it ends early')
        found, self.held = self.held[:size], self.held[size:]
        self.left -= size
        return found

    def finish(self):
        """Reads the rest: whether the record is whole shows at its end."""
        while self.left:
            self.read(MIB)
        while len(self.held) <= 4 and self.more():
            pass
        if self.held != b'\r\n\r\n':
            raise Damaged('it does not end where it should')

    def block(self):
        found = self.read(self.left)
        self.finish()
        return found


# ---- the report
class Report:
    def __init__(self):
        self.faults, self.results, self.signers = {}, {}, []

    def fault(self, name, subject, detail, status='failed'):
        self.faults.setdefault(name, []).append((name, subject, status, detail))

    def done(self, name, subject, detail, status='passed'):
        self.results[name] = (name, subject, status, detail)

    def checks(self):
        skipped = [(name, 'bundle', 'skipped', 'could not be judged because of the faults above') for name in NAMES]
        found = []
        for at, name in enumerate(NAMES):
            faults = self.faults.get(name, [])
            worse = [fault for fault in faults[20:] if fault[2] == 'failed'][:1]
            hidden = worse and all(fault[2] != 'failed' for fault in faults[:20])
            found += (faults[:19] + worse if hidden else faults[:20]) or [self.results.get(name, skipped[at])]
        return [dict(zip(('name', 'subject', 'status', 'detail'), check)) for check in found]

    def verdict(self, redacted):
        checks = self.checks()
        if any(check['status'] == 'failed' if check['name'] in TRUST else check['status'] != 'passed' for check in checks):
            return 'not-sound'
        if any(check['status'] == 'missing' for check in checks if check['name'] in TRUST and not check['name'].endswith('-key')):
            return 'sound-unknown-key'
        pinned = {check['name'] for check in checks if check['status'] == 'passed'}
        return 'sound' if 'recorder-key' in pinned and (not redacted or 'exporter-key' in pinned) else 'sound-unknown-key'


class Verifier:
    def __init__(self, path, keys, trust=None):
        self.path, self.report, self.trust = path, Report(), trust or {}
        self.pinned = [key for key in map(parse_key, keys) if key]
        self.redacted = set()

    def run(self):
        report = self.report
        try:
            self.zip = Zip(self.path)
        except (Damaged, OSError, struct.error) as error:
            report.fault('container', self.path, str(error))
            return 'not-sound'
        report.done('container', self.path, 'a strict ZIP of %d files' % len(self.zip.entries))
        manifest = self.manifest()
        if manifest is None:
            return 'not-sound'
        self.files(manifest)
        self.custody()
        self.archive_open()
        self.leaves(manifest)
        self.archive_finish(manifest)
        self.signers(manifest)
        return report.verdict(self.redacted)

    def manifest(self):
        name = FILES['manifest']
        if name not in self.zip.entries:
            self.report.fault('manifest', name, 'this is no Steno bundle', 'missing')
            return None
        try:
            data = self.zip.read(name, MIB)
        except Damaged as error:
            self.report.fault('manifest', name, str(error))
            return None
        value = parse_json(data) if data is not None else None
        version = value.get('steno', {}).get('formatVersion') if isinstance(value, dict) and isinstance(value.get('steno'), dict) else None
        if TYPES['integer'](version) and version > FORMAT_VERSION:
            self.report.fault('manifest', name, 'format version %d is newer than this verifier' % version)
            return None
        if data is None or not fits(value, SCHEMAS['manifest']):
            self.report.fault('manifest', name, 'does not fit the format')
            return None
        self.manifest_sha256, self.version = sha256(data), value['steno']['formatVersion']
        self.paths = FILES if self.version > 2 else OLDER
        return value

    def files(self, manifest):
        report, named = self.report, {resource['path']: resource for resource in manifest['resources']}
        if len(named) != len(manifest['resources']):
            report.fault('manifest', FILES['manifest'], 'names a file twice')
        unnamed = (FILES['manifest'], FILES['digest']) + ((OLDER['statement'],) if self.version < 3 else ())
        for path in self.paths.values():
            if path not in self.zip.entries:
                report.fault('manifest', path, 'is missing', 'missing')
        for path, resource in named.items():
            if path in unnamed:
                report.fault('manifest', path, 'may not be named by the manifest')
            elif path not in self.paths.values() and path not in OPTIONAL.values() and not re.fullmatch(r'derived/[a-z0-9_-]+\.parquet', path):
                report.fault('manifest', path, 'is no file of a bundle')
            elif path not in self.zip.entries:
                report.fault('manifest', path, 'is named and missing', 'missing')
            else:
                self.one_file(path, resource)
        for path in self.zip.entries:
            if path not in named:
                if path in unnamed:
                    self.one_file(path, None)
                else:
                    report.fault('manifest', path, 'is not named by the manifest')
        self.digest_file()
        keys = self.text(FILES['keys']) if FILES['keys'] in self.zip.entries else b''
        *lines, rest = (keys or b'').decode('utf-8', 'replace').split('\n')
        if keys is None or rest or any((parse_key(line) or {}).get('text') != line for line in lines):
            report.fault('manifest', FILES['keys'], 'holds a line that is no public key')
        report.done('manifest', FILES['manifest'], '%d files have the sizes and SHA-256 digests that the manifest states' % len(named))

    def one_file(self, path, stated):
        entry, digest, crc = self.zip.entries[path], hashlib.sha256(), 0
        try:
            for piece in self.zip.stream(entry):
                digest.update(piece)
                crc = zlib.crc32(piece, crc)
        except Damaged as error:
            return self.report.fault('manifest', path, str(error))
        if crc != entry['crc']:
            self.report.fault('manifest', path, 'does not match its CRC-32')
        if stated and (stated['bytes'] != entry['size'] or stated['hash'] != 'sha256:' + digest.hexdigest()):
            self.report.fault('manifest', path, 'does not match its size and SHA-256 digest')

    def digest_file(self):
        if FILES['digest'] in self.zip.entries:
            try:
                data = self.zip.read(FILES['digest'], 65536)
            except Damaged:
                data = b''
            value = parse_json(data)
            right = fits(value, SCHEMAS['manifestDigest' if self.version > 2 else 'olderManifestDigest'])
            order = dict(path=value['path'], hash=value['hash']) if right else {}
            if right and self.version > 2:
                order['statement'] = in_order(value['statement'])
            if not right or data != as_written(order) or value['hash'] != 'sha256:' + self.manifest_sha256:
                self.report.fault('manifest', FILES['digest'], 'states another digest of the manifest')

    def text(self, path):
        try:
            return self.zip.read(path)
        except Damaged:
            return None

    def custody(self):
        report, path = self.report, FILES['custody']
        lines = (self.text(path) or b'').split(b'\n')
        if lines.pop() != b'' or not lines:
            report.fault('custody', path, 'does not end as a log of lines ends')
        prev = NONE
        for seq, line in enumerate(lines):
            value = parse_json(line)
            if not fits(value, SCHEMAS['custody']):
                report.fault('custody', 'line %d' % (seq + 1), 'does not fit the format')
            else:
                if value['seq'] != seq or value['prev'] != prev:
                    report.fault('custody', 'line %d' % (seq + 1), 'does not follow the line before it')
                self.redacted.update(value.get('redacted', ()))
            prev = sha256(line.decode('utf-8', 'replace').encode())
        report.done('custody', path, '%d steps are chained' % len(lines))

    # -- leaves
    def leaves(self, manifest):
        self.tree, self.opening, self.closed, self.numbers, self.ended, self.open, prev = Tree(), None, False, 0, 0, {}, NONE
        self.ended_ids = {}
        self.disclosed = Disclosures(self.zip)
        snapshot = manifest['steno']['snapshot']
        try:
            for line in self.zip.lines(FILES['leaves'], MAX_LEAF):
                prev = self.leaf(line, prev)
            self.leaves_end(snapshot)
        except Damaged as error:
            self.report.fault('leaves', FILES['leaves'], str(error))

    def leaf(self, line, prev):
        report, subject, place = self.report, 'leaf %d' % self.tree.size, self.tree.size
        value, hashed = parse_line(line), leaf_hash(line)
        self.tree.append(hashed)
        if not fits(value, SCHEMAS['leaf']):
            report.fault('leaves', subject, 'does not fit the format')
            return hashed
        if not is_canonical(value, line):
            report.fault('leaves', subject, 'is not canonical JSON (RFC 8785)')
        if value['seq'] != place or value['prev'] != prev:
            report.fault('chain', subject, 'does not follow the leaf before it')
        self.take(value, subject)
        return hashed

    def take(self, leaf, subject):
        report, kind = self.report, leaf['kind']
        if self.closed:
            report.fault('exchanges', subject, 'comes after the end of the session')
        if (kind == 'session-open') != (leaf['seq'] == 0):
            report.fault('exchanges', subject, 'the opening of the session must come first, and once')
        values = self.values(leaf, subject)
        held = self.open.get(leaf.get('exchange'))
        if kind == 'session-open':
            self.opening = self.opening or leaf
        elif kind == 'intent':
            self.numbers += 1
            if leaf['exchange'] != self.numbers:
                report.fault('exchanges', leaf['exchangeId'], 'is out of number')
            self.open[leaf['exchange']] = (leaf, [], values)
        elif kind == 'chunk':
            if held is None or held[0]['exchangeId'] != leaf['exchangeId']:
                report.fault('exchanges', subject, 'belongs to no open exchange')
            else:
                held[1].append(leaf['chunk'])
        elif kind == 'columns':
            if held is not None or self.ended_ids.get(leaf['exchange']) != leaf['exchangeId']:
                return report.fault('exchanges', subject, 'digests the columns of an exchange that has not ended')
            named = 'result-columns' in leaf['disclosed']
            if named == ('missing' in leaf):
                report.fault('exchanges', subject, 'must either digest columns or say why not')
            if named:
                self.archive_columns(leaf, values.get('result-columns'))
        elif kind in ('end', 'reconcile'):
            if held is None or held[0]['exchangeId'] != leaf['exchangeId']:
                report.fault('exchanges', subject, 'ends an exchange that is not open')
            else:
                self.end_exchange(leaf, *held, values)
        elif kind == 'session-close':
            self.closed = True
            if leaf['exchanges'] != self.numbers:
                report.fault('exchanges', subject, 'counts wrongly')

    def end_exchange(self, leaf, intent, chunks, values, more):
        del self.open[leaf['exchange']]
        self.ended += 1
        if 1 <= leaf['exchange'] <= self.numbers:
            self.ended_ids[leaf['exchange']] = leaf['exchangeId']
        chunks = chunks + leaf['chunks']
        if not whole_bodies(leaf, chunks):
            self.report.fault('exchanges', leaf['exchangeId'], 'its chunks do not make up its bodies')
        self.archive_exchange(intent, leaf, chunks, {**values, **more})

    def values(self, leaf, subject):
        found = {}
        for name in sorted(leaf.get('disclosed', {})):
            digest = leaf['disclosed'][name]
            try:
                value = self.disclosed.find(digest)
            except Damaged as error:
                self.report.fault('disclosures', subject, str(error))
                value = None
            if value is None:
                if digest not in self.redacted:
                    self.report.fault('disclosures', subject, 'its %s is missing' % name, 'missing')
            elif value[1] != name:
                self.report.fault('disclosures', subject, 'its %s is disclosed as %s' % (name, value[1]))
            else:
                found[name] = value[2]
        return found

    def leaves_end(self, snapshot):
        report = self.report
        if self.opening is None:
            report.fault('exchanges', 'session', 'has no opening', 'missing')
        if not snapshot and not self.closed:
            report.fault('exchanges', 'session', 'has no end', 'missing')
        if snapshot and self.closed:
            report.fault('exchanges', 'session', 'is closed, though the manifest calls it a snapshot')
        for intent, _, _ in () if snapshot else self.open.values():
            report.fault('exchanges', intent['exchangeId'], 'has no end', 'missing')
        if self.disclosed.peek() is not None:
            report.fault('disclosures', self.disclosed.peek()[0], 'is a value that no leaf names, or not in its place')
        report.done('leaves', FILES['leaves'], '%d records fit the format' % self.tree.size)
        report.done('chain', FILES['leaves'], 'each record names the one before it')
        report.done('exchanges', 'session', '%d exchanges, each with exactly one end' % self.ended)
        report.done('disclosures', FILES['disclosures'], 'match the salted digests in the records')

    # -- archive and bodies
    def archive_open(self):
        self.places, self.next, self.bodies, self.columns = None, 0, 0, 0
        self.answers, self.converted, self.columns_out = {}, set(), []
        self.addresses, self.pages, self.page_count = set(), hashlib.sha256(b'{"format":"json-pages-1.0","id":"pages","title":"Queries"}\n'), 0
        self.warc, index = self.zip.entries.get(FILES['warc']), [self.zip.entries.get(self.paths[name]) for name in ('index', 'blocks') if name in self.paths]
        if not self.warc or self.warc['method'] or any(not entry or entry['method'] for entry in index):
            self.report.fault('archive', FILES['warc'], 'archive and index must be there, stored', 'missing')
            return
        self.places, before, self.salts = [], b'', Salts(self.zip, self.report) if self.version > 2 else None
        try:
            for line in self.zip.lines(OLDER['index'], 65536) if self.version < 3 else self.index_lines():
                text = line.decode('utf-8', 'replace')
                match, by_id = INDEX_LINE.fullmatch(text), text.startswith('urn:uuid:') or self.version < 3
                known = match is not None and match[2] in KINDS
                if (by_id and not known) or line <= before:
                    self.report.fault('archive', self.paths['index'], 'holds a line that does not fit the format, or out of order')
                if by_id and known:
                    self.places.append((int(match[3]), 0, match[2], match[1], line))
                elif not by_id:
                    self.addresses.add(line)
                before = line
        except Damaged as error:
            self.report.fault('archive', self.paths['index'], str(error))
        self.places.sort(key=lambda place: (place[0], zlib.crc32(place[3].encode()) & 0x1ffff, KINDS.index(place[2])))
        ends = [place[0] for place in self.places[1:]] + [self.warc['size']]
        self.places = [(place[0], end - place[0], *place[2:]) for place, end in zip(self.places, ends)]

    def index_lines(self):
        """Lines of the index, block by block, as index.idx names the blocks."""
        index, at, first = self.zip.entries[FILES['index']], 0, True
        for line in self.zip.lines(FILES['blocks'], 65536):
            text = line.decode('utf-8', 'replace')
            if first:
                if text != INDEX_META:
                    raise Damaged('does not begin as Steno begins it')
                first = False
                continue
            key, _, rest = text.partition(' {')
            block = parse_json(('{' + rest).encode())
            if not fits(block, SCHEMAS['indexBlock']) or block['offset'] != at or text != '%s {"offset":%d,"length":%d,"digest":"%s"}' % (
                    key, block['offset'], block['length'], block['digest']):
                raise Damaged('holds a line that does not fit the format')
            if not 8 <= block['length'] <= MAX_DISCLOSURE or at + block['length'] > index['size']:
                raise Damaged('points outside the index')
            packed = self.zip.at(index['start'] + at, block['length'])
            lines = unpack_block(packed, block['digest'])
            begins = lines[0].decode('utf-8', 'replace')
            if begins[:begins.find(' {')] != key:
                raise Damaged('does not say how a block begins')
            yield from lines
            at += block['length']
        if first or at != index['size']:
            raise Damaged('does not name the whole index')

    def exchange_apart(self, intent, end, chunks, values):
        """From version 3 on: only messages and bodies are in the archive, salts and pages stand beside it."""
        exchange, mine, ranks = intent['exchangeId'], [], [-1]
        allowed = [name for name in ('request', 'upstream-request', 'response') if name in values]
        allowed += ['conversion'] if 'response' in values else []
        allowed += [record for record in RESOURCES if any(body['side'] == record for body in end['bodies'])]
        while self.next < len(self.places) and self.places[self.next][3] == exchange:
            rank = KINDS.index(self.places[self.next][2])
            if KINDS[rank] not in allowed or rank <= ranks[-1]:
                break
            mine.append(self.places[self.next])
            ranks.append(rank)
            self.next += 1
        page = page_line(intent, values)
        if page and self.page_count < MAX_PAGES:
            self.pages.update(page)
            self.page_count += 1
        salts = self.salts.take(intent['exchange'], 'bodies') or dict(bodies=[])
        expected, _ = expected_records(intent, values, end, [place[2] for place in mine], self.version)
        if [place[2] for place in mine] != [record[0] for record in expected]:
            return self.report.fault('archive', exchange, 'its records are not where they should be', 'failed' if mine else 'missing')
        for place in mine:
            by_id, *by_address = index_lines(intent, values, place)
            for line in map(to_bytes, by_address):
                if line not in self.addresses:
                    self.report.fault('archive', exchange, 'the index does not know its address')
                self.addresses.discard(line)
            if place[4] != to_bytes(by_id):
                self.report.fault('archive', exchange, 'the index describes it otherwise')
        try:
            self.archive_records(exchange, end, chunks, expected, salts['bodies'], mine)
        except Damaged as error:
            self.report.fault('archive', exchange, str(error))

    def archive_exchange(self, intent, end, chunks, values):
        if self.places is None:
            return
        self.cells(intent['exchangeId'], end, values.get('result-names'))
        if self.version > 2:
            return self.exchange_apart(intent, end, chunks, values)
        exchange, mine = intent['exchangeId'], []
        while self.next < len(self.places) and self.places[self.next][3] == exchange and self.places[self.next][2] != 'columns':
            mine.append(self.places[self.next])
            self.next += 1
            if mine[-1][2] == 'metadata':
                break
        if not mine and self.next < len(self.places) and self.places[self.next][3] == exchange:
            mine.append(self.places[self.next])
            self.next += 1
        expected, metadata_fields = expected_records(intent, values, end, [place[2] for place in mine], self.version)
        if [place[2] for place in mine] != [record[0] for record in expected] + ['metadata']:
            return self.report.fault('archive', exchange, 'its records are not where they should be', 'failed' if mine else 'missing')
        if any(place[4] != to_bytes(index_line(intent, values, place)) for place in mine):
            self.report.fault('archive', exchange, 'the index describes it otherwise')
        try:
            salts = self.metadata(exchange, metadata_fields, mine)
            if salts is not None:
                self.archive_records(exchange, end, chunks, expected, salts, mine)
        except Damaged as error:
            self.report.fault('archive', exchange, str(error))

    def metadata(self, exchange, metadata_fields, mine):
        record = Record(self.zip, self.warc, *mine[-1][:2], MAX_DISCLOSURE)
        header, block = record.header, record.block()
        metadata = parse_line(block)
        if not fits(metadata, SCHEMAS['warcMetadata']):
            self.report.fault('archive', exchange, 'its metadata record does not fit the format')
            metadata = dict(bodies=[])
        elif metadata['exchangeId'] != exchange:
            self.report.fault('archive', exchange, 'its metadata record is that of another exchange')
            return None
        elif header != warc_header(metadata_fields, len(block)) or not is_canonical(metadata, block):
            self.report.fault('archive', exchange, 'its metadata record is not as Steno writes it')
        return [dict(side=body['side'], salts=[chunk['salt'] for chunk in body['chunks']]) for body in metadata['bodies']]

    def archive_records(self, exchange, end, chunks, expected, bodies, mine):
        present = {record[0].replace('conversion', 'response') for record in expected}
        for body in end['bodies']:
            kept = (body['stored'] == 'verbatim' and body['length']) or (body['stored'] == 'sealed' and 'sealed' in body)
            if kept and body['side'] not in present:
                self.absent(exchange, body['side'], chunks, bodies)
        for (record, fields, head), place in zip(expected, mine):
            read = Record(self.zip, self.warc, *place[:2], len(head) + self.stated_bytes(record, chunks, end))
            found = b'' if record in RESOURCES else read.head()
            if read.header != warc_header(fields, read.length) or found != head:
                self.report.fault('archive', exchange, 'its %s does not say what the records disclose' % record)
            self.body(exchange, record, read, place, chunks, bodies, end)
        if any(record[0] == 'conversion' for record in expected):
            self.converted.add(exchange)
            self.absent(exchange, 'response', chunks, bodies)

    @staticmethod
    def stated_bytes(record, chunks, end):
        """How long the body in this record may be, as the leaves say."""
        sealed = next((body.get('sealed') for body in end['bodies'] if body['side'] == record and body['stored'] == 'sealed'), None)
        if record == 'conversion':
            return MAX_COLUMN_BODY
        return sealed['length'] if sealed else sum(chunk['length'] for chunk in verbatim_chunks(record, chunks))

    def body(self, exchange, side, read, place, chunks, bodies, end):
        """`read`: a record after its head. Nothing is said before its end, where it shows whether it is whole."""
        # The first of each side, should one stand there twice.
        stated, length = {body['side']: body for body in reversed(end['bodies'])}, read.left
        if stated.get(side, {}).get('stored') == 'sealed':
            digest = hashlib.sha256()
            while read.left:
                digest.update(read.read(MIB))
            read.finish()
            if stated[side].get('sealed') != dict(length=length, sha256=digest.hexdigest()):
                self.report.fault('bodies', exchange, 'its sealed answer is not the age file that was recorded')
            return
        verbatim = stated.get(side, {}).get('stored') == 'verbatim'
        salts = next((body['salts'] for body in bodies if body['side'] == side and verbatim), [])
        mine = verbatim_chunks(side, chunks)
        total = sum(chunk['length'] for chunk in mine)
        right = length == total and len(salts) == len(mine)
        for chunk, salt in zip(mine, salts) if right else ():
            right = sha256(bytes.fromhex(salt) + read.read(chunk['length'])) == chunk['digest'] and right
        read.finish()
        if side in ('response', 'conversion'):
            answer, cells = stated.get('response', {}), stated.get('cells', {}).get('length')
            kept = answer.get('stored') == 'verbatim' and answer['length'] > 0
            self.answers[exchange] = (place[:2] if 0 < length <= MAX_COLUMN_BODY else None, side == 'conversion', kept, cells, self.names)
        if side == 'conversion':
            return
        if not length and total:
            return self.absent(exchange, side, chunks, bodies)
        if not right:
            self.report.fault('bodies', exchange, 'its %s does not match the digests in its records' % side)
        elif length:
            self.bodies += 1

    def cells(self, exchange, end, names):
        """Each value of a row has its cell; only an answer that was cut off may end within a row."""
        self.names, whole = names, end['kind'] == 'end' and end['framing'] == 'complete'
        unit = CELL_BYTES * (len(names) if whole and names else 1)
        if any(body['side'] == 'cells' and body['length'] % unit for body in end['bodies']):
            self.report.fault('bodies', exchange, 'its cells are no whole cells, or no whole rows')

    def absent(self, exchange, side, chunks, bodies):
        if not all(chunk['digest'] in self.redacted for chunk in chunks if chunk['side'] == side):
            self.report.fault('bodies', exchange, 'its %s is missing' % side, 'missing')
        elif any(body['side'] == side for body in bodies):
            self.report.fault('bodies', exchange, 'its %s was taken out, but the salts of its digests are still there' % side)

    def archive_columns(self, leaf, value):
        if self.places is None:
            return
        if self.version > 2:
            salts = self.salts.take(leaf['exchange'], 'columns')
            if salts is None:
                self.report.fault('archive', leaf['exchangeId'], 'the salts of its columns are not where they should be', 'missing')
            return self.use_column_salts(leaf, value, salts)
        exchange, place = leaf['exchangeId'], self.places[self.next] if self.next < len(self.places) else None
        mine = []
        while self.next < len(self.places) and self.places[self.next][3] == exchange:
            place = self.places[self.next]
            if place[2] == 'columns' and mine:
                break
            mine.append(place)
            self.next += 1
            if place[2] in ('metadata', 'columns'):
                break
        if [place[2] for place in mine] != ['columns']:
            return self.report.fault('archive', exchange, 'its column salts are not where they should be', 'failed' if mine else 'missing')
        if mine[0][4] != to_bytes(columns_line(leaf, mine[0])):
            self.report.fault('archive', exchange, 'the index describes its column salts otherwise')
        try:
            self.column_salts(leaf, value, mine[0])
        except Damaged as error:
            self.report.fault('archive', exchange, str(error))

    def column_salts(self, leaf, value, place):
        exchange = leaf['exchangeId']
        record = Record(self.zip, self.warc, *place[:2], MAX_DISCLOSURE)
        header, block = record.header, record.block()
        salts = parse_line(block)
        fields = [('WARC-Type', 'metadata'), ('WARC-Record-ID', '<%s>' % warc_id(exchange, 'columns', self.version)), ('WARC-Date', leaf['at']),
                  ('WARC-Target-URI', 'urn:uuid:' + exchange), ('WARC-Concurrent-To', '<%s>' % warc_id(exchange, 'response', self.version)),
                  ('Steno-Side', 'columns'), ('Content-Type', 'application/json')]
        right = fits(salts, SCHEMAS['warcColumnSalts']) and salts['exchangeId'] == exchange
        if not right:
            self.report.fault('archive', exchange, 'its record of column salts does not fit the format')
        elif header != warc_header(fields, len(block)) or not is_canonical(salts, block):
            self.report.fault('archive', exchange, 'its record of column salts is not as Steno writes it')
        self.use_column_salts(leaf, value, salts if right else None)

    def use_column_salts(self, leaf, value, salts):
        exchange = leaf['exchangeId']
        answer = self.answers.get(exchange)
        if value is None and answer and answer[1]:
            self.report.fault('columns', exchange, 'its answer was rebuilt, and its column digests are not disclosed', 'missing')
        self.converted.discard(exchange)
        if salts is not None and value is not None:
            self.compare_columns(exchange, value, salts, answer)

    def answer_at(self, place):
        """It was read before, and is read again: many of them would not fit into memory."""
        if place is None:
            return b''
        record = Record(self.zip, self.warc, *place, float('inf'))
        record.head()
        return record.block()

    def compare_columns(self, exchange, value, salts, answer):
        def fault(detail, status='failed'):
            self.report.fault('columns', exchange, detail, status)
        held = [column.get('salt') for column in salts['columns']]
        if len(held) != len(value['columns']):
            return fault('it has not as many salts as columns')
        for (name, digest), salt in zip(value['columns'], held):
            if salt is None and digest not in self.redacted:
                fault('the salt of its column %s is missing' % name, 'missing')
            if salt is not None and digest in self.redacted:
                fault('its column %s was taken out, but its salt is still there' % name)
        place, converted, kept, cells, names = answer or (None, False, True, None, None)
        if cells is not None and cells != value['rows'] * len(value['columns']) * CELL_BYTES:
            fault('its cells are not as many as rows and columns make')
        if cells is not None and names is not None and names != [name for name, _ in value['columns']]:
            fault('its columns are not called as those of its cells')
        data = self.answer_at(place)
        if not data:
            if kept and ('rest' in salts or any(held)):
                fault('its answer was taken out, but salts of its columns are still there')
            return None
        table = result_table(data, converted)
        if table is None:
            return fault('its answer holds no rows that could have been digested')
        names, rows, rest = table
        if len(rows) != value['rows'] or len(names) != len(value['columns']):
            fault('its answer has other rows or columns than were recorded')
        if 'rest' not in salts or sha256(bytes.fromhex(salts['rest']) + rest) != value['rest']:
            fault('what surrounds the rows of its answer is not what was recorded')
        gone = 0
        for at, ((name, digest), salt) in enumerate(zip(value['columns'], held[:len(names)])):
            if names[at] != name:
                fault('its column %s is called %s' % (name, names[at]))
            if salt is not None:
                if column_digest(salt, rows, at) == digest:
                    self.columns += 1
                else:
                    fault('its column %s does not match its digest' % name)
            elif all(row[at] == REDACTED for row in rows):
                gone += 1
                self.columns_out.append(name)
            else:
                fault('its column %s was declared as taken out, and holds values' % name)
        if converted != (gone > 0):
            fault('its answer was rebuilt without need, or not rebuilt')
        return None

    def archive_finish(self, manifest):
        if self.places is None:
            return
        report = self.report
        if self.next != len(self.places):
            report.fault('archive', self.paths['index'], 'names records of no exchange, or in the wrong order')
        if self.addresses:
            report.fault('archive', self.paths['index'], 'names addresses of no answer')
        if self.version > 2:
            if self.salts.peek() is not None:
                report.fault('archive', FILES['salts'], 'holds salts that no leaf asks for, or not where it expects them')
            if not any(one['path'] == FILES['pages'] and one['hash'] == 'sha256:' + self.pages.hexdigest() for one in manifest['resources']):
                report.fault('archive', FILES['pages'], 'does not list the queries that the records tell of')
        try:
            at = self.places[0][0] if self.places else self.warc['size']
            fields = [('WARC-Type', 'warcinfo'), ('WARC-Record-ID', '<%s>' % warc_id(manifest['steno']['sessionId'], 'warcinfo', self.version)),
                      ('WARC-Date', self.opening['startedAt'] if self.opening else ''), ('Content-Type', 'application/warc-fields')]
            info = ('software: %s\r\nformat: WARC File Format 1.1\r\n' % manifest['software']).encode()
            record = Record(self.zip, self.warc, 0, at, HEADER_ROOM)
            if (record.header, record.block()) != (warc_header(fields, len(info)), info):
                report.fault('archive', 'warcinfo', 'does not describe this session')
        except Damaged as error:
            report.fault('archive', 'warcinfo', str(error))
        report.done('archive', FILES['warc'], '%d records say what the leaves and disclosures say' % len(self.places))
        for exchange in self.converted:
            report.fault('columns', exchange, 'its answer was rebuilt, and no column digests say what it was', 'missing')
        report.done('bodies', FILES['warc'], '%d bodies match their chunk digests' % self.bodies)
        report.done('columns', FILES['warc'], '%d columns of answers match their digests%s' % (
            self.columns, '; redacted: ' + ', '.join(self.columns_out[:20]) if self.columns_out else ''))

    # -- signatures
    def recorder(self, manifest, candidates):
        report, data = self.report, self.text(FILES['head'])
        head = parse_json(data) if data is not None else None
        if not fits(head, SCHEMAS['head']):
            report.fault('session-tree', FILES['head'], 'is missing or does not fit the format', 'missing' if data is None else 'failed')
            return None
        self.session_tree(head, manifest)
        proof = parse_proof(self.text(FILES['proof']) or b'')
        if proof is None:
            report.fault('writer-log', FILES['proof'], 'is not a C2SP tlog-proof')
            return None
        if root_from_path(leaf_hash(data), proof['index'], proof['size'], proof['path']) != proof['root']:
            report.fault('writer-log', FILES['proof'], 'does not prove that the head of the session is in the log')
        if proof['index'] != head['index'] or proof['origin'] != head['writer']:
            report.fault('writer-log', FILES['proof'], 'is a proof about another entry or log')
        report.done('writer-log', FILES['proof'], 'the head is entry %d of the log %s of %d entries' % (proof['index'], proof['origin'], proof['size']))
        self.consistency(proof)
        claimed = self.checkpoint_entry(proof) or head['at']
        keys = self.checkpoint(proof, candidates)
        return keys and (proof, keys, claimed)

    def consistency(self, proof):
        path = OPTIONAL['consistency']
        if path in self.zip.entries:
            *lines, rest = (self.text(path) or b'').split(b'\n')
            if rest or not self.text(path) or not all(earlier_line(line, proof) for line in lines[:1000]):
                self.report.fault('writer-log', path, 'holds a proof that does not lead to the checkpoint')

    def checkpoint_entry(self, proof):
        if OPTIONAL['entry'] not in self.zip.entries:
            return None
        entry = parse_json(self.text(OPTIONAL['entry']) or b'')
        if fits(entry, SCHEMAS['checkpointEntry']):
            data, last = to_bytes(entry['leaf']), proof['size'] - 1
            leaf = parse_json(data)
            if fits(leaf, SCHEMAS['writerLeaf']) and leaf['index'] == last and root_from_path(leaf_hash(data), last, proof['size'], entry['path']) == proof['root']:
                return leaf['at']
        self.report.fault('writer-log', OPTIONAL['entry'], 'is not the last entry under the checkpoint')
        return None

    def session_tree(self, head, manifest):
        report, opening, stated = self.report, self.opening, manifest['steno']
        if (head['size'], head['root']) != (self.tree.size, self.tree.root()):
            report.fault('session-tree', FILES['head'], 'the records do not make the tree that was signed')
        same = opening and all(head[left] == opening[right] for left, right in (
            ('sessionId', 'sessionId'), ('number', 'number'), ('name', 'name'), ('writer', 'writer'), ('openedAt', 'startedAt'), ('disclosed', 'disclosed')))
        if not same:
            report.fault('session-tree', FILES['head'], 'describes another session than the records')
        if (head['state'] == 'open') == self.closed:
            report.fault('session-tree', FILES['head'], 'says that the session is %s' % head['state'])
        if (stated['sessionId'], stated['sessionName'], stated['leaves'], stated['exchanges'], stated['snapshot']) != (
                head['sessionId'], head['name'], self.tree.size, self.ended, head['state'] == 'open'):
            report.fault('session-tree', FILES['manifest'], 'describes another session than the signed head')
        report.done('session-tree', FILES['head'], '%d records make the signed tree %s' % (self.tree.size, head['root'][:16]))

    def checkpoint(self, proof, candidates):
        judged = [(key, judge_note(proof['note'], key)) for key in candidates if key['name'] == proof['origin']]
        valid, wrong = [key for key, signed in judged if signed], any(signed is False for _, signed in judged)
        if wrong or not valid:
            self.report.fault('recorder-signature', proof['origin'], 'wrong' if wrong else 'no key to check it', 'failed' if wrong else 'missing')
            return None
        self.report.done('recorder-signature', proof['origin'], 'the log is signed (Ed25519, C2SP checkpoint)')
        return valid

    # -- whose signatures they are, and when they were made
    def signers(self, manifest):
        report, writers = self.report, {one['vkey']: one for one in self.trust.get('writers', [])}
        pinned = self.pinned + [parse_key(text) for text in writers]
        rotations = self.rotations()
        reached = follow_rotations(pinned, rotations, writers)
        hints = [parse_key(line) for line in (self.text(FILES['keys']) or b'').decode('utf-8', 'replace').split('\n')[:64]]
        candidates = pinned + [key for rotation in rotations for key in rotation[:2]] + [key for key in hints if key]
        recorded = self.recorder(manifest, list({key['text']: key for key in candidates}.values()))
        exporter = self.statement(manifest)
        stated = []
        if recorded:
            proof, keys, claimed = recorded
            times = [time for time in (self.timestamp(proof), self.witnesses(proof)) if time]
            proven = min(times) if times else None
            judged = [(key, reached.get(key['text']), judge_key(writers[key['text']], claimed, proven) if key['text'] in writers
                       else judge_followed(reached.get(key['text']), claimed)) for key in keys]
            rank = ('passed', 'missing', 'failed')
            key, followed, validity = min(judged, key=lambda one: 9 if one[1] is None else rank.index(one[2][0] if one[2] else 'passed'))
            self.signer('recorder', key, followed)
            stated.append((key, validity))
        if exporter:
            entry = next((one for one in self.trust.get('exporters', []) if one['vkey'] == exporter['text']), None)
            known = entry or any(one['text'] == exporter['text'] for one in self.pinned)
            self.signer('exporter', exporter, (exporter, 0, None) if known else None)
            stated.append((exporter, entry and judge_key(entry, manifest['created'], None)))
        if recorded:
            for key, validity in stated:
                if validity and validity[0] != 'passed':
                    report.fault('key-validity', key['name'], validity[1], validity[0])
                elif validity:
                    report.done('key-validity', key['name'], validity[1])
            if not any(validity for _, validity in stated):
                report.done('key-validity', 'keys', 'no trust root says when these keys are valid', 'skipped')

    def signer(self, role, key, followed):
        name = role + '-key'
        self.report.signers.append(dict(role=role, name=key['name'], key=key['text'], fingerprint=fingerprint(key), isPinned=followed is not None))
        if followed is None:
            self.report.fault(name, key['name'], 'nobody pinned this key (%s)' % fingerprint(key), 'missing')
        else:
            self.report.done(name, key['name'], 'pinned (%s)' % fingerprint(followed[0]) + (', followed over %d changes of keys' % followed[1] if followed[1] else ''))

    def rotations(self):
        path, found = OPTIONAL['rotations'], []
        data = self.text(path) if path in self.zip.entries else b''
        lines = (b'?' if data is None else data).split(b'\n')
        if lines.pop() != b'' or len(lines) > 1000:
            self.report.fault('key-rotation', path, 'does not end as a file of lines ends')
        for index, line in enumerate(lines[:1000]):
            rotation = parse_rotation(parse_json(line))
            if rotation is None:
                self.report.fault('key-rotation', 'line %d' % (index + 1), 'is no change of keys that both keys signed')
            else:
                found.append(rotation)
        self.report.done('key-rotation', path, '%d changes of keys are signed by both keys' % len(lines))
        return found

    def timestamp(self, proof):
        path, needed = OPTIONAL['timestamp'], self.trust.get('requireTimestamp', False)
        if path not in self.zip.entries:
            status, detail, at = 'skipped', 'no time-stamp came along', None
        else:
            status, detail, at = judge_timestamp(self.text(path) or b'', stamped_bytes(proof), self.trust.get('timestampAuthorities', []))
        if status == 'failed' or (status == 'skipped' and needed):
            self.report.fault('timestamp', path, detail, 'failed' if status == 'failed' else 'missing')
        else:
            self.report.done('timestamp', path, detail, status)
        return at

    def witnesses(self, proof):
        known, quorum, times = self.trust.get('witnesses', []), self.trust.get('witnessQuorum', 0), []
        for witness in (parse_key(one['vkey'], 4) for one in known):
            at = judge_cosignature(proof['note'], witness)
            if at is False:
                self.report.fault('witnesses', witness['name'], 'its cosignature is wrong')
            elif at:
                times.append(at)
        detail = 'no trust root names a witness'
        if known:
            detail = '%d of %d known witnesses cosigned, %d needed' % (len(times), len(known), quorum)
        if len(times) < quorum:
            self.report.fault('witnesses', proof['origin'], detail, 'missing')
        else:
            self.report.done('witnesses', proof['origin'], detail, 'passed' if times else 'skipped')
        return min(times) if times else None

    def statement(self, manifest):
        report, path = self.report, FILES['digest'] if self.version > 2 else OLDER['statement']
        data = self.text(path) or b''
        envelope = parse_json(data)
        if self.version > 2:
            envelope = envelope.get('statement') if isinstance(envelope, dict) else None
        payload = strict_base64(envelope['payload']) if fits(envelope, SCHEMAS['envelope']) else None
        statement = parse_json(payload) if payload else None
        if not fits(statement, SCHEMAS['statement']):
            report.fault('statement', path, 'is missing or does not fit the format', 'failed' if path in self.zip.entries else 'missing')
            return None
        right = self.version > 2 or data == as_written(in_order(envelope))
        key = parse_key(envelope['signatures'][0]['keyid'])
        signed = b'DSSEv1 %d %s %d %s' % (len(envelope['payloadType']), envelope['payloadType'].encode(), len(payload), payload)
        right = right and key and any(ed25519_verify(key['key'], signed, base64.b64decode(one['sig']))
                                      for one in envelope['signatures'] if one['keyid'] == key['text'])
        predicate = statement['predicate']
        right = right and statement['subject'][0]['digest']['sha256'] == self.manifest_sha256
        right = right and (predicate['sessionId'], predicate['exportedAt'], predicate['software'], predicate['formatVersion']) == (
            manifest['steno']['sessionId'], manifest['created'], manifest['software'], manifest['steno']['formatVersion'])
        if not right:
            report.fault('statement', path, 'its signature is wrong, or it is about another manifest')
            return None
        report.done('statement', path, 'exported by %s at %s, signed (Ed25519, DSSE)' % (predicate['exportedBy'], predicate['exportedAt']))
        return key


# ---- trust: keys over time, witnesses, time-stamps
def read_trust(path):
    """A trust root as docs/trust-root.md describes it; ends the program when it cannot be used."""
    try:
        with open(path, encoding='utf-8') as file:
            root = json.load(file, object_pairs_hook=unique_keys)
    except (OSError, ValueError) as error:
        sys.exit('The trust root %s cannot be read: %s' % (path, error))
    mistake = None if fits(root, SCHEMAS['trustRoot']) else 'does not fit the format'
    for name in () if mistake else ('writers', 'exporters'):
        known = [one['vkey'] for one in root[name]]
        for at, one in enumerate(root[name]):
            if (parse_key(one['vkey']) or {}).get('text') != one['vkey'] or known.index(one['vkey']) != at:
                mistake = '%s.%d.vkey is no public key, or stands there twice' % (name, at)
            elif 'supersededBy' in one and one['supersededBy'] not in known:
                mistake = '%s.%d.supersededBy is not in the list' % (name, at)
            elif ('revokedAt' in one) != ('revocationReason' in one):
                mistake = '%s.%d: revokedAt and revocationReason go together' % (name, at)
    if not mistake:
        witnesses = [one['vkey'] for one in root.get('witnesses', [])]
        if any((parse_key(text, 4) or {}).get('text') != text for text in witnesses) or len(set(witnesses)) != len(witnesses):
            mistake = 'a witness has no key of a witness, or stands there twice'
        elif root.get('witnessQuorum', 0) > len(witnesses) or (root.get('requireTimestamp') and not root.get('timestampAuthorities')):
            mistake = 'it asks for more than it knows'
    if mistake:
        sys.exit('The trust root %s cannot be used: %s' % (path, mistake))
    return root


def to_millis(instant):
    return instant if '.' in instant else instant.replace('Z', '.000Z')


def judge_note(note, key):
    """True: signed; False: what stands there as its signature is none; None: it did not sign."""
    mine = [one[2] for one in note[1] if one[:2] == (key['name'], key['id'])]
    return all(ed25519_verify(key['key'], note[0].encode(), signature) for signature in mine) if mine else None


def judge_cosignature(note, key):
    """The instant; False: what stands there is no cosignature of this checkpoint; None: it did not cosign."""
    times = []
    for signature in (one[2] for one in note[1] if one[:2] == (key['name'], key['id'])):
        seconds = int.from_bytes(signature[:8], 'big')
        message = ('cosignature/v1\ntime %d\n%s' % (seconds, note[0])).encode()
        if len(signature) != 72 or not 0 < seconds <= 253402300799 or not ed25519_verify(key['key'], message, signature[8:]):
            return False
        times.append(seconds)
    return time.strftime('%Y-%m-%dT%H:%M:%S.000Z', time.gmtime(min(times))) if times else None


def judge_key(entry, claimed, proven):
    at = proven if proven and proven <= claimed else claimed
    said = 'signed at %s (as claimed; %s)' % (at, 'proven to be there at ' + proven if proven else 'no time-stamp proves it')
    if 'revokedAt' in entry and at >= to_millis(entry['revokedAt']):
        return 'failed', '%s, but its key is revoked since %s (%s)' % (said, entry['revokedAt'], entry['revocationReason'])
    if at < to_millis(entry['validFrom']):
        return 'failed', '%s, before its key was valid (from %s)' % (said, entry['validFrom'])
    if 'validTo' in entry and at > to_millis(entry['validTo']):
        return 'failed', '%s, after its key was valid (to %s)' % (said, entry['validTo'])
    if entry.get('revocationReason') == 'key-compromise' and (proven is None or proven >= to_millis(entry['revokedAt'])):
        return 'missing', '%s; its key is compromised (revoked since %s), and nothing proves that this was signed before' % (said, entry['revokedAt'])
    return 'passed', said + ', while its key was valid'


def judge_followed(followed, claimed):
    if followed is None or followed[2] is None or claimed <= followed[2]:
        return None
    return 'failed', 'signed at %s (as claimed), after its key was superseded (%s)' % (claimed, followed[2])


def parse_rotation(line):
    """(old key, new key, at, overlapUntil), when both keys signed it."""
    if not fits(line, SCHEMAS['keyRotation']):
        return None
    data = to_bytes(line['leaf'])
    leaf, proof = parse_json(data), parse_proof(to_bytes(line['proof']))
    if not fits(leaf, SCHEMAS['writerLeaf']) or leaf['kind'] != 'key-rotation' or proof is None:
        return None
    old, new = parse_key(leaf['supersedes']), parse_key(leaf['key'])
    if not old or not new or {old['name'], new['name']} != {proof['origin']} or old['id'] == new['id'] or proof['index'] != leaf['index']:
        return None
    if root_from_path(leaf_hash(data), proof['index'], proof['size'], proof['path']) != proof['root']:
        return None
    return (old, new, leaf['at'], leaf['overlapUntil']) if judge_note(proof['note'], old) and judge_note(proof['note'], new) else None


def follow_rotations(pinned, rotations, writers):
    """By text of a key: (the pinned key it was reached from, steps, until when a newer key vouches for it)."""
    reached, growing = {key['text']: (key, 0, None) for key in pinned}, True
    while growing:
        growing = False
        for old, new, at, until in rotations:
            for start, end, limit in ((old, new, None), (new, old, until)):
                if start['text'] in reached and end['text'] not in reached and may_lead(writers.get(start['text']), at):
                    reached[end['text']], growing = (reached[start['text']][0], reached[start['text']][1] + 1, limit), True
    return reached


def may_lead(entry, at):
    if entry is None:
        return True
    ends = [to_millis(entry[name]) for name in ('revokedAt', 'validTo') if name in entry]
    return entry.get('revocationReason') != 'key-compromise' and all(at <= end for end in ends)


def stamped_bytes(proof):
    """The text and the log's own signature lines; cosignatures came later."""
    text, signatures = proof['note']
    return (text + '\n' + ''.join(one[3] + '\n' for one in signatures if one[0] == proof['origin'])).encode()


SEQUENCE, OCTETS, INTEGER, OID, CONTEXT0, GENERALIZED_TIME = 0x30, 4, 2, 6, 0xa0, 0x18
SIGNED_DATA, TIMESTAMP_INFO = bytes.fromhex('2a864886f70d010702'), bytes.fromhex('2a864886f70d0109100104')
HASHES = {bytes.fromhex('60864801650304020' + digit): name for digit, name in (('1', 'sha256'), ('2', 'sha384'), ('3', 'sha512'))}


def der_parts(data):
    """(tag, value) of DER, one after the other up to the last byte."""
    parts, at = [], 0
    while at < len(data):
        first = data[at + 1] if at + 1 < len(data) else 0x80
        count = first - 0x80 if first >= 0x80 else 0
        start = at + 2 + count
        if first == 0x80 or count > 4 or start > len(data):
            raise ValueError('no length')
        end = start + (int.from_bytes(data[at + 2:start], 'big') if count else first)
        if end > len(data):
            raise ValueError('too long')
        parts.append((data[at], data[start:end]))
        at = end
    return parts


def der_within(part, tag):
    if part[0] != tag:
        raise ValueError('not what should stand there')
    return der_parts(part[1])


def is_stamp_of(response, data):
    """Whether it is an RFC 3161 response about this data, whoever made it."""
    try:
        (whole,) = der_parts(response)
        status, token = der_within(whole, SEQUENCE)[:2]
        kind, wrapped = der_within(token, SEQUENCE)[:2]
        (signed,) = der_within(wrapped, CONTEXT0)
        info_kind, info_wrapped = der_within(der_within(signed, SEQUENCE)[2], SEQUENCE)[:2]
        (info,) = der_within(info_wrapped, CONTEXT0)
        (fields,) = der_parts(info[1])
        version, _, imprint, _, at = der_within(fields, SEQUENCE)[:5]
        algorithm, digest = der_within(imprint, SEQUENCE)[:2]
        (name, value), granted = der_within(algorithm, SEQUENCE)[0], der_within(status, SEQUENCE)[0]
    except (ValueError, IndexError):
        return False
    known = (kind, info_kind, info[0], version) == ((OID, SIGNED_DATA), (OID, TIMESTAMP_INFO), OCTETS, (INTEGER, b'\1'))
    if not known or granted not in ((INTEGER, b'\0'), (INTEGER, b'\1')) or at[0] != GENERALIZED_TIME or name != OID or value not in HASHES:
        return False
    return digest == (OCTETS, hashlib.new(HASHES[value], data).digest())


def judge_timestamp(response, data, authorities):
    """(status, detail, instant) by the openssl program; without it, or without an authority, only what it is about is judged."""
    if not is_stamp_of(response, data):
        return 'failed', 'is no time-stamp of this checkpoint', None
    if not authorities:
        return 'skipped', 'is about this checkpoint; whose it is cannot be judged, for no time-stamping authority is known', None
    if not shutil.which('openssl'):
        return 'skipped', 'is about this checkpoint; whose it is cannot be judged, for the program openssl is not there', None
    with tempfile.TemporaryDirectory() as folder:
        def put(name, content):
            with open(os.path.join(folder, name), 'wb') as file:
                file.write(content)
            return os.path.join(folder, name)

        def openssl(*arguments):
            run = subprocess.run(('openssl', 'ts') + arguments, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors='replace')
            return run.returncode == 0, run.stdout + run.stderr
        stamp, body = put('stamp.tsr', response), put('checkpoint', data)
        readable, text = openssl('-reply', '-in', stamp, '-text')
        at = timestamp_instant(text) if readable else None
        if at is None:
            return 'failed', 'is no time-stamp', None
        def verified(anchors):
            seconds = calendar.timegm(time.strptime(at[:19], '%Y-%m-%dT%H:%M:%S'))
            return openssl('-verify', '-data', body, '-in', stamp, '-CAfile', anchors, '-untrusted', anchors, '-partial_chain', '-attime', str(seconds))[0]

        for authority in authorities:
            pem = b''.join(b'-----BEGIN CERTIFICATE-----\n%s-----END CERTIFICATE-----\n' % base64.encodebytes(base64.b64decode(one))
                           for one in authority['certificates'])
            anchors = put('anchors.pem', pem)
            if verified(anchors):
                return 'passed', 'the checkpoint was there at %s: time-stamped by %s (RFC 3161)' % (at, authority['name']), at
        # Sound by the certificates that it brought: then only its authority is unknown.
        token, own = os.path.join(folder, 'token'), os.path.join(folder, 'own.pem')
        openssl('-reply', '-in', stamp, '-token_out', '-out', token)
        subprocess.run(('openssl', 'pkcs7', '-inform', 'DER', '-in', token, '-print_certs', '-out', own), stdin=subprocess.DEVNULL, capture_output=True)
        if os.path.exists(own) and verified(own):
            return 'skipped', 'is by an authority that the trust root does not name', None
    return 'failed', 'is no sound time-stamp of this checkpoint', None


def timestamp_instant(text):
    match = re.search(r'^Time stamp: (\w{3}) +(\d+) (\d\d:\d\d:\d\d)(\.\d+)? (\d{4}) GMT$', text, re.M)
    if match is None:
        return None
    month = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split().index(match[1]) + 1
    return '%s-%02d-%02dT%s.%sZ' % (match[5], month, int(match[2]), match[3], ((match[4] or '.')[1:] + '000')[:3])


def in_order(envelope):
    return dict(payloadType=envelope['payloadType'], payload=envelope['payload'],
                signatures=[dict(keyid=one['keyid'], sig=one['sig']) for one in envelope['signatures']])


def as_written(value):
    return to_bytes(json_text(value) + '\n')


class Salts:
    """Salts by exchange, in the order of the leaves: one line of look-ahead. Nothing is read after a line that does not fit."""

    def __init__(self, archive, report):
        self.lines, self.report, self.held, self.done = archive.lines(FILES['salts'], MAX_DISCLOSURE), report, None, FILES['salts'] not in archive.entries

    def peek(self):
        if self.held is None and not self.done:
            try:
                line = next(self.lines, None)
                value = parse_line(line) if line is not None else None
                if line is not None and not ((fits(value, SCHEMAS['bodySalts']) or fits(value, SCHEMAS['columnSalts'])) and is_canonical(value, line)):
                    raise Damaged('holds a line that does not fit the format')
                self.held = value
            except Damaged as error:
                self.report.fault('archive', FILES['salts'], str(error))
            self.done = self.held is None
        return self.held

    def take(self, exchange, kind):
        held = self.peek()
        if held is None or held['exchange'] != exchange or kind not in held:
            return None
        self.held = None
        return held


class Disclosures:
    """Values by digest, in the order in which leaves first name them."""

    def __init__(self, archive):
        self.lines, self.shared, self.held, self.done = archive.lines(FILES['disclosures'], MAX_DISCLOSURE), {}, None, False

    def peek(self):
        if self.held is None and not self.done:
            line = next(self.lines, None)
            self.done = line is None
            self.held = None if line is None else (sha256(line), line)
        return self.held

    def find(self, digest):
        if digest in self.shared:
            return self.shared[digest]
        held = self.peek()
        if held is None or held[0] != digest:
            return None
        self.held, value = None, parse_json(held[1])
        if not fits(value, SCHEMAS['disclosure']):
            raise Damaged('a value does not fit the format')
        if value[1] in ('identity', 'session-identity'):
            self.shared[digest] = value
        return value


def whole_bodies(end, chunks):
    sides = {body['side'] for body in end['bodies']}
    if len(sides) != len(end['bodies']) or any(chunk['side'] not in sides for chunk in chunks):
        return False
    for body in end['bodies']:
        mine, offset = [chunk for chunk in chunks if chunk['side'] == body['side']], 0
        if 'sealed' in body and body['stored'] != 'sealed':
            return False
        if body['stored'] == 'withheld':
            if mine or body['chunks']:
                return False
            continue
        for chunk in mine:
            if chunk['offset'] != offset or chunk['stored'] != body['stored']:
                return False
            offset += chunk['length']
        if len(mine) != body['chunks'] or offset != body['length']:
            return False
    return True


# ---- windows of a writer log: was this time recorded, and are these all its sessions?
MAX_SILENCE = 65000


def millis(instant):
    return calendar.timegm(time.strptime(instant[:19], '%Y-%m-%dT%H:%M:%S')) * 1000 + int(instant[20:23])


def find_gaps(entries, from_beginning, start, end):
    found = [(start, entries[0]['at'], 'the log had not begun' if from_beginning else 'before the entries of this file')]
    for before, entry in zip(entries, entries[1:]):
        silence = millis(entry['at']) - millis(before['at'])
        if entry['kind'] == 'writer-open':
            found.append((before['at'], entry['at'], 'no writer ran'))
        elif silence > MAX_SILENCE:
            found.append((before['at'], entry['at'], 'the writer was silent for %d s' % (silence // 1000)))
    found.append((entries[-1]['at'], end, 'after the last entry of this file'))
    clipped = [(max(left, start), min(right, end), why) for left, right, why in found]
    return [dict(zip(('from', 'to', 'reason'), gap)) for gap in clipped if gap[0] < gap[1]]


def coverage_of(gaps, start, end):
    if not gaps:
        return 'covered'
    uncovered = sum(millis(gap['to']) - millis(gap['from']) for gap in gaps)
    return 'not-covered' if uncovered >= millis(end) - millis(start) else 'covered-with-gaps'


def number_faults(entries):
    faults, ids, opened, ended, newest, beat, since = [], {}, set(), set(), 0, None, entries[0]['at'] if entries else ''
    for leaf in entries:
        if leaf['kind'] == 'session-head':
            number = leaf['number']
            if ids.setdefault(number, leaf['sessionId']) != leaf['sessionId'] or number in ended:
                faults.append('entry %d: session %d belongs to two, or goes on after its end' % (leaf['index'], number))
            if leaf['openedAt'] > since:
                opened.add(number)
            if leaf['state'] != 'open':
                ended.add(number)
            newest = max(newest, number)
        elif leaf['kind'] == 'writer-open':
            beat = None
        elif leaf['kind'] == 'heartbeat':
            count, last = leaf['openSessions'], leaf['lastSessionNumber']
            if last < newest or (beat and count != beat[0] + (last - beat[1]) - (len(ended) - beat[2])):
                faults.append('entry %d: counts sessions wrongly' % leaf['index'])
            newest, beat = max(newest, last), (count, last, len(ended))
    return faults + ['session %d is missing' % number for number in (range(min(opened), newest + 1) if opened else ()) if number not in ids]


def count_quiet(entries, start, end):
    heads, quiet = [leaf for leaf in entries if leaf['kind'] == 'session-head'], 0
    for beat in entries:
        if beat['kind'] == 'heartbeat' and start <= beat['at'] <= end:
            known = {head['number'] for head in heads if head['openedAt'] <= beat['at']}
            known -= {head['number'] for head in heads if head['state'] != 'open' and head['index'] < beat['index']}
            quiet = max(quiet, beat['openSessions'] - len(known))
    return quiet


def judge_log(note, origin, claimed, keys, lines, pinned, trust):
    """Checks about who signed a checkpoint, as (name, subject, status, detail)."""
    writers = {one['vkey']: one for one in trust.get('writers', [])}
    known = pinned + [parse_key(text) for text in writers]
    parsed = [parse_rotation(line) for line in lines]
    rotations = [one for one in parsed if one]
    reached = follow_rotations(known, rotations, writers)
    candidates = known + [key for one in rotations for key in one[:2]] + [key for key in map(parse_key, keys) if key]
    judged = [(key, judge_note(note, key)) for key in {key['text']: key for key in candidates}.values() if key['name'] == origin]
    signers, wrong = [key for key, signed in judged if signed], any(signed is False for _, signed in judged)
    whole = len(rotations) == len(parsed)
    checks = [('key-rotation', origin, 'passed' if whole else 'failed', '%d changes of keys are signed by both keys' % len(rotations))]
    if wrong or not signers:
        return checks + [('recorder-signature', origin, 'failed' if wrong else 'missing', 'wrong' if wrong else 'no key to check it')]
    checks.append(('recorder-signature', origin, 'passed', 'the log is signed (Ed25519, C2SP checkpoint)'))
    key = next((key for key in signers if key['text'] in reached), signers[0])
    if key['text'] not in reached:
        return checks + [('recorder-key', origin, 'missing', 'nobody pinned this key (%s)' % fingerprint(key))]
    checks.append(('recorder-key', origin, 'passed', 'known (%s)' % fingerprint(key)))
    if key['text'] in writers:
        checks.append(('key-validity', origin) + judge_key(writers[key['text']], claimed, None))
    return checks


def verify_window(path, keys, trust, start, end, bundles):
    with open(path, 'rb') as file:
        window, checks = parse_json(file.read()), []
    result = dict(path=path, verdict='not-sound', coverage='not-covered', gaps=[], sessions=[], quietSessions=0, missing=None)
    if not fits(window, SCHEMAS['window']) or not (is_instant(window['from']) and is_instant(window['to']) and window['from'] < window['to']):
        checks.append(('window', path, 'failed', 'is no window of a writer log, or does not fit the format'))
        return finish_window(result, checks)
    checks.append(('window', path, 'passed', '%d entries' % len(window['leaves'])))
    entries, faults = [], []
    for place, text in enumerate(window['leaves']):
        leaf, index = parse_json(text.encode('utf-8', 'surrogatepass')), window['first'] + place
        if not fits(leaf, SCHEMAS['writerLeaf']) or not is_instant(leaf['at']) or not is_canonical(leaf, text.encode('utf-8', 'surrogatepass')):
            faults.append('entry %d: does not fit the format' % index)
            continue
        if leaf['index'] != index or (entries and leaf['at'] < entries[-1]['at']) or leaf.get('writer', window['writer']) != window['writer']:
            faults.append('entry %d: is not in its place, of another writer, or its clock stepped back' % index)
        entries.append(leaf)
    for name, found in (('entries', faults), ('session-numbers', number_faults(entries))):
        checks.append((name, 'writer log', 'failed' if found else 'passed', '; '.join(found[:20])))
    if not entries:
        return finish_window(result, checks)
    start, end = start or window['from'], end or window['to']
    result.update(writer=window['writer'], gaps=find_gaps(entries, window['first'] == 0, start, end), quietSessions=count_quiet(entries, start, end))
    result.update({'from': start, 'to': end})
    proof = parse_proof(to_bytes('c2sp.org/tlog-proof@v1\nindex 0\n\n' + window['checkpoint']))
    proven = proof and len(window['border']) == bin(window['first']).count('1')
    if proven:
        tree = Tree(window['first'], window['border'])
        for text in window['leaves']:
            tree.append(leaf_hash(to_bytes(text)))
        proven = (proof['origin'], proof['size'], proof['root']) == (window['writer'], tree.size, tree.root())
    checks.append(('writer-log', window['writer'], 'passed' if proven else 'failed', 'the entries make the signed tree' if proven else 'the entries do not make the tree that was signed'))
    if proof:
        pinned = [key for key in map(parse_key, keys) if key]
        checks += judge_log(proof['note'], window['writer'], entries[-1]['at'], window['keys'], window['rotations'], pinned, trust)
    sessions = {}
    for leaf in entries:
        if leaf['kind'] == 'session-head':
            sessions[leaf['number']] = leaf
    inside = [head for _, head in sorted(sessions.items()) if head['openedAt'] <= end and (head['state'] == 'open' or head['at'] >= start)]
    result['sessions'] = [{name: head[name] for name in ('number', 'sessionId', 'name', 'openedAt')} for head in inside]
    if bundles is not None:
        result['missing'] = compare_bundles(window, entries, inside, bundles, keys, trust, checks)
    finish_window(result, checks)
    if result['verdict'] != 'not-sound':
        result['coverage'] = coverage_of(result['gaps'], start, end)
    return result


def finish_window(result, checks):
    failed = any(check[2] == 'failed' or check[0::2][:2] == ('recorder-signature', 'missing') for check in checks)
    wanting = any(check[2] == 'missing' and check[0] != 'bundles' for check in checks)
    result.update(verdict='not-sound' if failed else 'sound-unknown-key' if wanting else 'sound',
                  checks=[dict(zip(('name', 'subject', 'status', 'detail'), check)) for check in checks])
    return result


def compare_bundles(window, entries, sessions, bundles, keys, trust, checks):
    found = {}
    for path in bundles:
        verifier = Verifier(path, keys, trust)
        data = verifier.text(FILES['head']) if verifier.run() != 'not-sound' else None
        head = parse_json(data) if data else None
        place = head['index'] - window['first'] if head else -1
        if head is None or head['writer'] != window['writer']:
            checks.append(('bundles', path, 'missing', 'is not sound, or of another writer'))
        elif (0 <= place < len(entries) and to_bytes(window['leaves'][place]) != data) or any(
                (one['number'] == head['number']) != (one['sessionId'] == head['sessionId']) for one in sessions):
            checks.append(('bundles', path, 'failed', 'says otherwise than the log: one of the two was forked'))
        else:
            found[head['number']] = max(found.get(head['number'], -1), head['size'])
    missing = [one['number'] for one in sessions if found.get(one['number'], -1) < one['size']]
    checks.append(('bundles', 'sessions', 'missing' if missing else 'passed', 'missing: %s' % missing if missing else 'all are there'))
    return missing


# ---- receipts: one entry of a writer log, and what it took out
RECEIPT = 'receipt entry digests writer-log key-rotation recorder-signature recorder-key key-validity'.split()
MAX_RECEIPT = 64 << 20


def is_receipt(path):
    """Receipts are JSON, bundles are ZIPs: the first byte tells them apart."""
    try:
        with open(path, 'rb') as file:
            return file.read(1) == b'{'
    except OSError:
        return False


def parse_entry(text):
    try:
        data = text.encode()
        leaf = json.loads(text, parse_constant=reject_constant)
        return leaf if fits(leaf, SCHEMAS['writerLeaf']) and jcs(leaf) == data else None
    except (ValueError, RecursionError, OverflowError):
        return None


def judge_digests(receipt, entry):
    if entry is None:
        return 'failed', 'there is no entry to compare them with'
    digests, listed = receipt.get('digests'), entry.get('list')
    if listed is None:
        if digests is not None:
            return 'failed', 'the receipt lists digests that its entry does not speak of'
        return 'passed', '%d digests of what is gone stand in the entry' % len(entry.get('digests', ()))
    if digests is None:
        return 'missing', 'the list of what is gone is not in the receipt'
    same = len(digests) == listed['count'] and sha256(''.join(digest + '\n' for digest in digests).encode()) == listed['sha256']
    return ('passed', '%d digests of what is gone are those of the entry' % len(digests)) if same else ('failed', 'the list is not the one that the entry names')


def last_entry(receipt, proof):
    leaf, at = parse_entry(receipt['last']['leaf']), proof['size'] - 1
    if leaf is None or leaf['index'] != at:
        return None
    return leaf if root_from_path(leaf_hash(to_bytes(receipt['last']['leaf'])), at, proof['size'], receipt['last']['path']) == proof['root'] else None


def judge_inclusion(receipt, entry, proof):
    if proof is None:
        return 'failed', 'the proof is not a C2SP tlog-proof as Steno writes it'
    if entry is not None and entry['index'] != proof['index']:
        return 'failed', 'the proof is about another entry'
    if root_from_path(leaf_hash(to_bytes(receipt['entry'])), proof['index'], proof['size'], proof['path']) != proof['root']:
        return 'failed', 'the proof does not show that the entry is in the log'
    if 'last' in receipt and last_entry(receipt, proof) is None:
        return 'failed', 'what it calls the last entry is not'
    return 'passed', 'entry %d of the log %s of %d entries' % (proof['index'], proof['origin'], proof['size'])


def verify_receipt(path, keys, trust):
    with open(path, 'rb') as file:
        data = file.read(MAX_RECEIPT + 1)
    receipt, found, entry = parse_json(data) if len(data) <= MAX_RECEIPT else None, {}, None
    if not fits(receipt, SCHEMAS['receipt']):
        found['receipt'] = 'failed', 'is not a receipt of Steno'
    else:
        entry, proof = parse_entry(receipt['entry']), parse_proof(to_bytes(receipt['proof']))
        found['receipt'] = 'passed', 'fits the format'
        found['entry'] = ('passed', '%(kind)s at %(at)s' % entry) if entry else ('failed', 'does not fit the format, or is not canonical JSON')
        found['digests'], found['writer-log'] = judge_digests(receipt, entry), judge_inclusion(receipt, entry, proof)
        if proof is None:
            found['recorder-signature'] = 'failed', 'there is no checkpoint'
        else:
            claimed = (last_entry(receipt, proof) if 'last' in receipt else None) or entry or {'at': ''}
            pinned = [key for key in map(parse_key, keys) if key]
            judged = judge_log(proof['note'], proof['origin'], claimed['at'], receipt['keys'], receipt.get('rotations', []), pinned, trust)
            found.update((name, (status, detail)) for name, _, status, detail in judged)
    unjudged = 'skipped', 'could not be judged because of the faults above'
    checks = [(name,) + found.get(name, unjudged) for name in RECEIPT]
    bad = any(status == 'failed' if name in TRUST else status != 'passed' for name, status, _ in checks)
    wanting = any(name in TRUST and status == 'missing' for name, status, _ in checks)
    return dict(path=path, verdict='not-sound' if bad else 'sound-unknown-key' if wanting else 'sound', entry=entry,
                checks=[dict(zip(('name', 'status', 'detail'), check)) for check in checks])


# ---- several exports of one writer
def log_view(path):
    archive = Zip(path)
    data, proof = archive.read(FILES['head']), parse_proof(archive.read(FILES['proof']) or b'')
    lines = (archive.read(OPTIONAL['consistency']) or b'').split(b'\n')[:-1]
    values = [value for value in map(parse_json, lines) if fits(value, SCHEMAS['consistencyLine'])]
    return dict(path=path, data=data, head=parse_json(data), proof=proof, earlier={value['size']: value for value in values})


def subtree_hashes(view):
    """Hashes of the complete subtrees that the inclusion proof shows, by (first entry, width): they never change again."""
    nodes, rest, index = {}, list(view['proof']['path']), view['proof']['index']

    def note(begin, end, hashed):
        width = end - begin
        if width & (width - 1) == 0 and begin % width == 0:
            nodes[begin, width] = hashed
        return hashed

    def climb(begin, end):
        if end - begin == 1:
            return note(begin, end, leaf_hash(view['data']))
        split = begin + (1 << (end - begin - 1).bit_length() - 1)
        sibling, left = rest.pop(), index < split
        inner = climb(begin, split) if left else climb(split, end)
        note(*((split, end) if left else (begin, split)), sibling)
        return note(begin, end, node_hash(inner, sibling) if left else node_hash(sibling, inner))
    climb(0, view['proof']['size'])
    return nodes


def judge_pair(one, other):
    older, newer = sorted((one, other), key=lambda view: view['proof']['size'])
    old, new = older['proof'], newer['proof']
    if old['size'] == new['size']:
        return 'consistent' if old['root'] == new['root'] else 'forked'
    twice = older['head']['number'] == newer['head']['number'] and older['head']['sessionId'] != newer['head']['sessionId']
    if twice or (older['head']['index'] == newer['head']['index'] and older['data'] != newer['data']):
        return 'forked'
    known = subtree_hashes(newer)
    if any(known.get(place, hashed) != hashed for place, hashed in subtree_hashes(older).items()):
        return 'forked'
    line = newer['earlier'].get(old['size'])
    if line is None:
        return 'unproven'
    return 'consistent' if line['root'] == old['root'] and is_consistent(old['size'], old['root'], new['size'], new['root'], line['proof']) else 'forked'


def compare_writers(paths):
    views = [log_view(path) for path in paths]
    return [dict(left=one['path'], right=other['path'], status=judge_pair(one, other)) for at, one in enumerate(views)
            for other in views[at + 1:] if one['proof']['origin'] == other['proof']['origin']]


def verify(path, keys, trust=None):
    verifier = Verifier(path, keys, trust)
    verdict = verifier.run()
    return dict(path=path, verdict=verdict, signers=verifier.report.signers, checks=verifier.report.checks())


INSTANT = re.compile(r'(\d{4}-\d\d-\d\d)(?:[T ]((?:[01]\d|2[0-3]):[0-5]\d)(?::([0-5]\d)(?:\.(\d{1,9}))?)?'
                     r'(?:Z|([+-])([01]\d|2[0-3]):?([0-5]\d))?)?', re.A | re.I)


def to_instant(text):
    """Without a zone it is UTC, wherever this machine stands."""
    match = INSTANT.fullmatch(text)
    try:
        whole = calendar.timegm(time.strptime('%sT%s:%s' % (match[1], match[2] or '00:00', match[3] or '00'), '%Y-%m-%dT%H:%M:%S'))
        whole -= (int(match[6]) * 3600 + int(match[7]) * 60) * (1 if match[5] == '+' else -1) if match[5] else 0
        return '%04d-%02d-%02dT%02d:%02d:%02d.' % time.gmtime(whole)[:6] + ((match[4] or '') + '000')[:3] + 'Z'
    except (TypeError, ValueError, OverflowError):
        sys.exit('"%s" is no instant such as 2026-03-01T00:00:00Z' % text)


def is_instant(text):
    try:
        return '%04d-%02d-%02dT%02d:%02d:%02d.' % time.gmtime(millis(text) // 1000)[:6] + text[20:23] + 'Z' == text
    except ValueError:
        return False


def is_window(path):
    try:
        with open(path, 'rb') as file:
            head = file.read(256)
    except OSError:
        return False
    return re.match(rb'\s*\{', head) is not None and b'steno-window' in head


def print_checks(path, result):
    for check in result['checks']:
        subject = check['subject'] + ': ' if 'subject' in check else ''
        print(ascii('%-8s %-19s %s%s' % (check['status'], check['name'], subject, check['detail']))[1:-1])
    print('%s: %s' % (path, result['verdict']))


def main(arguments):
    paths, keys, as_json, trust, start, end, bundles = [], [], False, {}, None, None, None
    while arguments:
        argument = arguments.pop(0)
        if argument == '--key' and arguments:
            keys.append(arguments.pop(0))
        elif argument == '--trust' and arguments:
            trust = read_trust(arguments.pop(0))
        elif argument == '--covers' and len(arguments) > 1:
            start, end = to_instant(arguments.pop(0)), to_instant(arguments.pop(0))
            if start >= end:
                sys.exit('--covers FROM TO: FROM must be before TO')
        elif argument == '--bundle' and arguments:
            bundles = (bundles or []) + [arguments.pop(0)]
        elif argument == '--bundles' and arguments:
            folder = arguments.pop(0)
            bundles = sorted(os.path.join(folder, name) for name in os.listdir(folder) if name.endswith('.wacz'))
        elif argument == '--json':
            as_json = True
        else:
            paths.append(argument)
    if not paths:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    results = [(path, *verify_file(path, keys, trust, start, end, bundles)) for path in paths]
    found = {kind: [result for _, one, result in results if one == kind] for kind in ('bundles', 'receipts', 'windows')}
    pairs = compare_writers([result['path'] for result in found['bundles'] if result['verdict'] != 'not-sound'])
    if as_json:
        beside = {kind: found[kind] for kind in ('receipts', 'windows') if found[kind]}
        print(json.dumps(dict(bundles=found['bundles'], **beside, pairs=pairs) if len(paths) > 1 else results[0][2], indent=2))
    for path, kind, result in () if as_json else results:
        print_checks(path, result)
        for gap in result.get('gaps', ()):
            print('gap %(from)s to %(to)s: %(reason)s' % gap)
        if kind == 'windows':
            print('%s: %s, missing sessions: %s' % (path, result['coverage'], result['missing']))
    for pair in () if as_json else pairs:
        print('%(left)s and %(right)s: %(status)s' % pair)
    return max([exit_code(result) for _, _, result in results] + [('consistent', 'unproven', 'forked').index(pair['status']) for pair in pairs])


def verify_file(path, keys, trust, start, end, bundles):
    if is_window(path):
        return 'windows', verify_window(path, keys, trust, start, end, bundles)
    if is_receipt(path):
        return 'receipts', verify_receipt(path, keys, trust)
    return 'bundles', verify(path, keys, trust)


def exit_code(result):
    coverage = ('covered', 'covered-with-gaps', 'not-covered').index(result.get('coverage', 'covered'))
    return max(('sound', 'sound-unknown-key', 'not-sound').index(result['verdict']), coverage, 1 if result.get('missing') else 0)


if __name__ == '__main__':
    sys.setrecursionlimit(3000)
    sys.exit(main(sys.argv[1:]))
