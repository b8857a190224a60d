import { expect, it } from '@jest/globals';
import { encode } from '../../../src/formats/index.js';
import { Snapshot } from '../../../src/index.js';
import { HOSTILE_NAMES, hostileTraces } from '../../helpers/hostile-traces.js';
import { importIntoSpeedscope } from '../../helpers/speedscope.js';
import { snapshotFrom } from '../snapshot/picture.js';

const now = () =>
  snapshotFrom(`
    main@app.js:1   main@app.js:1   <GC>:0
    load@app.js:9   -               -
    100             28              64
  `);
const old = () =>
  snapshotFrom(`
    main@app.js:1   app.js:3
    load@app.js:9   -
    40              5
  `);

function written(snapshot: Snapshot, before?: Snapshot): string {
  return Buffer.concat([...encode(snapshot, 'collapsed', before && { old: before })]).toString();
}

it('has one line per stack, the largest first', () => {
  expect(written(now())).toBe('main (/app/app.js:1);load (/app/app.js:9) 100\n<GC> 64\nmain (/app/app.js:1) 28\n');
});

it('a difference has the bytes before and after, as difffolded.pl writes them', () => {
  expect(written(now(), old())).toBe(
    '<GC> 0 64\nmain (/app/app.js:1);load (/app/app.js:9) 40 100\nmain (/app/app.js:1) 0 28\n/app/app.js:3 5 0\n',
  );
});

it('if a trace has a label, the outermost frames say what the memory was allocated for', () => {
  const frames = [['/app/a.js', 1]] as const;
  const traces = [
    { size: 5, label: 'GET /a;b', frames },
    { size: 2, label: 'GET /a;b', type: 'Map', frames },
    { size: 3, frames },
  ];
  expect(written(Snapshot.fromTraces(traces))).toBe('[GET /a\\u{3b}b];/app/a.js:1 7\n[(none)];/app/a.js:1 3\n');
  expect(written(Snapshot.fromTraces([{ size: 3, frames }]), Snapshot.fromTraces(traces))).toBe(
    '[GET /a\\u{3b}b];/app/a.js:1 7 0\n[(none)];/app/a.js:1 3 3\n',
  );
});

it('rows that differ only in type or thread are one line', () => {
  const frames = [['/app/a.js', 1]] as const;
  const traces = [
    { size: 1, frames },
    { size: 2, type: 'Map', thread: 'worker 1', frames },
  ];
  expect(written(Snapshot.fromTraces(traces))).toBe('/app/a.js:1 3\n');
});

it('speedscope draws it; each hostile name is one frame below main and, as a label, one above', async () => {
  const content = written(Snapshot.fromTraces(hostileTraces()));
  expect(content.split('\n')).toHaveLength(HOSTILE_NAMES.length + 1);
  const [profile] = (await importIntoSpeedscope('x.collapsed', Buffer.from(content)))!;
  expect(profile!.total).toBe(HOSTILE_NAMES.reduce((sum, _, index) => sum + 1001 + index, 0));
  expect(profile!.frames).toHaveLength(2 * HOSTILE_NAMES.length + 1); // main, and for each name its label and its function
});
