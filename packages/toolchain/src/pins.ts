import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { z } from 'zod';
import { ToolError } from './errors.ts';

const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'is not a sha256 in lower-case hex');
const perArch = z.partialRecord(z.enum(['amd64', 'arm64']), sha256);

const release = z
  .strictObject({
    url: z.url().describe('One file per binary, or one archive'),
    format: z.enum(['binary', 'tar.gz']).default('binary'),
    inside: z.string().optional().describe('Path of a binary inside the archive'),
    checksum: z.url().optional().describe('Upstream’s list of sums, or a file with one sum'),
    sha256: perArch.optional(),
  })
  .refine((value) => value.checksum !== undefined || value.sha256 !== undefined, 'has neither checksum nor sha256')
  .refine((value) => (value.format === 'tar.gz') === (value.inside !== undefined), 'inside goes with format tar.gz');

const stub = z.strictObject({
  module: z.string().describe('A module of the build, at the version that go.mod names'),
  path: z.string().describe('The folder of that module that is replaced'),
  from: z.string().describe('The folder beside go.mod that replaces it'),
});

const source = z.strictObject({
  packages: z.record(z.string(), z.string()).describe('The Go package of each binary'),
  ldflags: z.array(z.string()).default([]),
  tags: z.array(z.string()).default([]),
  stubs: z.array(stub).default([]),
  webUi: z.literal(false).optional().describe('Says that a build from source lacks the web UI of the release'),
});

const files = z.strictObject({
  module: z.string().regex(/^[^@]+@v\S+$/, 'is not module@version'),
  url: z.url().describe('Where upstream serves the same file; {path} is its path'),
  sha256: z.record(z.string(), sha256).describe('The sum of each file, by its path in the module'),
});

const pin = z
  .strictObject({
    version: z.string(),
    binaries: z.array(z.string()).min(1),
    mirror: z.strictObject({ sha256: perArch }).optional(),
    release: release.optional(),
    source,
    files: files.optional(),
  })
  .refine((value) => value.binaries.every((name) => name in value.source.packages), 'a binary has no source package');

const schema = z.strictObject({ tools: z.record(z.string(), pin) });

export type Pin = z.infer<typeof pin>;
export type Pins = z.infer<typeof schema>;

/** The file that holds every pin. */
function pinsFile(root: string): string {
  return join(root, 'infrastructure/local/tools.yaml');
}

/**
 * Reads the pins of all tools.
 * @param root the repository's root
 * @throws ToolError if the file is missing, is not YAML, or breaks the schema
 */
export async function readPins(root: string): Promise<Pins> {
  const file = pinsFile(root);
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    throw new ToolError(`${file} cannot be read`, 'Run this from a complete checkout.', { cause: error });
  });
  const result = schema.safeParse(parseYaml(file, text));
  if (result.success) return result.data;
  const issues = result.error.issues.map((issue) => `${issue.path.join('.') || 'the file'}: ${issue.message}`);
  throw new ToolError(`${file} breaks its schema: ${issues.join('; ')}`, 'Correct the pins named, then run it again.');
}

/**
 * The pin of one tool.
 * @throws ToolError if no such tool is pinned
 */
export async function readPin(root: string, name: string): Promise<Pin> {
  const { tools } = await readPins(root);
  const found = tools[name];
  if (found) return found;
  throw new ToolError(
    `no tool "${name}" is pinned in ${pinsFile(root)}`,
    `Use one of: ${Object.keys(tools).join(', ')}.`,
  );
}

function parseYaml(file: string, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    throw new ToolError(`${file} is not YAML: ${String(error)}`, 'Correct the file, then run it again.', {
      cause: error,
    });
  }
}
