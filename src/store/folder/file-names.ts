import { join } from 'node:path';
import { processKey } from '../identity.js';
import { profileId } from '../profile-id.js';
import type { Identity } from '../store.js';

/** `20240131T235959.123Z-0123…ef.tmsnap`: the time and the id of a profile. */
const OWN_NAME = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d\.\d{3}Z)-[0-9a-f]{32}\.tmsnap$/;
/** File systems take names of up to 255 bytes. */
const LONGEST_FOLDER = 150;

/** Relative to the store's folder: a folder for each service, and in it one for each day. */
export function profilePath(identity: Identity, time: string): string {
  const iso = new Date(time).toISOString();
  return join(serviceFolder(identity.service), iso.slice(0, 10), `${iso.replace(/[-:]/g, '')}-${profileId(identity, time)}.tmsnap`);
}

/** A name of a service may hold anything: `../..`, slashes, a terminal's commands. The name of its folder holds none of it. */
export function serviceFolder(service: string): string {
  const safe = encodeURIComponent(service.replace(/\p{Surrogate}/gu, '\ufffd')).replace(
    /^\.|[*'!~()]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  if (safe.length <= LONGEST_FOLDER) return safe;
  const { createHash } = process.getBuiltinModule('node:crypto');
  return `${safe.slice(0, LONGEST_FOLDER - 33)}~${createHash('sha256').update(service).digest('hex').slice(0, 32)}`;
}

/** The service whose folder has this name. */
export function serviceOfFolder(folder: string): string {
  try {
    return decodeURIComponent(folder);
  } catch {
    return folder; // not one that we made
  }
}

/** When a profile was taken whose file has a name of ours, in ms; null for the names of others. */
export function timeInName(name: string): number | null {
  const [, year, month, day, hour, minute, rest] = OWN_NAME.exec(name) ?? [];
  return year === undefined ? null : Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${rest}`);
}

/** The same process in the same tracing. */
export function tracingKey(identity: Identity, tracing: string | undefined): string {
  return `${tracing ?? ''} ${processKey(identity)}`;
}
