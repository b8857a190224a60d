import type * as z from 'zod/mini';
import type { AnswerContext } from '../../report/markdown/row-place.js';
import type { CommandResult } from '../command/run-command.js';
import type { AllowedPaths } from '../permissions/allowed-path.js';
import type { Permissions } from '../permissions/permissions.js';

/** What a tool may do for one call. */
export interface ToolContext {
  readonly permissions: Permissions;
  readonly paths: AllowedPaths;
  /** The folder in which a handle is a file; null if there is none yet. */
  readonly folder: string | null;
  /** The path of a new file, which is removed if the call fails: `record-1.tmsnap`. */
  readonly newFile: (kind: string, extension: string) => string;
  /** How to show places. */
  readonly shown: AnswerContext;
  /** Runs `tracemalloc` with these words. @param endAfterMs asks it for its result after this time */
  readonly run: (words: readonly string[], endAfterMs?: number) => Promise<CommandResult>;
}

export interface ToolAnswer {
  /** Markdown. */
  readonly text: string;
  /** The same for a program; fits the output schema. */
  readonly structured: Readonly<Record<string, unknown>>;
}

export interface Tool<Input extends z.ZodMiniObject = z.ZodMiniObject> {
  readonly name: string;
  readonly title: string;
  /** When to call it, and what it gives. */
  readonly description: string;
  readonly input: Input;
  readonly output: z.ZodMiniObject;
  /** Whether it leaves everything as it is, except for a snapshot of its own. */
  readonly isReadOnly: boolean;
  /** @throws CommandFailure, TracemallocError: one line that says what failed and what to do */
  readonly answer: (input: z.infer<Input>, context: ToolContext) => Promise<ToolAnswer>;
}

/** A tool among tools with other inputs. The server calls `answer` only with what the input schema has accepted. */
export type AnyTool = Omit<Tool, 'answer'> & { readonly answer: (input: never, context: ToolContext) => Promise<ToolAnswer> };
