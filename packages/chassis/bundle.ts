import { readFile } from 'node:fs/promises';
import { build, type Plugin } from 'esbuild';

const { BUILD_VERSION: version = 'dev', BUILD_REVISION: revision = 'unknown' } = process.env;
const [, , ...entryPoints] = process.argv;

// Dependencies written in CommonJS ask for `require`, which an ES module does not have.
const banner = `// Version ${version}, revision ${revision}.\nimport { createRequire as requireFrom } from 'node:module';\nconst require = requireFrom(import.meta.url);`;

const emptyMap = Buffer.from('{"version":3,"sources":[""],"mappings":"AAAA"}').toString('base64');

/** Maps only what people here write: Node reads the whole map at the first stack it shows, often while it starts. */
const unmappedDependencies: Plugin = {
  name: 'unmapped-dependencies',
  setup(bundler) {
    bundler.onLoad({ filter: /\/node_modules\/.*\.[cm]?js$/ }, async ({ path }) => {
      const source = await readFile(path, 'utf8');
      return { contents: `${source}\n//# sourceMappingURL=data:application/json;base64,${emptyMap}\n`, loader: 'js' };
    });
  },
};

/**
 * Bundles `src/main.ts` of the folder it is run in to `dist/main.mjs` with a source map, or each of the files that it is
 * given to one of the same name: all that an image needs.
 * What is imported only when it is asked for, as tracing is, becomes files of its own beside it.
 */
await build({
  entryPoints: entryPoints.length > 0 ? entryPoints : ['src/main.ts'],
  outdir: 'dist',
  outExtension: { '.js': '.mjs' },
  chunkNames: '[name]-[hash]',
  bundle: true,
  splitting: true,
  platform: 'node',
  target: 'node26',
  format: 'esm',
  sourcemap: true,
  sourcesContent: false,
  banner: { js: banner },
  plugins: [unmappedDependencies],
  logLevel: 'warning',
});
