import { delimiter } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { letChildrenInherit } from '../../../../src/lines/preload/inherit.js';
import { OWN_FOLDER } from '../../../../src/lines/preload/own-folder.js';
import { Problems } from '../../../../src/lines/preload/problems.js';
import { readSelection } from '../../../../src/lines/preload/settings.js';

const FILES = ['/app/a.js', '/app/test/b.js', '/app/node_modules/p/c.js', `${OWN_FOLDER}index.js`, '[eval]'];

describe('which files', () => {
  test.each([
    [{}, [true, true, false, false, false]],
    [{ NODE_TRACEMALLOC_LINES: 'own' }, [true, true, false, false, false]],
    [{ NODE_TRACEMALLOC_LINES: 'all' }, [true, true, true, false, false]],
    [{ NODE_TRACEMALLOC_LINES_EXCLUDE: ['*/test/*', '/x'].join(delimiter) }, [true, false, false, false, false]],
    [{ NODE_TRACEMALLOC_LINES_INCLUDE: ['*/p/*', '*.?s'].join(delimiter) }, [true, true, true, false, false]],
    [{ NODE_TRACEMALLOC_LINES_INCLUDE: '*/p/*', NODE_TRACEMALLOC_LINES_EXCLUDE: '*/c.js' }, [false, false, false, false, false]],
  ])('%j', (env, expected) => {
    const isSelected = readSelection(env);
    expect(FILES.map((file) => isSelected(file))).toEqual(expected);
  });
});

test('children inherit once, unless told not to', () => {
  const env: NodeJS.ProcessEnv = { NODE_OPTIONS: '--no-warnings' };
  letChildrenInherit('file:///r.js', env);
  letChildrenInherit('file:///r.js', env);
  expect(env.NODE_OPTIONS).toBe('--no-warnings --import=file:///r.js');
  const alone: NodeJS.ProcessEnv = { NODE_TRACEMALLOC_LINES_FOLLOW: '0' };
  letChildrenInherit('file:///r.js', alone);
  expect(alone.NODE_OPTIONS).toBeUndefined();
});

test('problems are told in one line', () => {
  const problems = new Problems();
  expect(problems.summary).toBeUndefined();
  problems.add('/a.js', 'does not parse');
  expect(problems.summary).toBe('node-tracemalloc: 1 file goes without true lines: /a.js does not parse\n');
  problems.add('/b.js', 'does not parse');
  expect(problems.summary).toBe('node-tracemalloc: 2 files go without true lines: /a.js does not parse, …\n');
});
