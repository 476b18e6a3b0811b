// The catalogue's pages: which one is shown is in the address, after the #.
import { beginSignIn, endSignIn } from './sign-in.js';
import { el, fields, moment, replaceMain, table, status } from './elements.js';

const settings = await (await fetch('./catalogue/settings.json', { redirect: 'error' })).json();
let token = null;

class Refused extends Error {}

async function ask(path) {
  const answer = await fetch(`./v1/${path}`, { headers: { authorization: `Bearer ${token}` }, redirect: 'error' });
  const body = await answer.json();
  if (answer.status === 401) {
    token = null;
    throw new Refused('Your sign-in has ended. Sign in again.');
  }
  if (!answer.ok) throw new Refused(body.detail ?? `The answer was ${answer.status}.`);
  return body;
}

/** Every page of a list; `most` bounds what a browser has to show. `cut`: there is more than that, or than the API has. */
async function every(path, most = 1_000) {
  const items = [];
  for (let cursor = ''; ;) {
    const page = await ask(`${path}${path.includes('?') ? '&' : '?'}limit=200${cursor && `&cursor=${encodeURIComponent(cursor)}`}`);
    items.push(...page.items);
    const full = items.length >= most;
    if (full || page.nextCursor === null) return { items, cut: page.usedCut === true || page.nextCursor !== null };
    cursor = page.nextCursor;
  }
}

const all = async path => (await every(path)).items;

const stateOf = ({ state, sunset }) => el('span', { class: `state ${state}` }, sunset ? `${state} until ${sunset}` : state);
/** A number of an API that has more uses than it tells. */
const atLeast = (count, cut) => (cut ? `at least ${count}` : count);
const mailOf = address => (address ? el('a', { href: `mailto:${address}` }, address) : 'not registered');
const apiLink = ({ id, title, version }) => el('a', { href: `#/apis/${encodeURIComponent(id)}` }, `${title} v${version}`);

function chooser(label, values, onChange) {
  const select = el('select', {}, el('option', { value: '' }, 'all'), ...values.map(value => el('option', { value }, value)));
  select.addEventListener('change', () => onChange(select.value));
  return el('label', {}, label, select);
}

async function apisPage() {
  const { items } = await ask('apis');
  const chosen = { text: '', state: '', layer: '' };
  const holder = el('div');
  const show = () => {
    const rows = items.filter(
      one =>
        (!chosen.state || one.state === chosen.state) &&
        (!chosen.layer || one.layer === chosen.layer) &&
        `${one.id} ${one.title} ${one.owner}`.toLowerCase().includes(chosen.text.toLowerCase()),
    );
    holder.replaceChildren(
      table(
        `${rows.length} of ${items.length} API versions. Consumers are those of the last 90 days.`,
        ['API', 'State', 'Layer', 'Kind', 'Audience', 'Owner', '#Operations', '#Consumers', 'Last used', 'Answers'],
        rows.map(one => [
          apiLink(one),
          stateOf(one),
          one.layer,
          one.kind === 'graphql' ? 'GraphQL' : 'REST',
          one.audience,
          mailOf(one.contact),
          one.operationCount,
          atLeast(one.consumerCount, one.usedCut),
          moment(one.lastUsedAt),
          one.reachable ? `yes, release ${one.release}` : el('span', { class: 'bad' }, `not now; as of ${one.asOf}`),
        ]),
      ),
    );
    status(`${rows.length} API versions`);
  };
  const search = el('input', { type: 'search' });
  search.addEventListener('input', () => {
    chosen.text = search.value;
    show();
  });
  const values = name => [...new Set(items.map(one => one[name]))].sort();
  const form = el(
    'form',
    { role: 'search', 'aria-label': 'APIs' },
    el('label', {}, 'Name or owner', search),
    chooser('State', values('state'), value => {
      chosen.state = value;
      show();
    }),
    chooser('Layer', values('layer'), value => {
      chosen.layer = value;
      show();
    }),
  );
  form.addEventListener('submit', event => event.preventDefault());
  replaceMain('APIs', form, holder);
  show();
}

async function apiPage(id) {
  const name = encodeURIComponent(id);
  const [api, callers, released] = await Promise.all([ask(`apis/${name}`), every(`apis/${name}/callers`), all(`apis/${name}/releases`)]);
  const { declared } = api;
  replaceMain(
    `${api.title} v${api.version}`,
    el('p', {}, api.description),
    fields({
      State: stateOf(api),
      'Deprecated since': declared.deprecatedSince,
      'Replaced by': declared.successor,
      Owner: api.owner,
      'Write to': mailOf(api.contact),
      Audience: api.audience,
      'System of record': declared.systemOfRecord,
      'Service level': `${declared.availability} of a month, 95 of 100 answers within ${declared.latencyMs95} ms, support in ${declared.support}`,
      Document: el('a', { href: api.document }, api.document),
      'Try it': el(
        'a',
        { href: api.document.replace(/\/graphql$/, '/docs').replace(/\/openapi\/(v\d+)\.json$/, '/docs?version=$1') },
        'reference, against the sandbox',
      ),
      Conformance:
        api.findings.length === 0
          ? 'The running app is what it declares.'
          : el('ul', { class: 'bad' }, ...api.findings.map(one => el('li', {}, `${one.route ?? 'the app'}: ${one.text}`))),
    }),
    el('h2', {}, 'Operations'),
    table(
      'With calls and consumers of the last 90 days.',
      ['Operation', 'Request', 'Scope', '#Calls', '#Consumers', 'Last used'],
      api.operations.map(one => [
        el('span', {}, el('code', {}, one.id), el('br'), one.summary),
        el('code', {}, `${one.method} /v${api.version}/${one.path}`),
        el('code', {}, one.scope),
        atLeast(one.calls, api.usedCut),
        atLeast(one.consumerCount, api.usedCut),
        moment(one.lastUsedAt),
      ]),
    ),
    el('h2', {}, 'What goes away'),
    table(
      'Operations and fields that are deprecated.',
      ['What', 'Since', 'Until', 'Instead', 'Why', 'Who uses it'],
      declared.deprecations.map(one => [
        el('code', {}, one.of),
        one.since,
        one.sunset,
        one.successor ?? 'nothing',
        one.why,
        el('a', { href: `#/apis/${name}/users/${encodeURIComponent(one.of)}` }, 'users'),
      ]),
    ),
    el('h2', {}, 'Releases'),
    releasesTable(released),
    el('h2', {}, 'Callers'),
    callersTable(callers),
  );
}

const releasesTable = released =>
  table(
    'The newest first, and what each changed.',
    ['Release', 'Day', 'Changes'],
    released.map(one => [
      one.id,
      one.releasedOn,
      one.changes.length === 0 ? 'none that callers see' : el('ul', {}, ...sentencesOf(one.changes).map(sentence => el('li', {}, sentence))),
    ]),
  );

/** Each sentence once, with the operations that it is about, as in the changelog. */
function sentencesOf(changes) {
  const operations = new Map();
  for (const { severity, text, operation } of changes) {
    const sentence = `${severity}: ${text}`;
    operations.set(sentence, [...(operations.get(sentence) ?? []), ...(operation ? [operation] : [])]);
  }
  return [...operations].map(([sentence, named]) => (named.length > 0 ? `${sentence} (${named.join(', ')})` : sentence));
}

const callersTable = ({ items, cut }) =>
  table(
    `Who calls, the most recent first, and whom to write to before something goes.${cut ? ' There are more than these.' : ''}`,
    ['Consumer', 'Write to', 'Operation', 'Field', '#Calls', 'Last used', 'Moves by'],
    items.map(one => [
      `${one.name ?? one.consumer}${one.release ? ` ${one.release}` : ''}`,
      mailOf(one.contact),
      el('code', {}, one.operation),
      one.field ? el('code', {}, one.field) : '',
      one.calls,
      moment(one.lastAt),
      one.movesBy ?? '',
    ]),
  );

/** Who uses an operation, a parameter of its query (`listDeals.query.limit`), or a field that is named as in the schema: `LineView.hold`. */
async function usersPage(id, of) {
  const name = encodeURIComponent(id);
  const [operation, where, parameter] = of.split('.');
  const ofOperation = `?operation=${encodeURIComponent(operation)}`;
  const query = parameter ? `${ofOperation}&field=${encodeURIComponent(`${where}.${parameter}`)}` : where ? '' : ofOperation;
  const callers = await every(`apis/${name}/callers${query}`);
  replaceMain(`Who uses ${of}`, el('p', {}, el('a', { href: `#/apis/${name}` }, 'Back to the API')), callersTable(callers));
}

async function eventsPage() {
  const [items, released] = await Promise.all([all('event-types'), all('event-releases')]);
  replaceMain(
    'Events',
    el('p', {}, 'What the apps publish in the event log. Readers get the events of one key in their order.'),
    table(
      `${items.length} types of canonical events.`,
      ['Type', 'What happened', 'Key', 'Data', 'Published by', 'Read by'],
      items.map(one => [el('code', {}, one.id), one.summary, one.key, el('code', {}, one.data), one.publishers.join(', '), one.readers.join(', ')]),
    ),
    el('h2', {}, 'Releases'),
    releasesTable(released),
  );
}

async function consumersPage() {
  const items = await all('consumers');
  replaceMain(
    'Consumers',
    table(
      'Clients of the issuer that somebody registered. Any other client has the smallest plan.',
      ['Client', 'Name', 'Write to', 'Plan', 'State'],
      items.map(one => [el('code', {}, one.id), one.name, mailOf(one.contact), one.plan, one.state]),
    ),
  );
}

async function plansPage() {
  const items = await all('plans');
  const number = value => value ?? 'any number';
  replaceMain(
    'Plans',
    table(
      'How much a consumer may ask of all apps together.',
      ['Plan', '#Calls', '#In seconds', '#In one second', '#At the same time', '#In a day', '#Consumers'],
      items.map(one => [one.id, one.rate, one.windowSeconds, one.burst, number(one.concurrency), number(one.dailyQuota), one.consumerCount]),
    ),
  );
}

const PAGES = [
  [/^#\/apis\/([^/]+)\/users\/([^/]+)$/, usersPage],
  [/^#\/apis\/([^/]+)$/, apiPage],
  [/^#\/events$/, eventsPage],
  [/^#\/consumers$/, consumersPage],
  [/^#\/plans$/, plansPage],
  [/^/, apisPage],
];

function signInPage(why) {
  const button = el('button', { type: 'button' }, 'Sign in');
  button.addEventListener('click', () => beginSignIn(settings).catch(failed));
  replaceMain('API catalogue', el('p', {}, why ?? 'Sign in to see the APIs, their owners and who calls them.'), button);
}

function failed(error) {
  if (token === null) return signInPage(error.message);
  replaceMain('This can’t be shown', el('p', { class: 'bad' }, error.message));
  status(error.message);
}

async function show() {
  if (token === null) return signInPage();
  for (const link of document.querySelectorAll('nav a')) {
    const here = (location.hash || '#/apis').startsWith(link.getAttribute('href'));
    link.toggleAttribute('aria-current', here);
    if (here) link.setAttribute('aria-current', 'page');
  }
  status('Loading');
  const asked = location.hash;
  const [pattern, page] = PAGES.find(([one]) => one.test(asked));
  try {
    await page(...(pattern.exec(asked) ?? []).slice(1).map(decodeURIComponent));
    status('');
  } catch (error) {
    if (location.hash === asked) failed(error);
  }
}

try {
  token = await endSignIn(settings);
} catch (error) {
  failed(error);
}
addEventListener('hashchange', () => void show());
if (token !== null || !location.search) void show();
