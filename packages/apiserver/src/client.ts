import { Agent, request } from 'node:https';

export interface KubernetesObject {
  apiVersion: string;
  kind: string;
  metadata: { name?: string; generateName?: string; namespace?: string; [field: string]: unknown };
  [field: string]: unknown;
}

/** What the API server said. */
export interface Answer {
  status: number;
  /** An object, or the Status that says why not. */
  body: { message?: string; [field: string]: unknown };
  /** What it accepted but warns of. */
  warnings: string[];
}

export interface Client {
  request(method: string, path: string, body?: unknown): Promise<Answer>;
  /**
   * Creates an object, or has everything about it judged without keeping it.
   * A namespaced object that names no namespace goes to `default`.
   * @throws Error where the API does not know the kind
   */
  create(object: KubernetesObject, options?: { dryRun?: boolean }): Promise<Answer>;
  /** Creates an object, or changes it to what this says. Throws as create does. */
  apply(object: KubernetesObject): Promise<Answer>;
  close(): void;
}

interface Resource {
  name: string;
  kind: string;
  namespaced: boolean;
}

/** A client of one API server: its address, the certificates that it may show, and a bearer token. */
export function createClient(url: string, ca: string, token: string): Client {
  const agent = new Agent({ ca, keepAlive: true });
  const kinds = new Map<string, Resource[]>();

  async function call(method: string, path: string, body?: unknown): Promise<Answer> {
    const headers = {
      authorization: `Bearer ${token}`,
      accept: 'application/json',
      'content-type': method === 'PATCH' ? 'application/apply-patch+yaml' : 'application/json',
    };
    return await send(new URL(path, url), { method, agent, headers }, body);
  }

  async function create(object: KubernetesObject, { dryRun = false } = {}): Promise<Answer> {
    const query = `fieldValidation=Strict${dryRun ? '&dryRun=All' : ''}`;
    return await call('POST', `${await collectionOf(object)}?${query}`, object);
  }

  async function apply(object: KubernetesObject): Promise<Answer> {
    const path = `${await collectionOf(object)}/${object.metadata.name}`;
    return await call('PATCH', `${path}?fieldManager=sluice&force=true&fieldValidation=Strict`, object);
  }

  async function collectionOf(object: KubernetesObject): Promise<string> {
    const { name, namespaced } = await resourceOf(object);
    const scope = namespaced ? `/namespaces/${object.metadata.namespace ?? 'default'}` : '';
    return `${groupPath(object.apiVersion)}${scope}/${name}`;
  }

  async function resourceOf({ apiVersion, kind }: KubernetesObject): Promise<Resource> {
    const known = kinds.get(apiVersion)?.find((each) => each.kind === kind);
    if (known !== undefined) return known;
    const { body } = await call('GET', groupPath(apiVersion));
    const resources = ((body['resources'] ?? []) as Resource[]).filter((each) => !each.name.includes('/'));
    kinds.set(apiVersion, resources);
    const found = resources.find((each) => each.kind === kind);
    if (found === undefined) throw new Error(`the API server does not know ${apiVersion} ${kind}`);
    return found;
  }

  return { request: call, create, apply, close: () => agent.destroy() };
}

function groupPath(apiVersion: string): string {
  return apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
}

async function send(url: URL, options: Parameters<typeof request>[1], body: unknown): Promise<Answer> {
  return await new Promise((resolve, reject) => {
    const sent = request(url, options, (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (chunk: string) => (text += chunk));
      response.on('error', reject);
      response.on('end', () => {
        const warnings = [response.headers['warning'] ?? []].flat().flatMap(warningTexts);
        resolve({ status: response.statusCode ?? 0, body: bodyOf(text), warnings });
      });
    });
    sent.on('error', reject);
    sent.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

/** `299 - "text"`, several of them joined by commas: RFC 7234 5.5. */
function warningTexts(header: string): string[] {
  return [...header.matchAll(/\d{3} \S+ ("(?:[^"\\]|\\.)*")/g)].map(
    ([, quoted]) => JSON.parse(quoted ?? '""') as string,
  );
}

/** Probes answer with plain text. */
function bodyOf(text: string): Answer['body'] {
  return text.startsWith('{') ? (JSON.parse(text) as Answer['body']) : { message: text };
}
