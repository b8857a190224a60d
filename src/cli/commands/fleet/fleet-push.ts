import { basename } from 'node:path';
import type { Command } from 'commander';
import { TracemallocError } from '../../../errors.js';
import { openInput } from '../../../formats/open-file.js';
import { Series } from '../../../series/series.js';
import type { Snapshot } from '../../../snapshot/snapshot.js';
import { identityOf, type Resource, resourceOf } from '../../../store/identity.js';
import type { Profile, Store } from '../../../store/store.js';
import { type Console, errorLine, writeLines } from '../../console/console.js';
import { addExamples } from '../../options/examples.js';
import { withStore } from '../../options/fleet-options.js';
import { addIdentityOptions, type IdentityValues, resourceOfValues } from '../../options/identity-options.js';
import { addSourceMapOptions, type SourceMapValues, shown, sourceMapperOf } from '../../options/source-maps.js';
import { FAILED } from '../../output/exit-codes.js';

type PushValues = IdentityValues & SourceMapValues;

/** Profiles that are pushed at once. */
const BATCH = 50;

export function configure(command: Command): Command {
  return addExamples(addSourceMapOptions(addIdentityOptions(command)), [
    ['tracemalloc fleet push folder:./fleet --service api --release 2.1 app.tmsnap', 'one process of release 2.1'],
    ['tracemalloc fleet push folder:./fleet --service api --release 2.1 profiles/*.tmseries', 'every round of several processes'],
  ]);
}

export async function run([url, ...files]: readonly string[], values: PushValues, console: Console): Promise<number> {
  const mapper = sourceMapperOf(values, console);
  const flags = resourceOfValues(values);
  const surroundings = resourceOf({ env: process.env, folder: console.cwd, isHere: false });
  return await withStore(url!, console, async (store) => {
    let pushed = 0;
    let failed = 0;
    for (const file of files) {
      try {
        const profilesOf = (snapshot: Snapshot): Profile => ({
          identity: identityOf({ ...surroundings, ...snapshot.capture.resource, ...flags }, snapshot.capture, basename(file)),
          snapshot: shown(snapshot, mapper),
        });
        pushed += await pushAll(store, snapshotsIn(file), profilesOf);
      } catch (error) {
        if (!(error instanceof TracemallocError) || files.length === 1) throw error;
        writeLines(console.err, [`left out: ${errorLine(error)}`]);
        failed++;
      }
    }
    writeLines(console.err, [`pushed ${pushed === 1 ? '1 profile' : `${pushed} profiles`}${named(flags)}`]);
    return failed === 0 ? 0 : FAILED;
  });
}

function* snapshotsIn(file: string): Generator<Snapshot> {
  const input = openInput(file);
  if (!(input instanceof Series)) return yield input;
  for (let round = 0; round < input.rounds.length; round++) yield input.snapshot(round);
}

/** @returns how many */
async function pushAll(store: Store, snapshots: Iterable<Snapshot>, profileOf: (snapshot: Snapshot) => Profile): Promise<number> {
  let pushed = 0;
  let batch: Profile[] = [];
  for (const snapshot of snapshots) {
    batch.push(profileOf(snapshot));
    if (batch.length < BATCH) continue;
    await store.push(batch);
    pushed += batch.length;
    batch = [];
  }
  await store.push(batch);
  return pushed + batch.length;
}

function named(flags: Resource): string {
  const names = [flags['service.name'], flags['service.version']].filter((name) => name !== undefined);
  return names.length === 0 ? '' : ` of ${names.join(' ')}`;
}
