import { crc32, deflateRawSync } from 'node:zlib';

/** The parts of a `.tmsnap`, by the offsets of docs/snapshot-format.md. They are repeated here on purpose, to test the library's own. */
export interface OpenFile {
  version: number;
  metadata: Record<string, unknown> & { sections: { name: string; encoding: string; length: number; width: number; bytes: number }[] };
  data: Buffer[];
}

export function openUp(bytes: Buffer): OpenFile {
  const end = 28 + bytes.readUInt32LE(12);
  const metadata = JSON.parse(bytes.toString('utf8', 28, end)) as OpenFile['metadata'];
  let start = end;
  const data = metadata.sections.map((section) => {
    start += section.bytes;
    return bytes.subarray(start - section.bytes, start);
  });
  return { version: bytes.readUInt32LE(8), metadata, data };
}

/** Puts a file together again, with the right checksum. */
export function seal({ version, metadata, data }: OpenFile, magic = 'TMSNAP'): Buffer {
  const text = Buffer.from(JSON.stringify(metadata));
  const bytes = Buffer.concat([Buffer.alloc(28), text, ...data]);
  bytes.set(Buffer.from(`\x89${magic}\n`, 'latin1'));
  bytes.writeUInt32LE(version, 8);
  bytes.writeUInt32LE(text.length, 12);
  bytes.writeBigUInt64LE(BigInt(bytes.length), 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(28), crc32(bytes.subarray(0, 24))), 24);
  return bytes;
}

/** Replaces a section by integers of one byte, or by JSON. */
export function replaceSection(file: OpenFile, name: string, content: readonly number[] | string): void {
  const raw = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
  const encoding = typeof content === 'string' ? 'json' : 'integers';
  const compressed = deflateRawSync(raw);
  const entry = { name, encoding, length: raw.length, width: 1, bytes: compressed.length };
  const at = file.metadata.sections.findIndex((section) => section.name === name);
  const place = at === -1 ? file.data.length : at;
  file.metadata.sections[place] = entry;
  file.data[place] = compressed;
}
