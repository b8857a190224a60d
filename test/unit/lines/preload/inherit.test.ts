import { expect, test } from '@jest/globals';
import { letChildrenInherit } from '../../../../src/lines/preload/inherit.js';

test('children inherit once, unless told not to', () => {
  const env: NodeJS.ProcessEnv = { NODE_OPTIONS: '--no-warnings' };
  letChildrenInherit('file:///r.js', env);
  letChildrenInherit('file:///r.js', env);
  expect(env.NODE_OPTIONS).toBe('--no-warnings --import=file:///r.js');
  const alone: NodeJS.ProcessEnv = { NODE_TRACEMALLOC_LINES_FOLLOW: '0' };
  letChildrenInherit('file:///r.js', alone);
  expect(alone.NODE_OPTIONS).toBeUndefined();
});
