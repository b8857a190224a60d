import { expect, test } from '@jest/globals';
import { callsOfProof, LEAST_CALLS, PROOF_ROUNDS } from '../../../src/testing/proof-rounds.js';

const USUAL_ROUNDS = 7;

function proofOf(iterations: number): number[] {
  const proof: number[] = [];
  for (let round = 0; round < PROOF_ROUNDS; round++) {
    const called = USUAL_ROUNDS * iterations + proof.reduce((sum, calls) => sum + calls, 0);
    proof.push(callsOfProof(round, { iterations, called }));
  }
  return proof;
}

test('the rounds of the proof have ever more calls', () => {
  expect(proofOf(100)).toEqual([200, 800, 3200]);
});

test('the work is called often enough, however few the iterations', () => {
  for (const iterations of [1, 2, 5, 10, 20])
    expect(USUAL_ROUNDS * iterations + proofOf(iterations).reduce((sum, calls) => sum + calls, 0)).toBeGreaterThanOrEqual(LEAST_CALLS);
  expect(proofOf(5)).toEqual([10, 40, 415]);
});
