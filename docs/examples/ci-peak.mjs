// Fail if a program ever holds more memory than a limit: the exit code is 1 then.
import { join } from 'node:path';
import { launch } from 'node-tracemalloc';

const script = process.argv[2] ?? join(import.meta.dirname, 'programs/build.cjs');
const limit = Number(process.argv[3] ?? 32 * 1024 * 1024); // bytes

const tracer = await launch(script);
await tracer.start({ peak: true });
const { code, peak, error } = await tracer.exited;
if (peak === null) throw error;

const bytes = peak.traces.reduce((sum, { size }) => sum + size, 0);
console.log(`peak: ${bytes} bytes, limit: ${limit} bytes`);
if (bytes > limit) {
  console.log('too much; the largest functions at the peak:');
  for (const statistic of peak.statistics('function').slice(0, 5)) console.log(String(statistic));
}
process.exitCode = bytes > limit ? 1 : (code ?? 1);
