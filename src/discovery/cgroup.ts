import { existsSync, readFileSync } from 'node:fs';

const MOUNT = '/sys/fs/cgroup';

/**
 * The folders of a process's control groups that may have files of `controller` (`pids`, `memory`), its own group first and the root last. A limit of
 * any of them holds for the process. Empty if we cannot read them.
 */
export function controlGroupFolders(pid: number, controller: string): string[] {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/cgroup`, 'utf8');
  } catch {
    return []; // no Linux, or the process has ended
  }
  // Version 2 is mounted alone, or beside the hierarchies of version 1.
  return parseControlGroups(text, controller)
    .flatMap(({ path, isShared }) => {
      const roots = isShared ? [`${MOUNT}/unified`, MOUNT] : [`${MOUNT}/${controller}`];
      return roots.flatMap((root) => upwards(path).map((at) => `${root}${at}`));
    })
    .filter((folder) => existsSync(folder));
}

interface ControlGroup {
  readonly path: string;
  /** Of version 2, which has one hierarchy for all controllers. */
  readonly isShared: boolean;
}

/** Rows of cgroups(7)'s /proc/PID/cgroup: `8:pids:/system.slice/app` in version 1, `0::/system.slice/app` in version 2. */
export function parseControlGroups(text: string, controller: string): ControlGroup[] {
  return text.split('\n').flatMap((row): ControlGroup[] => {
    const [, controllers, path] = /^\d+:([^:]*):(\/.*)$/.exec(row) ?? [];
    if (path === undefined) return [];
    const isShared = controllers === '';
    return isShared || controllers!.split(',').includes(controller) ? [{ path, isShared }] : [];
  });
}

/** `/a/b` gives `/a/b`, `/a` and the empty string. In a container the path may be that outside it, and only the root exists. */
function upwards(path: string): string[] {
  const names = path.split('/').filter((name) => name !== '' && name !== '..');
  return Array.from({ length: names.length + 1 }, (_, left) =>
    names
      .slice(0, names.length - left)
      .map((name) => `/${name}`)
      .join(''),
  );
}
