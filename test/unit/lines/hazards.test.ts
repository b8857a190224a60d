import vm from 'node:vm';
import { expect, describe as group, test } from '@jest/globals';
import type { SourceType } from '../../../src/lines/transform/parse.js';
import { transform } from '../../../src/lines/transform/transform.js';
import { HAZARDS } from './hazards.js';
import { installLabelsIn } from './labels-in-context.js';
import { MODULES } from './module-hazards.js';
import { describe, outcomeOf } from './outcome.js';
import { spread } from './spread.js';
import { SYNTAX_HAZARDS } from './syntax-hazards.js';

const ALL_HAZARDS = { ...HAZARDS, ...SYNTAX_HAZARDS };

const BEFORE = `
function t(label, value) { log(label); return value; }
function f(...args) { return args; }
const box = { m() { return this === box; }, get self() { log('self'); return box; }, n: null, list: [1, 2, 3] };
`;

test('spread over lines, the programs have wrappers', () => {
  const sources = Object.values(ALL_HAZARDS).flat();
  const unchanged = sources.filter((text) => {
    const source = spread(text, 'script');
    return transform(source, { sourceType: 'script' }).code === source;
  });
  expect(unchanged.length / sources.length).toBeLessThan(0.03);
});

group.each(Object.entries(ALL_HAZARDS))('%s', (_name, sources) => {
  test.each(sources)('%s', (source) => {
    check(source, 'script');
    check(spread(source, 'commonjs'), 'commonjs');
  });
});

test('the same in CommonJS, and spread over the lines of a script (long)', () => {
  for (const source of Object.values(ALL_HAZARDS).flat()) {
    check(source, 'commonjs');
    check(spread(source, 'script'), 'script');
  }
});

function check(source: string, sourceType: SourceType): void {
  const original = outcomeOf(source, sourceType, { before: BEFORE });
  for (const labels of [false, true]) {
    const { code, problem } = transform(source, { sourceType, labels });
    expect(problem).toBe(undefined);
    expect(code.split('\n').length).toBe(source.split('\n').length);
    expect({ labels, ...outcomeOf(code, sourceType, { before: BEFORE }) }).toEqual({ labels, ...original });
  }
}

group('modules', () => {
  test.each(MODULES)('%s', async (text) => {
    for (const source of [text, spread(text, 'module')]) {
      const original = await moduleOutcome(source);
      for (const labels of [false, true]) {
        const { code, problem } = transform(source, { sourceType: 'module', labels });
        expect(problem).toBe(undefined);
        expect(await moduleOutcome(code)).toEqual(original);
      }
    }
  });
});

async function moduleOutcome(source: string): Promise<unknown> {
  const log: string[] = [];
  const context = vm.createContext({
    log: (...values: unknown[]) => log.push(values.map((value) => describe(value)).join(' ')),
    queueMicrotask,
  });
  installLabelsIn(context);
  const module = new vm.SourceTextModule(source, {
    context,
    initializeImportMeta: (meta) => {
      meta.url = 'file:///x.mjs';
    },
    importModuleDynamically: async () => other(context),
  });
  await module.link(() => other(context));
  const error = await module.evaluate().then(
    () => 'none',
    (thrown) => describe(thrown),
  );
  return { log, error, exports: error === 'none' ? describe({ ...module.namespace }) : undefined };
}

async function other(context: vm.Context): Promise<vm.SourceTextModule> {
  const module = new vm.SourceTextModule('export default 1; export const named = 2;', { context });
  await module.link(() => undefined as never);
  await module.evaluate();
  return module;
}
