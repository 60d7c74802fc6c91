import { CORE_SCHEMA, loadAll, YAMLException } from 'js-yaml';
import { UserError } from '../errors.ts';
import { isFields, type RenderedObject, type Value } from '../diff/objects.ts';

/**
 * The objects of a rendering, some five times as fast as by the parser that also knows lines: a rendering is long, was
 * written by Kustomize, and is looked at whole. Throws UserError where it is no YAML, or a document no object.
 */
export function readObjects(text: string, where: string): RenderedObject[] {
  try {
    return (loadAll(text, { schema: CORE_SCHEMA }) as Value[]).flatMap((each) => unpack(each, where));
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    throw new UserError(`${where} is not valid YAML: ${error.message.split('\n')[0] ?? ''}`, { cause: error });
  }
}

function unpack(value: Value, where: string): RenderedObject[] {
  if (value === null || value === undefined) return [];
  if (!isFields(value)) throw new UserError(`${where} has a document that is no object`);
  const { apiVersion, kind, metadata, items } = value;
  if (typeof kind === 'string' && kind.endsWith('List') && Array.isArray(items))
    return items.flatMap((item) => unpack(item, where));
  const { name, namespace } = isFields(metadata) ? metadata : {};
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string')
    throw new UserError(`${where} has a document without apiVersion, kind or metadata.name`);
  return [{ apiVersion, kind, name, namespace: typeof namespace === 'string' ? namespace : undefined, fields: value }];
}
