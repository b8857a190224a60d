import { UsageError } from '../../errors.js';

/** What gets labels, beside the work that the program labels itself. */
export interface LabelChoice {
  /** Every request to a server of `http`, `https` or `http2`. */
  readonly requests: boolean;
  /** Patterns for requests, such as `GET /files/*`: those that match one get the pattern as their label. */
  readonly routes: readonly string[];
}

/** `'requests'`: each HTTP request, by method and path. `'program'`: only what the program labels by `node-tracemalloc/labels`. */
export type LabelsOption = boolean | 'requests' | 'program' | Partial<LabelChoice>;

const KINDS = ['requests', 'program'];
const NAME = 'NODE_TRACEMALLOC_LABEL';
const ROUTES = 'NODE_TRACEMALLOC_LABEL_ROUTES';

/** @returns null if there are no labels @throws UsageError for any other value, and for a pattern that fits no request */
export function labelChoiceOf(option: LabelsOption): LabelChoice | null {
  if (option === false) return null;
  if (typeof option === 'string' && !KINDS.includes(option))
    throw new UsageError(`labels come from requests or from the program, not from ${JSON.stringify(option)}`);
  const given = typeof option === 'object' ? option : { requests: option !== 'program' };
  const { routes = [], requests = routes.length > 0 } = given;
  for (const route of routes) checkRoute(route);
  return { requests, routes };
}

/** @throws UsageError */
export function checkRoute(route: string): void {
  if (!/^(?:[A-Z*?]+ )?[/*?]\S*$/.test(route))
    throw new UsageError(`a route is a path with an optional method, such as 'GET /files/*', not ${JSON.stringify(route)}`);
}

/** The environment variables that tell a program's preload of this choice. */
export function labelChoiceEnvironment({ requests, routes }: LabelChoice): Record<string, string> {
  return { [NAME]: requests ? 'requests' : 'program', ...(routes.length > 0 && { [ROUTES]: routes.join('\n') }) };
}

/**
 * Reads the choice that `labelChoiceEnvironment`, or the user, has put into the environment. null if there is none.
 *
 * @throws UsageError
 */
export function readLabelChoice(env: NodeJS.ProcessEnv = process.env): LabelChoice | null {
  const kind = env[NAME];
  if (kind === undefined || kind === '') return null;
  if (!KINDS.includes(kind)) throw new UsageError(`${NAME} is requests or program, not ${JSON.stringify(kind)}`);
  const routes = (env[ROUTES] ?? '').split('\n').filter((route) => route !== '');
  return labelChoiceOf({ requests: kind === 'requests', routes });
}
