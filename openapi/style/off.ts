/** Rules of Spectral's and OWASP's sets that are off, each with why. Every other rule of them is on. */
export const OFF: Record<string, string> = {
  'operation-description': 'A summary says what an operation does; a description is for where there is more to say.',
  'oas3-parameter-description': 'Most parameters are said by name and type: `id` of a path that names its noun.',
  'contact-properties': 'A team is written to by e-mail (`contact-is-named`); none has a page of its own.',
  'owasp:api2:2023-jwt-best-practices': 'It looks for the word RFC8725 in a description; the strategy in `libs/auth` and its tests keep the rules.',
  'owasp:api2:2023-short-lived-access-tokens': 'Client credentials have no refresh token; how long a token lasts is a setting of the issuer.',
  'owasp:api2:2023-read-restricted': '`access-is-stated` and `public-has-a-reason` are this rule with a way to say why a read needs no token.',
  'owasp:api4:2023-array-limit': '`lists-in-requests-are-bounded` is this rule where it defends; lists in answers are pages, or parts of one record.',
  'owasp:api4:2023-integer-limit': 'Every integer is an int32 or int64, which bounds it; a narrower bound is said where the business has one.',
  'owasp:api4:2023-rate-limit': 'The headers are on every answer of every API, as the guide says once; each document would say it of each answer.',
  'owasp:api4:2023-string-limit':
    '`texts-in-requests-are-bounded` is this rule where it defends; texts of answers are as long as the record has them.',
  'owasp:api4:2023-string-restricted': 'Names, labels and reasons are free text of a bounded length.',
  'owasp:api8:2023-define-cors-origin': 'APIs are called by servers. No answer has a CORS header, so that no page of another origin reads one.',
  'owasp:api8:2023-define-error-validation': 'An operation that takes nothing has nothing to refuse.',
  'owasp:api9:2023-inventory-access': '`x-audience` says who the API is for; every server of it is for the same.',
  'owasp:api9:2023-inventory-environment': 'One document describes the API in every environment; its server is the path behind the gateway.',
};
