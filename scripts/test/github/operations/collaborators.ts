import { complete } from '../complete.ts';
import type { Handler } from '../operation.ts';

export const getPermission: Handler = ({ state, schema, params }) => {
  const permission = state.collaborators.get(params['username'] ?? '') ?? 'write';
  const known = { permission, role_name: permission, user: null };
  return { status: 200, body: complete(schema, 'repository-collaborator-permission', known) };
};
