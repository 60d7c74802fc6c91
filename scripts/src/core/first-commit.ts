import { deployBranch } from './branch-state.ts';
import { recordsBranch } from './record.ts';

/** What a branch that the scripts write begins with. */
export interface FirstCommit {
  files: ReadonlyMap<string, string>;
  message: string;
}

const emptyPolicy = new Map([
  ['policy/freeze.yaml', '# When this environment is closed to promotions and deliveries.\n'],
  ['policy/holds.yaml', '# Apps that stay here as they are.\n'],
  ['policy/quarantine.yaml', '# Releases that never come here again.\n'],
]);

const recordsReadme = `# Delivery records

What became of each landing, one JSON file per event. Written by the pipeline only.
`;

/** The first commits of the branches that environments and records need, by branch: none of them has a history before. */
export function firstCommits(environments: readonly string[]): Map<string, FirstCommit> {
  const found = new Map<string, FirstCommit>(
    environments.map((name) => [deployBranch(name), { files: emptyPolicy, message: `Begin environment ${name}\n` }]),
  );
  return found.set(recordsBranch, {
    files: new Map([['README.md', recordsReadme]]),
    message: 'Begin delivery records\n',
  });
}
