import { connect } from '../../src/discovery/connect.js';
import { discover } from '../../src/discovery/discovery.js';

/** Until somebody samples the target, or nobody does any more; asking does neither. */
export async function untilSampled({ port }: { readonly port: number }, wanted: boolean): Promise<void> {
  const probe = await connect(await discover(port));
  const isSampled = () =>
    probe.send('HeapProfiler.getSamplingProfile').then(
      () => true,
      () => false,
    );
  while ((await isSampled()) !== wanted);
  await probe.close();
}
