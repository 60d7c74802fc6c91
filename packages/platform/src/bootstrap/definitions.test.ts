import { expect, it } from 'vitest';
import { unserved } from './definitions.ts';

it('waits for a definition until the API says that it serves it, also while there is nothing said of it', () => {
  const named = (name: string, status?: object) => ({
    metadata: { name },
    ...(status === undefined ? {} : { status }),
  });
  const established = (status: string) => ({
    conditions: [
      { type: 'NamesAccepted', status: 'True' },
      { type: 'Established', status },
    ],
  });

  expect(
    unserved([
      named('new'),
      named('newer', { conditions: null }),
      named('named', { conditions: [{ type: 'NamesAccepted', status: 'True' }] }),
      named('refused', established('False')),
      named('served', established('True')),
    ]),
  ).toEqual(['new', 'newer', 'named', 'refused']);
});
