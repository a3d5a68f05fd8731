// HyperLogLog++ sketches in the form BigQuery writes them (a protocol buffer, `AggregatorStateProto` of the published ZetaSketch format), so that
// sketches made there can be merged and read here. Source: Heule, Nunkesser, Hall, "HyperLogLog in Practice"; the dense estimate is after Ertl,
// "New cardinality estimation algorithms for HyperLogLog sketches", which needs no tables of measured bias.

/** `sparse`: each sparse index with what is known of the hash behind it (0: its low bits tell); `dense`: one register per normal index. */
export type HllSketch = {
  readonly precision: number;
  readonly sparsePrecision: number;
  readonly valueCount: bigint;
  /** ZetaSketch's number of the values' type. */
  readonly valueType: number;
  readonly sparse: ReadonlyMap<number, number>;
  readonly dense?: Uint8Array;
};

const RHO_BITS = 6;

/** The place of the first one among the lowest `bits` bits, from the highest, counted from one; one more than all where there is none. */
const rhoOf = (value: number, bits: number): number => Math.clz32(value) - 32 + bits + 1;

/** What a register's value becomes where `dropped` low bits of its index turn into high bits of the hash behind it. */
function lowered(index: number, rho: number, dropped: number): number {
  if (dropped === 0) return rho;
  const suffix = index % 2 ** dropped;
  return suffix === 0 ? rho + dropped : rhoOf(suffix, dropped);
}

export function sketchOf(hashes: Iterable<bigint>, valueCount: bigint, valueType: number, precision: number): HllSketch {
  const sparsePrecision = Math.min(precision + 5, 25);
  const sparse = new Map<number, number>();
  const rest = 64n - BigInt(sparsePrecision);
  for (const hash of hashes) {
    const low = hash & ((1n << rest) - 1n);
    const rho = Number(rest) - (low === 0n ? 0 : low.toString(2).length) + 1;
    addSparse(sparse, Number(hash >> rest), rho, sparsePrecision - precision);
  }
  return compacted({ precision, sparsePrecision, valueCount, valueType, sparse });
}

/** The rho is worth keeping only where the low bits of the index, which the normal index drops, are all zero. */
function addSparse(sparse: Map<number, number>, index: number, rho: number, extra: number): void {
  const kept = index % 2 ** extra === 0 ? rho : 0;
  sparse.set(index, Math.max(sparse.get(index) ?? 0, kept));
}

/** The union, at the lower of the precisions. */
export function mergeSketches(sketches: readonly HllSketch[]): HllSketch {
  const precision = Math.min(...sketches.map((s) => s.precision));
  const sparsePrecision = Math.min(...sketches.map((s) => s.sparsePrecision));
  const valueCount = sketches.reduce((sum, s) => sum + s.valueCount, 0n);
  const shape = { precision, sparsePrecision, valueCount, valueType: sketches[0]!.valueType };
  if (sketches.some((s) => s.dense)) return { ...shape, sparse: new Map(), dense: mergeDense(sketches, precision) };
  const sparse = new Map<number, number>();
  for (const sketch of sketches) {
    const dropped = sketch.sparsePrecision - sparsePrecision;
    for (const [index, rho] of sketch.sparse)
      addSparse(sparse, Math.floor(index / 2 ** dropped), lowered(index, rho, dropped), sparsePrecision - precision);
  }
  return compacted({ ...shape, sparse });
}

function mergeDense(sketches: readonly HllSketch[], precision: number): Uint8Array {
  const registers = new Uint8Array(2 ** precision);
  const put = (index: number, rho: number, dropped: number): void => {
    if (rho === 0) return;
    const at = Math.floor(index / 2 ** dropped);
    registers[at] = Math.max(registers[at]!, lowered(index, rho, dropped));
  };
  for (const sketch of sketches) {
    sketch.dense?.forEach((rho, index) => {
      put(index, rho, sketch.precision - precision);
    });
    const dropped = sketch.sparsePrecision - precision;
    for (const [index, rho] of sketch.sparse) put(index, Math.max(rho, 1), dropped);
  }
  return registers;
}

/** A sparse sketch that would take three quarters of a dense one becomes dense. */
function compacted(sketch: HllSketch): HllSketch {
  if (encodeSparse(sketch).length < 0.75 * 2 ** sketch.precision) return sketch;
  return { ...sketch, sparse: new Map(), dense: mergeDense([sketch], sketch.precision) };
}

/** How many different values a sketch has seen, by its estimate. */
export function countOf({ precision, sparsePrecision, sparse, dense }: HllSketch): bigint {
  if (dense) return BigInt(Math.round(denseEstimate(dense, precision)));
  const buckets = 2 ** sparsePrecision;
  return BigInt(Math.round(buckets * Math.log(buckets / (buckets - sparse.size))));
}

function denseEstimate(registers: Uint8Array, precision: number): number {
  const m = registers.length;
  const q = 64 - precision;
  const counts = new Array<number>(q + 2).fill(0);
  for (const rho of registers) counts[rho]! += 1;
  let z = m * tau(1 - counts[q + 1]! / m);
  for (let k = q; k >= 1; k--) z = 0.5 * (z + counts[k]!);
  z += m * sigma(counts[0]! / m);
  return ((m / (2 * Math.LN2)) * m) / z;
}

function sigma(x: number): number {
  if (x === 1) return Number.POSITIVE_INFINITY;
  let [power, y, z] = [x, 1, x];
  for (let before = -1; z !== before; ) {
    power *= power;
    before = z;
    z += power * y;
    y += y;
  }
  return z;
}

function tau(x: number): number {
  if (x === 0 || x === 1) return 0;
  let [root, y, z] = [x, 1, 1 - x];
  for (let before = -1; z !== before; ) {
    root = Math.sqrt(root);
    before = z;
    y *= 0.5;
    z -= (1 - root) ** 2 * y;
  }
  return z / 3;
}

/** Sorted values as varints of their differences; one with a rho carries a flag above all index bits. */
export function encodeSparse({ precision, sparsePrecision, sparse }: HllSketch): number[] {
  const flag = 2 ** Math.max(sparsePrecision, precision + RHO_BITS);
  const extra = sparsePrecision - precision;
  const values = [...sparse].map(([index, rho]) => (rho === 0 ? index : flag + (index / 2 ** extra) * 2 ** RHO_BITS + rho));
  const bytes: number[] = [];
  let last = 0;
  for (const value of values.sort((a, b) => a - b)) {
    pushVarint(bytes, value - last);
    last = value;
  }
  return bytes;
}

export function pushVarint(bytes: number[], value: number): void {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  bytes.push(rest);
}

export function decodeSparse(values: readonly number[], precision: number, sparsePrecision: number): Map<number, number> {
  const flag = 2 ** Math.max(sparsePrecision, precision + RHO_BITS);
  const extra = sparsePrecision - precision;
  const sparse = new Map<number, number>();
  let value = 0;
  for (const difference of values) {
    value += difference;
    if (value < flag) sparse.set(value, 0);
    else sparse.set(Math.floor((value - flag) / 2 ** RHO_BITS) * 2 ** extra, (value - flag) % 2 ** RHO_BITS);
  }
  return sparse;
}
