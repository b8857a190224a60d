import { type Command, InvalidArgumentError } from 'commander';
import { UsageError } from '../../errors.js';
import { checkRoute, type LabelsOption } from '../../lines/labels/label-choice.js';
import { collected } from './option-values.js';

export interface LabelValues {
  readonly label?: 'requests' | 'program';
  readonly labelRoute: readonly string[];
}

/** For a user who has not asked for true lines. */
export const LABELS_NEED_LINES = 'labels need true lines, which are switched on, too (--lines)';

export function addLabelOptions(command: Command): Command {
  return command
    .option(
      '--label <source>',
      'label memory with the work that it is for: requests (HTTP requests, by method and path) or program (what it labels itself)',
      labelSource,
    )
    .option('--label-route <pattern>', "one label for all requests that match, such as 'GET /files/*'; repeatable", route, []);
}

/** false if there are no labels. */
export function labelsOption({ label, labelRoute: routes }: LabelValues): LabelsOption {
  if (label === undefined && routes.length === 0) return false;
  if (label === 'program' && routes.length > 0) throw new UsageError('--label-route is for requests: give --label requests, too');
  return { requests: label !== 'program', routes };
}

function labelSource(text: string): string {
  if (text === 'worker' || text === 'thread-name') throw new InvalidArgumentError('Threads need no labels: use --group-by thread.');
  if (text !== 'requests' && text !== 'program') throw new InvalidArgumentError('It is requests or program.');
  return text;
}

function route(text: string, before: readonly string[]): string[] {
  try {
    checkRoute(text);
  } catch {
    throw new InvalidArgumentError("It is a path with an optional method before it: 'GET /files/*'.");
  }
  return collected(text, before);
}
