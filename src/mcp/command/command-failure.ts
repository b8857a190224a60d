/** Work that a client has asked for failed. Its message may quote the program. */
export class CommandFailure extends Error {}
