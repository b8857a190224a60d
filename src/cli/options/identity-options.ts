import { type Command, InvalidArgumentError } from 'commander';
import { flagResource, type Resource } from '../../store/identity.js';

/** Whose a profile is. */
export interface IdentityValues {
  readonly service?: string;
  readonly release?: string;
  readonly host?: string;
  readonly instance?: string;
  readonly attribute: Resource;
}

export function addIdentityOptions(command: Command): Command {
  return addAttributeOption(
    command
      .option('--service <name>', 'the service (default: OTEL_SERVICE_NAME, OTEL_RESOURCE_ATTRIBUTES, or the name in package.json)')
      .option('--release <version>', 'its version (default: OTEL_RESOURCE_ATTRIBUTES, or the version in package.json)')
      .option('--host <name>', 'the host of the process (default: OTEL_RESOURCE_ATTRIBUTES)')
      .option('--instance <id>', 'tells two processes of one host and pid apart (default: OTEL_RESOURCE_ATTRIBUTES)'),
    'a resource attribute of the process, such as deployment.environment.name=canary; repeatable',
  );
}

export function addAttributeOption(command: Command, description: string): Command {
  return command.option('--attribute <name=value>', description, withAttribute, {});
}

/** What the user said, by OpenTelemetry's names. */
export function resourceOfValues({ service, release, host, instance, attribute }: IdentityValues): Resource {
  return flagResource({
    ...(service !== undefined && { service }),
    ...(release !== undefined && { release }),
    ...(host !== undefined && { host }),
    ...(instance !== undefined && { instance }),
    attributes: attribute,
  });
}

function withAttribute(text: string, before: Resource): Resource {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError('Write it as name=value.');
  return { ...before, [text.slice(0, at)]: text.slice(at + 1) };
}
