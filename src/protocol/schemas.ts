import type { Protocol } from 'devtools-protocol/types/protocol.js';
import { z } from 'zod';
import { BadProfileError, CommandError, type TracemallocError } from '../errors.js';

/** What an inspector answers to GET /json/version. */
export const versionAnswer = z.object({ Browser: z.string(), 'Protocol-Version': z.string() });

/** What an inspector answers to GET /json/list. A target that another debugger uses exclusively has no WebSocket URL. */
export const listAnswer = z.array(
  z.object({
    id: z.string(),
    type: z.string(),
    title: z.string(),
    url: z.string(),
    webSocketDebuggerUrl: z.string().optional(),
  }),
);

const bytes = z.number().nonnegative();

/** `Runtime.getHeapUsage`. `embedderHeapUsedSize` and `backingStorageSize` exist from Node 24 on. */
export const heapUsage = z.object({
  usedSize: bytes,
  totalSize: bytes,
  embedderHeapUsedSize: bytes.optional(),
  backingStorageSize: bytes.optional(),
});

const remoteObject = z.object({
  type: z.string(),
  subtype: z.string().optional(),
  value: z.unknown().optional(),
  unserializableValue: z.string().optional(),
  description: z.string().optional(),
  objectId: z.string().optional(),
});

/** `Runtime.evaluate` and `Runtime.callFunctionOn`. */
export const evaluation = z.object({
  result: remoteObject,
  exceptionDetails: z.object({ text: z.string(), exception: remoteObject.optional() }).optional(),
});

/** `Debugger.paused`. */
export const pausedEvent = z.object({
  reason: z.string(),
  hitBreakpoints: z.array(z.string()).optional(),
  callFrames: z.array(
    z.object({
      callFrameId: z.string().optional(),
      functionName: z.string().optional(),
      url: z.string(),
      location: z.object({ scriptId: z.string(), lineNumber: z.number(), columnNumber: z.number().optional() }),
    }),
  ),
});

/** `Debugger.scriptParsed`. Lines and columns are 0-based. */
export const scriptParsedEvent = z.object({
  scriptId: z.string(),
  url: z.string(),
  startLine: z.number().optional(),
  startColumn: z.number().optional(),
  hash: z.string().optional(),
  sourceMapURL: z.string().optional(),
  hasSourceURL: z.boolean().optional(),
  isModule: z.boolean().optional(),
  length: z.number().optional(),
});

/**
 * The outer shape of a sampling profile. The tree and the samples are not checked here: zod takes many times as long for them as the
 * ingest, whose loop checks each of them anyway (docs/decisions/profile-validation.md).
 */
const samplingProfile = z.object({
  profile: z.object({
    head: z.custom<Protocol.HeapProfiler.SamplingHeapProfileNode>(isObject, 'expected a node'),
    samples: z.custom<Protocol.HeapProfiler.SamplingHeapProfileSample[]>(Array.isArray, 'expected an array'),
  }),
});

/** Checks `answer` against `schema`. Throws a CommandError of one line, which calls the answer `what`, if it does not fit. */
export function parseAnswer<S extends z.ZodType>(schema: S, answer: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(answer);
  if (parsed.success) return parsed.data;
  throw malformed(CommandError, what, parsed.error);
}

/** Checks only the outer shape. The reader of the nodes and samples must check them. */
export function parseSamplingProfile(answer: unknown): Protocol.HeapProfiler.SamplingHeapProfile {
  const parsed = samplingProfile.safeParse(answer);
  if (parsed.success) return parsed.data.profile;
  throw malformed(BadProfileError, 'the sampling profile', parsed.error);
}

type ErrorClass = new (message: string, options: { cause: unknown }) => TracemallocError;

function malformed(Failure: ErrorClass, what: string, error: z.ZodError): TracemallocError {
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  return new Failure(`${what} has an unexpected shape${where}: ${issue?.message ?? 'unknown'}`, { cause: error });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
