import { describe, expect, it } from 'vitest';
import { graphqlSubset } from './extract-graphql.ts';
import { restSubset, type OpenApi } from './extract-rest.ts';

describe('the extract of GitHub’s REST schema', () => {
  const api = {
    paths: {
      '/pulls': {
        get: {
          operationId: 'pulls/list',
          description: 'Lists them.',
          responses: { 200: { schema: { $ref: '#/components/schemas/pull' } } },
        },
        delete: { operationId: 'pulls/delete', responses: { 200: { $ref: '#/components/responses/gone' } } },
      },
    },
    components: {
      schemas: {
        pull: {
          description: 'A pull request.',
          properties: { description: { type: 'string', example: 'x' }, user: { $ref: '#/components/schemas/user' } },
        },
        user: { properties: { pulls: { $ref: '#/components/schemas/pull' } } },
        team: { type: 'object' },
      },
      responses: { gone: {} },
    },
  } as unknown as OpenApi;

  it('has the operations that are answered and what they refer to, without what is written for people', () => {
    expect(restSubset(api)).toEqual({
      paths: {
        '/pulls': {
          get: { operationId: 'pulls/list', responses: { 200: { schema: { $ref: '#/components/schemas/pull' } } } },
        },
      },
      components: {
        schemas: {
          pull: { properties: { description: { type: 'string' }, user: { $ref: '#/components/schemas/user' } } },
          user: { properties: { pulls: { $ref: '#/components/schemas/pull' } } },
        },
      },
    });
  });
});

describe('the extract of GitHub’s GraphQL schema', () => {
  it('has the fields that are answered, as they are published, and the types they use', () => {
    const sdl = `
      interface Node { id: ID! }
      interface GitObject { id: ID! oid: GitObjectID! size: Int }
      scalar GitObjectID
      scalar DateTime
      type Query implements Node { id: ID! repository(owner: String!, name: String!): Repository rateLimit: RateLimit zen: String }
      type Mutation { createCommitOnBranch(input: CreateCommitOnBranchInput!): CreateCommitOnBranchPayload mergeBranch: Ref }
      type RateLimit { remaining: Int! }
      type Repository implements Node { id: ID! stars: Int! """The name.""" nameWithOwner: String! ref(qualifiedName: String!): Ref }
      type Ref implements Node { id: ID! target: GitObject }
      type Commit implements Node & GitObject { id: ID! oid: GitObjectID! size: Int }
      type User implements Node { id: ID! login: String! }
      input CreateCommitOnBranchInput { expectedHeadOid: GitObjectID! changes: Changes }
      input Changes { additions: [String!] = [] }
      type CreateCommitOnBranchPayload { commit: Commit }
    `;
    const subset = graphqlSubset(sdl);
    expect(subset).toContain('type Repository implements Node {\n  id: ID!\n  nameWithOwner: String!\n  ref(');
    expect(subset).toContain('input Changes {\n  additions: [String!] = []\n}');
    expect(subset).toContain('scalar GitObjectID');
    expect(subset).not.toMatch(/zen|mergeBranch|stars|size|DateTime|"""/);
  });
});
