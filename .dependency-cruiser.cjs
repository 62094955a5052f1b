// The arrows between rooms (ARCHITECTURE.md) as rules. `npm run check` enforces them; tests/layers.test.ts proves that the gate closes.

const tests = String.raw`\.test\.tsx?$`;
const openers = ['^src/clips/[^/]+/opener[.]ts$', '^src/clips/[^/]+/panel/'];
const frameworks = '^node_modules/(react|react-dom|three|@react-three)/|^node_modules/@types/(react|react-dom|three)/';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment: 'A cycle has no place to start reading, and no part of it can be tested or replaced alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-unresolved',
      comment:
        'An import that leads nowhere fails in the browser; here it fails before. Assets with a query are Vite’s to resolve.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: String.raw`\?url$` },
    },
    {
      name: 'domain-is-a-leaf',
      comment: 'The words everyone shares must not depend on anyone: then every room can speak them.',
      severity: 'error',
      from: { path: '^src/domain/', pathNot: tests },
      to: { pathNot: '^src/domain/' },
    },
    {
      name: 'geometry-is-a-leaf',
      comment:
        'Transforms are the same everywhere: clips, tools and the frame path share them because they depend on no one.',
      severity: 'error',
      from: { path: '^src/geometry/', pathNot: tests },
      to: { pathNot: '^src/(geometry|domain)/' },
    },
    {
      name: 'computing-rooms-know-no-framework',
      comment:
        'The frame path runs in workers, in Node and in benchmarks, so it reaches React or three in no number of steps.',
      severity: 'error',
      from: { path: '^src/(pipeline|gpu|models|preprocess|reference|metrics|errors)/', pathNot: tests },
      to: { path: frameworks, reachable: true },
    },
    {
      name: 'clips-know-no-framework',
      comment:
        'Clips are read in workers and by command-line tools; only a source’s opener and its panel belong to the page.',
      severity: 'error',
      from: { path: '^src/clips/', pathNot: [tests, ...openers] },
      to: { path: frameworks, reachable: true },
    },
    {
      name: 'nothing-imports-panels',
      comment: 'Panels are leaves of the page: what others need from one belongs into a store or into src/ui.',
      severity: 'error',
      from: { path: '^(src|tools|bench)/', pathNot: [String.raw`^src/main\.tsx$`, '^src/panels/'] },
      to: { path: '^src/panels/' },
    },
    {
      name: 'clip-sources-are-strangers',
      comment:
        'A source can be added or removed without touching another; what they share is src/domain and src/clips/npz.',
      severity: 'error',
      from: { path: '^src/clips/([^/]+)/', pathNot: tests },
      to: { path: '^src/clips/[^/]+/', pathNot: ['^src/clips/$1/', '^src/clips/npz/'] },
    },
    {
      name: 'only-main-wires',
      comment: 'One place decides which parts are put together; nothing else imports it.',
      severity: 'error',
      from: { pathNot: String.raw`^src/main\.tsx$` },
      to: { path: String.raw`^src/main\.tsx$` },
    },
    {
      name: 'computing-rooms-know-no-page',
      comment: 'The frame path is told what to do by its callers; it reads no store, clock or widget.',
      severity: 'error',
      from: {
        path: '^src/(pipeline|gpu|models|preprocess|reference|metrics|clips|errors)/',
        pathNot: [tests, ...openers],
      },
      to: { path: '^src/(stores|playback|viewport|imagePanels|ui|workers)/' },
    },
    {
      name: 'one-small-zod',
      comment:
        'Outside data is described with the words of src/errors/schema.ts: zod’s other edition would add 17 kB to the page and again to every worker.',
      severity: 'error',
      from: { path: '^src/', pathNot: [tests, String.raw`^src/errors/schema\.ts$`] },
      to: { path: '^node_modules/zod/' },
    },
    {
      name: 'production-knows-no-tests',
      comment: 'What ships must not pull in test code, its fixtures or its tools.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: { path: ['^(tests|e2e|bench|tools)/', tests] },
    },
    {
      name: 'production-uses-production-packages',
      comment: 'A package that ships is a dependency, so that the licence list and the audit see it.',
      severity: 'error',
      from: { path: '^src/', pathNot: tests },
      to: {
        dependencyTypes: ['npm-dev'],
        dependencyTypesNot: ['type-only'],
        pathNot: '^node_modules/(@types|@webgpu/types)/',
      },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: String.raw`\.css$` },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json'],
      conditionNames: ['import', 'types', 'default'],
    },
  },
};
