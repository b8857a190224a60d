// Which types of objects hold the memory of a program? Object mode knows, and it counts Buffers, too.
import { join } from 'node:path';
import { launch } from 'node-tracemalloc';

const script = process.argv[2] ?? join(import.meta.dirname, 'programs/shop.cjs');
const tracer = await launch(script, { stdio: ['ignore', 'pipe', 'inherit'], mode: 'objects' });
await tracer.start({ mode: 'objects' });
await new Promise((resolve) => tracer.stdout.once('data', resolve)); // its first output is "ready"

const snapshot = await tracer.takeSnapshot();
for (const { traceback, size, count } of snapshot.statistics('type').slice(0, 3)) {
  console.log(`${traceback.at(-1).filename}: ${count} objects, ${size} bytes`);
}
await tracer.kill('SIGTERM', { atOnce: true });
await tracer.exited;
