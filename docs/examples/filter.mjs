// Look at a part of a snapshot: this file alone, all but this file, the tracebacks that pass through one line.
import { attachSelf, Filter } from 'node-tracemalloc';

const list = (length) => Array.from({ length }, (_, i) => ({ i }));
function makeRows() {
  return list(10_000);
}

const tracer = await attachSelf();
await tracer.start({ mode: 'exact', nframe: 25 });
const rows = makeRows();
const snapshot = await tracer.takeSnapshot();
await tracer.close();

const here = import.meta.filename;
const sum = (part) => part.traces.reduce((bytes, { size }) => bytes + size, 0);
console.log(`everything: ${sum(snapshot)} bytes`);
console.log(`this file: ${sum(snapshot.filterTraces([new Filter(true, here)]))} bytes`);
console.log(`other files: ${sum(snapshot.filterTraces([new Filter(false, here)]))} bytes`);
// Without true lines a frame has the line where its function starts: makeRows starts on line 5.
console.log(`through makeRows: ${sum(snapshot.filterTraces([new Filter(true, here, { lineno: 5, allFrames: true })]))} bytes`);
console.log(`${rows.length} rows are alive`);
