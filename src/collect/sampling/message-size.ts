import { ProfileTooLargeError } from '../../errors.js';

/** Measured: 6.1 million samples fill 256 MiB, which is 44 bytes of JSON each. */
const BYTES_PER_SAMPLE = 46;
/** A node whose call frame has a long path. */
const BYTES_PER_NODE = 300;
/** Distinct call paths of a large service; more samples than this add few new ones. */
const USUAL_NODES = 50_000;
/** Mean size of a live block; heaps of small objects lie between 40 and 80. */
const MEAN_BLOCK = 48;
/** The share of the limit that an estimate may fill. Estimates are inexact, and a message above the limit breaks the connection. */
const SAFE_SHARE = 0.8;

/** The bytes of JSON in a profile of `tracedBytes` live bytes with a mean of `interval` bytes between samples. */
export function estimatedMessageBytes(tracedBytes: number, interval: number): number {
  const chance = interval <= 1 ? 1 : 1 - Math.exp(-MEAN_BLOCK / interval);
  const samples = (tracedBytes / MEAN_BLOCK) * chance;
  return samples * BYTES_PER_SAMPLE + Math.min(samples, USUAL_NODES) * BYTES_PER_NODE;
}

export function fitsMessage(tracedBytes: number, interval: number, limit: number): boolean {
  return estimatedMessageBytes(tracedBytes, interval) <= limit * SAFE_SHARE;
}

/** @param limit the transport's largest message, in bytes */
export function tooLargeError(tracedBytes: number, interval: number, limit: number): ProfileTooLargeError {
  let fitting = Math.max(2, interval);
  while (!fitsMessage(tracedBytes, fitting, limit)) fitting *= 2;
  const megabytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  return new ProfileTooLargeError(
    `a profile of about ${megabytes(tracedBytes)} at interval ${interval} would be a message of about ` +
      `${megabytes(estimatedMessageBytes(tracedBytes, interval))}, above what is safe under the ${megabytes(limit)} limit of the connection; ` +
      `trace again with an interval of ${fitting} or more, or in object mode, which has no such limit`,
  );
}
