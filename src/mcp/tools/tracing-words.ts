interface TracingInput {
  readonly mode?: string | undefined;
  readonly lines?: boolean | undefined;
  readonly labels?: boolean | undefined;
}

/** The options of the command line that say how to trace. */
export function tracingWords({ mode, lines, labels }: TracingInput): string[] {
  return [...(mode === undefined ? [] : [`--mode=${mode}`]), ...(lines ? ['--lines'] : []), ...(labels ? ['--label=requests'] : [])];
}
