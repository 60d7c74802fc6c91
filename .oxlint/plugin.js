/** `new Date()` and `Date()` read the clock; `new Date(value)` only converts. No built-in rule tells them apart. */
const noAmbientDate = {
  meta: {
    type: 'problem',
    docs: { description: 'Forbid reading the clock through Date without an argument.' },
    schema: [],
  },
  create(context) {
    function check(node) {
      if (node.callee.type !== 'Identifier' || node.callee.name !== 'Date') return;
      if (node.type === 'NewExpression' && node.arguments.length > 0) return;
      context.report({ node, message: 'core/ has no clock: take the time as an argument.' });
    }
    return { NewExpression: check, CallExpression: check };
  },
};

export default {
  meta: { name: 'sluice' },
  rules: { 'no-ambient-date': noAmbientDate },
};
