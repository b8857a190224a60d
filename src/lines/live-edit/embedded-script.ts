import { isAbsolute } from 'node:path';
import type { ParsedScript } from '../../protocol/debugger-domain.js';
import { evaluateOwn } from '../../protocol/evaluate.js';
import type { Session } from '../../protocol/session.js';

/** Node before 20.16 and 22.3 has no way to the module here. There the application has its own name where others have their script. */
const IS_EMBEDDED = `typeof process !== 'undefined' &&
  (process.getBuiltinModule ? process.getBuiltinModule('node:sea')?.isSea() : process.argv[1] === process.argv0)`;

/**
 * The program of a single executable application. V8 knows it by the name in the configuration of its build, such as `dist/main.cjs`, which is no
 * path of this machine. Other names that are no path belong to code without a file. An ES module in it has the address of the binary.
 *
 * @returns undefined if there is none, as in every other program
 */
export async function embeddedScript(session: Session, scripts: readonly ParsedScript[]): Promise<ParsedScript | undefined> {
  const candidates = scripts.filter(({ url, isModule }) => !isModule && !isAbsolute(url) && !/^(?:[a-z][\w+.-]*:|internal\/)/i.test(url));
  // Scripts have ascending ids. Whatever the program compiles itself comes after it.
  const [first] = candidates.sort((a, b) => Number(a.scriptId) - Number(b.scriptId));
  if (first === undefined) return undefined;
  const { value } = await evaluateOwn(session, IS_EMBEDDED, { doing: 'looking for the program in its executable' });
  return value === true ? first : undefined;
}
