import { attach, type Snapshot } from '../../src/index.js';
import { startService, visit } from './leaky-service.js';

const REQUESTS = 3000;

/** Starts a service that leaks, sends it visitors, and shows what a user of the library sees. */
const service = await startService();
try {
  console.log(`A service runs as pid ${service.child.pid}. Attaching to its inspector, then sending it visitors.\n`);
  const tracer = await attach(service.inspectorUrl);
  await tracer.start({ nframe: 10, interval: 64, lines: true });

  await visit(service, 0, REQUESTS);
  const before = await tracer.takeSnapshot();
  console.log(`After ${REQUESTS} visitors, the ten lines that hold the most memory:`);
  print(before);

  await visit(service, REQUESTS, REQUESTS);
  const after = await tracer.takeSnapshot();
  console.log(`\n${REQUESTS} visitors later, what grew:`);
  for (const diff of after.compareTo(before, 'lineno').slice(0, 10)) console.log(`  ${diff}`);
  await tracer.close();
} finally {
  service.child.kill();
}

function print(snapshot: Snapshot): void {
  for (const statistic of snapshot.statistics('lineno').slice(0, 10)) console.log(`  ${statistic}`);
}
