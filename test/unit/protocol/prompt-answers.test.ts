import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { PromptAnswers } from '../../../src/protocol/prompt-answers.js';

beforeEach(() => {
  jest.useFakeTimers();
});
afterEach(() => {
  jest.useRealTimers();
});

const EVALUATE = ['Runtime.evaluate', {}] as const;
const TO_WORKER = ['NodeWorker.sendMessageToWorker', { sessionId: '1', message: '{"id":1,"method":"Profiler.enable"}' }] as const;
const fromWorker = (message: string) => ['NodeWorker.receivedMessageFromWorker', { sessionId: '1', message }] as const;

/** How many questions are asked in a long time, if each is answered at once. */
function questions(talk: (answers: PromptAnswers) => void): number {
  let asked = 0;
  const answers: PromptAnswers = new PromptAnswers(() => {
    asked++;
    answers.heard();
  });
  talk(answers);
  jest.advanceTimersByTime(10_000);
  return asked;
}

test('asks if it has heard something and waits for more, but not for ever', () => {
  const asked = questions((answers) => {
    answers.sent(...EVALUATE);
    answers.sent(...EVALUATE);
    answers.answered();
    answers.heard();
  });
  expect(asked).toBeGreaterThan(1);
  expect(asked).toBeLessThan(10);
});

test.each<[string, (answers: PromptAnswers) => void]>([
  ['it has heard nothing', (answers) => answers.sent(...EVALUATE)],
  [
    'it waits for nothing',
    (answers) => {
      answers.sent(...EVALUATE);
      answers.answered();
      answers.heard();
    },
  ],
  [
    'the rest comes meanwhile',
    (answers) => {
      answers.sent(...EVALUATE);
      answers.heard();
      answers.answered();
    },
  ],
  [
    'a command is sent, which acknowledges, too',
    (answers) => {
      answers.sent(...EVALUATE);
      answers.heard();
      answers.sent(...EVALUATE);
    },
  ],
  [
    'nothing may be sent any more',
    (answers) => {
      answers.sent(...EVALUATE);
      answers.heard();
      answers.end();
      answers.heard();
    },
  ],
])('asks nothing if %s', (_, talk) => {
  expect(questions(talk)).toBe(0);
});

/** A worker gets a command. The main thread says at once that it has passed it on. */
function talkWithWorker(answers: PromptAnswers): void {
  answers.sent(...TO_WORKER);
  answers.answered();
}

test('waits for the answer of a worker, which is no answer of the main thread', () => {
  const heardFirst = (...event: Parameters<PromptAnswers['happened']>) =>
    questions((answers) => {
      talkWithWorker(answers);
      answers.happened(...event);
      answers.heard();
    });
  expect(heardFirst(...fromWorker('{"method":"Debugger.scriptParsed","params":{}}'))).toBeGreaterThan(0);
  expect(heardFirst('Debugger.resumed')).toBeGreaterThan(0);
  expect(heardFirst(...fromWorker('{"id":1,"result":{}}'))).toBe(0);
  expect(heardFirst('NodeWorker.detachedFromWorker', { sessionId: '1' })).toBe(0);
});
