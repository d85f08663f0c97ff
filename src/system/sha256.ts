/*
 * SHA-256 (FIPS 180-4) whose state can be kept in the middle: many texts that begin alike are then hashed from where they differ. Node's own
 * cannot be kept (crypto.Hash has `copy`, but only within a process), and a WebAssembly one would have to be compiled at every start.
 */

const K = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5, 0xd807aa98,
  0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786,
  0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8,
  0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13,
  0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819,
  0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a,
  0x5b9cca4f, 0x682e6ff3, 0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
  0xc67178f2,
]);
const START = new Uint32Array([
  0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19,
]);

/** Bytes of a kept state: eight words, the number of bytes so far, and those of the unfinished block. */
export const STATE_BYTES = 32 + 4 + 64;

const BLOCK = 64;
const W = new Uint32Array(64);

/** The state after some bytes (fewer than 2^32), to be kept in `target` from `at`. */
export function keepState(bytes: Uint8Array, target: Uint8Array, at: number): void {
  const words = START.slice();
  const whole = bytes.length - (bytes.length % BLOCK);
  for (let offset = 0; offset < whole; offset += BLOCK) compress(words, bytes, offset);
  const view = new DataView(target.buffer, target.byteOffset + at, STATE_BYTES);
  for (let index = 0; index < 8; index++) view.setUint32(index * 4, words[index] as number);
  view.setUint32(32, bytes.length);
  target.set(bytes.subarray(whole), at + 36);
}

/** 64 hex digits: the hash of the bytes whose state was kept, followed by some more. */
export function hashFrom(states: Uint8Array, at: number, more: Uint8Array): string {
  const view = new DataView(states.buffer, states.byteOffset + at, STATE_BYTES);
  const words = new Uint32Array(8);
  for (let index = 0; index < 8; index++) words[index] = view.getUint32(index * 4);
  const before = view.getUint32(32);
  const rest = before % BLOCK;
  const total = before + more.length;
  // 0x80, zeros, and the number of bits in eight bytes fill the last block.
  const padded = new Uint8Array(Math.ceil((rest + more.length + 9) / BLOCK) * BLOCK);
  padded.set(states.subarray(at + 36, at + 36 + rest));
  padded.set(more, rest);
  padded[rest + more.length] = 0x80;
  const end = new DataView(padded.buffer);
  end.setUint32(padded.length - 8, Math.floor(total / 0x2000_0000));
  end.setUint32(padded.length - 4, (total << 3) >>> 0);
  for (let offset = 0; offset < padded.length; offset += BLOCK) compress(words, padded, offset);
  return Array.from(words, (word) => word.toString(16).padStart(8, "0")).join("");
}

const rotate = (word: number, by: number) => (word >>> by) | (word << (32 - by));

function compress(words: Uint32Array, bytes: Uint8Array, offset: number): void {
  for (let t = 0, at = offset; t < 16; t++, at += 4) {
    W[t] =
      ((bytes[at] as number) << 24) |
      ((bytes[at + 1] as number) << 16) |
      ((bytes[at + 2] as number) << 8) |
      (bytes[at + 3] as number);
  }
  for (let t = 16; t < 64; t++) {
    const far = W[t - 15] as number;
    const near = W[t - 2] as number;
    const s0 = rotate(far, 7) ^ rotate(far, 18) ^ (far >>> 3);
    const s1 = rotate(near, 17) ^ rotate(near, 19) ^ (near >>> 10);
    W[t] = ((W[t - 16] as number) + s0 + (W[t - 7] as number) + s1) | 0;
  }
  let a = words[0] as number;
  let b = words[1] as number;
  let c = words[2] as number;
  let d = words[3] as number;
  let e = words[4] as number;
  let f = words[5] as number;
  let g = words[6] as number;
  let h = words[7] as number;
  for (let t = 0; t < 64; t++) {
    const s1 = rotate(e, 6) ^ rotate(e, 11) ^ rotate(e, 25);
    const first = (h + s1 + ((e & f) ^ (~e & g)) + (K[t] as number) + (W[t] as number)) | 0;
    const s0 = rotate(a, 2) ^ rotate(a, 13) ^ rotate(a, 22);
    const second = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + first) | 0;
    d = c;
    c = b;
    b = a;
    a = (first + second) | 0;
  }
  words[0] = ((words[0] as number) + a) | 0;
  words[1] = ((words[1] as number) + b) | 0;
  words[2] = ((words[2] as number) + c) | 0;
  words[3] = ((words[3] as number) + d) | 0;
  words[4] = ((words[4] as number) + e) | 0;
  words[5] = ((words[5] as number) + f) | 0;
  words[6] = ((words[6] as number) + g) | 0;
  words[7] = ((words[7] as number) + h) | 0;
}
