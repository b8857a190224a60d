// What grew between two moments of this process?
import { attachSelf } from 'node-tracemalloc';

const sessions = new Map();
function login(id) {
  sessions.set(id, { id, name: `visitor ${id}`, pages: [] });
}

const tracer = await attachSelf();
await tracer.start({ mode: 'exact' }); // every block; leave it out to sample, which costs next to nothing

for (let id = 0; id < 1_000; id++) login(id);
const before = await tracer.takeSnapshot();
for (let id = 1_000; id < 11_000; id++) login(id);
const after = await tracer.takeSnapshot();
await tracer.close();

const [grown] = after.compareTo(before, 'function');
const { functionName, lineno } = grown.traceback.at(-1);
console.log(`${functionName}, line ${lineno}: ${grown.sizeDiff} bytes more in ${grown.countDiff} blocks`);
console.log(`${sessions.size} sessions are alive`);
