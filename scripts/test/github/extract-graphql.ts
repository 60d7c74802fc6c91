import {
  isInputObjectType,
  buildSchema,
  getNamedType,
  isInterfaceType,
  isObjectType,
  printType,
  GraphQLInterfaceType,
  GraphQLObjectType,
  type GraphQLNamedType,
} from 'graphql';

/** What the server answers of each type; arguments and input types come along whole. */
const fields: Record<string, readonly string[]> = {
  Query: ['id', 'repository', 'rateLimit', 'viewer'],
  User: ['id', 'login'],
  Mutation: ['createCommitOnBranch'],
  RateLimit: ['cost', 'limit', 'remaining', 'resetAt', 'used'],
  Node: ['id'],
  Repository: ['id', 'name', 'nameWithOwner', 'ref'],
  Ref: ['id', 'name', 'prefix', 'target'],
  GitObject: ['id', 'oid', 'abbreviatedOid'],
  Commit: ['id', 'oid', 'abbreviatedOid', 'message', 'url'],
  CreateCommitOnBranchPayload: ['clientMutationId', 'commit', 'ref'],
};

/** The schema's own words for these types and for every type that they use, without descriptions. */
export function graphqlSubset(sdl: string): string {
  // What is published may define a field twice.
  const schema = buildSchema(sdl, { assumeValidSDL: true });
  const found = new Map<string, GraphQLNamedType>();
  function add(type: GraphQLNamedType): void {
    if (found.has(type.name)) return;
    const kept = reduced(type);
    found.set(type.name, kept);
    if (isInputObjectType(kept)) for (const { type } of Object.values(kept.getFields())) add(getNamedType(type));
    if (!isObjectType(kept) && !isInterfaceType(kept)) return;
    for (const field of Object.values(kept.getFields())) {
      add(getNamedType(field.type));
      for (const { type } of field.args) add(getNamedType(type));
    }
    for (const type of kept.getInterfaces()) add(type);
  }
  for (const name of Object.keys(fields)) add(schema.getType(name)!);
  const own = [...found.values()].filter(({ name }) => !/^(String|Int|Float|Boolean|ID)$/.test(name));
  return own.map((type) => withoutDescriptions(printType(type))).join('\n\n');
}

function reduced(type: GraphQLNamedType): GraphQLNamedType {
  if (!isObjectType(type) && !isInterfaceType(type)) return type;
  const kept = fields[type.name] ?? [];
  const config = {
    name: type.name,
    fields: Object.fromEntries(Object.entries(type.toConfig().fields).filter(([name]) => kept.includes(name))),
    interfaces: type.getInterfaces().filter(({ name }) => fields[name] !== undefined),
  };
  return isObjectType(type) ? new GraphQLObjectType(config) : new GraphQLInterfaceType(config);
}

function withoutDescriptions(sdl: string): string {
  return sdl.replace(/^ *"""[^]*?"""\n/gm, '').replace(/\n\n(?= )/g, '\n');
}
