import { describe, expect, it } from 'vitest';
import { fromLines, fromStanzas } from './apt-source.ts';

describe('fromLines', () => {
  it('finds the mirror of the release and its keys', () => {
    const text = [
      '# deb http://old.example/debian bookworm main',
      'deb http://extra.example/debian bookworm contrib',
      'deb http://mirror.example/debian bookworm-updates main',
      'deb [arch=amd64 signed-by=/usr/share/keyrings/debian.gpg] http://mirror.example/debian bookworm main contrib',
    ].join('\n');

    expect(fromLines(text, 'bookworm')).toEqual({
      mirror: 'http://mirror.example/debian',
      suite: 'bookworm',
      keyring: '/usr/share/keyrings/debian.gpg',
    });
  });

  it('finds nothing for another release', () => {
    expect(fromLines('deb http://mirror.example/debian trixie main', 'bookworm')).toBeUndefined();
  });
});

describe('fromStanzas', () => {
  it('finds the mirror behind comments, disabled stanzas and other suites', () => {
    const text = `Types: deb
URIs: http://security.example/debian
Suites: bookworm-security
Components: main

Enabled: no
Types: deb
URIs: http://off.example/debian
Suites: bookworm
Components: main

Types: deb deb-src
# http://snapshot.example/debian
URIs: http://mirror.example/debian http://second.example/debian
Suites: bookworm bookworm-updates
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
`;

    expect(fromStanzas(text, 'bookworm')).toEqual({
      mirror: 'http://mirror.example/debian',
      suite: 'bookworm',
      keyring: '/usr/share/keyrings/debian-archive-keyring.gpg',
    });
  });
});
