import { spawnSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, delimiter, join } from 'node:path';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';

const root = join(import.meta.dirname, '..');

interface Step {
  uses?: string;
  run?: string;
  env?: Record<string, string>;
  with?: Record<string, unknown>;
}

interface Job {
  name?: string;
  environment?: string;
  permissions?: Record<string, string>;
  'timeout-minutes'?: number;
  if?: string;
  needs?: string[];
  steps: Step[];
}

interface Workflow {
  name: string;
  on: Record<string, unknown>;
  permissions?: unknown;
  concurrency?: Record<string, unknown>;
  jobs: Record<string, Job>;
}

interface Source<T> {
  file: string;
  text: string;
  value: T;
}

function read<T>(pattern: string): Source<T>[] {
  return globSync(pattern, { cwd: root }).map((file) => {
    const text = readFileSync(join(root, file), 'utf8');
    return { file, text, value: parse(text) as T };
  });
}

const workflows = read<Workflow>('.github/workflows/*.yaml');
const actions = read<{ runs: { steps: Step[] } }>('.github/actions/*/action.yaml');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  packageManager: string;
  scripts: Record<string, string>;
};
const config = parse(readFileSync(join(root, 'gitops.config.yaml'), 'utf8')) as {
  registry: string;
  environments: {
    name: string;
    after?: string[];
    delivery?: boolean;
    gates?: { provenance?: object; checks?: { required?: string[] } };
  }[];
};

const jobs = workflows.flatMap(({ file, value }) =>
  Object.entries(value.jobs).map(([name, job]) => ({ file, name, job })),
);
const steps = [
  ...jobs.flatMap(({ file, name, job }) => job.steps.map((step) => ({ where: `${file} ${name}`, step }))),
  ...actions.flatMap(({ file, value }) => value.runs.steps.map((step) => ({ where: file, step }))),
];

/** What is wrong with one step, in words; nothing where it may stay. */
function problemsOf({ uses, run, with: inputs }: Step): string[] {
  const problems: string[] = [];
  if (uses !== undefined && !uses.startsWith('$/.github/actions/') && !/^[\w./-]+@[0-9a-f]{40}$/.test(uses)) {
    problems.push(`${uses} is not pinned by its commit`);
  }
  if (uses?.startsWith('actions/checkout@') && inputs?.['persist-credentials'] !== false) {
    problems.push('checkout leaves its token in .git/config');
  }
  if (run !== undefined && /\$\{\{/.test(run)) problems.push('an expression inside run: pass it through env');
  for (const [, script = ''] of run?.matchAll(/pnpm (?:--silent )?run ([\w:-]+)/g) ?? []) {
    if (!Object.hasOwn(manifest.scripts, script)) problems.push(`package.json has no script ${script}`);
  }
  return problems;
}

describe('the workflows', () => {
  it('are there: charts, checks, deliver, carry out, reconcile, scan and the check of deploy branches', () => {
    const names = workflows.map(({ file }) => basename(file, '.yaml')).toSorted();
    expect(names).toEqual(['carry-out', 'charts', 'check-deploy', 'checks', 'deliver', 'reconcile', 'scan']);
  });

  it.each(workflows)('$file grants nothing at the top', ({ value }) => {
    expect(value.permissions).toEqual({});
  });

  it.each(jobs)('$file $name names its permissions, each with a reason, and its longest duration', ({ file, job }) => {
    expect(job['timeout-minutes']).toBeGreaterThan(0);
    const text = workflows.find((each) => each.file === file)?.text ?? '';
    for (const [scope, access] of Object.entries(job.permissions ?? { missing: 'permissions' })) {
      expect(text).toMatch(new RegExp(`^ +${scope}: ${access} # \\w`, 'm'));
    }
  });

  it.each(steps)('$where: a step is pinned, keeps no token and takes no outside text as code', ({ step }) => {
    expect(problemsOf(step)).toEqual([]);
  });

  it('refuse what they would have to refuse', () => {
    const bad: Step[] = [
      { uses: 'actions/checkout@v7' },
      { run: 'echo ${{ github.event.pull_request.title }}' },
      { run: 'pnpm run does-not-exist' },
    ];
    expect(bad.flatMap(problemsOf)).toEqual([
      'actions/checkout@v7 is not pinned by its commit',
      'checkout leaves its token in .git/config',
      'an expression inside run: pass it through env',
      'package.json has no script does-not-exist',
    ]);
  });

  it('say beside each pinned commit which version it is', () => {
    const lines = workflows.flatMap(({ text }) => text.split('\n')).filter((line) => /@[0-9a-f]{40}/.test(line));
    expect(lines.filter((line) => !/@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(line))).toEqual([]);
  });

  it('end the checks in one job that needs all others', () => {
    const { 'ci-ok': last, ...others } = get('checks').jobs;
    expect(last?.if).toBe('always()');
    expect(last?.needs).toEqual(Object.keys(others));
  });

  it('render charts again when what they are made of changes', () => {
    const { paths } = get('charts').on['pull_request'] as { paths: string[] };
    for (const path of paths) expect(globSync(path, { cwd: root }).length, path).toBeGreaterThan(0);
    expect(get('charts').jobs['charts']?.steps.at(-1)?.run).toBe('pnpm run validate --charts');
  });

  it('check every commit of main, whatever is pushed after it', () => {
    expect(get('checks').concurrency?.['group']).toBe(
      "checks-${{ github.event_name == 'push' && github.sha || github.ref }}",
    );
  });

  it('queue what is asked for one environment, and cut none off', () => {
    const { group, ...rest } = get('carry-out').concurrency ?? {};
    expect(group).toBe('carry-out-${{ inputs.environment }}');
    expect(rest).toEqual({ 'cancel-in-progress': false, queue: 'max' });
  });

  it('offer exactly the environments of the configuration, and have each of their inputs pass by the environment', () => {
    const { inputs } = get('carry-out').on['workflow_dispatch'] as { inputs: Record<string, { options?: string[] }> };
    expect(inputs['environment']?.options).toEqual(config.environments.map((each) => each.name));
    const last = get('carry-out').jobs['carry-out']?.steps.at(-1);
    const given = Object.fromEntries(Object.keys(inputs).map((name) => [name.toUpperCase(), `\${{ inputs.${name} }}`]));
    expect(last?.env).toMatchObject(given);
    expect(last?.run).toMatch(/^pnpm run carry-out /);
  });

  it('call the jobs of the pipeline so that its own gate does not take them for checks', () => {
    const names = ['deliver', 'carry-out', 'reconcile', 'scan'].flatMap((file) => Object.values(get(file).jobs));
    expect(names.map(({ name }) => name).filter((name) => !name?.startsWith('pipeline: '))).toEqual(['scan']);
    for (const { name } of Object.values(get('checks').jobs)) expect(name).not.toMatch(/^pipeline: /);
  });

  it('have a job on main for every check that a gate requires', () => {
    const names = ['checks', 'deliver'].flatMap((file) => Object.values(get(file).jobs).map(({ name }) => name));
    const required = config.environments.flatMap(({ gates }) => gates?.checks?.required ?? []);
    expect(required).toEqual(['ci-ok', 'scan']);
    expect(names).toEqual(expect.arrayContaining(required));
  });

  it('let git use the token in GH_TOKEN on whichever server they run, there alone, and write it nowhere', () => {
    const step = actions.find(({ file }) => file.includes('/access/'))?.value.runs.steps[0];
    const folder = mkdtempSync(join(tmpdir(), 'access-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const home = { PATH: process.env['PATH'], HOME: folder, GIT_CONFIG_NOSYSTEM: '1', GIT_TERMINAL_PROMPT: '0' };
    const set = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step?.run ?? ''], {
      env: { ...home, ...step?.env, GITHUB_SERVER_URL: 'https://git.example', GH_TOKEN: 'ghs_0123' },
    });
    const ask = (host: string): string[] =>
      spawnSync('git', ['credential', 'fill'], {
        cwd: folder,
        encoding: 'utf8',
        input: `protocol=https\nhost=${host}\npath=acme/shop\n\n`,
        env: { ...home, GH_TOKEN: 'ghs_4567' },
      }).stdout.split('\n');

    expect(set.status).toBe(0);
    expect(ask('git.example')).toEqual(expect.arrayContaining(['username=x-access-token', 'password=ghs_4567']));
    expect(ask('elsewhere.example')).toEqual(['']);
    expect(readFileSync(join(folder, '.gitconfig'), 'utf8')).not.toContain('ghs_');
  });

  it('set that up before they fetch', () => {
    const fetches = ({ run }: Step): boolean => run?.includes('git fetch') ?? false;
    for (const { file, name, job } of jobs.filter((each) => each.job.steps.some(fetches))) {
      const before = job.steps.slice(0, job.steps.findIndex(fetches)).map(({ uses }) => uses);
      expect(before, `${file} ${name}`).toContain('$/.github/actions/access');
    }
    expect(jobs.flatMap(({ job }) => job.steps).filter(({ run }) => /\bgh /.test(run ?? ''))).toEqual([]);
  });

  describe('scan images', () => {
    const noJq = spawnSync('jq', ['--version']).error !== undefined;
    beforeEach(({ skip }) => skip(noJq, 'no jq on this machine; install the package jq'));
    const script = actions.find(({ file }) => file.includes('/scan/'))?.value.runs.steps.at(-1)?.run ?? '';
    const cells = [
      { release: { imageRevision: 'new', image: 'r/web', digest: 'sha256:1' } },
      { release: { imageRevision: 'new', image: 'r/web', digest: 'sha256:1' } },
      { release: { imageRevision: 'new', image: 'r/api', digest: 'sha256:2' } },
      { release: { imageRevision: 'old', image: 'r/jobs', digest: 'sha256:3' } },
      { app: 'not-delivered' },
    ];

    it('that a commit became, by digest, each once, and no other', () => {
      expect(scan(script, cells, { revision: 'new' })).toEqual({
        status: 0,
        scanned: ['r/api@sha256:2', 'r/web@sha256:1'],
      });
    });

    it('that run anywhere, where no commit is named', () => {
      const scanned = ['r/api@sha256:2', 'r/jobs@sha256:3', 'r/web@sha256:1'];
      expect(scan(script, cells, {})).toEqual({ status: 0, scanned });
    });

    it('to the last, and fail where one has something that could be mended', () => {
      const { status, scanned } = scan(script, cells, { vulnerable: 'api' });
      expect(status).not.toBe(0);
      expect(scanned).toHaveLength(3);
    });

    it('without asking anything where nothing was built', () => {
      expect(scan(script, [{ app: 'not-delivered' }], {})).toEqual({ status: 0, scanned: [] });
      expect(scan(script, cells, { revision: 'newer' })).toEqual({ status: 0, scanned: [] });
    });
  });

  it('listen to no event that would run what a pull request or a deploy branch brings', () => {
    const risky = workflows.flatMap(({ file, value }) =>
      Object.keys(value.on)
        .filter((event) => /^(pull_request_review|issue_comment|push)/.test(event))
        .map((event) => ({ file, event, branches: value.on[event] })),
    );
    expect(
      risky.every(({ event, branches }) => event === 'push' && JSON.stringify(branches) === '{"branches":["main"]}'),
    ).toBe(true);
    const after = get('reconcile').on['workflow_run'] as { workflows: string[]; branches: string[] };
    expect(after.branches).toEqual(['main']);
    expect(after.workflows).not.toContain('Reconcile');
    for (const name of after.workflows) expect(workflows.map(({ value }) => value.name)).toContain(name);
  });

  it('deliver with the secrets of the environment that delivery lands in', () => {
    const first = config.environments.find((each) => each.delivery === true)?.name;
    expect(get('deliver').jobs['deliver']?.environment).toBe(first);
  });

  it('read secrets only in jobs with a GitHub environment, which says from which branches', () => {
    const outside = jobs.filter(({ job }) => job.environment === undefined);
    const reading = outside.filter(({ job }) => /secrets(\.(?!GITHUB_TOKEN\b)|\[)/.test(JSON.stringify(job)));

    expect(reading.map(({ file, name }) => `${file} ${name}`)).toEqual([]);
  });

  it('let one job sign, with neither the secrets of a cluster nor the right to push images', () => {
    const signing = jobs.filter(({ job }) => job.permissions?.['id-token'] !== undefined);

    expect(signing.map(({ file, name }) => [basename(file), name])).toEqual([['deliver.yaml', 'attest']]);
    const { environment = '' } = signing[0]?.job ?? {};
    expect(environment).toBe('attest');
    expect(config.environments.map((each) => each.name)).not.toContain(environment);
    expect(jobs.filter(({ job }) => job.environment === environment)).toEqual(signing);
    expect(JSON.stringify(signing[0]?.job)).not.toContain('KUBECONFIG');
    expect(signing[0]?.job.permissions).toEqual({ contents: 'read', 'id-token': 'write', attestations: 'write' });
  });

  it('attest as the gate provenance expects where its policy names the repository alone: deliver.yaml, on main', () => {
    const policies = config.environments.flatMap(({ gates }) => gates?.provenance ?? []);

    expect(policies).toEqual([{ repository: expect.stringMatching(/^[^/]+\/[^/]+$/) }]);
    expect(get('deliver').on).toEqual({ push: { branches: ['main'] } });
  });

  it('log in at the registry of gitops.config.yaml wherever images are pushed, pulled or asked for', () => {
    const asking = /pnpm run (deliver|reconcile|carry-out|check)\b|\/actions\/scan$/;
    for (const { file, name, job } of jobs) {
      const logins = job.steps.filter(({ uses }) => uses?.startsWith('docker/login-action@'));
      const expected = job.steps.some(({ run, uses }) => asking.test(run ?? uses ?? ''))
        ? [config.registry.split('/')[0]]
        : [];

      expect(
        logins.map((step) => step.with?.['registry']),
        `${file} ${name}`,
      ).toEqual(expected);
      expect(job.permissions?.['packages'] !== undefined, `${file} ${name}`).toBe(expected.length > 0);
    }
  });

  it('install the pnpm of package.json, by checksum', () => {
    const setup = JSON.parse(readFileSync(join(root, '.github/actions/setup/package.json'), 'utf8')) as {
      optionalDependencies: Record<string, string>;
    };
    for (const version of Object.values(setup.optionalDependencies)) {
      expect(`pnpm@${version}`).toBe(manifest.packageManager);
    }
    const lock = JSON.parse(readFileSync(join(root, '.github/actions/setup/package-lock.json'), 'utf8')) as {
      packages: Record<string, { version?: string; integrity?: string }>;
    };
    for (const [name, version] of Object.entries(setup.optionalDependencies)) {
      expect(lock.packages[`node_modules/${name}`]).toMatchObject({
        version,
        integrity: expect.stringMatching(/^sha512-/),
      });
    }
  });
});

function get(name: string): Workflow {
  const found = workflows.find(({ file }) => basename(file) === `${name}.yaml`);
  if (found === undefined) throw new Error(`there is no workflow ${name}`);
  return found.value;
}

/** Runs the script of the scan as GitHub does, with a `pnpm` that says what runs where and a `trivy` that finds something in one image. */
function scan(
  script: string,
  cells: object[],
  { revision = '', vulnerable = 'none' }: { revision?: string; vulnerable?: string },
): { status: number | null; scanned: string[] } {
  const folder = mkdtempSync(join(tmpdir(), 'scan-'));
  try {
    const program = (name: string, text: string): void =>
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
    writeFileSync(join(folder, 'status.json'), JSON.stringify({ cells }));
    program('pnpm', 'cat "$FOLDER/status.json"');
    program('trivy', 'for image; do :; done; echo "$image"; case "$image" in *"$VULNERABLE"@*) exit 1;; esac');
    const { status, stdout } = spawnSync('bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', script], {
      encoding: 'utf8',
      env: {
        PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}`,
        FOLDER: folder,
        REVISION: revision,
        VULNERABLE: vulnerable,
      },
    });
    return { status, scanned: stdout.split('\n').filter((line) => line !== '') };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
