import * as z from 'zod/mini';
import { fileSchema } from './config-schema.ts';

/** The file beside the configuration, which names it in its header: what editors check and explain it with. */
export const configSchemaFile = 'gitops.config.schema.json';

/**
 * What editors say of a key, by its place: `[]` is any item, `<name>` any key. A profile's keys are described where it
 * overrides them, but for those that stand here. They stay out of the schema itself, which every command loads.
 */
export const descriptions: Readonly<Record<string, string>> = {
  registry: 'Where images go: `<registry>/<service>`.',
  argocd: 'Where Argo CD runs.',
  'argocd.cluster': 'The cluster that Argo CD runs in: a context of the kubeconfig.',
  'argocd.namespace': 'The namespace that Argo CD runs in.',
  environments: 'The promotion graph: where releases run, and in which order they come there.',
  'environments[].name': 'A node of the promotion graph; its branch is `deploy/<name>`.',
  'environments[].cluster': "Argo CD's name for the cluster, and the kubeconfig context of the same name.",
  'environments[].namespace': 'The namespace of an app; `{app}` stands for its name.',
  'environments[].after': 'The environments that a release comes from.',
  'environments[].delivery': 'True for the one where `git push` lands.',
  'environments[].production': 'True where a person on a terminal types the name before anything lands.',
  'environments[].auto': 'True where releases arrive without being asked for, once the gates pass.',
  'environments[].landing':
    'Whether what waits for a gate is refused (direct), or proposed on GitHub as a pull request.',
  'environments[].gates': 'What has to pass, besides the gates that are always asked.',
  'environments[].gates.verified': 'The release ran in an environment before this one and became verified there.',
  'environments[].gates.soak': 'The release was healthy in an environment before this one for a time.',
  'environments[].gates.soak.for': 'How long: 90s, 10m, 64h or 7d.',
  'environments[].gates.digest': 'The registry has the image, and its tag still means it.',
  'environments[].gates.freeze':
    'The environment is not closed by a window. Freezes that people set are always asked about.',
  'environments[].gates.freeze.windows': 'When the environment is closed, again and again.',
  'environments[].gates.freeze.windows[].cron': 'A cron pattern for when it closes. Either this or `rrule`.',
  'environments[].gates.freeze.windows[].rrule': 'An RFC 5545 rule for when it closes. Either this or `cron`.',
  'environments[].gates.freeze.windows[].start':
    'Where a rule begins, by the wall clock of its zone: 2026-12-20T18:00.',
  'environments[].gates.freeze.windows[].for': 'How long it stays closed each time: 90s, 10m, 64h or 7d.',
  'environments[].gates.freeze.windows[].zone': 'The time zone of pattern or rule: Europe/Berlin.',
  'environments[].gates.freeze.windows[].apps': 'Closed for these apps only.',
  'environments[].gates.freeze.windows[].reason': 'Why, for everybody whom it stops.',
  'environments[].gates.approvals': 'People other than the one who asks have approved exactly these bytes.',
  'environments[].gates.approvals.count': 'How many people.',
  'environments[].gates.checks': 'The commit that the image was built from passed its checks on GitHub.',
  'environments[].gates.checks.required': 'The names of these checks; every check where none is named.',
  'environments[].gates.provenance':
    'The image was built from this repository by its own workflow, as its attestation says.',
  'environments[].gates.provenance.repository': '`owner/name` on github.com, else with its server in front.',
  'environments[].gates.provenance.workflow': 'The workflow that builds images.',
  'environments[].gates.provenance.ref': 'The ref that it runs at.',
  'environments[].gates.provenance.issuer': 'Who says to the certificate authority which workflow runs.',
  'environments[].gates.provenance.trustedRoot':
    'A file of main with other trusted roots than those of the public Sigstore.',
  apps: 'What is deployed, by name; its manifests are in `apps/<name>`.',
  'apps.<name>.strategy': 'How a new version takes over: a component under `apps/components/strategies`.',
  'apps.<name>.service': 'The service it runs, where that has another name.',
  build: 'How images are built.',
  'build.args': 'Arguments for every Dockerfile; `{registry}` stands for the registry.',
  profiles: "Overrides that apply only where the Git remote itself asks for them, as the local platform's does.",
  'profiles.<name>.environments': 'What is different in some environments, by name.',
  'profiles.<name>.environments.<name>.gates':
    'These gates replace those of the same name, `null` takes one away; the others stay.',
};

/** A JSON Schema, as far as the configuration's has its parts. */
interface JsonSchema {
  description?: string;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  oneOf?: { required: string[] }[];
}

/** The configuration's schema as JSON Schema (draft 7, which YAML editors know best): the bytes of its file. */
export function configJsonSchema(): string {
  const { $schema, ...rest } = z.toJSONSchema(fileSchema, { target: 'draft-07', io: 'input' });
  explain(rest as JsonSchema, '');
  return `${JSON.stringify({ $schema, title: 'Sluice configuration', ...rest }, null, 2)}\n`;
}

function explain(schema: JsonSchema, place: string): void {
  const description = descriptions[place] ?? descriptions[overridden(place)];
  if (description !== undefined) Object.assign(schema, { description });
  explainWithin(schema, place);
}

function explainWithin(schema: JsonSchema, place: string): void {
  if (place.endsWith('.windows[]')) Object.assign(schema, { oneOf: [{ required: ['cron'] }, { required: ['rrule'] }] });
  for (const [key, each] of Object.entries(schema.properties ?? {}))
    explain(each, `${place}.${key}`.replace(/^\./, ''));
  if (typeof schema.additionalProperties === 'object') explain(schema.additionalProperties, `${place}.<name>`);
  if (schema.items !== undefined) explain(schema.items, `${place}[]`);
  for (const each of schema.anyOf ?? []) explainWithin(each, place);
}

/** What a place in a profile overrides; there, environments go by their names. */
function overridden(place: string): string {
  return place.replace(/^profiles\.<name>\./, '').replace(/^environments\.<name>/, 'environments[]');
}
