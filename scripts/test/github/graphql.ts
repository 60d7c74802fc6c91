import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  execute,
  GraphQLError,
  Kind,
  parse,
  validate,
  type DocumentNode,
  type GraphQLScalarType,
  type GraphQLSchema,
} from 'graphql';
import { createCommitOnBranch, repository, type CommitInput } from './operations/graphql.ts';
import type { Answer } from './operation.ts';
import { rateOf } from './rate.ts';
import { isRefusal } from './refusal.ts';
import type { State, Token } from './state.ts';

/** A query that has been read: what it asks for, and how to answer it. */
export interface GraphQLRequest {
  /** `createCommitOnBranch` or `repository`. */
  operation: string;
  mutating: boolean;
  /** The branch that it would write to. */
  branch: string | undefined;
  answer(state: State, token: Token): Promise<Answer>;
}

export interface Asking {
  query: string;
  variables?: Record<string, unknown>;
}

/** Answers by GitHub's published schema (`schemas/graphql.graphql`): what it does not have is neither asked nor answered. */
export function createGraphQL(): (asking: Asking) => GraphQLRequest {
  let schema: GraphQLSchema | undefined;
  return ({ query, variables = {} }) => {
    schema ??= readSchema();
    const known = schema;
    let document: DocumentNode;
    try {
      document = parse(query);
    } catch (error) {
      return refused([error as GraphQLError]);
    }
    const problems = validate(known, document);
    if (problems.length > 0) return refused(problems);
    const definition = document.definitions.find((each) => each.kind === Kind.OPERATION_DEFINITION);
    const field = definition?.selectionSet.selections.find((each) => each.kind === Kind.FIELD);
    const input = variables['input'] as { branch?: { branchName?: string } } | undefined;
    return {
      operation: field?.name.value ?? 'graphql',
      mutating: definition?.operation === 'mutation',
      branch: input?.branch?.branchName,
      answer: (state, token) => answer(known, document, variables, state, token),
    };
  };
}

async function answer(
  schema: GraphQLSchema,
  document: DocumentNode,
  variableValues: Record<string, unknown>,
  state: State,
  token: Token,
): Promise<Answer> {
  const rootValue = {
    id: 'query',
    repository: (names: { owner: string; name: string }) => repository(state, token, names),
    viewer: { id: `User:${token.actor.login}`, login: token.actor.login },
    rateLimit: () => ({ ...rateOf(state, 'graphql'), cost: 1, resetAt: state.reset.toISOString() }),
    createCommitOnBranch: ({ input }: { input: CommitInput }) => createCommitOnBranch(state, token, input),
  };
  const result = await execute({ schema, document, rootValue, variableValues });
  const errors = result.errors?.map(errorObject);
  return {
    status: 200,
    body: { ...(result.data === undefined ? {} : { data: result.data }), ...(errors && { errors }) },
  };
}

function refused(errors: readonly GraphQLError[]): GraphQLRequest {
  const body = { errors: errors.map(errorObject) };
  return { operation: 'graphql', mutating: false, branch: undefined, answer: async () => ({ status: 200, body }) };
}

/** GitHub puts an error's type beside its message. */
function errorObject(error: GraphQLError): object {
  const cause = error.originalError;
  const type = error.extensions['type'] ?? (isRefusal(cause) ? 'UNPROCESSABLE' : undefined);
  const { message, path, locations } = error;
  return { ...(type === undefined ? {} : { type }), ...(path && { path }), ...(locations && { locations }), message };
}

function readSchema(): GraphQLSchema {
  const schema = buildSchema(readFileSync(join(import.meta.dirname, 'schemas', 'graphql.graphql'), 'utf8'));
  restrict(schema, 'GitObjectID', /^[0-9a-f]{40}$/);
  restrict(schema, 'Base64String', /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/);
  return schema;
}

/** The published schema has only the names of scalars. */
function restrict(schema: GraphQLSchema, name: string, pattern: RegExp): void {
  const scalar = schema.getType(name) as GraphQLScalarType;
  scalar.coerceInputValue = (value) => {
    if (typeof value === 'string' && pattern.test(value)) return value;
    throw new GraphQLError(`Could not coerce value ${JSON.stringify(value)} to ${name}`);
  };
}
