import { describe, expect, it } from 'vitest';
import { findContext } from './kubeconfig.ts';

const first = {
  file: '/home/me/.kube/config',
  text: `
contexts: [{name: lab, context: {cluster: lab, user: me, namespace: team}}]
clusters: [{name: lab, cluster: {server: "https://first", certificate-authority: pki/ca.crt}}]
`,
};
const second = {
  file: '/etc/kube/config',
  text: `
contexts: [{name: lab, context: {cluster: other, user: other}}]
clusters: [{name: lab, cluster: {server: "https://second"}}]
users: [{name: me, user: {client-key: me.key, client-certificate: /abs/me.crt}}]
`,
};

describe('findContext', () => {
  it('takes each name from the first file that has it, and paths from the file that they stand in', () => {
    expect(findContext([first, second], 'lab')).toEqual({
      context: 'lab',
      clusterName: 'lab',
      namespace: 'team',
      cluster: { server: 'https://first', 'certificate-authority': '/home/me/.kube/pki/ca.crt' },
      user: { 'client-key': '/etc/kube/me.key', 'client-certificate': '/abs/me.crt' },
    });
  });

  it('refuses a context whose user is nowhere', () => {
    expect(() => findContext([first], 'lab')).toThrow('names the user "me", which is not there');
  });

  it.each([
    ['a: [', '/kube is not YAML'],
    ['[]', '/kube is no kubeconfig'],
    ['contexts: 3', '/kube is no kubeconfig'],
    ['', 'unknown kubeconfig context "lab"'],
  ])('refuses %j as a kubeconfig with its context', (text, message) => {
    expect(() => findContext([{ file: '/kube', text }], 'lab')).toThrow(message);
  });
});
