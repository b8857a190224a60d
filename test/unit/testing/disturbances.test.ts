import { expect, it } from '@jest/globals';
import { disturbances } from '../../../src/testing/messages/disturbances.js';

it('the pipes and the timer of a runner are nothing to tell', () => {
  expect(disturbances({ resources: ['PipeWrap', 'PipeWrap', 'TTYWrap', 'Timeout'], threads: ['main'] })).toBeNull();
});

it('handles and workers are counted', () => {
  expect(disturbances({ resources: ['TCPServerWrap', 'Timeout', 'Timeout', 'PipeWrap'], threads: ['main', 'worker 3'] })).toBe(
    'What is not of the work counts, too: open before the work began: 1 TCPServerWrap, 2 Timeout; 1 worker thread.',
  );
  expect(disturbances({ resources: [], threads: ['main', 'worker 1', 'worker 2'] })).toBe(
    'What is not of the work counts, too: 2 worker threads.',
  );
});
