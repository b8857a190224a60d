import { execFileSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { expect, it } from '@jest/globals';
import { MessageQueue } from '../../../src/protocol/message-queue.js';
import { repoPath } from '../../helpers/paths.js';

it('hands over in the order of arrival, after the caller, and also what comes meanwhile', async () => {
  const seen: string[] = [];
  const queue = new MessageQueue();
  queue.add(() => {
    seen.push('first');
    queue.add(() => void seen.push('meanwhile'));
  });
  queue.add(() => void seen.push('second'));
  seen.push('caller');
  await new Promise(setImmediate);
  queue.add(() => void seen.push('later'));
  await new Promise(setImmediate);
  expect(seen).toEqual(['caller', 'first', 'second', 'meanwhile', 'later']);
});

it('resolves no promise twice, which Node would tell the program', () => {
  const program = `
    import { MessageQueue } from '${pathToFileURL(repoPath('dist/src/protocol/message-queue.js')).href}';
    process.on('multipleResolves', () => console.log('resolved again'));
    const queue = new MessageQueue();
    for (const name of ['first', 'second']) queue.add(() => console.log(name));
    setImmediate(() => queue.add(() => console.log('third')));
  `;
  const printed = execFileSync(process.execPath, ['--no-warnings', '--input-type=module', '-e', program], { encoding: 'utf8' });
  expect(printed).toBe('first\nsecond\nthird\n');
});
