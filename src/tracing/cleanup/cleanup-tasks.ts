/** What must be put back in a target. */
export type Debt =
  /** Flags of V8 that change others back. */
  | { readonly kind: 'flags'; readonly flags: readonly string[] }
  /** The original text of a script that was edited. */
  | { readonly kind: 'script'; readonly thread: string; readonly scriptId: string; readonly source: string }
  /** Workers are sampled, or held until they are. */
  | { readonly kind: 'workers' }
  /** We have started it, and it waits before its first line. */
  | { readonly kind: 'held' }
  /** We have opened its inspector. */
  | { readonly kind: 'inspector'; readonly pid: number; readonly host: string; readonly port: number }
  /** Processes announce themselves in it, to a controller that is there. */
  | { readonly kind: 'folder'; readonly path: string };

/** From the controller to its caretaker, one JSON text a line. A debt of null is settled; after `lost`, the controller lives on without the target. */
export type Message = { readonly name: string; readonly debt: Debt | null } | 'settled' | 'lost';
