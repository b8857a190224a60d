import { readFileSync } from 'node:fs';
import { parse } from '../../../src/lines/transform/parse.js';
import { transform } from '../../../src/lines/transform/transform.js';

/* Prints the time in ms that the transform, or only the parser, takes for the given files. */

const [step, ...files] = process.argv.slice(2);
const sources = files.map((file) => readFileSync(file, 'utf8'));
const start = performance.now();
for (const source of sources) {
  if (step === 'parse') parse(source, 'commonjs');
  else transform(source, { sourceType: 'commonjs' });
}
console.log(performance.now() - start);
