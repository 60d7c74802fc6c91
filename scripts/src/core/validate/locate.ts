import type { RenderedObject } from '../diff/objects.ts';
import { at } from './fields.ts';
import type { Path } from './policy.ts';
import type { Part } from './sources.ts';

export interface Place {
  file: string;
  /** From 1. */
  line: number;
}

/**
 * Where a path of a rendered object is written. The last part that says it is meant, which may be a patch; where nothing
 * says it, the nearest that stands around it, in the manifest itself where that has it. Undefined where no part is about the object.
 */
export function locate(parts: readonly Part[], object: RenderedObject, path: Path): Place | undefined {
  const value = at(object.fields, path);
  const isMap = typeof value === 'object' && value !== null;
  const about = parts.filter((each) => each.about(object));
  for (let length = path.length; length >= 0; length--) {
    // A value is as the last part says it; a map is made where it is said first.
    const order = length === path.length && !isMap ? about.toReversed() : about;
    for (const part of order) {
      const offset = part.find(path.slice(0, length), object);
      if (offset !== undefined) return { file: part.file, line: part.lines.linePos(offset).line || 1 };
    }
  }
  return undefined;
}
