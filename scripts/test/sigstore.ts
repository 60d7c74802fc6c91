import { createHash, generateKeyPairSync, sign as signBytes, type KeyObject } from 'node:crypto';
import { initializeCA, initializeCTLog, initializeTLog } from '@sigstore/mock';

/** What an attestation is made to say; the rest is as the workflow of acme/shop on main would have it. */
export interface Claims {
  digests: readonly string[];
  revision: string;
  repository?: string;
  workflow?: string;
  ref?: string;
  issuer?: string;
  /** Who signs, where that is not the workflow itself. */
  signer?: string;
  predicateType?: string;
}

/** A small Sigstore: a certificate authority, a log of certificates and one of signatures. */
export interface TestSigstore {
  /** Its trusted root as a file has it. */
  trustedRoot: string;
  /** A bundle as actions/attest-build-provenance writes it. */
  attest(claims: Claims): Promise<string>;
}

const host = 'https://rekor.example.invalid';

export async function createSigstore(): Promise<TestSigstore> {
  const [caKeys, logKeys, ctKeys] = [keys('P-384'), keys(), keys()];
  const ctLog = await initializeCTLog(ctKeys);
  const ca = await initializeCA(caKeys, ctLog);
  const log = await initializeTLog(host, logKeys);
  const root = {
    mediaType: 'application/vnd.dev.sigstore.trustedroot+json;version=0.1',
    tlogs: [authority(host, log.publicKey)],
    certificateAuthorities: [
      {
        uri: 'https://fulcio.example.invalid',
        certChain: { certificates: [{ rawBytes: base64(ca.rootCertificate) }] },
      },
    ],
    ctlogs: [authority('https://ct.example.invalid', ctLog.publicKey)],
    timestampAuthorities: [],
  };

  async function attest(claims: Claims): Promise<string> {
    const payload = Buffer.from(JSON.stringify(statementOf(claims)));
    const signing = keys();
    const certificate = await ca.issueCertificate({
      publicKey: signing.publicKey.export({ format: 'der', type: 'spki' }),
      subjectAltName: claims.signer ?? workflowOf(claims),
      extensions: extensionsOf(claims),
    });
    const signature = base64(signBytes('sha256', encode(payload), signing.privateKey));
    const pem = `-----BEGIN CERTIFICATE-----\n${base64(certificate)}\n-----END CERTIFICATE-----\n`;
    const logged = await log.log({
      apiVersion: '0.0.1',
      kind: 'dsse',
      spec: {
        payloadHash: { algorithm: 'sha256', value: createHash('sha256').update(payload).digest('hex') },
        signatures: [{ signature, verifier: Buffer.from(pem).toString('base64') }],
      },
    });
    const [entry] = Object.values(logged);
    if (entry === undefined) throw new Error('the log gave no entry');
    return JSON.stringify({
      mediaType: 'application/vnd.dev.sigstore.bundle.v0.3+json',
      verificationMaterial: {
        certificate: { rawBytes: base64(certificate) },
        tlogEntries: [logEntry(entry)],
        timestampVerificationData: { rfc3161Timestamps: [] },
      },
      dsseEnvelope: {
        payload: base64(payload),
        payloadType,
        signatures: [{ sig: signature, keyid: '' }],
      },
    });
  }
  return { trustedRoot: JSON.stringify(root), attest };
}

const payloadType = 'application/vnd.in-toto+json';

function statementOf({ digests, predicateType = 'https://slsa.dev/provenance/v1' }: Claims): object {
  const subject = digests.map((digest) => ({ name: 'image', digest: { sha256: digest.replace('sha256:', '') } }));
  return { _type: 'https://in-toto.io/Statement/v1', subject, predicateType, predicate: {} };
}

function repositoryOf({ repository = 'acme/shop' }: Claims): string {
  return `https://github.com/${repository}`;
}

function workflowOf(claims: Claims): string {
  const { workflow = '.github/workflows/deliver.yaml', ref = 'refs/heads/main' } = claims;
  return `${repositoryOf(claims)}/${workflow}@${ref}`;
}

function extensionsOf(claims: Claims): { oid: string; value: string }[] {
  const values: Record<number, string> = {
    8: claims.issuer ?? 'https://token.actions.githubusercontent.com',
    12: repositoryOf(claims),
    13: claims.revision,
    14: claims.ref ?? 'refs/heads/main',
    18: workflowOf(claims),
  };
  return Object.entries(values).map(([last, value]) => ({ oid: `1.3.6.1.4.1.57264.1.${last}`, value }));
}

/** The encoding that DSSE signs, https://github.com/secure-systems-lab/dsse/blob/master/protocol.md. */
function encode(payload: Buffer): Buffer {
  const head = `DSSEv1 ${payloadType.length} ${payloadType} ${payload.length} `;
  return Buffer.concat([Buffer.from(head), payload]);
}

type LogEntry = Awaited<ReturnType<Awaited<ReturnType<typeof initializeTLog>>['log']>>[string];

function logEntry({ body, integratedTime, logID, logIndex, verification }: LogEntry): object {
  const proof = verification?.inclusionProof;
  return {
    logIndex: String(logIndex),
    logId: { keyId: Buffer.from(logID, 'hex').toString('base64') },
    kindVersion: { kind: 'dsse', version: '0.0.1' },
    integratedTime: String(integratedTime),
    inclusionPromise: { signedEntryTimestamp: verification?.signedEntryTimestamp },
    inclusionProof: {
      logIndex: String(proof?.logIndex),
      rootHash: Buffer.from(proof?.rootHash ?? '', 'hex').toString('base64'),
      treeSize: String(proof?.treeSize),
      hashes: [],
      checkpoint: { envelope: proof?.checkpoint },
    },
    canonicalizedBody: body,
  };
}

function authority(baseUrl: string, publicKey: Buffer): object {
  return {
    baseUrl,
    hashAlgorithm: 'SHA2_256',
    publicKey: {
      rawBytes: base64(publicKey),
      keyDetails: 'PKIX_ECDSA_P256_SHA_256',
      validFor: { start: '2020-01-01T00:00:00Z' },
    },
    logId: { keyId: createHash('sha256').update(publicKey).digest('base64') },
  };
}

function keys(namedCurve = 'P-256'): { publicKey: KeyObject; privateKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve });
}

function base64(bytes: ArrayBufferView): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
}
