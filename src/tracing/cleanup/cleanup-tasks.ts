/** A change in a target that must be undone when we leave it. */
export type CleanupTask =
  /** Flags to set, in order, to restore the old ones. */
  | { readonly kind: 'flags'; readonly flags: readonly string[] }
  /** A script was edited; `source` is its original text. */
  | { readonly kind: 'script'; readonly thread: string; readonly scriptId: string; readonly source: string }
  /** The work of a thread has labels. */
  | { readonly kind: 'labels'; readonly thread: string }
  /** Workers are sampled, or paused until they are. */
  | { readonly kind: 'workers' }
  /** We start a program, which must not run: nobody reads its stderr yet. `pid` is null until it is known; `mark` is in its environment. */
  | { readonly kind: 'starting'; readonly pid: number | null; readonly mark: string }
  /** We have started the program at `url`, and it is paused before its first line. */
  | { readonly kind: 'paused'; readonly url: string }
  /** We have asked a process for its inspector, and have not found it yet. */
  | ({ readonly kind: 'opening' } & OpeningInspector)
  /** We have opened the inspector of the process. */
  | { readonly kind: 'inspector'; readonly pid: number; readonly host: string; readonly port: number }
  /** A folder in which processes announce themselves to the controller. */
  | { readonly kind: 'folder'; readonly path: string };

export interface OpeningInspector {
  readonly pid: number;
  /** Identifies the process together with its pid; see proc.ts. */
  readonly startTime: string;
  /** Addresses of the process at which its inspector is not. */
  readonly others: readonly string[];
}

/** From the controller to its caretaker, one JSON text a line. A task of null is done. */
export interface Message {
  readonly name: string;
  readonly task: CleanupTask | null;
}

/**
 * The last line, without quotes. `left`: the controller has left the target, and nothing remains to do. `lost`: the connection is lost, or could not
 * be made, and the controller lives on without the target. A controller that was killed says neither.
 */
export type LastWord = 'left' | 'lost';
