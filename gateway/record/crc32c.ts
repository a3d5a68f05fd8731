/** CRC-32C (Castagnoli), sixteen bytes a step. Check value: crc32c('123456789') = 0xe3069283. */
const STEP = 16;
const tables = Array.from({ length: STEP }, () => new Int32Array(256));
for (let byte = 0; byte < 256; byte += 1) {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  tables[0]![byte] = crc;
}
for (let byte = 0; byte < 256; byte += 1) {
  for (let step = 1; step < STEP; step += 1) {
    const before = tables[step - 1]![byte]!;
    tables[step]![byte] = (before >>> 8) ^ tables[0]![before & 0xff]!;
  }
}
const table = (index: number): Int32Array => tables[index]!;
const [t0, t1, t2, t3, t4, t5, t6, t7] = [table(0), table(1), table(2), table(3), table(4), table(5), table(6), table(7)];
const [t8, t9, t10, t11, t12, t13, t14, t15] = [table(8), table(9), table(10), table(11), table(12), table(13), table(14), table(15)];

export function crc32c(bytes: Uint8Array, start = 0, end = bytes.length): number {
  let crc = -1;
  let at = start;
  for (; at + STEP <= end; at += STEP) {
    crc ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    crc =
      t15[crc & 0xff]! ^
      t14[(crc >>> 8) & 0xff]! ^
      t13[(crc >>> 16) & 0xff]! ^
      t12[crc >>> 24]! ^
      t11[bytes[at + 4]!]! ^
      t10[bytes[at + 5]!]! ^
      t9[bytes[at + 6]!]! ^
      t8[bytes[at + 7]!]! ^
      t7[bytes[at + 8]!]! ^
      t6[bytes[at + 9]!]! ^
      t5[bytes[at + 10]!]! ^
      t4[bytes[at + 11]!]! ^
      t3[bytes[at + 12]!]! ^
      t2[bytes[at + 13]!]! ^
      t1[bytes[at + 14]!]! ^
      t0[bytes[at + 15]!]!;
  }
  for (; at < end; at += 1) crc = t0[(crc ^ bytes[at]!) & 0xff]! ^ (crc >>> 8);
  return ~crc >>> 0;
}
