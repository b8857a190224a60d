import { connect } from '../../src/discovery/connect.js';
import { discover } from '../../src/discovery/discovery.js';

/** Waits until somebody samples the target, or until nobody does. Asking does not change that. */
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
