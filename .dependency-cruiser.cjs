// Who may import whom. Each rule says why; ARCHITECTURE.md draws the picture.

/** Libs in their order: each may import those before it. */
const LIBS = [
  'canonical',
  'verdict',
  'apis',
  'persistence',
  'versioning',
  'auth',
  'throttling',
  'service',
  'jobs',
  'events',
  'connector',
  'capture',
  'work',
  'mappings',
  'ownership',
  'exceptions',
  'flow',
  'read-model',
  'webhooks',
];

/** APIs that several apps serve, each its own part of: nobody's, so that anybody may speak of them. */
const SHARED_APIS = ['abilities', 'exceptions', 'feeds', 'mappings'];

/** Test code: may import what production code may not. */
const TESTS = '(\\.(spec|conformance|fixture|e2e)\\.ts$)|^libs/testing/|^test/';

const libOrder = LIBS.map((lib, at) => ({
  name: `libs-in-order-${lib}`,
  comment: `libs/${lib} stands on the libs before it; an import upwards would make a circle of two rooms that nobody can take apart again.`,
  severity: 'error',
  from: { path: `^libs/${lib}/`, pathNot: TESTS },
  to: {
    path:
      LIBS.slice(at + 1)
        .map(later => `^libs/${later}/`)
        .join('|') || '^$',
  },
}));

const PORTAL = '^apps/experience/portal/src/';

/** The portal's storeys below its roof, graph/: each imports those before it. `why` each lies where it does. */
const PORTAL_STOREYS = [
  {
    name: 'cellar',
    folders: 'read-model',
    why: 'The read model is written from events alone. If it knew what screens show of it, another screen would need another read model.',
  },
  {
    name: 'ground',
    folders: 'values',
    why: 'Values and the subject are in the fields of every noun: what they import, every noun imports.',
  },
  {
    name: 'request',
    folders: 'request',
    why: "A request knows whose view it reads by, and no noun: else each noun's list would wait for every other noun.",
  },
  {
    name: 'floor',
    folders: '[^/]+',
    why: 'A noun is a model and a list. How nouns lead to each other is said by the resolvers above them, so that two nouns never import each other.',
  },
];

const portalStoreys = PORTAL_STOREYS.map(({ name, folders, why }, at) => ({
  name: `portal-storeys-${name}`,
  comment: why,
  severity: 'error',
  from: {
    path: `${PORTAL}${folders}/`,
    pathNot: [
      TESTS,
      `${PORTAL}(graph|graphiql|${PORTAL_STOREYS.slice(0, at)
        .map(below => below.folders)
        .join('|')})/`,
    ],
  },
  to: {
    path: `${PORTAL}[^/]+/`,
    pathNot:
      name === 'floor'
        ? `${PORTAL}(?!graph(iql)?/)`
        : `${PORTAL}(${PORTAL_STOREYS.slice(0, at + 1)
            .map(below => below.folders)
            .join('|')})/`,
  },
}));

const BILLING = '^apps/process/time-to-billing/src/';

/** Time-to-billing's rooms, and what each imports of the others. */
const BILLING_ROOMS = [
  {
    name: 'rules',
    folders: 'periods|rates|pricing|caps|intercompany|checks',
    imports: 'facts',
    why: 'Rules of prices and checks are functions of facts: an example in a spec is all that they need.',
  },
  {
    name: 'facts',
    folders: 'facts',
    imports: 'periods|rates|pricing|caps|corrections|jobs',
    why: 'Facts are what lines are judged by, and know no line. What corrects a price is noted with the facts that it changes.',
  },
  {
    name: 'lines',
    folders: 'lines',
    imports: 'facts|periods|rates|pricing|caps|intercompany|jobs',
    why: 'What is next for a line hangs on the line and on facts alone, whichever room has changed it.',
  },
  {
    name: 'assessment',
    folders: 'assessment',
    imports: 'lines|facts|periods|rates|pricing|caps|intercompany|checks|corrections|jobs',
    why: 'A line is assessed as well before it is approved, so assessing knows nothing of how lines come and where they go.',
  },
  { name: 'intake', folders: 'intake', imports: 'lines|corrections', why: 'Intake makes versions of lines; what becomes of them is for others.' },
  {
    name: 'postings',
    folders: 'postings',
    imports: 'lines|facts|periods|caps|status-back|jobs',
    why: 'What is sent to the ERP was assessed before: a batch is frozen, and a rule that it asked could answer otherwise.',
  },
  { name: 'invoices', folders: 'invoices', imports: 'lines|status-back', why: 'Invoices move lines on, and tell the PSA.' },
  { name: 'status-back', folders: 'status-back', imports: 'lines|jobs', why: 'The PSA is told what lines say of themselves.' },
];

const billingRooms = BILLING_ROOMS.map(({ name, folders, imports, why }) => ({
  name: `billing-rooms-${name}`,
  comment: why,
  severity: 'error',
  from: { path: `${BILLING}(${folders})/`, pathNot: TESTS },
  to: { path: `${BILLING}[^/]+/`, pathNot: `${BILLING}(${folders}|${imports})/` },
}));

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      comment:
        'Under ES modules a circle of files fails at load, in an order that depends on who is imported first; between decorated classes it always fails.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'apps-never-import-apps',
      comment:
        'Apps meet only over their versioned HTTP APIs and over canonical events, so that each can be deployed and changed alone. The platform hosts them all, and is the one exception.',
      severity: 'error',
      from: { path: '^apps/(system|process|experience)/([^/]+)/', pathNot: TESTS },
      to: { path: '^apps/', pathNot: '^apps/$1/$2/' },
    },
    {
      name: 'governance-imports-no-app',
      comment: 'The governance app learns of the others what they say of themselves over HTTP, and never what is in their code or tables.',
      severity: 'error',
      from: { path: '^apps/governance/', pathNot: TESTS },
      to: { path: '^apps/', pathNot: '^apps/governance/' },
    },
    {
      name: 'nobody-depends-on-governance',
      comment: 'With the governance app away all goes on: the platform hosts it, and nobody calls it.',
      severity: 'error',
      from: { path: '^apps/(system|process|experience)/|^libs/', pathNot: [TESTS, '^libs/apis/'] },
      to: { path: '^(apps/governance/|libs/apis/src/governance/)' },
    },
    {
      name: 'sandbox-stands-alone',
      comment:
        'A stand-in that knew our code would agree with it instead of with the vendor. How a request is received says nothing of what is asked.',
      severity: 'error',
      from: { path: '^apps/sandbox/', pathNot: TESTS },
      to: { path: '^(libs|apps/(system|process|experience|platform))/', pathNot: '^libs/service/src/door/door\\.ts$' },
    },
    {
      name: 'libs-never-import-apps',
      comment: 'A lib is under every app; importing one would put that app under all the others.',
      severity: 'error',
      from: { path: '^libs/', pathNot: TESTS },
      to: { path: '^apps/' },
    },
    ...libOrder,
    ...portalStoreys,
    ...billingRooms,
    {
      name: 'lines-are-changed-in-one-way',
      comment:
        'Lines are locked, changed, driven on, written and announced in an order that only Lines.change keeps: a book of lines that another place made or wrote would be announced before it is decided what is next.',
      severity: 'error',
      from: { path: '^apps/process/time-to-billing/', pathNot: [TESTS, '/lines/lines\\.ts$'] },
      to: { path: '^apps/process/time-to-billing/src/lines/(line-book|write-lines)\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'libs-by-their-face',
      comment:
        "A lib is what its index exports; reaching past it makes every inner file a promise. The APIs have a face each. The supervisor starts Postgres before anything else is loaded, and so by a face of its own; so do the database roles, the doors of the issuer and the sandboxes and what the commands ask with, which load no framework. The verdict on GraphQL schemas loads GraphQL. What runs outside of Vitest takes the tests' roles and platform without the index, which loads it.",
      severity: 'error',
      from: { path: '^(apps|test)/' },
      to: {
        path: '^libs/[^/]+/src/',
        pathNot: [
          '^libs/[^/]+/src/index\\.ts$',
          '^libs/apis/src/[^/]+/index\\.ts$',
          '^libs/persistence/src/(embedded-postgres|access/make-roles)\\.ts$',
          '^libs/service/src/door/door\\.ts$',
          '^libs/canonical/src/fetch\\.ts$',
          '^libs/verdict/src/graphql/index\\.ts$',
          '^libs/testing/src/(test-(roles|platform)|ports-in-a-row)\\.ts$',
        ],
      },
    },
    {
      name: 'libs-by-their-face-among-libs',
      comment: 'The same between libs.',
      severity: 'error',
      from: { path: '^libs/([^/]+)/' },
      to: {
        path: '^libs/[^/]+/src/',
        pathNot: [
          '^libs/[^/]+/src/index\\.ts$',
          '^libs/apis/src/[^/]+/index\\.ts$',
          '^libs/persistence/src/(embedded-postgres|access/make-roles)\\.ts$',
          '^libs/$1/',
        ],
      },
    },
    {
      name: 'canonical-is-plain',
      comment:
        'The shared nouns are plain TypeScript with validation and documentation decorators, and lists of data; a framework there would be under everything.',
      severity: 'error',
      from: { path: '^libs/canonical/', pathNot: TESTS },
      to: {
        path: '(^|/)node_modules/',
        pathNot: '(^|/)node_modules/(class-validator|class-transformer|decimal\\.js|iso-3166|@nestjs/(swagger|common)|@types/node)/',
      },
    },
    {
      name: 'one-lib-for-the-database',
      comment: "How Postgres is reached (pool, role, view, cancelling, retries) is libs/persistence's: it alone imports TypeORM and pg.",
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: ['^libs/persistence/', TESTS] },
      to: { path: '(^|/)node_modules/(@types/)?(typeorm|pg)/' },
    },
    {
      name: 'apis-are-plain',
      comment: 'What apps say to each other is data and classes: it is under the libs that serve it, and under those that call it.',
      severity: 'error',
      from: { path: '^libs/apis/', pathNot: TESTS },
      to: { path: '(^|/)node_modules/', pathNot: '(^|/)node_modules/(class-validator|class-transformer|@nestjs/swagger)/' },
    },
    {
      name: 'apps-call-what-they-list',
      comment:
        "What an app uses of another's API is in its calls.ts, which its definition names: its token has the scopes of that and its settings an address for it. Whatever imported another app's API beside that would be a dependency that nobody sees.",
      severity: 'error',
      from: { path: '^apps/(system|process|experience)/([^/]+)/', pathNot: [TESTS, '/src/calls\\.ts$'] },
      to: { path: `^libs/apis/src/(?!(${SHARED_APIS.join('|')})/)[^/]+/`, pathNot: '^libs/apis/src/$2/' },
    },
    {
      name: 'governance-calls-what-it-lists',
      comment: "The apps that are in the catalogue are those of the governance app's calls.ts.",
      severity: 'error',
      from: { path: '^apps/governance/', pathNot: [TESTS, '/src/calls\\.ts$'] },
      to: { path: '^libs/apis/src/[^/]+/', pathNot: '^libs/apis/src/governance/' },
    },
    {
      name: 'one-list-of-vendors',
      comment: 'Nobody asks which vendor it is: only vendors/index.ts names a vendor folder, so that adding one touches nothing else.',
      severity: 'error',
      from: { path: '^apps/system/([^/]+)/src/', pathNot: ['/vendors/index\\.ts$', '^apps/system/[^/]+/src/vendors/[^/]+/', TESTS] },
      to: { path: '^apps/system/[^/]+/src/vendors/(?!port/)[^/]+/' },
    },
    {
      name: 'vendors-never-import-each-other',
      comment: 'A vendor is thrown away whole; what two share belongs to the port or to libs/connector.',
      severity: 'error',
      from: { path: '^apps/system/([^/]+)/src/vendors/([^/]+)/' },
      to: { path: '^apps/system/[^/]+/src/vendors/[^/]+/', pathNot: '^apps/system/$1/src/vendors/($2|port)/' },
    },
    {
      name: 'mappers-and-rules-are-pure',
      comment: 'They decide and translate; with no I/O and no framework they are tables of examples to test, and the same for a dry run.',
      severity: 'error',
      from: { path: '\\.(mapper|rules)\\.ts$' },
      to: {
        path: [
          '^(node:)?(fs|http|https|net|child_process|dns|tls|worker_threads)(/|$)',
          '(^|/)node_modules/(@nestjs|typeorm|pg|fastify|@dbos-inc|soap|undici)/',
          '^libs/(persistence|service|connector|capture|flow|events)/',
        ],
        dependencyTypesNot: ['type-only'],
      },
    },
    {
      name: 'no-test-code-in-production',
      comment: 'What only tests need must not be shipped or started.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TESTS },
      to: { path: TESTS },
    },
    {
      name: 'specs-import-no-specs',
      comment: 'Importing a spec runs it a second time; share a conformance suite or a fixture.',
      severity: 'error',
      from: {},
      to: { path: '\\.spec\\.ts$' },
    },
    {
      name: 'no-undeclared-packages',
      comment: 'A package that only another one brings along vanishes with its next version.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TESTS },
      to: { dependencyTypes: ['unknown', 'undetermined', 'npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-dev-packages-in-production',
      comment: 'A production install leaves them out.',
      severity: 'error',
      from: { path: '^(apps|libs)/', pathNot: TESTS },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only', 'npm'], pathNot: '(^|/)node_modules/@types/' },
    },
    {
      name: 'resolvable',
      comment: 'An import that leads nowhere would fail at the first start.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['source', 'import', 'node', 'types', 'default'],
      extensions: ['.ts', '.js'],
    },
  },
};
