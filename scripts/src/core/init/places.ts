import { configFile } from '../config.ts';
import { gitHubPage } from '../github-address.ts';
import { settingsFile, type Owner } from './owner.ts';

/** Where something stands that depends on whose this repository is. */
export interface Place {
  files: RegExp;
  /** The value in a YAML file, `*` for each of a list; without it the lines of any file. */
  path?: readonly string[];
  /** What stands there; only what it begins with, where this ends in `/` or `:`. */
  says(owner: Owner): string;
}

const page = ({ repository }: Owner): string => gitHubPage(repository);

/** Every place, each file by itself; a test shows that nothing of the owner stands anywhere else. */
export const places: readonly Place[] = [
  {
    files: /^infrastructure\/clusters\/[^/]+\/(admission|kyverno-policies)\/configmap\.patch\.yaml$/,
    path: ['data', 'registries'],
    says: ({ registry }) => registry,
  },
  {
    files: /^infrastructure\/kyverno-policies\/provenance\.yaml$/,
    path: ['spec', 'matchImageReferences', '*', 'glob'],
    says: ({ registry }) => `${registry}/`,
  },
  {
    files: /^infrastructure\/kyverno-policies\/provenance\.yaml$/,
    path: ['spec', 'attestors', '*', 'cosign', 'keyless', 'identities', '*', 'subject'],
    says: (owner) => `${page(owner)}/`,
  },
  {
    files: /^infrastructure\/monitoring\/rules\/[^/]+\.yaml$/,
    path: ['groups', '*', 'rules', '*', 'annotations', 'runbook_url'],
    says: (owner) => `${page(owner)}/`,
  },
  {
    files: /^\.github\/workflows\/[^/]+\.yaml$/,
    path: ['jobs', '*', 'steps', '*', 'with', 'registry'],
    says: ({ registry }) => registry.split('/')[0] ?? registry,
  },
  // Teams, as GitHub's sign-on names them to Argo CD.
  { files: /^argocd\/bootstrap\/argocd-rbac-cm\/policy\.csv$/, says: ({ repository }) => `g, ${repository.owner}:` },
  {
    files: /^argocd\/secrets\/repository\.yaml$/,
    path: ['spec', 'target', 'template', 'data', 'url'],
    says: ({ repository: { host, owner } }) => `https://${host}/${owner}`,
  },
  {
    files: pattern(configFile),
    path: ['environments', '*', 'gates', 'provenance', 'repository'],
    says: (owner) => page(owner).replace(/^https:\/\/github\.com\//, ''),
  },
  // What tells whose it was: changed last, so that an interrupted run is finished by the next one.
  { files: pattern(configFile), path: ['registry'], says: ({ registry }) => registry },
  { files: pattern(settingsFile), says: ({ url }) => `repository=${url}` },
];

function pattern(file: string): RegExp {
  return new RegExp(`^${file.replaceAll('.', '\\.')}$`);
}
