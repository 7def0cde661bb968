/**
 * The wasm core for browsers without relaxed SIMD. The core says `a · b + c` in one instruction, rounded once or twice as
 * the processor likes; here each becomes a product and a sum, rounded twice. So one file serves all browsers. Fetched only
 * where it is needed. (WebAssembly core specification 3.0, §5: the binary format.)
 */

const [TYPES, FUNCTIONS, CODE] = [1, 3, 10];
const [GET, SET, V128] = [32, 33, 123];
/** The relaxed instructions' numbers, and the last one's. */
const [FIRST, LAST] = [0x100, 0x12f];

/**
 * A number in LEB128.
 * @param {number} value
 * @returns {number[]}
 */
const leb = (value) => (value < 128 ? [value] : [(value & 127) | 128, ...leb(value >>> 7)]);
/** @param {number} code of a vector instruction that stands for another as it is */
const same = (code) => () => [253, ...leb(code)];
/**
 * `a · b + c` of three vectors on the stack: a product, negated if asked, and a sum.
 * @param {number[]} codes of the vector instructions
 */
const product = (...codes) => {
  const [multiply, ...rest] = codes.map((code) => [253, ...leb(code)]);
  return (/** @type {number} */ local) => [SET, ...leb(local), ...multiply, ...rest.slice(1).flat(), GET, ...leb(local), ...rest[0]];
};
/**
 * What stands for each relaxed instruction. A compiler writes any of them where it finds it, also those that no source asks
 * for; the dot products of bytes (0x112, 0x113) alone have no plain counterpart, and are refused.
 * @type {Record<number, (local: number) => number[]>}
 */
const PLAIN = {
  0x100: same(14), // i8x16.swizzle
  0x101: same(248), // i32x4.trunc_sat_f32x4_s
  0x102: same(249), // i32x4.trunc_sat_f32x4_u
  0x103: same(252), // i32x4.trunc_sat_f64x2_s_zero
  0x104: same(253), // i32x4.trunc_sat_f64x2_u_zero
  0x105: product(230, 228), // f32x4.mul, add
  0x106: product(230, 228, 225), // f32x4.mul, add, neg
  0x107: product(242, 240), // f64x2.mul, add
  0x108: product(242, 240, 237), // f64x2.mul, add, neg
  0x109: same(82), // v128.bitselect, as all four lane selections
  0x10a: same(82),
  0x10b: same(82),
  0x10c: same(82),
  0x10d: same(234), // f32x4.pmin
  0x10e: same(235), // f32x4.pmax
  0x10f: same(246), // f64x2.pmin
  0x110: same(247), // f64x2.pmax
  0x111: same(130), // i16x8.q15mulr_sat_s
};

/** Reads a module from some place on. */
class Reader {
  /** @param {Uint8Array} bytes @param {number} at */
  constructor(bytes, at) {
    this.bytes = bytes;
    this.at = at;
  }

  byte() {
    return this.bytes[this.at++];
  }

  /** A number in LEB128, unsigned; of a signed or longer one only the place of its end is right. */
  number() {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 127) << shift;
      if (byte < 128) return value >>> 0;
      if (byte === undefined) throw new RangeError("the module ends within a number");
    }
  }

  /** @param {number} count numbers to step over */
  numbers(count) {
    for (; count > 0; count -= 1) this.number();
  }

  /** Steps over what follows an instruction of one byte. @param {number} code */
  operands(code) {
    if (code === 0x44) this.at += 8;
    else if (code === 0x43) this.at += 4;
    else if (code === 0x0e || code === 0x1c) this.numbers(this.number() + (code === 0x0e ? 1 : 0));
    else if (code === 0x11) this.numbers(2);
    else if (code >= 0x28 && code <= 0x3e) this.numbers(2);
    else if ((code >= 0x02 && code <= 0x04) || (code >= 0x0c && code <= 0x10) || (code >= 0x20 && code <= 0x26)) this.number();
    else if (code === 0x3f || code === 0x40 || code === 0x41 || code === 0x42 || code === 0xd0 || code === 0xd2) this.number();
    else if (code === 0xfc) this.numbers([0, 0, 0, 0, 0, 0, 0, 0, 2, 1, 2, 1, 2, 1, 2, 1, 1, 1][this.number()] ?? 0);
  }

  /** Steps over what follows a vector instruction. @param {number} code */
  vectorOperands(code) {
    if (code <= 11 || (code >= 84 && code <= 93)) this.numbers(2);
    if (code === 12 || code === 13) this.at += 16;
    if ((code >= 21 && code <= 34) || (code >= 84 && code <= 91)) this.at += 1;
  }
}

/**
 * @param {Uint8Array} module with relaxed SIMD
 * @returns {Uint8Array<ArrayBuffer>} the same without them
 * @throws {RangeError} of an instruction that has no plain counterpart, or of a module that ends too soon
 */
export function plain(module) {
  /** @type {(Uint8Array | number[])[]} */
  const parts = [module.subarray(0, 8)];
  /** @type {number[]} parameters of each type */
  let types = [];
  /** @type {number[]} type of each function */
  let functions = [];
  for (let at = 8; at < module.length; ) {
    const reader = new Reader(module, at);
    const section = reader.byte();
    const size = reader.number();
    const end = reader.at + size;
    if (section === TYPES) types = parameters(reader);
    if (section === FUNCTIONS) functions = Array.from({ length: reader.number() }, () => reader.number());
    if (section === CODE) {
      const bodies = code(reader, (index) => types[functions[index]]);
      parts.push([CODE], leb(length(bodies)), ...bodies);
    } else parts.push(module.subarray(at, end));
    at = end;
  }
  const whole = new Uint8Array(length(parts));
  let to = 0;
  for (const part of parts) {
    whole.set(part, to);
    to += part.length;
  }
  return whole;
}

/**
 * How many parameters the functions of each type have.
 * @param {Reader} reader
 */
function parameters(reader) {
  return Array.from({ length: reader.number() }, () => {
    reader.byte();
    const count = reader.number();
    reader.numbers(count);
    reader.numbers(reader.number());
    return count;
  });
}

/**
 * The content of the code section.
 * @param {Reader} reader
 * @param {(index: number) => number} parameters of a function
 */
function code(reader, parameters) {
  const count = reader.number();
  /** @type {(Uint8Array | number[])[]} */
  const parts = [leb(count)];
  for (let index = 0; index < count; index += 1) {
    const size = reader.number();
    const end = reader.at + size;
    const body = rewritten(reader, end, parameters(index));
    parts.push(leb(length(body)), ...body);
    reader.at = end;
  }
  return parts;
}

/**
 * A function's body with one more local, which holds the summand while the factors are multiplied; as it was where there is
 * nothing to rewrite.
 * @param {Reader} reader
 * @param {number} end
 * @param {number} parameters
 */
function rewritten(reader, end, parameters) {
  const { bytes, at: start } = reader;
  const groups = reader.number();
  const declared = reader.at;
  let local = parameters;
  for (let group = 0; group < groups; group += 1) {
    local += reader.number();
    reader.number();
  }
  /** @type {(Uint8Array | number[])[]} */
  const parts = [leb(groups + 1), bytes.subarray(declared, reader.at), [1, V128]];
  let done = reader.at;
  while (reader.at < end) {
    const at = reader.at;
    const code = reader.byte();
    if (code !== 0xfd) {
      reader.operands(code);
      continue;
    }
    const vector = reader.number();
    reader.vectorOperands(vector);
    if (vector < FIRST || vector > LAST) continue;
    if (!(vector in PLAIN)) throw new RangeError(`the module has an instruction that this browser lacks: vector instruction ${vector}`);
    parts.push(bytes.subarray(done, at), PLAIN[vector](local));
    done = reader.at;
  }
  return parts.length === 3 ? [bytes.subarray(start, end)] : [...parts, bytes.subarray(done, end)];
}

/** @param {(Uint8Array | number[])[]} parts */
const length = (parts) => parts.reduce((sum, part) => sum + part.length, 0);
