import { readFileSync } from 'node:fs';
import { repoPath } from './paths.js';

interface TypeRule {
  readonly type?: string;
  readonly $ref?: string;
  readonly items?: TypeRule;
  readonly properties?: readonly (TypeRule & { readonly name: string; readonly optional?: boolean })[];
}

interface Domain {
  readonly domain: string;
  readonly types?: readonly (TypeRule & { readonly id: string })[];
}

const { domains }: { domains: readonly Domain[] } = JSON.parse(
  readFileSync(repoPath('node_modules/devtools-protocol/json/js_protocol.json'), 'utf8'),
);

/** The paths at which a value differs from the protocol's own description. `type` is for example `HeapProfiler.SamplingHeapProfile`. */
export function protocolViolations(value: unknown, type: string): string[] {
  const [domain, id] = type.split('.') as [string, string];
  const rule = domains.find((one) => one.domain === domain)?.types?.find((one) => one.id === id);
  if (!rule) throw new Error(`the protocol has no ${type}`);
  return violations(value, rule, { domain, path: id });
}

function violations(value: unknown, rule: TypeRule, { domain, path }: { domain: string; path: string }): string[] {
  if (rule.$ref) {
    const type = rule.$ref.includes('.') ? rule.$ref : `${domain}.${rule.$ref}`;
    return protocolViolations(value, type).map((problem) => `${path}/${problem}`);
  }
  if (rule.type === 'array') {
    if (!Array.isArray(value)) return [`${path} is no array`];
    return value.flatMap((item, index) => violations(item, rule.items!, { domain, path: `${path}[${index}]` }));
  }
  if (rule.type !== 'object') return isOfType(value, rule.type!) ? [] : [`${path} is no ${rule.type}`];
  if (typeof value !== 'object' || value === null) return [`${path} is no object`];
  return (rule.properties ?? []).flatMap((property) => {
    if (!(property.name in value)) return property.optional ? [] : [`${path} has no ${property.name}`];
    return violations((value as Record<string, unknown>)[property.name], property, { domain, path: `${path}.${property.name}` });
  });
}

function isOfType(value: unknown, type: string): boolean {
  return type === 'integer' ? Number.isInteger(value) : typeof value === type;
}
