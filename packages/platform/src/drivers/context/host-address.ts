import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { UserError } from '@sluice/scripts/errors';

/**
 * This machine's address on the way to a cluster, which is what its pods can reach the machine by where nothing
 * translates addresses in between. Connecting a UDP socket asks the routing table and sends nothing.
 * @param server host name or address of the cluster's API
 * @throws UserError if there is no route, or the way does not leave this machine
 */
export async function addressTowards(server: string): Promise<string> {
  const hint = 'name an address of this machine that pods can reach: SLUICE_HOST_ADDRESS=<IPv4 address>';
  const socket = createSocket('udp4');
  try {
    socket.connect(443, server);
    await once(socket, 'connect');
    const { address } = socket.address();
    if (!address.startsWith('127.')) return address;
  } catch (cause) {
    throw new UserError(`this machine has no way to the cluster at ${server}`, { hint, cause });
  } finally {
    socket.close();
  }
  throw new UserError(`the cluster at ${server} is on this machine's loopback, by which its pods cannot answer`, {
    hint,
  });
}

/** SLUICE_HOST_ADDRESS, checked. */
export function chosenAddress(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env['SLUICE_HOST_ADDRESS'];
  if (chosen === undefined || chosen === '') return undefined;
  if (isIPv4(chosen) && !chosen.startsWith('127.')) return chosen;
  throw new UserError(`SLUICE_HOST_ADDRESS is "${chosen}", which is no IPv4 address that pods could reach`, {
    hint: 'give an address of this machine on the network of the cluster',
    exit: 'usage',
  });
}
