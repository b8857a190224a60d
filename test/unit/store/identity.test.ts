import { mkdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { UsageError } from '../../../src/errors.js';
import { flagResource, identityOf, resourceOf, resourceOfIdentity } from '../../../src/store/identity.js';
import { profileId } from '../../../src/store/profile-id.js';
import { reapTargets, temporaryFolder } from '../../helpers/target-process.js';

afterAll(reapTargets);

const folder = temporaryFolder();
mkdirSync(join(folder, 'src', 'deep'), { recursive: true });
writeFileSync(join(folder, 'package.json'), '{ "name": "shop", "version": "1.4.0" }');
writeFileSync(join(folder, 'src', 'package.json'), '{ "type": "module" }');
const inside = join(folder, 'src', 'deep');
const target = { pid: 7, title: '', nodeVersion: null };

function told(env: NodeJS.ProcessEnv, where = inside) {
  return resourceOf({ env, folder: where, isHere: false });
}

describe('the resource of a process', () => {
  it('has the nearest package with a name, if nothing else is known', () => {
    expect(told({})).toEqual({ 'service.name': 'shop', 'service.version': '1.4.0' });
  });

  it("has OpenTelemetry's variables before that, and of these the name before the attributes", () => {
    const OTEL_RESOURCE_ATTRIBUTES =
      'service.name=other, service.version=2.0%2Bbuild,deployment.environment.name=prod,nonsense,host.name=a%zz';
    expect(told({ OTEL_SERVICE_NAME: 'api', OTEL_RESOURCE_ATTRIBUTES })).toEqual({
      'service.name': 'api',
      'service.version': '2.0+build',
      'deployment.environment.name': 'prod',
      'host.name': 'a%zz',
    });
    expect(told({ OTEL_RESOURCE_ATTRIBUTES })['service.name']).toBe('other');
  });

  it('has the pod and the namespace in Kubernetes', () => {
    const env = { KUBERNETES_SERVICE_HOST: '10.0.0.1', HOSTNAME: 'shop-5f', POD_NAMESPACE: 'web' };
    expect(told(env)).toMatchObject({ 'k8s.pod.name': 'shop-5f', 'k8s.namespace.name': 'web' });
    expect(told({ HOSTNAME: 'laptop' })).not.toHaveProperty(['k8s.pod.name']);
  });

  it('has the host only of a process of this machine', () => {
    expect(resourceOf({ env: {}, folder: inside, isHere: true })['host.name']).toBe(hostname());
    expect(told({})).not.toHaveProperty(['host.name']);
  });
});

describe('the identity of a process', () => {
  it('has what the user says before all else', () => {
    const flags = flagResource({ service: 'mine', release: '9', attributes: { 'team.name': 'a' } });
    expect(identityOf({ ...told({}), ...flags }, { target })).toEqual({
      service: 'mine',
      release: '9',
      host: '',
      pid: 7,
      instance: '',
      attributes: { 'team.name': 'a' },
    });
  });

  it('needs an instance only if host or pid is unknown', () => {
    const known = { 'service.name': 'a', 'host.name': 'h' };
    expect(identityOf(known, { target, tracing: 't' }).instance).toBe('');
    expect(identityOf({ 'service.name': 'a' }, { target, tracing: 't' }).instance).toBe('t');
    expect(identityOf({ ...known, 'service.instance.id': 'i' }, { target, tracing: 't' }).instance).toBe('i');
    expect(identityOf(known, { target: { ...target, pid: null } }, 'a.heapprofile').instance).toBe('a.heapprofile');
  });

  it('is refused without a service, and says what to do', () => {
    expect(() => identityOf({}, { target })).toThrow(UsageError);
    expect(() => identityOf({}, { target })).toThrow(/--service NAME/);
  });

  it('comes back from the resource that a snapshot keeps', () => {
    const identity = { service: 'a', release: '', host: 'h', pid: 12, instance: 'x', attributes: { 'k8s.pod.name': 'p' } };
    expect(identityOf(resourceOfIdentity(identity), { target: { ...target, pid: null } })).toEqual(identity);
  });
});

it('two profiles have the same id only if process and time are the same', () => {
  const identity = { service: 'a', release: '1', host: 'h', pid: 1, instance: '', attributes: {} };
  const time = '2026-01-01T00:00:00.000Z';
  const ids = [
    profileId(identity, time),
    profileId({ ...identity, pid: 2 }, time),
    profileId({ ...identity, release: '2' }, time),
    profileId(identity, '2026-01-01T00:00:00.001Z'),
  ];
  expect(new Set(ids).size).toBe(4);
  expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true);
  expect(profileId({ ...identity, attributes: { b: 'c' } }, '2026-01-01T01:00:00+01:00')).toBe(ids[0]);
});
