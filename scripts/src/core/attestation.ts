import { bundleFromJSON, type Bundle } from '@sigstore/bundle';
import { ASN1Obj } from '@sigstore/core';
import { TrustedRoot } from '@sigstore/protobuf-specs';
import seeds from '@sigstore/tuf/seeds.json' with { type: 'json' };
import { toSignedEntity, toTrustMaterial, Verifier, type Signer } from '@sigstore/verify';
import * as z from 'zod/mini';
import { UserError } from './errors.ts';
import type { Provenance } from './provenance.ts';

const statement = z.object({
  _type: z.literal('https://in-toto.io/Statement/v1'),
  predicateType: z.string(),
  subject: z.array(z.object({ digest: z.object({ sha256: z.optional(z.string().check(z.regex(/^[0-9a-f]{64}$/))) }) })),
});

type Statement = z.infer<typeof statement>;

/** The Sigstore bundles in a file, one JSON value or one a line as `gh attestation download` writes it: each in one form of text. */
export function splitBundles(text: string, where: string): string[] {
  return jsonValues(text, where).map((each) => `${JSON.stringify(each)}\n`);
}

/** The images (`sha256:<hex>`) that a bundle is about; throws UserError for a text that is no bundle with a statement about any. */
export function bundleDigests(text: string): string[] {
  const digests = digestsOf(parseBundle(text).said);
  if (digests.length > 0) return digests;
  throw new UserError('it names no image');
}

/** The trusted roots in a file, one JSON value or one a line as `gh attestation trusted-root` writes it; those of the public Sigstore where there is no file. */
export function readTrustedRoots(text: string | undefined, where: string): TrustedRoot[] {
  // What the TUF client of Sigstore begins with; a later version of it brings later keys.
  const seed = seeds['https://tuf-repo-cdn.sigstore.dev'].targets['trusted_root.json'];
  const values = jsonValues(text ?? Buffer.from(seed, 'base64').toString('utf8'), where);
  const roots = values.map((value) => {
    try {
      const root = TrustedRoot.fromJSON(value);
      toTrustMaterial(root);
      return root;
    } catch (error) {
      throw new UserError(`${where} is no trusted root: ${messageOf(error)}`, { hint: makeRoot(where), cause: error });
    }
  });
  if (roots.every((each) => each.certificateAuthorities.length === 0)) {
    throw new UserError(`${where} names no certificate authority`, { hint: makeRoot(where) });
  }
  return roots;
}

/**
 * What a bundle says, once one of the trusted roots vouches for it: its certificate at the time of signing, the logs and
 * timestamps that the root names, the signature over the statement. Nothing is asked over a network.
 * Throws UserError with the reason where none does.
 */
export function verifyBundle(text: string, roots: readonly TrustedRoot[]): Provenance {
  const { bundle, said } = parseBundle(text);
  const reasons = new Set<string>();
  for (const root of roots) {
    try {
      return provenanceOf(said, verify(bundle, root));
    } catch (error) {
      // Whatever the libraries stumble over in what an attacker may have written.
      reasons.add(messageOf(error));
    }
  }
  throw new UserError(`its signature does not hold: ${[...reasons].join(', ')}`);
}

function verify(bundle: Bundle, root: TrustedRoot): Signer {
  // GitHub's own instance for private repositories has timestamps and no logs.
  const verifier = new Verifier(toTrustMaterial(root), {
    tlogThreshold: Math.min(1, root.tlogs.length),
    ctlogThreshold: Math.min(1, root.ctlogs.length),
    timestampThreshold: 1,
  });
  return verifier.verify(toSignedEntity(bundle));
}

function parseBundle(text: string): { bundle: Bundle; said: Statement } {
  try {
    const bundle = bundleFromJSON(JSON.parse(text));
    if (bundle.content.$case !== 'dsseEnvelope') throw new UserError('it signs a file, not a statement');
    const { payload, payloadType } = bundle.content.dsseEnvelope;
    if (payloadType !== 'application/vnd.in-toto+json') throw new UserError(`its payload is ${payloadType}`);
    return { bundle, said: z.parse(statement, JSON.parse(payload.toString('utf8'))) };
  } catch (error) {
    throw new UserError(`it is no Sigstore bundle with an in-toto statement: ${messageOf(error)}`, { cause: error });
  }
}

function provenanceOf(said: Statement, { identity }: Signer): Provenance {
  // Fulcio's docs/oid-info.md: below 1.3.6.1.4.1.57264.1 each is a UTF8String in DER.
  const extension = (last: number): string | undefined => {
    const wanted = `1.3.6.1.4.1.57264.1.${last}`;
    const found = identity?.oids?.find(({ oid }) => oid?.id.join('.') === wanted);
    return found === undefined ? undefined : ASN1Obj.parseBuffer(Buffer.from(found.value)).value.toString('utf8');
  };
  return {
    predicateType: said.predicateType,
    digests: digestsOf(said),
    issuer: extension(8),
    signer: identity?.subjectAlternativeName,
    repository: extension(12),
    revision: extension(13),
    ref: extension(14),
    workflow: extension(18),
  };
}

function digestsOf({ subject }: Statement): string[] {
  return [...new Set(subject.flatMap(({ digest }) => (digest.sha256 === undefined ? [] : `sha256:${digest.sha256}`)))];
}

function jsonValues(text: string, where: string): unknown[] {
  try {
    return [JSON.parse(text)];
  } catch {
    // One value a line, then.
  }
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  try {
    return lines.map((line): unknown => JSON.parse(line));
  } catch (error) {
    throw new UserError(`${where} is not JSON: ${messageOf(error)}`, {
      hint: 'take the file as gh attestation download or gh attestation trusted-root wrote it',
      cause: error,
    });
  }
}

function makeRoot(where: string): string {
  return `gh attestation trusted-root > ${where}`;
}

function messageOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0] ?? '';
}
