import { fieldsOf, finds, says, type StyleRule } from './style-rule.js';

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** What a document says of itself. */
export const DOCUMENT_RULES = {
  'owner-is-named': {
    reason: 'Whoever finds a fault in an API has to know which team mends it.',
    given: '$.info',
    judge: says('x-owner', /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'the team that owns the API, in kebab-case'),
  },
  'contact-is-named': {
    reason: 'An owner that cannot be written to answers nobody.',
    given: '$.info',
    judge: finds(function* ({ contact }) {
      const { name, email } = fieldsOf(contact);
      if (!name || !email) yield { at: ['contact'], message: 'info.contact has the name and the email of whom callers write to.' };
    }),
  },
  'layer-is-named': {
    reason: 'The layer says who may call an API: a system API is for process APIs, not for screens.',
    given: '$.info',
    judge: says('x-layer', /^(system|process|experience|governance)$/, 'system, process, experience or governance'),
  },
  'lifecycle-is-stated': {
    reason: 'A caller builds on an API by how long it will stay.',
    given: '$.info',
    judge: says('x-lifecycle', /^(draft|beta|active|deprecated|retired)$/, 'draft, beta, active, deprecated or retired'),
  },
  'ends-are-dated': {
    reason: 'A caller plans the change by the day on which a version ends.',
    given: '$.info',
    judge: finds(function* (info) {
      if (info['x-lifecycle'] !== 'deprecated') return;
      for (const field of ['x-deprecated-since', 'x-sunset'])
        if (!DAY.test(String(info[field]))) yield { at: [], message: `${field} is a day, YYYY-MM-DD.` };
    }),
  },
  'audience-is-stated': {
    reason: 'What a partner may build on is decided by whom the API is for, and so is how long it has to stay.',
    given: '$.info',
    judge: says('x-audience', /^(internal|partner|public)$/, 'internal, partner or public'),
  },
  'service-level-is-stated': {
    reason: 'A caller sets its own promise and its timeouts by ours.',
    given: '$.info',
    judge: finds(function* (info) {
      const { availability, latencyMs95, support } = fieldsOf(info['x-service-level']);
      if (!/^\d{1,3}(\.\d+)? %$/.test(String(availability)) || !Number.isInteger(latencyMs95) || !support)
        yield { at: ['x-service-level'], message: 'x-service-level has availability ("99.5 %"), latencyMs95 and support.' };
    }),
  },
  'system-of-record-is-named': {
    reason: 'A wrong value is mended in the system that keeps the record, or comes back.',
    given: '$.info',
    judge: says('x-system-of-record', /\S/, 'the back end that keeps the record, or none'),
  },
  'version-is-semantic': {
    reason: 'Minor tells of additions and patch of words, so that a reader sees from the number whether to look.',
    given: '$.info',
    judge: says('version', /^(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)$/, 'three numbers, like 1.4.0'),
  },
  'paths-begin-with-the-version': {
    reason: 'The version in the path is the major one of the document, so that two versions are served beside each other.',
    given: '$',
    resolved: false,
    judge: finds(function* ({ info, paths }) {
      const major = /^\d+/.exec(String(fieldsOf(info).version))?.[0];
      for (const path of Object.keys(fieldsOf(paths)))
        if (!/^\/v\d+(\/|$)/.test(path)) yield { at: ['paths', path], message: `${path} begins with its version, as /v1.` };
        else if (major !== undefined && !new RegExp(`^/v${major}(/|$)`).test(path))
          yield { at: ['paths', path], message: `${path} is in a document of version ${major}.` };
    }),
  },
} satisfies Record<string, StyleRule>;
