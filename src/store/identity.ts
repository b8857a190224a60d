import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { UsageError } from '../errors.js';
import type { CaptureInfo } from '../model/trace-columns.js';
import type { Identity } from './store.js';

/** Resource attributes by OpenTelemetry's names. */
export type Resource = Readonly<Record<string, string>>;

const SERVICE = 'service.name';
const RELEASE = 'service.version';
const HOST = 'host.name';
const PID = 'process.pid';
const INSTANCE = 'service.instance.id';

/** What the user said. */
export interface IdentityFlags {
  readonly service?: string;
  readonly release?: string;
  readonly host?: string;
  readonly instance?: string;
  readonly attributes?: Resource;
}

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  /** Where a package.json is looked for, and in the folders above it. */
  readonly folder: string;
  /** Whether the process runs on this machine, whose name then is its host's if nothing better is known. */
  readonly isHere: boolean;
}

/** The resource that the surroundings tell, the surest last: the package, Kubernetes, then OpenTelemetry's own variables. */
export function resourceOf({ env, folder, isHere }: Surroundings): Resource {
  return withoutEmpty({
    ...packageResource(folder),
    ...(isHere && { [HOST]: hostname() }),
    ...kubernetesResource(env),
    ...otelResource(env),
  });
}

export function flagResource({ service, release, host, instance, attributes }: IdentityFlags): Resource {
  return withoutEmpty({ ...attributes, [SERVICE]: service, [RELEASE]: release, [HOST]: host, [INSTANCE]: instance });
}

/**
 * Whose a snapshot is.
 *
 * @param resource the surest value of each attribute
 * @param file names the instance if nothing else does, so that two processes of which nothing is known are not taken for one
 * @throws UsageError if nothing names the service
 */
export function identityOf(resource: Resource, { target, tracing }: Pick<CaptureInfo, 'target' | 'tracing'>, file = ''): Identity {
  const { [SERVICE]: service, [RELEASE]: release = '', [HOST]: host = '', [PID]: pidText, [INSTANCE]: given, ...attributes } = resource;
  if (service === undefined)
    throw new UsageError(
      'nothing names the service; give --service NAME, or set OTEL_SERVICE_NAME, or run it below a package.json with a name',
    );
  const pid = target.pid ?? pidOf(pidText) ?? 0;
  const instance = given ?? (host !== '' && pid !== 0 ? '' : (tracing ?? (pid === 0 ? file : '')));
  return { service, release, host, pid, instance, attributes };
}

/** The other way round, for a snapshot's `capture.resource`. */
export function resourceOfIdentity({ service, release, host, pid, instance, attributes }: Identity): Resource {
  const own = { [SERVICE]: service, [RELEASE]: release, [HOST]: host, [PID]: pid === 0 ? '' : `${pid}`, [INSTANCE]: instance };
  return withoutEmpty({ ...attributes, ...own });
}

/** A name for a process: two processes with the same one are the same. */
export function processKey({ service, host, pid, instance }: Identity): string {
  return JSON.stringify([service, host, pid, instance]);
}

function pidOf(text: string | undefined): number | null {
  return text !== undefined && /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null;
}

/** https://opentelemetry.io/docs/specs/otel/resource/sdk/: pairs as in W3C Baggage, with percent-encoded values. */
function otelResource(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  const pairs = (env.OTEL_RESOURCE_ATTRIBUTES ?? '').split(',').flatMap((pair) => {
    const at = pair.indexOf('=');
    return at > 0 ? [[pair.slice(0, at).trim(), decoded(pair.slice(at + 1).trim())] as const] : [];
  });
  return { ...Object.fromEntries(pairs), ...(env.OTEL_SERVICE_NAME && { [SERVICE]: env.OTEL_SERVICE_NAME }) };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/**
 * A pod gets these variables by the downward API under names that its manifest chooses, which usually are these. The name of the host in a pod is that
 * of the pod.
 */
function kubernetesResource(env: NodeJS.ProcessEnv): Record<string, string | undefined> {
  if (env.KUBERNETES_SERVICE_HOST === undefined) return {};
  return {
    'k8s.pod.name': env.K8S_POD_NAME || env.POD_NAME || env.HOSTNAME,
    'k8s.namespace.name': env.K8S_NAMESPACE_NAME || env.POD_NAMESPACE || env.K8S_NAMESPACE || env.NAMESPACE,
    'k8s.node.name': env.K8S_NODE_NAME || env.NODE_NAME,
  };
}

/** Of the nearest package.json with a name. */
function packageResource(folder: string): Record<string, string | undefined> {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const found = packageAt(at);
    if (found) return found;
    if (dirname(at) === at) return {};
  }
}

function packageAt(folder: string): Record<string, string | undefined> | null {
  try {
    const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as { name?: unknown; version?: unknown };
    return typeof name === 'string' && name !== ''
      ? { [SERVICE]: name, [RELEASE]: typeof version === 'string' ? version : undefined }
      : null;
  } catch {
    return null; // there is none, or it is none that Node would take
  }
}

function withoutEmpty(resource: Readonly<Record<string, string | undefined>>): Resource {
  return Object.fromEntries(Object.entries(resource).filter((entry): entry is [string, string] => Boolean(entry[1])));
}
