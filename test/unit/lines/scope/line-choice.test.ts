import { delimiter } from 'node:path';
import { expect, test } from '@jest/globals';
import { fileMatcher, lineChoiceEnvironment, readLineChoice } from '../../../../src/lines/scope/line-choice.js';
import { OWN_FOLDER } from '../../../../src/lines/scope/own-folder.js';

const FILES = ['/app/a.js', '/app/test/b.js', '/app/node_modules/p/c.js', `${OWN_FOLDER}index.js`, '[eval]'];

test.each([
  [{}, [true, true, false, false, false]],
  [{ NODE_TRACEMALLOC_LINES: 'own' }, [true, true, false, false, false]],
  [{ NODE_TRACEMALLOC_LINES: 'all' }, [true, true, true, false, false]],
  [{ NODE_TRACEMALLOC_LINES_EXCLUDE: ['*/test/*', '/x'].join(delimiter) }, [true, false, false, false, false]],
  [{ NODE_TRACEMALLOC_LINES_INCLUDE: ['*/p/*', '*.?s'].join(delimiter) }, [true, true, true, false, false]],
  [{ NODE_TRACEMALLOC_LINES_INCLUDE: '*/p/*', NODE_TRACEMALLOC_LINES_EXCLUDE: '*/c.js' }, [false, false, false, false, false]],
])('which files: %j', (env, expected) => {
  const isSelected = fileMatcher(readLineChoice(env));
  expect(FILES.map((file) => isSelected(file))).toEqual(expected);
});

test('a choice passes through the environment unchanged', () => {
  const choice = { all: true, include: ['*/a.js', '/b/*'], exclude: ['*/c.js'] };
  expect(readLineChoice(lineChoiceEnvironment(choice))).toEqual(choice);
  expect(readLineChoice(lineChoiceEnvironment({ all: false, include: [], exclude: [] }))).toEqual({ all: false, include: [], exclude: [] });
});
