/**
 * Sentences about a field of a vendor's record, in English. Code -> sentence; `{name}` is a
 * parameter.
 */
const catalogue = {
  'field.amount': '{field} is not a number, or has more than 15 digits before the point.',
  'field.currency': '{field} is not the code of a currency.',
  'field.day': '{field} is not a date.',
  'field.flag': '{field} is neither true nor false.',
  'field.hours-of-day': '{field} is not the hours of a day: 1 at least, and 24 at most.',
  'field.id': '{field} is not an id.',
  'field.instant': '{field} is not a moment in time.',
  'field.known': '{field} names what is not there.',
  'field.list': '{field} is not a list.',
  'field.number': '{field} is not a number, or has more than 15 digits before the point.',
  'field.positive': '{field} is not a number above zero, or has more than 15 digits before the point.',
  'field.present': '{field} is missing.',
  'field.record': '{field} is not a record.',
  'field.shown': '{field} is named and not shown.',
  'field.text': '{field} is not a text.',
} as const;
export default catalogue;
