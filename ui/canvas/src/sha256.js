// SHA-256 of a short text (FIPS 180-4). The browser's own is absent on a plain http address, as in a community centre.

/** First 32 bits of the fractional parts of the cube and square roots of the first primes. */
const [CUBE_ROOTS, SQUARE_ROOTS] = constants();

function constants() {
  /** @type {number[]} */
  const primes = [];
  for (let n = 2; primes.length < 64; n += 1) if (primes.every((prime) => n % prime)) primes.push(n);
  /** @type {(root: number) => number} */
  const fraction = (root) => ((root - Math.floor(root)) * 2 ** 32) | 0;
  return [
    primes.map((prime) => fraction(Math.cbrt(prime))),
    primes.slice(0, 8).map((prime) => fraction(Math.sqrt(prime))),
  ];
}

/** @type {(word: number, bits: number) => number} */
const turn = (word, bits) => (word >>> bits) | (word << (32 - bits));

/** @param {string} text */
function toBlocks(text) {
  const bytes = new TextEncoder().encode(text);
  const blocks = new DataView(new ArrayBuffer(64 * Math.ceil((bytes.length + 9) / 64)));
  for (const [place, byte] of bytes.entries()) blocks.setUint8(place, byte);
  blocks.setUint8(bytes.length, 0x80);
  blocks.setUint32(blocks.byteLength - 4, 8 * bytes.length);
  return blocks;
}

/**
 * Return the 64 words that one block is spread into.
 *
 * @param {DataView} blocks
 * @param {number} start
 */
function spread(blocks, start) {
  const words = new Int32Array(64);
  for (let i = 0; i < 16; i += 1) words[i] = blocks.getInt32(start + 4 * i);
  for (let i = 16; i < 64; i += 1) {
    const [before, last] = [words[i - 15], words[i - 2]];
    const low = turn(before, 7) ^ turn(before, 18) ^ (before >>> 3);
    const high = turn(last, 17) ^ turn(last, 19) ^ (last >>> 10);
    words[i] = words[i - 16] + low + words[i - 7] + high;
  }
  return words;
}

/**
 * Return the SHA-256 of a text in hexadecimal digits.
 *
 * @param {string} text
 */
export function sha256(text) {
  const state = Int32Array.from(SQUARE_ROOTS);
  const blocks = toBlocks(text);
  for (let start = 0; start < blocks.byteLength; start += 64) {
    const words = spread(blocks, start);
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i += 1) {
      const choice = (e & f) ^ (~e & g);
      const high = (h + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) + choice + CUBE_ROOTS[i] + words[i]) | 0;
      const most = (a & b) ^ (a & c) ^ (b & c);
      const low = ((turn(a, 2) ^ turn(a, 13) ^ turn(a, 22)) + most) | 0;
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + high) | 0, c, b, a, (high + low) | 0];
    }
    for (const [place, word] of [a, b, c, d, e, f, g, h].entries()) state[place] += word;
  }
  return [...state].map((word) => (word >>> 0).toString(16).padStart(8, "0")).join("");
}
