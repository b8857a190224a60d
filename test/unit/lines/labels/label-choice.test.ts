import { describe, expect, test } from '@jest/globals';
import { UsageError } from '../../../../src/errors.js';
import { type LabelsOption, labelChoiceEnvironment, labelChoiceOf, readLabelChoice } from '../../../../src/lines/labels/label-choice.js';

describe('the option', () => {
  test.each<[LabelsOption, unknown]>([
    [false, null],
    [true, { requests: true, routes: [] }],
    ['requests', { requests: true, routes: [] }],
    ['program', { requests: false, routes: [] }],
    [{}, { requests: false, routes: [] }],
    [{ requests: true }, { requests: true, routes: [] }],
    [{ routes: ['/files/*'] }, { requests: true, routes: ['/files/*'] }],
    [
      { requests: false, routes: ['/files/*'] },
      { requests: false, routes: ['/files/*'] },
    ],
  ])('%j', (option, choice) => expect(labelChoiceOf(option)).toEqual(choice));

  test('refuses another word', () => {
    expect(() => labelChoiceOf('request' as LabelsOption)).toThrow(
      new UsageError('labels come from requests or from the program, not from "request"'),
    );
  });

  test.each(['/', '/files/*', 'GET /files/*', '* /files', '*', 'OPTIONS *'])('takes the route %j', (route) => {
    expect(labelChoiceOf({ routes: [route] })).toEqual({ requests: true, routes: [route] });
  });

  test.each(['', 'files', 'get /files', 'GET', 'GET  /files', 'GET /a b', ' /files', '/a\n/b'])('refuses the route %j', (route) => {
    expect(() => labelChoiceOf({ routes: [route] })).toThrow(UsageError);
  });
});

describe('the environment', () => {
  test.each<LabelsOption>(['requests', 'program', { routes: ['GET /files/*', '/users/?'] }])('carries %j', (option) => {
    const choice = labelChoiceOf(option)!;
    expect(readLabelChoice(labelChoiceEnvironment(choice))).toEqual(choice);
  });

  test.each([{}, { NODE_TRACEMALLOC_LABEL: '' }, { NODE_TRACEMALLOC_LABEL_ROUTES: '/files/*' }])('%j asks for no labels', (env) => {
    expect(readLabelChoice(env)).toBeNull();
  });

  test('refuses what is neither requests nor program', () => {
    expect(() => readLabelChoice({ NODE_TRACEMALLOC_LABEL: 'all' })).toThrow(
      new UsageError('NODE_TRACEMALLOC_LABEL is requests or program, not "all"'),
    );
  });

  test('refuses a route that is none', () => {
    const env = { NODE_TRACEMALLOC_LABEL: 'requests', NODE_TRACEMALLOC_LABEL_ROUTES: '/files/*\nfiles' };
    expect(() => readLabelChoice(env)).toThrow(/^a route is a path with an optional method.* not "files"$/);
  });
});
