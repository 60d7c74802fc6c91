import { describe, expect, it } from 'vitest';
import { ourSets, withoutOurLines } from './iptables.ts';
import { mountsBelow } from './mounts.ts';

describe('firewall rules', () => {
  it('of Kubernetes and CNI are taken out, all others stay in their order', () => {
    const dump = [
      '*nat',
      ':PREROUTING ACCEPT [0:0]',
      ':CNI-HOSTPORT-DNAT - [0:0]',
      ':DOCKER - [0:0]',
      ':KUBE-SERVICES - [0:0]',
      ':CNI-a1b2c3 - [0:0]',
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      '-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
      '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
      '-A POSTROUTING -s 10.244.0.4/32 -m comment --comment "name: \\"sluice\\" id: \\"x\\"" -j CNI-a1b2c3',
      '-A POSTROUTING -s 10.0.0.0/8 -m comment --comment "not for KUBE-SERVICES" -j MASQUERADE',
      '-A CNI-a1b2c3 ! -d 224.0.0.0/4 -j MASQUERADE',
      '-A KUBE-SERVICES -d 10.96.0.1/32 -p tcp -j KUBE-SVC-NPX46M4PTMTKRN6Y',
      'COMMIT',
    ].join('\n');

    expect(withoutOurLines(dump)).toBe(
      [
        '*nat',
        ':PREROUTING ACCEPT [0:0]',
        ':DOCKER - [0:0]',
        '-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER',
        '-A POSTROUTING -s 10.0.0.0/8 -m comment --comment "not for KUBE-SERVICES" -j MASQUERADE',
        'COMMIT',
      ].join('\n'),
    );
  });

  it('of another network of CNI stay, and so does what networks share', () => {
    const comment = (network: string): string => `-m comment --comment "name: \\"${network}\\" id: \\"x\\""`;
    const theirs = [
      '*nat',
      ':CNI-HOSTPORT-DNAT - [0:0]',
      ':CNI-0ther - [0:0]',
      '-A PREROUTING -m addrtype --dst-type LOCAL -j CNI-HOSTPORT-DNAT',
      `-A POSTROUTING -s 10.88.0.2/32 ${comment('podman')} -j CNI-0ther`,
      '-A CNI-0ther ! -d 224.0.0.0/4 -j MASQUERADE',
    ];
    const ours = [
      ':CNI-a1b2c3 - [0:0]',
      ':CNI-DN-a1b2c3 - [0:0]',
      `-A POSTROUTING -s 10.244.0.4/32 ${comment('sluice')} -j CNI-a1b2c3`,
      `-A CNI-HOSTPORT-DNAT -p tcp ${comment('sluice').replace('name', 'dnat name')} -j CNI-DN-a1b2c3`,
      '-A CNI-a1b2c3 ! -d 224.0.0.0/4 -j MASQUERADE',
      '-A CNI-DN-a1b2c3 -p tcp -j DNAT --to-destination 10.244.0.4:80',
    ];

    expect(withoutOurLines([...theirs, ...ours, 'COMMIT'].join('\n'))).toBe([...theirs, 'COMMIT'].join('\n'));
    expect(withoutOurLines([...theirs.slice(0, 2), ...ours, 'COMMIT'].join('\n'))).toBe('*nat\nCOMMIT');
  });

  it('without any line of theirs stay byte for byte', () => {
    const dump = '*filter\n:INPUT DROP [1:2]\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n';

    expect(withoutOurLines(dump)).toBe(dump);
  });
});

describe('sets of addresses', () => {
  it('of network policies are told from all others', () => {
    expect(ourSets('KUBE-SRC-2A\nKUBE-DST-3B\nKUBE-CLUSTER-IP\nblocked\ninet6:KUBE-SRC-2A\n')).toEqual([
      'KUBE-SRC-2A',
      'KUBE-DST-3B',
      'inet6:KUBE-SRC-2A',
    ]);
  });
});

describe('mounts', () => {
  it('below a folder come deepest first, the later of two on one point first, neighbours not at all', () => {
    const table = [
      'tmpfs /state/run tmpfs rw 0 0',
      'overlay /state/run/a/rootfs overlay rw 0 0',
      'tmpfs /state/run/a/rootfs/tmp\\040dir tmpfs rw 0 0',
      'tmpfs /state/running tmpfs rw 0 0',
      'proc /proc proc rw 0 0',
    ].join('\n');

    expect(mountsBelow(table, '/state/run')).toEqual([
      '/state/run/a/rootfs/tmp dir',
      '/state/run/a/rootfs',
      '/state/run',
    ]);
  });
});
