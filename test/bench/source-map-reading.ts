import { readFileSync } from 'node:fs';
import { originalPositionFor, TraceMap } from '@jridgewell/trace-mapping';
import { Snapshot } from '../../src/snapshot/snapshot.js';
import { SourceMapper } from '../../src/source-maps/source-mapper.js';
import { peakRss } from './measure.js';

/*
 * `node source-map-reading.js READER SCRIPT LINES`: looks up 5,000 positions, over all lines of a script, in its map, and prints time and memory.
 * READER is ours, trace-mapping, or nothing.
 */

const POSITIONS = 5000;

export interface MapReading {
  readonly ms: number;
  readonly peakBytes: number;
  readonly found: number;
}

const [reader, script, lines] = process.argv.slice(2);
const places = Array.from({ length: POSITIONS }, (_, i) => ({
  filename: script!,
  lineno: 1 + Math.floor((Number(lines) * i) / POSITIONS),
  column: 1 + ((7 * i) % 100),
}));
const snapshot = Snapshot.fromTraces(places.map((place) => ({ size: 1, frames: [place] })));

const start = performance.now();
const found = look();
const ms = performance.now() - start;
if (reader !== 'nothing' && found < POSITIONS / 2) throw new Error(`only ${found} positions were found`);
console.log(JSON.stringify({ ms, found, peakBytes: peakRss() } satisfies MapReading));

function look(): number {
  switch (reader) {
    case 'ours':
      return new SourceMapper().placesOf(snapshot)?.line.filter((line) => line > 0).length ?? 0;
    case 'trace-mapping': {
      const map = new TraceMap(readFileSync(`${script}.map`, 'utf8'));
      return places.filter(({ lineno, column }) => originalPositionFor(map, { line: lineno, column: column - 1 }).source !== null).length;
    }
    default:
      return 0;
  }
}
