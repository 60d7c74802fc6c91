import { createServer, type AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** What the stand-in for Docker and kind knows. A test may edit it. */
export interface World {
  engine: boolean;
  buildx: boolean;
  /** Image of the DNS deployment in the cluster; empty for none. */
  dns: string;
  gateway: string;
  /** Calls still to fail, by the beginning of their command line. */
  failing: Record<string, { times: number; code: number; stderr: string }>;
  containers: Record<string, { running: boolean; labels: Record<string, string>; networks: string[] }>;
  clusters: string[];
  networks: string[];
  volumes: string[];
  /** Files written in containers, by `container:path`. */
  files: Record<string, string>;
}

interface Call {
  command: string;
  args: string[];
  input: string;
  /** KIND_EXPERIMENTAL_DOCKER_NETWORK of the call. */
  network: string;
}

type Answer = string | { code: number; stderr: string };

/** Answers one command line as Docker or kind would, and changes the world as they would. */
function answer(world: World, { command, args, input, network }: Call): Answer {
  const line = [command, ...args].join(' ');
  const failing = Object.entries(world.failing).find(([start, { times }]) => line.startsWith(start) && times > 0);
  if (failing !== undefined) {
    failing[1].times--;
    return failing[1];
  }
  return command === 'kind' ? kind(world, args, network) : docker(world, args, input);
}

function docker(world: World, args: string[], input: string): Answer {
  const [verb = '', what = ''] = args;
  const name = args.at(-1) ?? '';
  if (verb === 'buildx') {
    return world.buildx
      ? 'github.com/docker/buildx v0.30.0\n'
      : { code: 1, stderr: "docker: 'buildx' is not a docker command.\n" };
  }
  if (!world.engine)
    return {
      code: 1,
      stderr: 'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?\n',
    };
  switch (verb) {
    case 'info':
      return 'Server Version: 29.0.0\n';
    case 'container': {
      const found = world.containers[name];
      if (found === undefined) return { code: 1, stderr: `Error response from daemon: No such container: ${name}\n` };
      const networks = Object.fromEntries(found.networks.map((each) => [each, {}]));
      return JSON.stringify([
        {
          State: { Running: found.running },
          Config: { Labels: found.labels },
          NetworkSettings: { Networks: networks },
        },
      ]);
    }
    case 'run': {
      const labels = args
        .filter((each) => each.startsWith('--label='))
        .map((each) => each.slice('--label='.length).split('='));
      const given = args.find((each) => each.startsWith('--name='))?.slice('--name='.length) ?? '';
      if (world.containers[given] !== undefined)
        return { code: 125, stderr: `Conflict. The container name "/${given}" is already in use\n` };
      world.containers[given] = {
        running: true,
        labels: Object.fromEntries(labels) as Record<string, string>,
        networks: ['bridge'],
      };
      const volume = args
        .find((each) => each.startsWith('--volume='))
        ?.slice('--volume='.length)
        .split(':')[0];
      if (volume !== undefined && !world.volumes.includes(volume)) world.volumes.push(volume);
      return 'f00d\n';
    }
    case 'start':
    case 'stop': {
      const found = world.containers[name];
      if (found === undefined) return { code: 1, stderr: `Error response from daemon: No such container: ${name}\n` };
      found.running = verb === 'start';
      return `${name}\n`;
    }
    case 'rm':
      delete world.containers[name];
      return `${name}\n`;
    case 'network':
      if (what === 'connect') world.containers[name]?.networks.push(args[2] ?? '');
      if (what === 'rm') world.networks = world.networks.filter((each) => each !== name);
      if (what !== 'inspect') return '';
      if (!world.networks.includes(name))
        return { code: 1, stderr: `Error response from daemon: network ${name} not found\n` };
      return JSON.stringify([
        {
          IPAM: {
            Config: [
              { Subnet: 'fc00::/64', Gateway: 'fc00::1' },
              { Subnet: '172.18.0.0/16', Gateway: world.gateway },
            ],
          },
        },
      ]);
    case 'volume':
      if (what === 'rm') world.volumes = world.volumes.filter((each) => each !== name);
      return world.volumes.includes(name) || what === 'rm' ? '[]' : { code: 1, stderr: `no such volume: ${name}\n` };
    case 'exec':
      if (args.includes('cp')) world.files[`${args[2]}:${name}`] = input;
      if (args.includes('get')) return world.dns;
      if (args.includes('delete')) world.dns = '';
      return '';
    default:
      return { code: 125, stderr: `the stand-in does not know docker ${args.join(' ')}\n` };
  }
}

function kind(world: World, args: string[], network: string): Answer {
  const node = 'sluice-control-plane';
  switch (args.slice(0, 2).join(' ')) {
    case 'get clusters':
      return world.clusters.length === 0 ? '' : `${world.clusters.join('\n')}\n`;
    case 'create cluster':
      if (world.clusters.includes('sluice'))
        return { code: 1, stderr: 'ERROR: node(s) already exist for a cluster with the name "sluice"\n' };
      world.clusters.push('sluice');
      world.networks.push(network);
      world.containers[node] = { running: true, labels: {}, networks: ['sluice'] };
      world.dns = 'registry.k8s.io/coredns/coredns:v1.14.0';
      return '';
    case 'delete cluster':
      world.clusters = world.clusters.filter((each) => each !== 'sluice');
      delete world.containers[node];
      return '';
    case 'get kubeconfig':
      return JSON.stringify({
        clusters: [
          { name: 'kind-sluice', cluster: { server: 'https://127.0.0.1:36443', 'certificate-authority-data': 'Q0E=' } },
        ],
        users: [{ name: 'kind-sluice', user: { 'client-key-data': 'S0VZ' } }],
        contexts: [{ name: 'kind-sluice', context: { cluster: 'kind-sluice', user: 'kind-sluice' } }],
      });
    default:
      return { code: 1, stderr: `the stand-in does not know kind ${args.join(' ')}\n` };
  }
}

/** A call of a stand-in, as the line that a person would have typed, with its input after it. */
export interface StandIn {
  world: World;
  calls: string[];
  /** The shell script that stands in for a command. */
  script(command: string): string;
}

/**
 * Serves stand-ins for `docker` and `kind`: real executables, but only a few lines of bash that ask this process,
 * because starting a Node for each call would make these tests ten times slower.
 */
export async function serveStandIn(world: World): Promise<StandIn> {
  const calls: string[] = [];
  const server = createServer((socket) => {
    let text = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
      const [command = '', network = '', count = '', ...rest] = text.split('\0');
      if (rest.length < Number(count) + 2) return;
      const args = rest.slice(0, Number(count));
      const input = rest[Number(count)] ?? '';
      calls.push([command, ...args].join(' ') + (input === '' ? '' : `\n${input}`));
      const given = answer(world, { command, args, input, network });
      const { code, stdout, stderr } =
        typeof given === 'string' ? { code: 0, stdout: given, stderr: '' } : { ...given, stdout: '' };
      socket.end(`${code}\0${stdout}\0${stderr}\0`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  const { port } = server.address() as AddressInfo;
  return {
    world,
    calls,
    script: (command) => client.replaceAll('@port', String(port)).replaceAll('@command', command),
  };
}

const client = `#!/bin/bash
case " $* " in *' --interactive '* | *' --config '*) input=$(cat; echo .) ;; *) input=. ;; esac
exec 3<>/dev/tcp/127.0.0.1/@port
printf '%s\\0' @command "$KIND_EXPERIMENTAL_DOCKER_NETWORK" "$#" "$@" "\${input%.}" >&3
IFS= read -r -d '' code <&3
IFS= read -r -d '' out <&3
IFS= read -r -d '' err <&3
printf '%s' "$out"
printf '%s' "$err" >&2
exit "$code"
`;
