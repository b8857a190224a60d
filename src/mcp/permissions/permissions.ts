/** What the user of the server allows beyond the safe default. */
export interface Permissions {
  /** Expressions in a target. */
  readonly allowEval: boolean;
  /** Programs, and the commands of rounds. */
  readonly allowRun: boolean;
  /** Folders beside the current one. */
  readonly allowPath: readonly string[];
  /** Hosts beside this machine. */
  readonly allowHost: readonly string[];
  readonly allowOtherUsers: boolean;
}
