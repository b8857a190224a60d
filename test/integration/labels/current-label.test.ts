import { describe, expect, it } from '@jest/globals';
import { nodeBinaries } from '../../helpers/nodes.js';
import { repoPath } from '../../helpers/paths.js';
import { runRegistered } from '../../helpers/registered.js';

const PROGRAM = repoPath('fixtures/programs/labels/current.cjs');

const A = 'POST /a/:id';
const CHAT = 'GET /chat/:id';
const NONE = '';
/** One request, from the listener to the end of its response. */
const WHOLE = { listener: [A], data: [A], end: [A], awaited: [A], timer: [A], finish: [A], close: [A] };
const THROUGH_HTTP2 = { listener: [A], push: [A], data: [A], end: [A], 'close of push': [A], immediate: [A], finish: [A], close: [A] };

/** By scenario of the program: the label that is current at each step. */
const EXPECTED = {
  http: WHOLE,
  https: WHOLE,
  'HTTP/1 at a server of http2': WHOLE,
  'http2, as requests': WHOLE,
  'http2, as streams, with a push': THROUGH_HTTP2,
  checkContinue: { event: [A], ...WHOLE },
  'checkContinue that nobody listens to': WHOLE,
  checkExpectation: { event: ['GET /a/:id'] },
  upgrade: { event: [CHAT], message: [CHAT, CHAT, CHAT], awaited: [CHAT, CHAT, CHAT], written: [CHAT, CHAT, CHAT], close: [CHAT] },
  connect: { event: ['CONNECT a:443'], data: ['CONNECT a:443'] },
  'requests of one connection, one after the other': {
    listener: ['GET /first', 'GET /second'],
    finish: ['GET /first', 'GET /second'],
    'first goes on': ['GET /first'],
  },
  'requests of one connection, all at once': {
    listener: ['GET /a', 'GET /b', 'GET /c'],
    awaited: ['GET /b', 'GET /a', 'GET /c'],
    'finish of /a': ['GET /a'],
    'finish of /b': ['GET /b'],
    'finish of /c': ['GET /c'],
  },
  'a request that is broken off': {
    listener: [A],
    data: [A],
    aborted: [A],
    error: [A],
    'close of request': [A],
    'close of response': [A],
  },
  'what is no request': { connection: [NONE], clientError: [NONE] },
  'a server with an emit of its own': WHOLE,
  'classes of its own for requests and responses': WHOLE,
  'a listener that throws': { listener: [A], uncaught: [NONE], close: [A] },
  // Whatever has the method and the URL of a request is one. Later events have its label only if it is of Node's kind: nothing else is changed.
  'events by hand': {
    nothing: [NONE],
    null: [NONE],
    number: [NONE],
    plain: [NONE],
    'without a URL': [NONE],
    'with a number as URL': [NONE],
    'with the fields': ['GET /a/:id'],
    frozen: ['GET /a/:id'],
    'without a prototype': ['GET /a/:id'],
    'with an emit': ['GET /a/:id'],
    emitter: ['GET /a/:id', NONE],
    stream: ['GET /a/:id', NONE],
    'of Node': ['GET /a/:id', 'GET /a/:id'],
    areOthersUnchanged: ['true'],
    after: [NONE],
  },
  'all emitters changed by the program': { ...WHOLE, isCalled: ['true'] },
  'diagnostics channels replaced by the program': WHOLE,
};

describe.each(nodeBinaries())('the label of each step of a request, Node $major', ({ execPath }) => {
  it.each([true, false])('with labels: %p', (hasLabels) => {
    const env = { NODE_TRACEMALLOC_LABEL: hasLabels ? 'requests' : 'program', NODE_NO_WARNINGS: '1' };
    const { stdout, stderr, code } = runRegistered(execPath, [PROGRAM], { env });
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const withoutLabels = (steps: Record<string, string[]>) =>
      Object.fromEntries(Object.entries(steps).map(([step, labels]) => [step, labels.map((label) => (label === 'true' ? label : NONE))]));
    const expected = Object.entries(EXPECTED).map(([name, steps]) => [name, hasLabels ? steps : withoutLabels(steps)]);
    expect(JSON.parse(stdout)).toEqual(Object.fromEntries(expected));
  });
});
