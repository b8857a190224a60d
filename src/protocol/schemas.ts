import type { Protocol } from 'devtools-protocol/types/protocol.js';
import * as z from 'zod/mini';
import { BadProfileError, CommandError, type TracemallocError } from '../errors.js';
import { IN_ENGLISH } from '../text/schema-messages.js';

/** What an inspector answers to GET /json/version. */
export const versionAnswer = z.object({ Browser: z.string(), 'Protocol-Version': z.string() });

/** What an inspector answers to GET /json/list. A target that another debugger uses exclusively has no WebSocket URL. */
export const listAnswer = z.array(
  z.object({
    id: z.string(),
    type: z.string(),
    title: z.string(),
    url: z.string(),
    webSocketDebuggerUrl: z.optional(z.string()),
  }),
);

const bytes = z.number().check(z.nonnegative());

/** `Runtime.getHeapUsage`. `embedderHeapUsedSize` and `backingStorageSize` exist from Node 24 on. */
export const heapUsage = z.object({
  usedSize: bytes,
  totalSize: bytes,
  embedderHeapUsedSize: z.optional(bytes),
  backingStorageSize: z.optional(bytes),
});

const remoteObject = z.object({
  type: z.string(),
  subtype: z.optional(z.string()),
  value: z.optional(z.unknown()),
  unserializableValue: z.optional(z.string()),
  description: z.optional(z.string()),
  objectId: z.optional(z.string()),
});

/** `Runtime.evaluate` and `Runtime.callFunctionOn`. */
export const evaluation = z.object({
  result: remoteObject,
  exceptionDetails: z.optional(z.object({ text: z.string(), exception: z.optional(remoteObject) })),
});

/** `Debugger.paused`. */
export const pausedEvent = z.object({
  reason: z.string(),
  data: z.optional(z.object({ reasons: z.optional(z.array(z.object({ reason: z.string() }))) })),
  hitBreakpoints: z.optional(z.array(z.string())),
  callFrames: z.array(
    z.object({
      callFrameId: z.optional(z.string()),
      functionName: z.optional(z.string()),
      url: z.string(),
      location: z.object({ scriptId: z.string(), lineNumber: z.number(), columnNumber: z.optional(z.number()) }),
    }),
  ),
});

/** V8 may have several reasons for one pause, which it then calls ambiguous: the first line of a program may be a `debugger` statement. */
export function reasonsOf({ reason, data }: z.output<typeof pausedEvent>): readonly string[] {
  return data?.reasons?.map((each) => each.reason) ?? [reason];
}

/** `Debugger.scriptParsed`. Lines and columns are 0-based. */
export const scriptParsedEvent = z.object({
  scriptId: z.string(),
  executionContextId: z.optional(z.number()),
  url: z.string(),
  startLine: z.optional(z.number()),
  startColumn: z.optional(z.number()),
  hash: z.optional(z.string()),
  sourceMapURL: z.optional(z.string()),
  hasSourceURL: z.optional(z.boolean()),
  isModule: z.optional(z.boolean()),
  length: z.optional(z.number()),
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
export function parseAnswer<S extends z.ZodMiniType>(schema: S, answer: unknown, what: string): z.output<S> {
  const parsed = schema.safeParse(answer, IN_ENGLISH);
  if (parsed.success) return parsed.data;
  throw malformed(CommandError, what, parsed.error);
}

/** Checks only the outer shape. The reader of the nodes and samples must check them. */
export function parseSamplingProfile(answer: unknown): Protocol.HeapProfiler.SamplingHeapProfile {
  const parsed = samplingProfile.safeParse(answer, IN_ENGLISH);
  if (parsed.success) return parsed.data.profile;
  throw malformed(BadProfileError, 'the sampling profile', parsed.error);
}

type ErrorClass = new (message: string, options: { cause: unknown }) => TracemallocError;

function malformed(Failure: ErrorClass, what: string, error: z.core.$ZodError): TracemallocError {
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  return new Failure(`${what} has an unexpected shape${where}: ${issue?.message ?? 'unknown'}`, { cause: error });
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
