import * as z from 'zod/mini';
import { parseSamplingProfile } from '../../src/protocol/schemas.js';

const SAMPLES = 1_000_000;
const ROUNDS = 5;

/** A schema that also checks every sample. */
const everySample = z.object({
  profile: z.object({
    head: z.object({}),
    samples: z.array(z.object({ size: z.number(), nodeId: z.number(), ordinal: z.number() })),
  }),
});

interface Answer {
  profile: { head: object; samples: { size: number; nodeId: number; ordinal: number }[] };
}

/** Checks a million samples: each by zod, or by zod for the envelope and a loop that checks the same three fields. */
export async function benchProfileValidation(): Promise<void> {
  const answer = profileOf(SAMPLES);
  const byZod: number[] = [];
  const byEnvelope: number[] = [];
  const byLoop: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    byZod.push(timed(() => everySample.parse(answer)));
    byEnvelope.push(timed(() => parseSamplingProfile(answer)));
    byLoop.push(timed(() => checkSamples(parseSamplingProfile(answer).samples)));
  }
  console.log(`validation of a profile of ${SAMPLES} samples, medians of ${ROUNDS}`);
  console.log(`  zod, every sample            ${median(byZod).toFixed(1)} ms`);
  console.log(`  zod, the envelope            ${median(byEnvelope).toFixed(3)} ms`);
  console.log(
    `  the envelope and a loop      ${median(byLoop).toFixed(1)} ms (${(median(byZod) / median(byLoop)).toFixed(0)} times faster)`,
  );
}

function profileOf(count: number): Answer {
  const samples = Array.from({ length: count }, (_, ordinal) => ({ size: 16 + (ordinal % 64) * 8, nodeId: ordinal % 20_000, ordinal }));
  return { profile: { head: {}, samples } };
}

function checkSamples(samples: readonly { size: unknown; nodeId: unknown; ordinal: unknown }[]): void {
  for (const { size, nodeId, ordinal } of samples) {
    if (!Number.isFinite(size) || !Number.isFinite(nodeId) || !Number.isFinite(ordinal)) throw new Error('a sample that is none');
  }
}

function timed(run: () => unknown): number {
  const began = performance.now();
  run();
  return performance.now() - began;
}

function median(times: readonly number[]): number {
  return [...times].sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}
