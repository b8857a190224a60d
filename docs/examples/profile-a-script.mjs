// Start a program, take a snapshot when it is ready, print its largest lines, save the snapshot, stop the program.
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { formatSize, launch } from 'node-tracemalloc';

const script = process.argv[2] ?? join(import.meta.dirname, 'programs/shop.cjs');
const file = process.argv[3] ?? join(tmpdir(), `profile-a-script-${process.pid}.tmsnap`);

const tracer = await launch(script, { stdio: ['ignore', 'pipe', 'inherit'], lines: true });
await tracer.start({ nframe: 25, interval: 4096 }); // the program runs from here on
await new Promise((resolve) => tracer.stdout.once('data', resolve)); // its first output is "ready"

const snapshot = await tracer.takeSnapshot();
for (const { traceback, size } of snapshot.statistics('lineno').slice(0, 2)) {
  const { filename, lineno } = traceback.at(-1);
  console.log(`${basename(filename)}:${lineno} ${formatSize(size)}`);
}
snapshot.dump(file);
console.log(`saved: ${file}`);
await tracer.kill();
await tracer.exited;
