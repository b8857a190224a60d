#!/usr/bin/env node
import { main } from './main.js';

const argv = process.argv.slice(2);
if (argv.includes('--verbose')) process.setSourceMapsEnabled(true); // stacks name our sources, not the bundle
// The user wants the coverage of the program, which inherits the variable.
if (process.env.NODE_V8_COVERAGE) (await import('node:v8')).stopCoverage();
let writeFailed = false;
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') return; // the reader has closed the pipe (`| head -1`); we go on, because we may still have to leave a target clean
    writeFailed = true;
    if (stream === process.stdout) process.stderr.write(`tracemalloc: the result could not be written: ${error.message}\n`);
  });
}

process.exitCode = await main(argv);
process.once('exit', () => {
  if (writeFailed) process.exitCode ||= 1; // a stream may report a failed write after main has returned
});
